"""XML from strangers as a stream of clean UTF-8 without a DTD."""

import codecs
import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from kam.files.encodings import encoding_of
from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.files.refusing import FileRefused

ROOT = "_"
_CHUNK = 256 * 1024
_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.S)
# 1C writes control characters that came from a paste; XML 1.0 forbids them both raw and as references.
_CONTROLS = bytes(code if code >= 32 or code in (9, 10, 13) else 32 for code in range(256))
_FORBIDDEN_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_PREFIX = re.compile(rb"<([A-Za-z_\x80-\xff][\w.\x80-\xff-]{0,40}):")
_FIRST = re.compile(rb"<(?:[^\s<>/:]{1,40}:)?([^\s<>/]{0,100})")
_DECLARATION = re.compile(rb"xmlns:([\w.\x80-\xff-]{1,40})\s*=")


class Markup(io.RawIOBase):
    """Bytes of one XML file in UTF-8, wrapped in a root of our own.

    The wrapper makes a fragment of several top elements well formed, and keeps line numbers. The header of
    the file (its XML declaration) is dropped: the encoding was told by the content.
    """

    def __init__(self, source: BinaryIO, encoding: str, limits: Limits):
        super().__init__()
        self._source = source
        self._decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
        self._tail = b""
        self._ended = False
        self.first_name = ""  # of the first element, without its prefix
        self._ready = self._opening(limits)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to about ``size`` bytes; an empty answer ends the file."""
        if self._ready:
            ready, self._ready = self._ready, b""
            return ready
        return self._next()

    def _opening(self, limits: Limits) -> bytes:
        head = b""
        while len(head) < limits.prologue_bytes and not self._ended:
            head += self._next(close=False)
        prologue = _PROLOGUE.match(head)
        start = prologue.end() if prologue else 0
        rest = head[start:]
        if re.match(rb"<!(?:DOCTYPE|ENTITY)", rest, re.I):
            raise FileRefused(
                "dtd",
                _("The XML carries a document type definition (DTD), which may hide an attack. Export it without one."),
            )
        if not rest.startswith(b"<") or rest.startswith((b"<!--", b"<?")):
            raise FileRefused("not_xml", _("The file begins like XML but has no elements."))
        self.first_name = _FIRST.match(rest).group(1).decode("utf-8", "replace")
        if not self.first_name:
            raise FileRefused("not_xml", _("The file begins like XML but has no elements."))
        opening = b"\n" * head[:start].count(b"\n") + _root_for(rest) + rest
        return opening + self._closing() if self._ended else opening

    def _next(self, close: bool = True) -> bytes:
        while not self._ended:
            raw = self._source.read(_CHUNK)
            self._ended = not raw
            chunk = raw if self._decoder is None else self._decoder.decode(raw, final=not raw).encode()
            chunk = self._clean(chunk)
            if self._ended and close:
                chunk += self._closing()
            if chunk:
                return chunk
        return b""

    def _closing(self) -> bytes:
        return b"</%s>" % ROOT.encode()

    def _clean(self, chunk: bytes) -> bytes:
        chunk = self._tail + chunk.translate(_CONTROLS)
        self._tail = b""
        if b"&#" in chunk or b"&" in chunk[-12:]:
            cut = chunk.rfind(b"&", max(len(chunk) - 12, 0))
            if cut >= 0 and b";" not in chunk[cut:] and not self._ended:
                chunk, self._tail = chunk[:cut], chunk[cut:]
            chunk = _FORBIDDEN_REFERENCE.sub(b" ", chunk)
        return chunk


def _root_for(head: bytes) -> bytes:
    """Our root; it declares the prefixes that a fragment cut out of its file uses and does not declare."""
    used = set(_PREFIX.findall(head)) - set(_DECLARATION.findall(head)) - {b"xml", b"xmlns"}
    declared = b"".join(b' xmlns:%s="urn:undeclared"' % prefix for prefix in sorted(used))
    return b"<%s%s>" % (ROOT.encode(), declared)


@contextlib.contextmanager
def open_markup(path: Path | str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Markup]:
    """Open an XML file for a streaming parser; feed it to ``lxml.etree.iterparse`` with ``encoding="utf-8"``.

    Raises FileRefused for a DTD (and so for every entity trick: without a DTD there are no entities to
    expand).
    """
    encoding = encoding_of(path)
    with Path(path).open("rb") as source:
        if encoding == "utf-8-sig":
            source.seek(3)
            encoding = "utf-8"
        yield Markup(source, encoding, limits)
