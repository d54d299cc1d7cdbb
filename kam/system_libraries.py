"""The system libraries that PDF documents need, checked before anything starts."""

import ctypes
import os

from kam.terminal import Stop

# library -> the names it has on Linux and on macOS
_LIBRARIES = {
    "GObject": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0.dylib"),
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz Subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}
_FOLDERS = ("", "/opt/homebrew/lib", "/usr/local/lib")
_INSTALL = (
    "Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu; "
    "Fedora: dnf install pango harfbuzz dejavu-sans-fonts; macOS: brew install pango"
)


def _loads(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_libraries(libraries=None):
    """The names of the libraries that cannot be loaded here."""
    return [
        label
        for label, names in (libraries or _LIBRARIES).items()
        if not any(_loads(os.path.join(folder, name)) for folder in _FOLDERS for name in names)
    ]


def check_system_libraries(libraries=None):
    """Raise ``Stop`` that names the missing libraries and the packages that bring them."""
    if missing := missing_libraries(libraries):
        raise Stop(f"PDF documents need system libraries that are missing: {', '.join(missing)}. {_INSTALL}")
