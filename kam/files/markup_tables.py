"""Rows of tables written as markup: a web page under the name of a workbook, and the XML Spreadsheet of Excel 2003.

Many programs “export to Excel” so. Both are streamed: of a page each row is taken as its end is met, and forgotten.
"""

import datetime as dt
import io
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from kam.files.encodings import encoding_of
from kam.files.limits import Limits
from kam.files.markup import open_markup
from kam.files.refusing import FileRefused

SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_NS = f"{{{SPREADSHEET}}}"
_CELLS = ("td", "th")
_BREAKS = ("br", "p", "div")
_END = 256 * 1024
_HIGHEST = 100_000  # rows that one cell may reach over


class _Utf8(io.RawIOBase):
    """A text in any encoding as bytes of UTF-8."""

    def __init__(self, text: io.TextIOBase):
        super().__init__()
        self._text = text

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._text.read(size if size > 0 else 65_536).encode("utf-8", "replace")


class _Grid:
    """Puts cells that reach over several columns and rows into their places; what they reach over is empty."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._reaching: dict[int, int] = {}  # place -> rows below that are taken

    def row(self, cells: list[tuple[Any, int, int, int | None]]) -> list[Any]:
        """The row of cells (value, columns, rows, place where it is said)."""
        row: list[Any] = []
        reaching = {place: left for place, left in self._reaching.items() if left > 0}
        self._reaching = {place: left - 1 for place, left in reaching.items()}
        for value, columns, rows, place in cells:
            while len(row) in reaching or (place is not None and len(row) < place):
                self._add(row, "")
            for number in range(columns):
                if rows > 1:
                    self._reaching[len(row)] = min(rows, _HIGHEST) - 1
                self._add(row, "" if number else value)
        return row

    def _add(self, row: list[Any], value: Any) -> None:
        if len(row) >= self._limits.columns:
            text = _("The table has more than %(limit)s columns.") % {"limit": self._limits.columns}
            raise FileRefused("too_wide", text)
        row.append(value)


# -------------------------------------------------------------------- web pages


def page_rows(path: Path | str, limits: Limits) -> Iterator[list[Any]]:
    """The rows of all tables of a web page, one after another, as texts.

    Raises FileRefused for a page without a table.
    """
    _check_whole(Path(path))
    grid, met = _Grid(limits), False
    with Path(path).open(encoding=encoding_of(path), errors="replace", newline="") as text:
        events = etree.iterparse(_Utf8(text), html=True, encoding="utf-8", tag="tr", huge_tree=True)
        try:
            for _event, element in events:
                met = True
                yield grid.row([_page_cell(cell) for cell in element if cell.tag in _CELLS])
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise _broken() from error
    if not met:
        raise FileRefused(
            "other_kind",
            _("This is a web page without a table. Open the list itself and save it as XLSX or CSV."),
        )


def _check_whole(path: Path) -> None:
    """Refuse a page that ends within its table: a parser of pages would not say that rows are missing."""
    with path.open("rb") as stream:
        begins = b"<table" in stream.read(_END).replace(b"\x00", b"").lower()
        stream.seek(max(path.stat().st_size - _END, 0))
        if begins and b"</table" not in stream.read().replace(b"\x00", b"").lower():
            text = _("The web page ends in the middle of its table, rows may be missing. Export it again.")
            raise FileRefused("cut_short", text)


def _page_cell(cell) -> tuple[str, int, int, None]:
    for within in cell.iter(*_BREAKS):
        within.tail = f" {within.tail or ''}"
    text = " ".join("".join(cell.itertext()).split())
    return text, _times(cell.get("colspan")), _times(cell.get("rowspan")), None


def _times(said: str | None) -> int:
    return max(int(said), 1) if said and said.isdecimal() and len(said) < 7 else 1


def _forget(element) -> None:
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]


# -------------------------------------------------------------------- XML Spreadsheet 2003


def spreadsheet_sheets(path: Path | str, limits: Limits) -> list[tuple[str, Callable[[], Iterator[list[Any]]]]]:
    """The sheets of an XML Spreadsheet in their order: the name, and what gives its rows."""
    names = []
    with open_markup(path, limits) as markup:
        try:
            for event, element in _events(markup, "Worksheet", "Row"):
                if event == "start" and element.tag == f"{_NS}Worksheet":
                    names.append(element.get(f"{_NS}Name") or str(len(names) + 1))
                elif event == "end":
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise _broken() from error
    return [(name, partial(_spreadsheet_rows, path, limits, number)) for number, name in enumerate(names)]


def _events(markup, *tags: str):
    tags = tuple(f"{_NS}{tag}" for tag in tags)
    return etree.iterparse(
        markup, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True, huge_tree=True
    )


def _spreadsheet_rows(path: Path | str, limits: Limits, sheet: int) -> Iterator[list[Any]]:
    grid, number, told = _Grid(limits), -1, 0
    with open_markup(path, limits) as markup:
        try:
            for event, element in _events(markup, "Worksheet", "Row"):
                is_sheet = element.tag == f"{_NS}Worksheet"
                if is_sheet and event == "start":
                    number += 1
                elif is_sheet and number == sheet:
                    return
                elif not is_sheet and event == "end":
                    if number == sheet:
                        place = min(_place(element) or told + 1, limits.rows + 1)
                        yield from itertools.repeat([], max(place - told - 1, 0))
                        told = max(place, told + 1)
                        yield grid.row([_spreadsheet_cell(cell) for cell in element.iterchildren(f"{_NS}Cell")])
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise _broken() from error


def _spreadsheet_cell(cell) -> tuple[Any, int, int, int | None]:
    across, down = (_times(cell.get(f"{_NS}Merge{way}")) for way in ("Across", "Down"))
    wide = across + 1 if cell.get(f"{_NS}MergeAcross") not in (None, "0") else 1
    high = down + 1 if cell.get(f"{_NS}MergeDown") not in (None, "0") else 1
    place = _place(cell)
    return _value(cell.find(f"{_NS}Data")), wide, high, place - 1 if place else None


def _place(element) -> int | None:
    """The row or column that an element is said to stand in, from one."""
    said = element.get(f"{_NS}Index")
    return _times(said) if said else None


def _value(data) -> Any:
    if data is None:
        return ""
    text = "".join(data.itertext())
    kind = data.get(f"{_NS}Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text


def _broken() -> FileRefused:
    return FileRefused("broken_table", _("The table is damaged. Open it in Excel and save it as XLSX."))
