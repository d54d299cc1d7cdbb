"""What a file is, told by its content."""

import enum
import io
import re
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.files.refusing import FileRefused


class Kind(enum.StrEnum):
    """The kinds of file we read."""

    XML = "xml"
    ZIP = "zip"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"
    PAGE = "html"
    SPREADSHEET = "xml spreadsheet"


WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS, Kind.ODS})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What an Excel before 5.0, and many a script, writes: the records of a workbook without a container around them.
_BARE_BOOK = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00..[\x05\x06\x10\x20\x40]\x00|"
                        rb"\x09[\x00\x02\x04]\x06\x00\x00\x00[\x10\x20\x40]\x00", re.S)  # fmt: skip
_OTHER = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"1CDBMSV8", "1CD"),
)
_HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div|center|font|tr|title)\b",
    re.I | re.S,
)
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_HEAD = 4096


def kind_of(path: Path | str, limits: Limits = DEFAULT_LIMITS, *, tables: bool = False) -> Kind:
    """The kind of the file at ``path``; with ``tables`` a web page and an XML Spreadsheet are kinds of their own.

    Raises FileRefused for an empty file, one that is too large and one of a kind we do not read.
    """
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty", _("The file is empty."))
    if size > limits.file_bytes:
        raise FileRefused(
            "too_large",
            _("The file has %(size)s MB, at most %(limit)s MB are taken.")
            % {"size": -(-size // 1024**2), "limit": limits.file_bytes // 1024**2},
        )
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return _kind_of_head(head, path, tables)


def _kind_of_head(head: bytes, path: Path, tables: bool) -> Kind:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_package(path)
    if head.startswith(_OLE):
        return _kind_of_compound(path)
    if _BARE_BOOK.match(head):
        raise FileRefused(
            "old_workbook",
            _("This is a workbook of the first versions of Excel. Open it in Excel and save it as XLSX."),
        )
    for mark, name in _OTHER:
        # Two letters may begin a word of an ordinary list, so a short mark needs a byte no text has.
        if head.startswith(mark) and (len(mark) > 2 or b"\x00" in head or mark == b"\x1f\x8b"):
            raise other_kind(name)
    text = _as_text(head)
    if tables and _SPREADSHEET in text:
        return Kind.SPREADSHEET
    if _HTML.match(text):
        if tables:
            return Kind.PAGE
        raise other_kind("HTML")
    if text.lstrip().startswith(b"<"):
        return Kind.XML
    if b"\x00" in text or _share_of_controls(text) > 0.02:
        raise other_kind(_("an unknown binary format"))
    if text.lstrip().startswith((b"{", b"[{")):
        raise other_kind("JSON")
    return Kind.TEXT


def other_kind(name: str) -> FileRefused:
    """The refusal of a file of a kind we do not read."""
    return FileRefused(
        "other_kind",
        _(
            "This is a file of another kind (%(kind)s). XLSX, XLS, ODS, CSV, XML of CommerceML "
            "and a ZIP of these are read."
        )
        % {"kind": name},
    )


def _as_text(head: bytes) -> bytes:
    """The head without its byte order mark; UTF-16 is turned into single bytes so that marks can be seen."""
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[start::2].count(0)
        if zeros and zeros > len(head) * 0.2:
            decoded = head[: len(head) // 2 * 2].decode(encoding, "replace")
            if decoded.isprintable() or "\n" in decoded or decoded.lstrip().startswith("<"):
                return decoded.encode()
    return head


def _share_of_controls(text: bytes) -> float:
    controls = sum(1 for byte in text if byte < 32 and byte not in b"\t\n\r\x1a\x0c")
    return controls / max(len(text), 1)


def _kind_of_package(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            mimetype = package.read("mimetype")[:100] if "mimetype" in names and _is_small(package) else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise FileRefused("broken_archive", _("The archive is damaged or not complete. Pack it again.")) from error
    if b"opendocument.spreadsheet" in mimetype:
        return Kind.ODS
    if mimetype.startswith(b"application/"):
        raise other_kind(mimetype.decode("ascii", "replace"))
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:
            raise other_kind("XLSB")
        if any(name.startswith("xl/") for name in names):
            return Kind.XLSX
        raise other_kind("Word" if any(name.startswith("word/") for name in names) else "Office")
    return Kind.ZIP


def _is_small(package: zipfile.ZipFile) -> bool:
    return package.getinfo("mimetype").file_size < 1000


def _kind_of_compound(path: Path) -> Kind:
    """Tell an old Excel book from the other things Microsoft keeps in the same container."""
    with path.open("rb") as stream:
        data = stream.read(8 * 1024 * 1024)
        stream.seek(max(path.stat().st_size - 1024 * 1024, 0), io.SEEK_SET)
        data += stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("protected", _("The workbook is protected by a password. Save it without one."))
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return Kind.XLS
    raise other_kind("Microsoft Office")
