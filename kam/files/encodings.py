"""The encoding of a text, told by its bytes whatever a header in it says."""

import codecs
import re
from collections import Counter
from pathlib import Path

_CHUNK = 1024 * 1024
_SAMPLE = 256 * 1024
_ASCII = bytes(range(128))
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']""")
# The commonest letters of Russian; two eight-bit guesses are told apart by how many of them they give.
_COMMON = frozenset("оеаинтсрвлОЕАИНТСРВЛ")
_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁ№«»–—\u00a0")


def encoding_of(path: Path | str) -> str:
    """The Python name of the encoding of the file at ``path``.

    Order: byte order mark; zeros of UTF-16; valid UTF-8 (the whole file is tried, a late letter decides too);
    then windows-1251 or cp866 by the letters they give, or what the XML header names if it is another one.
    A byte order mark is not part of the text: ``utf-8-sig`` and ``utf-16`` drop it.
    """
    with Path(path).open("rb") as stream:
        sample = stream.read(_SAMPLE)
        marked = _by_mark(sample)
        if marked:
            return marked
        stream.seek(0)
        if _is_utf8(stream):
            return "utf-8"
        sample = _letters_of(path, sample)
    declared = _DECLARED.match(sample.lstrip())
    if declared:
        name = declared.group(1).decode().lower()
        if name not in ("utf-8", "utf8", "windows-1251", "cp1251", "cp866", "ibm866") and _is_known(name):
            return name
    return eight_bit_of(sample)


def _by_mark(sample: bytes) -> str:
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > half * 0.2 and sample[0::2].count(0) < half * 0.05:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.2 and sample[1::2].count(0) < half * 0.05:
        return "utf-16-be"
    return ""


def _is_utf8(stream) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_known(name: str) -> bool:
    try:
        return codecs.lookup(name).name != "utf-8"
    except LookupError:
        return False


def _letters_of(path: Path | str, sample: bytes) -> bytes:
    """A sample that has letters beyond ASCII: they may begin late in a list of codes."""
    if not sample.isascii():
        return sample
    with Path(path).open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if not chunk.isascii():
                return chunk
    return sample


def eight_bit_of(sample: bytes) -> str:
    """Which of the two Russian eight-bit encodings gives more Russian text; windows-1251 wins a tie."""
    high = sample[:_SAMPLE].translate(None, delete=_ASCII)
    return max(("cp1251", "cp866"), key=lambda name: _score(high.decode(name, "replace")))


def _score(text: str) -> int:
    return sum(
        times * (3 if letter in _COMMON else 1 if letter in _RUSSIAN else -4) for letter, times in Counter(text).items()
    )
