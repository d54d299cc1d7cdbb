"""A list (CSV or workbook) as typed rows with their errors."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kam.files.cells import CellRefused, as_seen
from kam.files.columns import Column, Header, Mapping, header_of
from kam.files.kinds import WORKBOOKS, Kind, kind_of, other_kind
from kam.files.limits import DEFAULT_LIMITS, Limits
from kam.files.markup_tables import page_rows, spreadsheet_sheets
from kam.files.refusing import FileRefused
from kam.files.texts import text_rows
from kam.files.workbooks import Sheet, SheetInPieces, sheets_of

_HEAD = 30
_BATCH = 2_000
_MOST_SHEETS = 20
# “Всего клиентов: 12”, “Итого по складу”
_COUNTED = re.compile(r"(?:всего|итого|total)\b[^:]{0,60}: ?[\d\s\xa0.,]+(?:руб\.?|шт\.?)?")
_TOTALS = ("итого", "всего", "total", "grand total")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row: ``row`` counts from one as Excel does; ``column`` is the header in the
    file.
    """

    row: int
    column: str
    value: str
    text: str


class Row(NamedTuple):
    """One row: its number, values in the order of the declared columns (None where absent) and its errors."""

    number: int
    values: tuple
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True)
class Table:
    """A list opened for reading, anew each time, in one pass and little memory; a small workbook is kept."""

    path: Path
    kind: Kind
    columns: tuple[Column, ...]
    header: Header
    limits: Limits
    source: Callable[[], Iterator[list[Any]]] = field(repr=False, compare=False)
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def raw_rows(self) -> Iterator[list[Any]]:
        """The rows as they lie in the file, the header and blank ones included."""
        return self.source()

    def raw_batches(self, width: int) -> Iterator[list]:
        """The same rows, many at a time; one that is a tuple has exactly `width` cells, as plain texts in UTF-8."""
        if isinstance(self.source, SheetInPieces):
            yield from self.source.batches(width)
            return
        rows = self.raw_rows()
        while batch := list(itertools.islice(rows, _BATCH)):
            yield batch

    def sample(self, count: int = 20) -> list[list[Any]]:
        """The first rows after the header that have more than one cell, or any: they show what was understood."""
        start = self.header.row
        rows = list(itertools.islice(self.raw_rows(), start, start + count * 5))
        full = [row for row in rows if sum(1 for cell in row if not _is_empty(cell)) > 1]
        return (full or rows)[:count]

    def rows(self) -> Iterator[Row]:
        """Typed rows without blank and total ones; raises FileRefused past the limit of rows."""
        plan = self._plan()
        places = tuple(place for _column, place, _label in plan if place >= 0)
        # A row where every cell is understood takes the short way; the slow one finds out what is wrong.
        quick = tuple((column.parse, place) for column, place, _label in plan)
        required = tuple(index for index, (column, _place, _label) in enumerate(plan) if column.required)
        lengths = enumerate(column.longest for column, _place, _label in plan)
        longest = tuple((index, length) for index, length in lengths if length)
        first = places[0] if places else 0
        whole = all(place >= 0 for _parse, place in quick)
        header, limit = self.header.row, self.limits.rows
        for number, cells in enumerate(self.raw_rows(), 1):
            if number <= header:
                continue
            if number > limit:
                raise self.too_long()
            if not _is_data(cells, places, first) or (number == header + 1 and _is_numbering(cells)):
                continue
            try:
                if whole:
                    values = tuple([parse(cells[place]) for parse, place in quick])
                else:
                    values = tuple([parse(cells[place]) if place >= 0 else None for parse, place in quick])
                for index in required:
                    if values[index] is None:
                        raise CellRefused
                for index, length in longest:
                    value = values[index]
                    if value is not None and len(value) > length:
                        raise CellRefused
            except (CellRefused, IndexError):
                yield _typed(number, cells, plan)
            else:
                yield Row(number, values)

    def too_long(self) -> FileRefused:
        """The refusal of a list past the limit of rows."""
        text = _("The list has more than %(limit)s rows. Send it in parts.") % {"limit": self.limits.rows}
        return FileRefused("too_many_rows", text)

    def typed(self, number: int, cells: list[Any]) -> Row | None:
        """One row by its number and cells; None where it has no data."""
        plan = self._plan()
        places = tuple(place for _column, place, _label in plan if place >= 0)
        return _typed(number, cells, plan) if _is_data(cells, places, places[0] if places else 0) else None

    def _plan(self) -> tuple[tuple[Column, int, str], ...]:
        places, headers = self.header.mapping.places, self.header.mapping.headers
        return tuple(
            (
                column,
                places.get(column.name, -1),
                (headers[places[column.name]] if column.name in places else "") or str(column.label),
            )
            for column in self.columns
        )


class ColumnsNotFound(FileRefused):
    """A list without a required column; `table` is what could be understood of it, for a person to say the rest."""

    def __init__(self, table: Table):
        missing = ", ".join(str(column.label) for column in table.header.missing or table.columns)
        text = _(
            "These columns are not found: %(columns)s. Say which they are, or name them in one row above the data."
        )
        super().__init__("no_columns", text % {"columns": missing})
        self.table = table


def open_table(
    path: Path | str,
    columns: Sequence[Column],
    remembered: MappingType[str, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sheet: str = "",
    places: MappingType[str, int] | None = None,
    header_row: int | None = None,
) -> Table:
    """Open a list and find its header, of a workbook in the first sheet that has the required columns.

    ``remembered`` is the mapping of an earlier file (folded header -> column name); what a person chose by hand for
    this file: the ``sheet``, the ``header_row`` (from one, nought for none) and ``places`` (column name -> place from
    nought). Raises FileRefused when the file is not a list, and ColumnsNotFound without a required column.
    """
    path = Path(path)
    kind = kind_of(path, limits, tables=True)
    if kind not in WORKBOOKS and kind not in (Kind.TEXT, Kind.PAGE, Kind.SPREADSHEET):
        raise other_kind(kind.value.upper())
    first = None
    for found in itertools.islice(_sheets(path, kind, limits, sheet), _MOST_SHEETS):
        head = list(itertools.islice(found.rows(), max(_HEAD, header_row or 0)))
        if not any(map(_is_filled, head)):
            continue
        header = header_of(head, columns, remembered, header_row)
        if places:
            header = _chosen(header, columns, places)
        table = Table(path, kind, tuple(columns), header, limits, found.rows, found.name, found.names)
        if not header.missing and header.mapping.places:
            return table
        first = first or table
    if first is None:
        raise FileRefused("no_rows", _("The list has no rows."))
    raise ColumnsNotFound(first)


def _chosen(header: Header, columns: Sequence[Column], places: MappingType[str, int]) -> Header:
    headers = header.mapping.headers
    places = {name: place for name, place in places.items() if place < len(headers)}
    missing = tuple(column for column in columns if column.required and column.name not in places)
    unknown = tuple(each for place, each in enumerate(headers) if each and place not in places.values())
    return Header(header.row, Mapping(places, unknown, headers), missing)


def _sheets(path: Path, kind: Kind, limits: Limits, sheet: str) -> Iterator[Sheet]:
    """What gives the rows of the file from its beginning; of a workbook for each sheet."""
    if kind is Kind.TEXT:
        return iter([Sheet(partial(text_rows, path))])
    if kind is Kind.PAGE:
        return iter([Sheet(partial(page_rows, path, limits))])
    if kind is Kind.SPREADSHEET:
        found = spreadsheet_sheets(path, limits)
        names = tuple(name for name, _rows in found)
        return iter([Sheet(rows, name, names) for name, rows in found if name == sheet or not sheet])
    return sheets_of(path, kind, limits, sheet)


def _is_data(cells: list, places: tuple[int, ...], first: int) -> bool:
    """Whether a row has anything in the columns we read and is not a row of totals."""
    width = len(cells)
    key = cells[first] if first < width else ""
    if type(key) is str and key[:1] > " " and key[0] not in "ИиВвTtGg":
        return True
    for place in places:
        if place < width and (cells[place] not in ("", None)) and str(cells[place]).strip():
            break
    else:
        return False
    # “Итого” stands in the first column or left of the sums, never beside a key.
    may_be_total = type(key) is str and (not key or key[0] in "ИиВвTtGg ")
    if may_be_total and any(_is_total(cell) for cell in ([key] if key.strip() else cells)):
        return False
    return not (_is_empty(key) and _is_group(cells, places))


def _is_empty(cell: Any) -> bool:
    return cell is None or (type(cell) is str and not cell.strip())


def _is_numbering(cells: list) -> bool:
    """Whether a row under the header numbers the columns: 1, 2, 3 …"""
    numbers = [as_seen(cell).strip() for cell in cells if not _is_empty(cell)]
    return len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _is_filled(row: list) -> bool:
    return not all(map(_is_empty, row))


def _is_group(cells: list, places: tuple[int, ...]) -> bool:
    """Whether one text is all there is beside an empty key: the name of a group that the rows below belong to."""
    filled = [cell for cell in cells if not _is_empty(cell)]
    return len(filled) == 1 and type(filled[0]) is str and len(places) > 1 and any(map(str.isalpha, filled[0]))


def _is_total(cell: Any) -> bool:
    word = cell.strip().rstrip(":").lower() if type(cell) is str else ""
    if _COUNTED.fullmatch(word):
        return True
    return word in _TOTALS or word.startswith(("итого ", "всего по "))


def _typed(number: int, cells: list, plan) -> Row:
    values, errors, width = [], (), len(cells)
    for column, place, label in plan:
        raw = cells[place] if 0 <= place < width else None
        try:
            value = column.parse(raw) if raw is not None and raw != "" else None
        except CellRefused as refused:
            errors += (RowError(number, label, as_seen(raw).strip()[:100], str(refused)),)
            values.append(None)
            continue
        if value is None:
            if column.required:
                errors += (RowError(number, label, "", _("Fill in this cell.")),)
        elif column.longest and len(value) > column.longest:
            errors += (
                RowError(
                    number,
                    label,
                    str(raw)[:100],
                    _("The text is longer than %(longest)s characters.") % {"longest": column.longest},
                ),
            )
        values.append(value)
    return Row(number, tuple(values), errors)
