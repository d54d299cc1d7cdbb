"""Rows of a workbook: XLSX, XLS, ODS."""

import contextlib
import re
import string
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kam.files.archives import DAMAGE, measure
from kam.files.kinds import Kind
from kam.files.limits import Limits
from kam.files.refusing import FileRefused
from kam.files.sheet_pieces import SHEET, Place, Uncut, place_of, rows_at

_CHUNK = 1024 * 1024
# An XLSX whose sheets have fewer bytes (some 100 000 cells) is read at once.
LARGE = 4 * 1024 * 1024
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3}\d{1,7})["']""")
# How every known program writes a cell; a search for it begins with letters and not with a class of signs.
_USUAL_START = b'<c r="'
_USUAL_CELL = re.compile(rb'<c r="([A-Za-z]{1,3}\d{1,7})"')
_DIGITS = b"0123456789"
_LETTERS = string.ascii_letters.encode()
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="(\d+)"([^>]*)')


def sheet_source(path: Path | str, kind: Kind, limits: Limits, sheet_name: str = "") -> Callable[[], Iterator[list]]:
    """What gives the rows of one sheet, as often as needed, with native values; row one is the first row of the sheet.

    The sheet is the one named, else the first visible one that has rows. A large XLSX is read in pieces each time, any
    other workbook whole and once. Raises FileRefused for a damaged or protected workbook, an empty one, and one whose
    few cells lie so far apart that reading would take gigabytes.
    """
    in_pieces = kind is not Kind.XLS and _check_package(path, kind, limits)
    if in_pieces:
        with contextlib.suppress(Uncut), _damage_told():
            return partial(_rows_in_pieces, _there(place_of(path, sheet_name)))
    with _damage_told(), CalamineWorkbook.from_path(str(path)) as book:
        return partial(_rows_at_once, _there(_chosen(book, sheet_name)))


def _there(sheet):
    if sheet is None:
        raise FileRefused("no_rows", _("The workbook has no sheet with rows."))
    return sheet


def _rows_at_once(sheet: CalamineSheet) -> Iterator[list[Any]]:
    with _damage_told():
        yield from sheet.iter_rows()


def _rows_in_pieces(place: Place) -> Iterator[list[Any]]:
    with _damage_told():
        yield from rows_at(place)


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except PasswordError as error:
        raise FileRefused("protected", _("The workbook is protected by a password. Save it without one.")) from error
    except (CalamineError, OSError, ValueError, *DAMAGE) as error:
        raise broken_workbook() from error


def broken_workbook() -> FileRefused:
    """The refusal of a damaged workbook."""
    return FileRefused("broken_workbook", _("The workbook is damaged. Open it in Excel and save it again."))


def _chosen(book: CalamineWorkbook, sheet_name: str) -> CalamineSheet | None:
    for found in book.sheets_metadata:
        if found.typ is not SheetTypeEnum.WorkSheet:
            continue
        if sheet_name and found.name != sheet_name:
            continue
        if not sheet_name and found.visible is not SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(found.name)
        if sheet.height:
            return sheet
    return None


def _check_package(path: Path | str, kind: Kind, limits: Limits) -> bool:
    """Refuse a harmful package; tells whether it has a sheet that is large and can be read in pieces."""
    sheets = []
    try:
        with zipfile.ZipFile(path) as package:
            measure(package, limits)
            for member in package.infolist():
                if kind is Kind.XLSX and SHEET.fullmatch(member.filename):
                    sheets.append((member.file_size, _check_area(package, member, limits)))
                elif kind is Kind.ODS and member.filename == "content.xml":
                    _check_repeats(package, member)
    except DAMAGE as error:
        raise broken_workbook() from error
    return any(size > LARGE for size, _plain in sheets) and all(plain for _size, plain in sheets)


def _check_area(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bool:
    """Refuse a sheet that would be read as a rectangle of billions of empty cells.

    Tells whether the sheet is plain: without comments and other ways to write a row's end that ends no row.
    """
    cells, last_row, letters, tail, plain = 0, 0, set(), b"", True
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            # A tag cut by the end of the chunk waits for the next one, so that no cell is counted twice.
            whole, mark, tail = (tail + chunk).rpartition(b">")
            plain = plain and b"<!" not in whole
            found = _cells_in(whole + mark)
            if found:
                cells += len(found)
                joined = b" ".join(found)
                letters.update(joined.translate(None, _DIGITS).split())
                last_row = max(last_row, max(map(int, set(joined.translate(None, _LETTERS).split()))))
            if len(tail) > _CHUNK:
                raise broken_workbook()
    width = max((_column_number(each) for each in letters), default=0)
    area = last_row * width
    if (
        width > limits.columns
        or area > limits.sheet_cells
        or area > max(limits.sparse_cells, cells * limits.sparse_times)
    ):
        raise FileRefused(
            "sparse_sheet",
            _(
                "The sheet says that it has %(rows)s rows and %(columns)s columns. Delete the empty rows and columns "
                "after the data and save it again."
            )
            % {"rows": last_row, "columns": width},
        )
    return plain


def _cells_in(chunk: bytes) -> list[bytes]:
    """The references of the cells in a piece of a sheet: `A1`, `B1` …"""
    usual = chunk.count(_USUAL_START)
    if usual and usual == chunk.count(b"<c") and b":c" not in chunk:
        found = _USUAL_CELL.findall(chunk)
        if len(found) == usual:
            return found
    return _CELL.findall(chunk)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_repeats(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse an ODS that says “this value, a million times”; blanks at the end are repeated by every
    program.
    """
    tail = b""
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            chunk = tail + chunk
            for found in _REPEATED.finditer(chunk):
                what, times, rest = found.groups()
                follows = chunk[found.end() : found.end() + 400].partition(b"</table:table-row>")[0]
                filled = b"value-type=" in rest or (what == b"rows" and b"value-type=" in follows)
                if filled and (len(times) > 7 or int(times) > 1000):
                    raise FileRefused("sparse_sheet", _("The sheet repeats one value more than a thousand times."))
            tail = chunk[-600:]
