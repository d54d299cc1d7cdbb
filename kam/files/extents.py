"""How far the cells of an XLSX sheet lie, found without taking it apart."""

import re
import string
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache

from kam.files.limits import Limits

_CHUNK = 1024 * 1024
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3}\d{1,7})["']""")
# How every known program writes a cell; a search for it begins with letters and not with a class of signs.
_USUAL_START = b'<c r="'
_USUAL_CELL = re.compile(rb'<c r="([A-Za-z]{1,3}\d{1,7})"')
_DIGITS = b"0123456789"
_LETTERS = string.ascii_letters.encode()
_UNWORKED = (b"</f></c>", b"<v></v>", b"<v/>", b"<v />")
_EDGE = 16
_TWO_LETTERS = 26 + 26 * 26


def may_have_faults(piece: bytes) -> bool:
    """Whether a piece of a sheet has anything that looks like an error or a formula without a result."""
    return b'"e"' in piece or (b"<f" in piece and any(sign in piece for sign in _UNWORKED))


@dataclass
class Extent:
    """The last row and column of a sheet from one, how many cells it has, and whether it is plain: without comments
    and other ways to write a row's end that ends no row.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    plain: bool = True
    faulty: bool = False  # perhaps: an error, or a formula without its result
    _letters: set[bytes] = field(default_factory=set, repr=False)

    def is_harmless(self, limits: Limits) -> bool:
        """Whether the rectangle of the cells is small enough, and full enough, to be read whole."""
        area = self.rows * self.columns
        most = min(limits.sheet_cells, max(limits.sparse_cells, self.cells * limits.sparse_times))
        return self.columns <= limits.columns and area <= most

    def take_quickly(self, chunk: bytes) -> bool:
        """Count a piece by its last cell, where no cell of it lies further than that and the columns known.

        False, and nothing counted, where that is not so, or anything is written in an unusual way.
        """
        last = _USUAL_CELL.match(chunk, max(chunk.rfind(_USUAL_START), 0))
        if last is None or not 0 < self.columns <= _TWO_LETTERS or b":c" in chunk:
            return False
        row = last[1].translate(None, _LETTERS)
        pattern, most_rows, most_columns = _further_than(self.columns, int(row[:1]), len(row))
        if pattern.search(chunk):
            return False
        self.rows, self.columns = max(self.rows, most_rows), most_columns
        self.cells += chunk.count(_USUAL_START)
        return True

    def take(self, chunk: bytes) -> None:
        """Count a piece cell by cell."""
        found = _cells_in(chunk)
        if not found:
            return
        joined = b" ".join(found)
        self.cells += len(found)
        self._letters.update(joined.translate(None, _DIGITS).split())
        self.rows = max(self.rows, max(map(int, set(joined.translate(None, _LETTERS).split()))))
        self.columns = max(self.columns, max(map(column_number, self._letters)))


@lru_cache(maxsize=1024)
def _further_than(columns: int, lead: int, digits: int) -> tuple[re.Pattern[bytes], int, int]:
    """A pattern of a cell beyond the columns or the rows that begin with such a digit, or not written as usual.

    Then how far cells that it does not find may lie: at most twice the rows, and the columns of the same first letter.
    """
    first, second = divmod(columns - 1, 26)
    letters = b"[A-Z]|[A-%c][A-Z]" % (64 + first) if first else b"[A-%c]" % (65 + second)
    rows = rb"[1-%d]\d{%d}" % (lead, digits - 1) + (rb"|[1-9]\d{0,%d}" % (digits - 2) if digits > 1 else b"")
    usual = rb'<c(?! r="(?:%s)(?:%s)")' % (letters, rows)
    return re.compile(usual), (lead + 1) * 10 ** (digits - 1) - 1, 26 * (first + 1) if first else columns


def extent_of(package: zipfile.ZipFile, member: zipfile.ZipInfo, *, quickly: bool) -> Extent:
    """How far the cells of the sheet lie, exactly or, `quickly`, at most. Raises BadZipFile for an endless tag."""
    extent, tail, edge = Extent(), b"", b""
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            # A tag cut by the end of the chunk waits for the next one, so that no cell is counted twice.
            whole, mark, tail = (tail + chunk).rpartition(b">")
            extent.plain = extent.plain and b"<!" not in whole
            if not (quickly and extent.take_quickly(whole)):
                extent.take(whole + mark)
            if len(tail) > _CHUNK:
                raise zipfile.BadZipFile("a tag that does not end")
            extent.faulty = extent.faulty or may_have_faults(edge + whole + mark)
            edge = whole[-_EDGE:] + mark
    return extent


def _cells_in(chunk: bytes) -> list[bytes]:
    """The references of the cells in a piece of a sheet: `A1`, `B1` …"""
    usual = chunk.count(_USUAL_START)
    if usual and usual == chunk.count(b"<c") and b":c" not in chunk:
        found = _USUAL_CELL.findall(chunk)
        if len(found) == usual:
            return found
    return _CELL.findall(chunk)


def column_number(letters: bytes) -> int:
    """The number of a column from one by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
