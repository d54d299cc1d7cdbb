"""Which document numbers a payer names in the purpose of a payment.

«Оплата по счету №123 от 01.02.2026, сч. 12, 13-15» names 123, 12 and 13-15. Numbers count only after a word for an
invoice, an order or a delivery note; dates, sums, VAT, contracts and bank accounts do not.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from kam.folding import folded

LONGEST_RANGE = 50
# By their first letters: a place where none stands is passed at once. No letter, figure or stroke stands before.
_WORDS = (
    ("с", r"чет(?:а|у|е|ом|ам|ов|ами)?(?:[ -]?фактур\w*|-договор\w*|-оферт\w*)?|ч[./ -]*ф(?:акт\w*)?|ч"
          r"|[./-]*ф(?:акт\w*)?"),
    ("з", r"аказ(?:а|у|ом|ы|ов|ам)?"),
    ("у", r"пд"),
    ("н", r"акладн\w+|акл"),
    ("т", r"орг-?12|н"),
    ("и", r"нвойс\w*"),
    ("i", r"nvoice|nv"),
)  # fmt: skip
_WORD = re.compile(f"(?:{'|'.join(f'{first}(?<![a-zа-я0-9/].)(?:{rest})' for first, rest in _WORDS)})(?![a-zа-я])")
_DATE = r"(?:\bот|\bдат\w*)\s*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2} [а-я]+ \d{4})(?:\s*г(?:ода|\b)\.?)?"
_BEFORE_FIRST = re.compile(rf"(?:\s|[.:#№(]|n[o0]?(?=[.\s]*\d)|номер\w*|на (?:пред)?оплату\b|покупател\w+|{_DATE})*")
_BEFORE_NEXT = re.compile(rf"\s*(?:{_DATE})?\s*(?:[,;&+№]|и\b)(?:\s|[,;№#]|n[o0]?(?=[.\s]*\d))*")
_NUMBER = re.compile(
    r"(?!(?:от|на|по|за|в|ндс|сумм\w*)[\s\d])"
    r"(?>(?:[a-zа-я]{1,6}[-/]?)?\d+(?:[-/][a-zа-я0-9]+)*(?:[a-zа-я](?![a-zа-я]))?)"
    r"(?!\.\d|,\d\d\s*(?:р|₽)|\s*(?:руб|р\.|р\b|₽|%|коп|шт|\d{3}[.,]\d\d))"
)
_SPACED_RANGE = re.compile(r"(?<=\d) ?- ?(?=(?>\d+)(?!\s*(?:руб|р\b|₽|[.,]\d)))")
_DASHES = "–—−‑"
_LOOKALIKES = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_ACCOUNT_DIGITS = 15
_DASH_OF_PREFIX = re.compile(r"(?<=[А-ЯA-Z])[-/](?=\d)")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def stated_numbers(purpose: str) -> tuple[str, ...]:
    """Return the numbers named in `purpose`, in capitals, each once, in the order they are named.

    A range stays one text ("13-15"), for it may be a number too; `numbers_in_range` opens it.
    """
    text = folded(purpose)
    for dash in _DASHES:
        text = text.replace(dash, "-")
    if " -" in text or "- " in text:
        text = _SPACED_RANGE.sub("-", text)
    found: dict[str, None] = {}
    for word in _WORD.finditer(text):
        for number in _numbers_from(text, word.end()):
            found[number] = None
    return tuple(found)


def numbers_in_range(stated: str) -> tuple[str, ...]:
    """Return 13, 14, 15 for "13-15"; nothing when `stated` is no rising range of at most 50 plain numbers."""
    ends = re.fullmatch(r"(\d+)-(\d+)", stated)
    if ends is None:
        return ()
    first, last = map(int, ends.groups())
    return tuple(map(str, range(first, last + 1))) if first < last < first + LONGEST_RANGE else ()


@lru_cache(maxsize=16_384)
def number_key(number: str) -> str:
    """Return the form in which document numbers are compared.

    Case, spaces, leading zeros, the dash after a prefix and Latin letters that look Russian do not matter:
    `KA-000123` and «ка123» are the same.
    """
    if number.isascii() and number.isdigit():
        return number.lstrip("0") or "0"
    key = "".join(folded(number).split()).upper().translate(_LOOKALIKES)
    if "-" in key or "/" in key:
        key = _DASH_OF_PREFIX.sub("", key)
    return _LEADING_ZEROS.sub("", key) if "0" in key else key


def number_tail(number: str) -> str:
    """Return the last digits of a number without leading zeros: what people write instead of it (`123`)."""
    digits = re.search(r"\d+$", number_key(number))
    return digits.group() if digits else ""


def _numbers_from(text: str, place: int) -> Iterator[str]:
    place = _BEFORE_FIRST.match(text, place).end()
    while number := _NUMBER.match(text, place):
        stated = number.group().upper()
        if not (stated.isdigit() and len(stated) >= _ACCOUNT_DIGITS):
            yield stated
        following = _BEFORE_NEXT.match(text, number.end())
        if following is None:
            return
        place = following.end()
