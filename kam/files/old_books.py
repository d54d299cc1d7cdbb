"""Old Excel books (XLS) of other programs: number formats that look like dates, and texts without a code page.

Excel itself counts its own formats from 164 on. Accounting programs count theirs from 49, where a reader that follows
Excel's built-in list sees dates of the Far East: a price of 5.000 comes out as 5 January 1900. And programs that know
nothing of Unicode write Russian letters under the mark of western Europe.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Numbers of built-in formats that are dates only in the Far East.
_FOREIGN_DATES = frozenset((*range(27, 37), *range(50, 59)))
_GENERAL, _DAY = 0, 14
# The table of cell styles: an old book has at least a dozen and a half, one after another.
_STYLES = re.compile(rb"(?:\xe0\x00(?:\x14\x00.{20}|\x10\x00.{16})){12,}", re.S)
_FORMAT = re.compile(rb"\x1e\x04(..)([\x1b-\x24\x32-\x3a])\x00", re.S)
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_SIGNS = re.compile("[dmyhsдмгчс]", re.I)

_WESTERN = re.compile("[À-ÿ¸¨]{4,}")
_CYRILLIC = re.compile("[А-яЁёІіЇїЄє]")
_ENOUGH_WORDS = 3


def with_own_formats(book: bytes) -> bytes:
    """The book with its own number formats told from the dates of the Far East; as it is where it needs nothing.

    A style whose format the book declares itself becomes a plain number, or a plain day where the format is one.
    """
    found = _STYLES.search(book)
    if found is None:
        return book
    declared = _declared_formats(book[: found.start()])
    mended, place = bytearray(book), found.start()
    while place < found.end():
        number = int.from_bytes(book[place + 6 : place + 8], "little")
        if number in declared and number in _FOREIGN_DATES:
            mended[place + 6 : place + 8] = (_DAY if declared[number] else _GENERAL).to_bytes(2, "little")
        place += 4 + book[place + 2]
    return bytes(mended)


def _declared_formats(head: bytes) -> dict[int, bool]:
    """The formats with doubtful numbers that a book declares, and whether each is a date."""
    formats = {}
    for found in _FORMAT.finditer(head):
        end = found.start() + 4 + int.from_bytes(found[1], "little")
        written = head[found.end() : end]
        # Before the text stands its length, and in newer books whether a sign has two bytes.
        wide = written[2:3] == b"\x01"
        text = written[3:].decode("utf-16-le", "ignore") if wide else written.decode("latin-1")
        formats[found[2][0]] = bool(_DATE_SIGNS.search(_NOT_SIGNS.sub("", text)))
    return formats


def _russian_letters() -> dict[int, str]:
    """What a sign of western Europe is in windows-1251; the reader may have taken a byte for itself too."""
    letters = {}
    for byte in range(128, 256):
        russian = bytes([byte]).decode("cp1251", "replace")
        letters[byte] = russian
        western = bytes([byte]).decode("cp1252", "replace")
        if western != "\ufffd":
            letters[ord(western)] = russian
    return letters


_LETTERS = _russian_letters()


def is_misread(texts: Sequence[str]) -> bool:
    """Whether these texts are Russian under the mark of western Europe: words of nothing but accented letters."""
    words = 0
    for text in texts:
        if _CYRILLIC.search(text):
            return False
        words += len(_WESTERN.findall(text))
    return words >= _ENOUGH_WORDS


def in_russian(text: str) -> str:
    """A misread text as it was meant."""
    return text.translate(_LETTERS)


def russian_rows(rows: Callable[[], Iterator[list[Any]]]) -> Callable[[], Iterator[list[Any]]]:
    """The same rows with every text as it was meant."""

    def again() -> Iterator[list[Any]]:
        for row in rows():
            yield [in_russian(cell) if cell.__class__ is str else cell for cell in row]

    return again
