"""A text of a bank as lines, whatever its encoding and line ends; and what kind of statement it is."""

import codecs
import re
from pathlib import Path
from typing import TextIO

from kam.files.encodings import encoding_of
from orders.statements.items import Source

_SAMPLE = 64 * 1024
_EXCHANGE = re.compile(r"^\s*1CClientBankExchange|^\s*Секция(?:РасчСчет|Документ)\b", re.I | re.M)
_SWIFT = re.compile(r"^\s*(?:\{1:|\{4:|:20:|:25P?:|:28C?:|:60[FM]:|:61:)", re.M)


def encoding_of_text(path: Path) -> str:
    """The encoding told by the bytes; what a header of the file says of it is often wrong.

    A UTF-8 text that breaks off inside a letter is still UTF-8.
    """
    found = encoding_of(path)
    if found in ("cp1251", "cp866"):
        with path.open("rb") as stream:
            sample = stream.read(_SAMPLE)
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(sample)
        except UnicodeDecodeError:
            return found
        if not text.isascii():
            return "utf-8"
    return found


def opened_text(path: Path) -> TextIO:
    """The file as text; every kind of line end becomes one, what is no letter becomes a sign of that."""
    return path.open(encoding=encoding_of_text(path), errors="replace", newline=None)


def source_of_text(path: Path) -> Source | None:
    """Which of the text formats a file has; None for neither."""
    with opened_text(path) as stream:
        head = stream.read(_SAMPLE)
    if _EXCHANGE.search(head):
        return Source.EXCHANGE
    return Source.MT940 if len(_SWIFT.findall(head)) > 1 else None
