"""Rows of a delimited text."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from kam.files.encodings import encoding_of
from kam.files.refusing import FileRefused

_DELIMITERS = ("\t", ";", "|", ",")
_SAMPLE_LINES = 60
_END = "\x03"  # a line of our own after the last one
# A quote that is never closed swallows lines; no honest cell is that long.
_LONGEST_CELL = 131_072


def text_rows(path: Path | str) -> Iterator[list[str]]:
    """The rows of a CSV or TSV file, blank ones as empty lists so that they can be counted.

    Raises FileRefused while reading when a quote is opened and not closed.
    """
    encoding = encoding_of(path)
    with Path(path).open(encoding=encoding, newline="", errors="replace") as stream:
        sample = list(itertools.islice(stream, _SAMPLE_LINES))
        lines = itertools.chain(sample, stream, (_END,))
        delimiter = _named_delimiter(sample)
        if delimiter:
            next(lines)
            yield []  # the line “sep=;” keeps its number
        reader = csv.reader(lines, delimiter=delimiter or delimiter_of(sample))
        row: list[str] = [_END]
        try:
            row = next(reader)
            for following in reader:
                yield row
                row = following
        except csv.Error as error:
            raise _unclosed(reader.line_num) from error
        if row != [_END]:
            # The mark of the end lies within a cell, and so does all that stands before it.
            swallowed = row[-1].removesuffix(_END)
            lines_in_it = swallowed.count("\n") + (not swallowed.endswith("\n"))
            raise _unclosed(reader.line_num - lines_in_it + bool(delimiter))


def _unclosed(line: int) -> FileRefused:
    text = _("The text cannot be read after line %(line)s: a quote may be opened there and not closed.")
    return FileRefused("broken_text", text % {"line": line})


def delimiter_in(path: Path | str, encoding: str) -> str:
    """The delimiter of a file; empty where its first line names it and so is no row."""
    with Path(path).open(encoding=encoding, newline="", errors="replace") as stream:
        sample = list(itertools.islice(stream, _SAMPLE_LINES))
    return "" if _named_delimiter(sample) else delimiter_of(sample)


def _named_delimiter(sample: list[str]) -> str:
    """The delimiter of the first line “sep=;” that Excel writes and obeys."""
    first = sample[0].strip().lower() if sample else ""
    if first.startswith("sep=") and len(sample[0].strip("\r\n")) == 5:
        return sample[0].strip("\r\n")[4]
    return "\t" if first == "sep=" and "\t" in sample[0] else ""


def delimiter_of(sample: list[str]) -> str:
    """The delimiter that splits most lines into the same number of cells; “;” where nothing does."""
    best, best_score = ";", (0.0, 0)
    lines = [line for line in sample if line.strip()]
    for delimiter in _DELIMITERS:
        score = _evenness(lines, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """The share of lines that have the commonest width above one, and that width."""
    widths: dict[int, int] = {}
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            widths[len(row)] = widths.get(len(row), 0) + 1
    except csv.Error:
        return 0.0, 0
    widths.pop(1, None)
    if not widths:
        return 0.0, 0
    width = max(widths, key=lambda each: (widths[each], each))
    # A decimal comma also splits every line evenly; a real delimiter splits the header line too.
    return round(widths[width] / max(len(lines), 1), 1), width


csv.field_size_limit(_LONGEST_CELL)
