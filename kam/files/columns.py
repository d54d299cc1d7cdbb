"""Which column of a list is which: the header row, synonyms in two languages and what was chosen before."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

import kam.files.cells as cells

_NOISE = re.compile(r"[^0-9a-zа-я%№#]+")
_WORDS = re.compile(r"[^\W_]+|[%€$₽№]")
_PATH = re.compile(r"[^\W\d_]{4,}\.([^\W\d_]{2,}(?: [^\W\d_]+)*)")
_PARTS = re.compile(r"\s*[/,\n]\s*")
_HEADER_WITHIN = 30
_LONGEST_PART = 40


@dataclass(frozen=True)
class Column:
    """A column that an importer understands.

    ``parse`` turns a cell into a value (see ``kam.files.cells``); ``required`` means that the column must
    be in the file and filled in every row. ``synonyms`` are headers people use, the better ones first; a header
    with a word that begins with one of ``unless`` means something else.
    """

    name: str
    label: Any
    parse: Callable[[Any], Any] = cells.text
    required: bool = False
    synonyms: tuple[str, ...] = ()
    longest: int = 0
    example: str = ""
    unless: tuple[str, ...] = ()

    def headers(self) -> tuple[str, ...]:
        """All headers that mean this column, folded, the better ones first."""
        return tuple(dict.fromkeys(folded_header(each) for each in (*self.synonyms, self.name, str(self.label))))


@dataclass(frozen=True)
class Mapping:
    """Where each known column lies: ``places`` by column name; ``unknown`` are headers nobody claimed, ``doubtful``
    the headers that fit a column no worse than the one taken for it.
    """

    places: MappingType[str, int]
    unknown: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    doubtful: MappingType[str, tuple[str, ...]] = field(default_factory=dict)

    def remembered(self) -> dict[str, str]:
        """What to keep for the next file of this kind: folded header -> column name."""
        return {
            folded_header(self.headers[place]): name
            for name, place in self.places.items()
            if place < len(self.headers) and self.headers[place]
        }


@dataclass(frozen=True)
class Header:
    """The header row found: its number (from one; nought when the list has none) and the mapping."""

    row: int
    mapping: Mapping
    missing: tuple[Column, ...] = field(default=())


def folded_header(value: Any) -> str:
    """A header without case, ё, punctuation, units in brackets and line breaks."""
    line = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", str(value or "").lower().replace("ё", "е"))
    return _NOISE.sub(" ", line).strip() or _NOISE.sub(" ", str(value or "").lower()).strip()


def map_headers(
    headers: Sequence[Any], columns: Iterable[Column], remembered: MappingType[str, str] | None = None
) -> Mapping:
    """Give each column its place: first as remembered, then by the ways of _FITS in turn, the surest first."""
    columns = tuple(columns)
    folded = [folded_header(each) for each in headers]
    words = [_WORDS.findall(str(each or "").lower()) for each in headers]
    places = _remembered_places(folded, columns, remembered or {})
    doubtful: dict[str, tuple[str, ...]] = {}
    for fit in _FITS:
        for column in columns:
            if column.name in places:
                continue
            taken = set(places.values())
            free = [
                place
                for place, header in enumerate(folded)
                if header and place not in taken and not _means_another(words[place], column)
            ]
            fitting = fit(free, headers, folded, column.headers())
            if fitting:
                places[column.name] = fitting[0]
                if len(fitting) > 1:
                    doubtful[column.name] = tuple(str(headers[place]).strip() for place in fitting[1:])
    taken = set(places.values())
    unknown = tuple(str(headers[place]).strip() for place, header in enumerate(folded) if header and place not in taken)
    return Mapping(places, unknown, tuple(" ".join(str(each or "").split()) for each in headers), doubtful)


def _remembered_places(folded: list[str], columns: tuple[Column, ...], remembered) -> dict[str, int]:
    places: dict[str, int] = {}
    names = {column.name for column in columns}
    for place, header in enumerate(folded):
        name = remembered.get(header)
        if header and name in names and name not in places:
            places[name] = place
    return places


def _means_another(words: Sequence[str], column: Column) -> bool:
    return bool(column.unless) and any(word.startswith(column.unless) for word in words)


def _equal(free: list[int], headers, folded: list[str], known: tuple[str, ...]) -> list[int]:
    """Equal to one of the synonyms, the best that any header is equal to."""
    for each in known:
        if found := [place for place in free if folded[place] == each]:
            return found
    return []


def _last_of_path(free: list[int], headers, folded: list[str], known: tuple[str, ...]) -> list[int]:
    """“Номенклатура.Артикул”: what accounting programs call the article of an item."""
    tails = list(folded)
    for place in free:
        path = _PATH.fullmatch(str(headers[place]).strip())
        tails[place] = folded_header(path[1]) if path else ""
    return _equal(free, headers, tails, known)


def _one_of_parts(free: list[int], headers, folded: list[str], known: tuple[str, ...]) -> list[int]:
    """“Номенклатура / Характеристика”: one of several names of a heading."""
    parts = {place: {folded_header(part) for part in _PARTS.split(str(headers[place]))} for place in free}
    for each in known:
        if found := [place for place in free if len(parts[place]) > 1 and each in parts[place]]:
            return found
    return []


def _begins(free: list[int], headers, folded: list[str], known: tuple[str, ...]) -> list[int]:
    """“Цена, руб. с НДС”: a synonym and more."""
    return [place for place in free if any(len(each) > 3 and folded[place].startswith(each + " ") for each in known)]


def _ends(free: list[int], headers, folded: list[str], known: tuple[str, ...]) -> list[int]:
    """“Розничная цена”: something before a synonym."""
    return [place for place in free if any(len(each) > 3 and folded[place].endswith(" " + each) for each in known)]


_FITS = (_equal, _last_of_path, _one_of_parts, _begins, _ends)


def header_of(
    rows: Sequence[Sequence[Any]],
    columns: Sequence[Column],
    remembered: MappingType[str, str] | None = None,
    at: int | None = None,
) -> Header:
    """Find the header among the first rows of a list (a title, a date and blank rows may stand above it).

    The best row is the one where most columns are recognised, required ones counting double; the first wins. Two rows
    are one header where the second parts what stands above it. Without any the fullest row of texts is the header.
    `at` says in which row the header ends (from one; nought for none).
    """
    best, best_score, best_row = Mapping({}), -1, None
    for number, row in enumerate(rows[:_HEADER_WITHIN], 1):
        if (at is not None and number != at) or not _texts_in(row):
            continue
        above = rows[number - 2] if number > 1 else ()
        for mapping, more in _readings(above, row, columns, remembered):
            known = _known(mapping, columns)
            score = (known * 2 + more) * 1000 + min(_texts_in(row), 999) * (not known)
            if score > best_score:
                best, best_score, best_row = mapping, score, number
    if at is not None and best_row != at:
        wide = max((len(row) for row in rows), default=0)
        best, best_row = map_headers(rows[at - 1] if 0 < at <= len(rows) else [""] * wide, columns, remembered), at
    best_row = best_row or 0
    missing = tuple(column for column in columns if column.required and column.name not in best.places)
    return Header(best_row, best, missing)


def _texts_in(row: Sequence[Any]) -> int:
    return sum(1 for cell in row if isinstance(cell, str) and cell.strip())


def _known(mapping: Mapping, columns: Sequence[Column]) -> int:
    return sum(2 if column.required else 1 for column in columns if column.name in mapping.places)


def _readings(above: Sequence[Any], row: Sequence[Any], columns: Sequence[Column], remembered):
    """The row as a header by itself and, where it may part the headings above it, both together; with how much each is
    preferred to another that knows as many columns.
    """
    alone = map_headers(row, columns, remembered)
    yield alone, 0
    known = {header for column in columns for header in column.headers()}
    if not _may_part(above, row) or not any(folded_header(cell) in known for cell in row):
        return
    upper = _known(map_headers(above, columns, remembered), columns)
    yield map_headers(_parted(above, row), columns, remembered), 1 if _known(alone, columns) < upper else -1


def _may_part(above: Sequence[Any], row: Sequence[Any]) -> bool:
    """Whether a row may be the second line of a header: short texts, some under nothing or nothing under some."""
    if not _texts_in(above) or any(not isinstance(cell, str) and cell is not None for cell in (*above, *row)):
        return False
    upper, lower = [_line(cell) for cell in above], [_line(cell) for cell in row]
    if any(len(cell) > _LONGEST_PART or cell[:1].isdigit() for cell in lower):
        return False
    return any(bool(one) != bool(other) for one, other in itertools.zip_longest(upper, lower, fillvalue=""))


def _parted(above: Sequence[Any], row: Sequence[Any]) -> list[str]:
    """The headings of two rows: one that stands above several is said with each of its parts."""
    headings, group = [], ""
    for place in range(max(len(above), len(row))):
        top = _line(above[place]) if place < len(above) else ""
        own = _line(row[place]) if place < len(row) else ""
        group = top or (group if own else "")
        headings.append(f"{group} {own}".strip() if own and own != group else top)
    return headings


def _line(cell: Any) -> str:
    return " ".join(str(cell or "").split())
