"""Rows of a workbook: XLSX, XLS, ODS."""

import re
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
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="(\d+)"([^>]*)')


def workbook_rows(path: Path | str, kind: Kind, limits: Limits, sheet_name: str = "") -> Iterator[list[Any]]:
    """The rows of one sheet with native values; row one is the first row of the sheet, blank rows included.

    The sheet is the one named, else the first visible one that has rows. Raises FileRefused for a damaged
    or protected workbook, an empty one, and one whose few cells lie so far apart that reading would take
    gigabytes.
    """
    if kind is not Kind.XLS:
        _check_package(path, kind, limits)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = _chosen(book, sheet_name)
            if sheet is None:
                raise FileRefused("no_rows", _("The workbook has no sheet with rows."))
            yield from sheet.iter_rows()
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
            found = _CELL.findall(whole + mark)
            if found:
                columns, rows = zip(*found, strict=True)
                cells += len(found)
                letters.update(columns)
                last_row = max(last_row, max(map(int, rows)))
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
