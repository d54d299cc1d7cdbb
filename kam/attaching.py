"""What a file that somebody attaches really is. Judged by its content; its name only has to agree."""

from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from kam.refusals import Refusal, Refused

MOST_BYTES = 25 * 1024 * 1024
HEAD_BYTES = 4096
LONGEST_NAME = 200


@dataclass(frozen=True)
class FileKind:
    """One kind we keep: how its content begins, its media type, and the endings its name may have."""

    media_type: str
    endings: tuple[str, ...]
    begins: tuple[bytes, ...]
    at: int = 0


OFFICE = ("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip", "xlsm")
KINDS = (
    FileKind("application/pdf", ("pdf",), (b"%PDF-",)),
    FileKind("image/png", ("png",), (b"\x89PNG\r\n\x1a\n",)),
    FileKind("image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    FileKind("image/gif", ("gif",), (b"GIF87a", b"GIF89a")),
    FileKind("image/webp", ("webp",), (b"WEBP",), at=8),
    FileKind("image/tiff", ("tif", "tiff"), (b"II*\x00", b"MM\x00*")),
    FileKind("image/heic", ("heic", "heif"), (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"), at=4),
    FileKind("application/zip", OFFICE, (b"PK\x03\x04",)),
    FileKind("application/x-ole-storage", ("doc", "xls", "ppt", "msg"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    FileKind("application/rtf", ("rtf",), (b"{\\rtf",)),
)
TEXT_ENDINGS = ("txt", "csv", "tsv", "eml", "md", "log")
MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<body", b"<iframe")


def checked_file(file) -> tuple[str, str]:
    """The name and the media type under which an uploaded file is kept.

    Raises Refused for an empty or too large file, for a kind we do not keep (programs, pages, anything
    unknown), and for a name whose ending says something else than the content.
    """
    name = clean_name(file.name)
    if not file.size:
        raise _refused("empty_file", _("“%(name)s” is empty.") % {"name": name})
    if file.size > MOST_BYTES:
        limit = MOST_BYTES // 1024 // 1024
        text = _("“%(name)s” is larger than %(limit)s MB.") % {"name": name, "limit": limit}
        raise _refused("large_file", text)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    ending = PurePath(name).suffix.lower().lstrip(".")
    for kind in KINDS:
        if head[kind.at :].startswith(kind.begins):
            if ending in kind.endings:
                return name, kind.media_type
            text = _("“%(name)s” is really a %(kind)s file: give it such a name.")
            raise _refused("other_kind", text % {"name": name, "kind": kind.endings[0].upper()})
    if ending in TEXT_ENDINGS and is_plain_text(head):
        return name, "text/plain"
    text = _("“%(name)s”: files of this kind are not kept. Attach a PDF, a picture, an office file, a text or a ZIP.")
    raise _refused("unknown_kind", text % {"name": name})


def is_plain_text(head: bytes) -> bool:
    """Whether the beginning of a file is text and no page that a browser would run."""
    if b"\x00" in head or head.lstrip().lower().startswith(MARKUP):
        return False
    try:
        head.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a letter cut at the end of the head is no fault
            return _is_cp1251(head)
    return all(byte >= 32 or byte in b"\t\r\n\x0c" for byte in head)


def _is_cp1251(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\r\n\x0c" for byte in head) and b"\x98" not in head


def clean_name(name: str) -> str:
    """The last part of the name without signs that end a line or a header."""
    bare = str(name or "").replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(char for char in bare if char.isprintable() and char not in '"<>|:*?').strip(". ")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else bare[:LONGEST_NAME] or "file"


def _refused(code: str, text: str) -> Refused:
    return Refused(Refusal(code, text, field="file"))
