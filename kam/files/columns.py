"""Which column of a list is which: the header row, synonyms in two languages and what was chosen before."""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

import kam.files.cells as cells

_NOISE = re.compile(r"[^0-9a-zа-я%№#]+")
_HEADER_WITHIN = 30


@dataclass(frozen=True)
class Column:
    """A column that an importer understands.

    ``parse`` turns a cell into a value (see ``kam.files.cells``); ``required`` means that the column must
    be in the file and filled in every row; ``needed`` that it must be in the file. ``synonyms`` are headers
    people use.
    """

    name: str
    label: Any
    parse: Callable[[Any], Any] = cells.text
    required: bool = False
    synonyms: tuple[str, ...] = ()
    longest: int = 0
    example: str = ""

    def headers(self) -> frozenset[str]:
        """All headers that mean this column, folded."""
        return frozenset(folded_header(each) for each in (self.name, str(self.label), *self.synonyms))


@dataclass(frozen=True)
class Mapping:
    """Where each known column lies: ``places`` by column name; ``unknown`` are headers nobody claimed."""

    places: MappingType[str, int]
    unknown: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def remembered(self) -> dict[str, str]:
        """What to keep for the next file of this kind: folded header -> column name."""
        return {
            folded_header(self.headers[place]): name for name, place in self.places.items() if place < len(self.headers)
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
    """Give each column its place: first as remembered, then an equal synonym, then one the header begins
    with.
    """
    columns = tuple(columns)
    folded = [folded_header(each) for each in headers]
    places: dict[str, int] = {}
    names = {column.name for column in columns}
    for place, header in enumerate(folded):
        name = (remembered or {}).get(header)
        if header and name in names and name not in places:
            places[name] = place
    for fits in (_equal, _begins):
        for column in columns:
            if column.name in places:
                continue
            known = column.headers()
            for place, header in enumerate(folded):
                if header and place not in places.values() and fits(header, known):
                    places[column.name] = place
                    break
    taken = set(places.values())
    unknown = tuple(str(headers[place]).strip() for place, header in enumerate(folded) if header and place not in taken)
    return Mapping(places, unknown, tuple(str(each or "").strip() for each in headers))


def _equal(header: str, known: frozenset[str]) -> bool:
    return header in known


def _begins(header: str, known: frozenset[str]) -> bool:
    return any(len(each) > 3 and header.startswith(each + " ") for each in known)


def header_of(
    rows: Sequence[Sequence[Any]], columns: Sequence[Column], remembered: MappingType[str, str] | None = None
) -> Header:
    """Find the header among the first rows of a list (a title, a date and blank rows may stand above it).

    The best row is the one where most columns are recognised, required ones counting double; the first wins.
    """
    best, best_score, best_row = Mapping({}), 0, 0
    for number, row in enumerate(rows[:_HEADER_WITHIN], 1):
        if not any(isinstance(cell, str) and cell.strip() for cell in row):
            continue
        mapping = map_headers(row, columns, remembered)
        score = sum(2 if column.required else 1 for column in columns if column.name in mapping.places)
        if score > best_score:
            best, best_score, best_row = mapping, score, number
    missing = tuple(column for column in columns if column.required and column.name not in best.places)
    return Header(best_row, best, missing)
