"""Rows of a sheet's XML taken by one pattern, where they are written in the plainest way.

Most lists have nothing but texts and short numbers, written as every known program does. Those a pattern takes many
times faster than anything that builds a value of each cell. Whatever else there is in a piece (a date, a formula, a
truth value, a sign written as an entity) makes the whole piece not plain, and calamine reads it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

Texts = tuple[bytes, ...]
_CHUNK = 1024 * 1024
_MOST_STYLES = 100
_MISSES = 3
# Signs that calamine may read as others, and rows the pattern would not see.
_NOT_PLAIN = (b"&", b"\r", b"\x00", b"_x", b"<!", b":row")
_ROW, _CELLS, _ROW_END = rb'<row r="(\d{1,7})"[^/>]*(?:/>|>', rb'(?:<c r="%s\1"(?:/>|%s))?', rb"</row>)"
# A number that is written as we would write it: a whole one without an exponent, or a few places after the point.
_NUMBER = rb"(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,3}[1-9])"
_SHARED = b' t="s"><v>'
_VALUE = (
    rb"(?:(?: s=\"(?:%s)\")?(?: t=\"n\")?><v>(?=" + _NUMBER + rb"</v>)"
    rb'|(?: s="\d+")?(?: t="inlineStr"><is><t(?:>(?!\s)| xml:space="preserve">)|(?=' + _SHARED + rb")))"
    rb"((?:" + _SHARED + rb")?[^<>&]*)(?<!\s)(?:</v>|</t></is>)</c>"
)  # fmt: skip
_STRING = re.compile(rb"<si>.*?</si>", re.S)
_PLAIN_STRING = re.compile(rb'<si><t(?:>(?!\s)| xml:space="preserve">)([^<>&]*)(?<!\s)</t></si>')
# White space beyond ASCII at the edge of a text; calamine cuts it off where the sheet does not say to keep it.
_EDGE = re.compile(
    rb"<t>(?:%(blank)s)|(?:%(blank)s)</t>" % {b"blank": rb"\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2[\x80\x81].|\xe3\x80\x80"},
    re.S,
)

# Asks calamine what cells mean: the XML of each to its value.
Ask = Callable[[Sequence[bytes]], Sequence]


class PlainRows:
    """Takes the plain pieces of one sheet; `strings` opens the strings that the sheets share, None without any."""

    def __init__(self, width: int, ask: Ask, styles: bytes, strings: Callable[[], BinaryIO] | None):
        self._width, self._ask, self._styles, self._open_strings = width, ask, styles, strings
        self._pattern: re.Pattern[bytes] | None = None
        self._strings: list[bytes] | None = None
        self._misses = 0

    def taken(self, piece: bytes, told: int) -> list[Texts] | None:
        """The rows as texts in UTF-8, all of the width; None where calamine has to read the piece.

        `told` is the number of the row before the first. A list of which nothing is plain is soon not looked at.
        """
        if self._misses >= _MISSES:
            return None
        rows = self._taken(piece, told)
        self._misses = 0 if rows is not None else self._misses + 1
        return rows

    def _taken(self, piece: bytes, told: int) -> list[Texts] | None:
        if not _is_plain(piece):
            return None
        if self._pattern is None:
            self._pattern = _pattern_of(self._width, self._plain_styles())
        found = self._pattern.findall(piece)
        numbers = [row[0] for row in found]
        in_order = numbers == [b"%d" % number for number in range(told + 1, told + 1 + len(found))]
        if not found or not in_order or len(found) != piece.count(b"<row"):
            return None
        rows = [row[1:] for row in found]
        return self._resolved(rows) if _SHARED in piece else rows

    def _plain_styles(self) -> Iterable[int]:
        """The styles in which a number is a number, and not a date."""
        styles = min(self._styles.count(b"<xf "), _MOST_STYLES)
        values = self._ask([b'<c s="%d"><v>1</v></c>' % style for style in range(styles)]) if styles else ()
        return (style for style, value in enumerate(values) if value.__class__ is float)

    def _resolved(self, rows: list[Texts]) -> list[Texts] | None:
        if self._strings is None:
            self._strings = list(self._all_strings())
        told = _Meanings(self._strings).__getitem__
        try:
            return [tuple(map(told, row)) for row in rows]
        except (IndexError, ValueError):
            return None

    def _all_strings(self) -> list[bytes]:
        """The texts in their order; calamine says what those mean that have more than one plain text."""
        if self._open_strings is None:
            return []
        with self._open_strings() as stream:
            strings = list(_strings_in(stream))
        others = [place for place, text in enumerate(strings) if text is None]
        if others:
            values = self._ask([b'<c t="s"><v>%d</v></c>' % place for place in others])
            for place, value in zip(others, values, strict=True):
                strings[place] = str(value).encode()
        return strings


class _Meanings(dict):
    """What the cells of a piece say: each is looked up once, and what is not the number of a string says itself."""

    def __init__(self, strings: Sequence[bytes]):
        super().__init__()
        self._strings = strings

    def __missing__(self, cell: bytes) -> bytes:
        meant = cell
        if cell.startswith(_SHARED):
            place = cell[len(_SHARED) :]
            if not place.isdigit():  # int() would take “-1” for the last one
                raise ValueError(place)
            meant = self._strings[int(place)]
        self[cell] = meant
        return meant


def _is_plain(xml: bytes) -> bool:
    """Whether its texts are UTF-8 without anything that stands for something else."""
    if any(sign in xml for sign in _NOT_PLAIN):
        return False
    try:
        return xml.isascii() or (bool(xml.decode()) and not _EDGE.search(xml))
    except UnicodeDecodeError:
        return False


def _pattern_of(width: int, styles: Iterable[int]) -> re.Pattern[bytes]:
    """The number of a row and the texts of its first columns; a row with cells beyond them does not match."""
    value = _VALUE % b"|".join([b"%d" % style for style in styles] or [b"-"])
    return re.compile(_ROW + b"".join([_CELLS % (letters_of(place), value) for place in range(width)]) + _ROW_END)


def letters_of(place: int) -> bytes:
    """The letters of a column by its place from nought."""
    letters = b""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = b"%c%s" % (65 + rest, letters)
    return letters


def _strings_in(stream: BinaryIO) -> Iterator[bytes | None]:
    """The shared strings, None for one that is not a single plain text. A part written in another way gives none."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        whole, mark, rest = (rest + chunk).rpartition(b"</si>")
        whole += mark
        count = whole.count(b"<si>")
        if whole.count(b"<si") != count or b"<!" in whole:
            return
        texts = _PLAIN_STRING.findall(whole) if _is_plain(whole) else ()
        yield from texts if len(texts) == count else map(_plain_string, _STRING.findall(whole))


def _plain_string(string: bytes) -> bytes | None:
    plain = _PLAIN_STRING.fullmatch(string)
    return plain[1] if plain and _is_plain(string) else None
