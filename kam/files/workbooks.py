"""Rows of a workbook: XLSX, XLS, ODS."""

import contextlib
import re
import string
import zipfile
from collections.abc import Iterator
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

_CHUNK = 1024 * 1024
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3}\d{1,7})["']""")
# How every known program writes a cell; a search for it begins with letters and not with a class of signs.
_USUAL_START = b'<c r="'
_USUAL_CELL = re.compile(rb'<c r="([A-Za-z]{1,3}\d{1,7})"')
_DIGITS = b"0123456789"
_LETTERS = string.ascii_letters.encode()
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="(\d+)"([^>]*)')


def opened_sheet(path: Path | str, kind: Kind, limits: Limits, sheet_name: str = "") -> CalamineSheet:
    """One sheet, read whole: its rows can then be gone through as often as needed.

    The sheet is the one named, else the first visible one that has rows. Raises FileRefused for a damaged
    or protected workbook, an empty one, and one whose few cells lie so far apart that reading would take
    gigabytes.
    """
    if kind is not Kind.XLS:
        _check_package(path, kind, limits)
    with _damage_told(), CalamineWorkbook.from_path(str(path)) as book:
        sheet = _chosen(book, sheet_name)
        if sheet is None:
            raise FileRefused("no_rows", _("The workbook has no sheet with rows."))
        return sheet


def sheet_rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows of a sheet with native values; row one is the first row of the sheet, blank rows included."""
    with _damage_told():
        yield from sheet.iter_rows()


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except PasswordError as error:
        raise FileRefused("protected", _("The workbook is protected by a password. Save it without one.")) from error
    except (CalamineError, OSError, ValueError) as error:
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


def _check_package(path: Path | str, kind: Kind, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            measure(package, limits)
            for member in package.infolist():
                if kind is Kind.XLSX and _SHEET.fullmatch(member.filename):
                    _check_area(package, member, limits)
                elif kind is Kind.ODS and member.filename == "content.xml":
                    _check_repeats(package, member)
    except DAMAGE as error:
        raise broken_workbook() from error


def _check_area(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse a sheet that would be read as a rectangle of billions of empty cells."""
    cells, last_row, letters, tail = 0, 0, set(), b""
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            # A tag cut by the end of the chunk waits for the next one, so that no cell is counted twice.
            whole, mark, tail = (tail + chunk).rpartition(b">")
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
