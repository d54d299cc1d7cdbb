"""Archives, opened so that nothing in them can hurt."""

import contextlib
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from django.utils.translation import gettext as _

from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.files.refusing import FileRefused

# What the standard library raises for an archive that is not what it says.
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_CHUNK = 1024 * 1024
_NESTED = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")
_NESTED_MARKS = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


@contextlib.contextmanager
def unpacked(path: Path | str, limits: Limits = DEFAULT_LIMITS) -> Iterator[list[tuple[str, Path]]]:
    """Unpack a ZIP into a temporary folder: pairs of a member's name and where it lies, in the archive's
    order.

    Files on disk get names of our own, so a member's name never becomes a path. The folder is removed at
    the end. Raises FileRefused for a name that leaves the folder, a link, an archive inside an archive, a
    password, a damaged or empty archive, and for everything over ``limits`` — counted as it unpacks, not as the
    headers promise.
    """
    with tempfile.TemporaryDirectory(prefix="kam-unpacked-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                files = list(_extract(archive, Path(folder), limits))
        except DAMAGE as error:
            raise broken() from error
        if not files:
            raise FileRefused("empty", _("The archive holds no files."))
        yield files


def broken() -> FileRefused:
    """The refusal of a damaged archive."""
    return FileRefused("broken_archive", _("The archive is damaged or not complete. Pack it again."))


def check_members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of an archive after everything its directory alone can betray; raises FileRefused."""
    members = archive.infolist()
    if len(members) > limits.members:
        raise FileRefused(
            "too_many_members",
            _("The archive has %(count)s files, at most %(limit)s are taken.")
            % {"count": len(members), "limit": limits.members},
        )
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise _bomb()
    for member in members:
        _check_member(member)
    return [member for member in members if not member.is_dir()]


def _check_member(member: zipfile.ZipInfo) -> None:
    # ZipFile cleans the name, the attacker's own spelling stays in orig_filename.
    for name in (member.filename, member.orig_filename):
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts:
            raise FileRefused(
                "unsafe_name",
                _("The archive has a file with an unsafe name (%(name)s). Pack the files themselves, without paths.")
                % {"name": name[:100]},
            )
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileRefused(
            "link",
            _("The archive has a link instead of a file (%(name)s).") % {"name": member.filename[:100]},
        )
    if member.flag_bits & 0x1:
        raise FileRefused("protected", _("The archive is protected by a password. Pack it without one."))


def _extract(archive: zipfile.ZipFile, folder: Path, limits: Limits) -> Iterator[tuple[str, Path]]:
    budget = limits.unpacked_bytes
    for number, member in enumerate(check_members(archive, limits)):
        if member.filename.lower().endswith(_NESTED):
            raise nested(member.filename)
        if _is_rubbish(member.filename):
            continue
        target = folder / f"{number:06}"
        budget -= _copy(archive, member, target, min(budget, _allowance(member, limits)))
        yield member.filename, target


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, allowance: int) -> int:
    size = 0
    with archive.open(member) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            if not size and chunk.startswith(_NESTED_MARKS):
                raise nested(member.filename)
            if (
                not size
                and chunk.startswith(b"PK\x03\x04")
                and b"[Content_Types].xml" not in chunk[:3000]
                and not chunk[30:].startswith(b"mimetype")
            ):
                raise nested(member.filename)
            size += len(chunk)
            if size > allowance:
                raise _bomb()
            sink.write(chunk)
    return size


def _allowance(member: zipfile.ZipInfo, limits: Limits) -> int:
    """How many bytes a member may unpack to."""
    return max(limits.ratio_from, member.compress_size * limits.ratio)


def measure(archive: zipfile.ZipFile, limits: Limits) -> int:
    """Unpack every member into nothing and return the bytes; raises FileRefused when they are too many.

    For formats whose reader unpacks by itself (a workbook), because headers may lie about sizes.
    """
    budget = limits.unpacked_bytes
    for member in check_members(archive, limits):
        left = min(budget, _allowance(member, limits))
        with archive.open(member) as source:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                budget -= len(chunk)
                if left < 0:
                    raise _bomb()
    return limits.unpacked_bytes - budget


def nested(name: str) -> FileRefused:
    """The refusal of an archive inside an archive."""
    return FileRefused(
        "nested_archive",
        _("The archive has another archive inside (%(name)s). Pack the files themselves.") % {"name": name[:100]},
    )


def _bomb() -> FileRefused:
    return FileRefused(
        "bomb",
        _("The archive grows too much when unpacked, so it is not opened. Send the files themselves, in parts."),
    )


def _is_rubbish(name: str) -> bool:
    """What systems add by themselves to an archive."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("Thumbs.db",), ("desktop.ini",))
