"""Rows of a workbook: XLSX, XLS, ODS."""

import contextlib
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from kam.files.extents import Extent, extent_of
from kam.files.faulty_cells import RowsWithFaults
from kam.files.kinds import Kind
from kam.files.limits import MEBIBYTE, Limits
from kam.files.old_books import in_russian, is_misread, russian_rows, with_own_formats
from kam.files.plain_rows import Texts
from kam.files.refusing import FileRefused
from kam.files.shared_texts import WrittenOut
from kam.files.sheet_pieces import SHEET, Place, Uncut, batches_at, place_of, rows_at, visible_sheets

_CHUNK = 1024 * 1024
# An XLSX whose sheets have fewer bytes (some 100 000 cells) is read at once.
LARGE = 4 * 1024 * 1024
_MISLEADING = {
    Kind.XLSX: (".xls", ".xla", ".xlsb", ".ods"),
    Kind.ODS: (".xls", ".xla", ".xlsb", ".xlsx", ".xlsm", ".xlam"),
}
_HEAD = 200  # rows that tell in which letters an old book is written
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="(\d+)"([^>]*)')


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: what gives its rows, its name, and the names of all sheets that can be seen."""

    rows: Callable[[], Iterator[list[Any]]]
    name: str = ""
    names: tuple[str, ...] = ()


def sheets_of(path: Path | str, kind: Kind, limits: Limits, sheet_name: str = "") -> Iterator[Sheet]:
    """The sheet that is named, else each visible one that has rows, in turn; with native values, row one is the first
    row of the sheet, and the rows can be taken as often as needed.

    A large XLSX is read in pieces each time, any other workbook whole and once. Raises FileRefused for a damaged or
    protected workbook, an empty one, and one whose few cells lie so far apart that reading would take gigabytes.
    """
    in_pieces, faulty = _check_package(path, kind, limits) if kind is not Kind.XLS else (False, False)
    found = _sheets_in_pieces(path, sheet_name) if in_pieces else None
    found = found or _sheets_at_once(path, kind, sheet_name)
    first = next(found, None)
    if first is None:
        raise FileRefused("no_rows", _("The workbook has no sheet with rows."))
    for sheet in itertools.chain((first,), found):
        yield _with_faults(Path(path), sheet) if faulty else sheet


def _with_faults(path: Path, sheet: Sheet) -> Sheet:
    with contextlib.suppress(Uncut), _damage_told():
        place = place_of(path, sheet.name)
        if place is not None:
            return Sheet(RowsWithFaults(path, place.part, sheet.rows), sheet.name, sheet.names)
    return sheet


def _sheets_in_pieces(path: Path | str, sheet_name: str) -> Iterator[Sheet] | None:
    """None where the workbook is written in a way that cannot be cut."""
    with contextlib.suppress(Uncut), _damage_told():
        first = place_of(path, sheet_name)
        return iter(()) if first is None else _places(path, first, "" if sheet_name else first.name)
    return None


def _places(path: Path | str, first: Place, after: str) -> Iterator[Sheet]:
    yield Sheet(SheetInPieces(first), first.name, first.names)
    others = first.names[first.names.index(after) + 1 :] if after in first.names else ()
    for name in others:
        with contextlib.suppress(Uncut), _damage_told():
            place = place_of(path, name)
            if place is not None:
                yield Sheet(SheetInPieces(place), name, first.names)


def _sheets_at_once(path: Path | str, kind: Kind, sheet_name: str) -> Iterator[Sheet]:
    with _damage_told(), _opened(path, kind) as book:
        misread = kind is Kind.XLS and is_misread(book.sheet_names)
        names = tuple(in_russian(name) if misread else name for name in visible_sheets(book))
        for found in book.sheets_metadata:
            name = in_russian(found.name) if misread else found.name
            wanted = name == sheet_name if sheet_name else found.visible is SheetVisibleEnum.Visible
            if found.typ is not SheetTypeEnum.WorkSheet or not wanted:
                continue
            sheet = book.get_sheet_by_name(found.name)
            if sheet.height:
                rows = partial(_rows_at_once, sheet)
                yield Sheet(russian_rows(rows) if kind is Kind.XLS and _is_misread(rows) else rows, name, names)


def _opened(path: Path | str, kind: Kind) -> CalamineWorkbook:
    if kind is Kind.XLS:
        return CalamineWorkbook.from_filelike(io.BytesIO(with_own_formats(Path(path).read_bytes())))
    if Path(path).suffix.lower() in _MISLEADING[kind]:  # calamine would go by the name
        return CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    return CalamineWorkbook.from_path(str(path))


def _is_misread(rows: Callable[[], Iterator[list]]) -> bool:
    head = itertools.islice(rows(), _HEAD)
    return is_misread([cell for row in head for cell in row if cell.__class__ is str])


def _rows_at_once(sheet: CalamineSheet) -> Iterator[list[Any]]:
    with _damage_told():
        yield from sheet.iter_rows()


@dataclass(frozen=True)
class SheetInPieces:
    """The rows of a large sheet, as often as needed: one by one when called, or many at a time."""

    place: Place

    def __call__(self) -> Iterator[list[Any]]:
        with _damage_told():
            yield from rows_at(self.place)

    def batches(self, width: int) -> Iterator[list[list[Any]] | list[Texts]]:
        """Rows of native values, or tuples of so many plain texts in UTF-8."""
        with _damage_told():
            yield from batches_at(self.place, width)


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


def _check_package(path: Path | str, kind: Kind, limits: Limits) -> tuple[bool, bool]:
    """Refuse a harmful package; tells whether it has a sheet that is large and can be read in pieces, and whether any
    cell may have an error or a formula without its result.
    """
    sheets = []
    try:
        with zipfile.ZipFile(path) as package:
            measure(package, limits)
            texts = WrittenOut(package, limits)
            for member in package.infolist():
                if kind is Kind.XLSX and SHEET.fullmatch(member.filename):
                    extent = _checked_area(package, member, limits)
                    if not texts.is_harmless(member, plain=extent.plain):
                        raise _repeated_texts(limits)
                    sheets.append((member.file_size, extent))
                elif kind is Kind.ODS and member.filename == "content.xml":
                    _check_repeats(package, member)
    except DAMAGE as error:
        raise broken_workbook() from error
    in_pieces = any(size > LARGE for size, _extent in sheets) and all(extent.plain for _size, extent in sheets)
    return in_pieces, any(extent.faulty for _size, extent in sheets)


def _repeated_texts(limits: Limits) -> FileRefused:
    return FileRefused(
        "repeated_texts",
        _("Long texts stand in so many cells that they make more than %(size)s MB. Leave these columns out.")
        % {"size": limits.text_bytes // MEBIBYTE},
    )


def _checked_area(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> Extent:
    """Refuse a sheet that would be read as a rectangle of billions of empty cells.

    The extent tells too whether the sheet is plain, and whether cells may have faults.
    """
    extent = extent_of(package, member, quickly=True)
    if not extent.is_harmless(limits):
        extent = extent_of(package, member, quickly=False)
    if not extent.is_harmless(limits):
        raise FileRefused(
            "sparse_sheet",
            _(
                "The sheet says that it has %(rows)s rows and %(columns)s columns. Delete the empty rows and columns "
                "after the data and save it again."
            )
            % {"rows": extent.rows, "columns": extent.columns},
        )
    return extent


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
