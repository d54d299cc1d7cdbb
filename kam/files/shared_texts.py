"""How much text the cells of an XLSX say, when one text may stand in many cells and lie in the file once."""

import re
import zipfile
from collections.abc import Iterator

from kam.files.limits import Limits

_CHUNK = 1024 * 1024
_STRINGS = "xl/sharedstrings.xml"
_SHORTEST_CELL = len(b'<c t="s"><v>1</v></c>')
_END = re.compile(rb"</(?:[\w.-]+:)?si\s*>")
# The number of a text in a cell; a formula may stand before it.
_REFERENCE = re.compile(
    rb"""\bt\s*=\s*["']s["'][^>]*>\s*(?:<(?:[\w.-]+:)?f\b[^>]*(?:/>|>[^<]*</[^>]*>)\s*)?<(?:[\w.-]+:)?v\b[^>]*>([^<]*)"""
)
_LONGEST = 16 * 1024 * 1024  # of one text with its markup: Excel keeps 32 767 signs in a cell


class WrittenOut:
    """Tells whether a sheet of a package would take more memory than allowed when its texts are written out."""

    def __init__(self, package: zipfile.ZipFile, limits: Limits):
        self._package, self._most = package, limits.text_bytes
        self._strings = [each for each in package.infolist() if each.filename.lower() == _STRINGS]
        self._odd = len(self._strings) > 1
        self._longest = max(self._lengths(), default=0)

    def is_harmless(self, sheet: zipfile.ZipInfo, *, plain: bool) -> bool:
        """Whether all texts of the sheet's cells together are within the limit.

        `plain` says that nothing in the sheet is commented out. Only where so many cells as the sheet can have would be
        too much if each had the longest text, cells are looked at one by one.
        """
        if self._longest * (sheet.file_size // _SHORTEST_CELL) <= self._most:
            return True
        if self._odd or not plain:
            return False
        lengths, total = list(self._lengths()), 0
        for reference in self._references(sheet):
            total += lengths[reference] if reference < len(lengths) else 0
            if total > self._most:
                return False
        return True

    def _lengths(self) -> Iterator[int]:
        """Bytes of each shared text with its markup; where comments hide what belongs to which, of all together."""
        for member in self._strings:
            rest = b""
            with self._package.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    *whole, rest = _END.split(rest + chunk)
                    yield from map(len, whole)
                    self._odd = self._odd or b"<!" in chunk or len(rest) > _LONGEST
                    if self._odd:
                        yield member.file_size
                        return

    def _references(self, sheet: zipfile.ZipInfo) -> Iterator[int]:
        rest = b""
        with self._package.open(sheet) as stream:
            while chunk := stream.read(_CHUNK):
                # A cell that is cut by the end of the chunk waits for the next one.
                whole, mark, rest = (rest + chunk).rpartition(b"</")
                for number in _REFERENCE.findall(whole + mark):
                    yield int(number) if number.isdigit() else 0  # as calamine reads what is no number
                if len(rest) > _CHUNK:
                    raise zipfile.BadZipFile("a cell that does not end")
