"""MT940 as banks send it: fields `:61:` with or without `:86:`, wrapped lines, several statements in a file.

What `:86:` says comes in three shapes: sub-fields (`?20…?32`, other separators too), words between slashes
(`/NAME/…/REMI/…`), and plain text; some banks say it in `:NS:` instead, a sub-field a line. Texts in the letters of
SWIFT-RUR6 are written back in Russian.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

import orders.statements.values as values
from orders.statements.items import Finding, Item, Movement, Section, Severity, Source
from orders.statements.texts import opened_text
from orders.statements.values import Skipped

_TAG = re.compile(r"^:(\d\d[A-Z]?|NS):(.*)$", re.S)
_HEAD = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:")
_BALANCE = re.compile(r"^\s*([CD])(\d{6})([A-Z]{3})?\s*([\d.,' ]*)")
_ENTRY = re.compile(r"^\s*(\d{6})(\d{4})?\s*(E?[CD]|R[CD])([A-Z])?(\d[\d.' ]*,?\d*)(?:([A-Z][A-Z0-9 ]{3})(.*))?$", re.S)
_STRUCTURED = re.compile(r"^\s*\d{0,3}\s*([?<>~^@|])\d\d")
_SLASHED = re.compile(r"/{1,2}([A-Z]{3,8}|[A-Z]{2,4}\d?)/{1,2}")
_FULL_WIDTH = 27
_MOST_LINES = 200
_LINES_OF_PURPOSE = range(1, 15)
_PURPOSE_FIELDS = frozenset({*range(20, 30), *range(60, 64)})
_NAME_TAGS, _ACCOUNT_TAGS = ("NAME", "ORDP", "BENM", "PAR"), ("IBAN", "ACC", "CACC", "ACCW")
_PURPOSE_TAGS = ("REMI", "RMTINF", "USTD", "ROC", "SVWZ", "PREF", "ADDRESS")


def read_mt940(path: Path) -> Iterator[Item]:
    """The movements of a file, and each statement once its end is seen."""
    reading = Mt940()
    with opened_text(path) as stream:
        for line, tag, text in _fields(stream):
            try:
                yield from reading.take(line, tag, text)
            except Skipped as skipped:
                yield Finding(Severity.ERROR, "skipped", skipped.text, line, skipped.field, skipped.value[:100])
    yield from reading.finish()


def _fields(stream) -> Iterator[tuple[int, str, str]]:
    """Tag and whole text of each field with the line it begins on; the end of a message is a field without a tag."""
    tag, lines, start = "", [], 0
    for number, raw in enumerate(stream, 1):
        line = _HEAD.sub("", raw.rstrip("\n\x1a"))
        found = _TAG.match(line)
        ends = line.strip() in ("-", "-}") or line.startswith(("-}", "-XXX"))
        if found or ends:
            if tag:
                yield start, tag, "\n".join(lines)
            tag, lines, start = (found[1], [found[2]], number) if found else ("", [], number)
            if ends:
                yield number, "-", ""
        elif tag and len(lines) < _MOST_LINES:
            lines.append(line)
    if tag:
        yield start, tag, "\n".join(lines)


class Mt940:
    """One file while it is read."""

    def __init__(self):
        self.section: Section | None = None
        self.count = 0
        self._entry: Movement | None = None
        self._closed = False
        self._reference = self._account = ""

    def take(self, line: int, tag: str, text: str) -> Iterator[Item]:
        """One field. A field that belongs to nothing (headers of banks) is passed over."""
        if tag == "86" and self._entry is not None:
            _describe(self._entry, text)
            yield self._entry
            self._entry = None
            return
        if tag == "NS":
            if self._entry is not None:
                _fill(self._entry, _of_lines(text))
            return
        if tag != "86":
            yield from self._pending()
        if tag == "20":
            yield from self._end()
            self._reference, self._account = text.strip(), ""
        elif tag in ("25", "25P"):
            self._account = _account(text)
        elif tag in ("28", "28C"):
            self._reference = text.strip() or self._reference
        elif tag in ("60F", "60M"):
            yield from self._open(line, tag, text)
        elif tag == "61":
            self._entry = self._read_entry(line, text)
        elif tag in ("62F", "62M") and self.section is not None:
            amount, on, currency = _balance(text, tag)
            self.section.closing, self.section.ends_on, self._closed = amount, on, tag == "62F"
            self.section.currency = self.section.currency or currency

    def finish(self) -> Iterator[Item]:
        """What is left at the end of the file."""
        yield from self._pending()
        if self.section is not None and not self._closed:
            text = _("The statement breaks off: it has no closing balance.")
            yield Finding(Severity.WARNING, "broken_off", text, self.section.line)
            self._closed = True
        yield from self._end()

    def _pending(self) -> Iterator[Item]:
        if self._entry is not None:
            yield self._entry
            self._entry = None

    def _end(self) -> Iterator[Item]:
        if self.section is not None and (self._closed or self.section.closing is None):
            yield self.section
            self.section = None

    def _open(self, line: int, tag: str, text: str) -> Iterator[Item]:
        amount, on, currency = _balance(text, tag)
        if tag == "60M" and self.section is not None and self.section.account == self._account:
            return  # a further page of the same statement
        if self.section is not None:
            self._closed = True
            yield from self._end()
        self.section = Section(
            self.count, self._account, Source.MT940, starts_on=on, opening=amount, currency=currency,
            reference=self._reference[:40], line=line,
        )  # fmt: skip
        self.count, self._closed = self.count + 1, False

    def _read_entry(self, line: int, text: str) -> Movement:
        if self.section is None:
            raise Skipped(":61:", text[:60], _("A movement stands before any opening balance."))
        first, _break, details = text.partition("\n")
        found = _ENTRY.match(first)
        if found is None:
            raise Skipped(":61:", first[:60], _("The line of the movement cannot be read."))
        value_on = values.short_day(found[1], ":61:")
        booked = values.nearest_year(found[2], value_on) if found[2] else None
        mark, code, rest = found[3], (found[6] or "").strip(), found[7] or ""
        if mark.startswith("E"):
            raise Skipped(":61:", first[:60], _("The movement is expected only, not booked."))
        amount = values.amount_of(found[5].replace(" ", "").replace("'", "").rstrip(",").replace(",", "."), ":61:")
        number, _slashes, reference = rest.partition("//")
        number = "" if number.strip().upper() in ("NONREF", "N", "") else number.strip()
        return Movement(
            section=self.section.number,
            # RC takes a credit back, so money goes; RD takes a debit back, so money comes.
            is_incoming=mark in ("C", "RD"),
            amount=amount,
            booked_on=booked or value_on,
            currency=self.section.currency,
            document_kind=code,
            document_number=number[:60],
            purpose=values.squeezed(details),
            reference=reference.strip()[:80],
            fee=code[1:] in ("CHG", "COM"),
            reversal=mark.startswith("R"),
            line=line,
        )


def _account(text: str) -> str:
    """The account of `:25:` without the code of the bank before the slash and the currency behind."""
    whole = re.sub(r"/[A-Z]{3}$", "", text.strip().split("\n")[0].strip())
    last = whole.rpartition("/")[2]
    account = values.account_of(last)
    return account[:-3] if len(account) > 6 and account[-3:].isalpha() and account[:-3].isdigit() else account


def _balance(text: str, tag: str):
    found = _BALANCE.match(text)
    if found is None:
        raise Skipped(f":{tag}:", text[:60], _("The balance cannot be read."))
    digits = found[4].replace(" ", "").replace("'", "").rstrip(",").replace(",", ".") or "0"
    amount = values.amount_of(digits, f":{tag}:", zero=True)
    return (
        -amount if found[1] == "D" else amount,
        values.short_day(found[2], f":{tag}:"),
        values.currency_of(found[3] or ""),
    )


# -------------------------------------------------------------------- what :86: says


def _describe(entry: Movement, text: str) -> None:
    """Put what the field says into the movement."""
    marked = _STRUCTURED.match(text)
    if marked:
        said = _of_subfields(text, marked[1])
    elif len(_SLASHED.findall(text)) > 1:
        said = _of_words(text)
    else:
        said = {"purpose": text}
    _fill(entry, said)


def _fill(entry: Movement, said: dict[str, str]) -> None:
    said = {name: written_in_russian(values.squeezed(each)) for name, each in said.items()}
    purpose = said.get("purpose", "") or entry.purpose
    whole = f"{said.get('name', '')} {purpose}"
    entry.other_name = values.name_of(said.get("name", ""))[:300] or entry.other_name
    entry.other_account = values.account_of(said.get("account", ""))[:34] or entry.other_account
    entry.other_bik = values.account_of(said.get("bik", ""))[:11] or entry.other_bik
    entry.other_inn = entry.other_inn or values.digits_of(said.get("inn", ""), 10, 12) or values.inn_in(whole)
    entry.other_kpp = entry.other_kpp or values.digits_of(said.get("kpp", ""), 9) or values.kpp_in(whole)
    entry.purpose = purpose
    if said.get("number") and not entry.document_number:
        entry.document_number = said["number"][:60]


def _of_subfields(text: str, mark: str) -> dict[str, str]:
    """Sub-fields of two digits; the line ends of the file fall anywhere and mean nothing."""
    whole = text.replace("\n", "")
    parts = re.split(rf"{re.escape(mark)}(\d\d)", whole)
    found: dict[int, str] = {}
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        found[int(code)] = found.get(int(code), "") + value
    said, full = "", False
    for code in sorted(found):
        if code in _PURPOSE_FIELDS:
            said += found[code] if full or not said else " " + found[code]
            full = len(found[code]) >= _FULL_WIDTH
    name = found.get(32, "") + ("" if len(found.get(32, "")) >= _FULL_WIDTH else " ") + found.get(33, "")
    return {
        "purpose": said.strip() or found.get(0, ""), "name": name, "account": found.get(31, "") or found.get(38, ""),
        "bik": found.get(30, ""),
    }  # fmt: skip


def _of_lines(text: str) -> dict[str, str]:
    """`:NS:`: two figures before a line; 01 to 14 are the purpose, 15 and 16 the name, 33 and 34 bank and account."""
    found: dict[int, str] = {}
    for line in text.split("\n"):
        if line[:2].isdigit():
            found[int(line[:2])] = line[2:].strip()
    return {
        "purpose": " ".join(found[code] for code in sorted(found) if code in _LINES_OF_PURPOSE),
        "name": f"{found.get(15, '')} {found.get(16, '')}", "bik": found.get(33, ""), "account": found.get(34, ""),
    }  # fmt: skip


def _of_words(text: str) -> dict[str, str]:
    """`/TAG/value/`; of several values of one meaning the first that is there counts."""
    parts = _SLASHED.split(text.replace("\n", ""))
    found: dict[str, str] = {}
    for tag, value in zip(parts[1::2], parts[2::2], strict=True):
        if value.strip(" /"):
            found[tag] = f"{found[tag]} {value}".strip() if tag in found else value.strip(" /")

    def first(tags) -> str:
        return next((found[tag] for tag in tags if tag in found), "")

    purpose = re.sub(r"^(?:/?(?:USTD|STRD)/{0,2})+", "", first(_PURPOSE_TAGS)) or parts[0].strip()
    return {
        "purpose": purpose, "name": first(_NAME_TAGS), "account": first(_ACCOUNT_TAGS), "bik": found.get("BIC", ""),
        "inn": found.get("INN", ""), "kpp": found.get("KPP", ""), "number": first(("EREF", "REF", "NUM")),
    }  # fmt: skip


_RUR6 = {
    **dict(zip("ABVGDEoJZIiKLMNOPRSTUFHCcQqxYXeua", "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", strict=True)),
    "n": "№",
}
_RUR6_WORDS = re.compile(r"(?<![A-Za-z])(?:OPLATA|ScET\w*|ScETU|PO DOGOVORU|TOVAR\w*|NDS|SUMMA|INN)(?![a-z])")


def written_in_russian(text: str) -> str:
    """Text that came in the letters of SWIFT-RUR6, in Russian; other text as it is. Apostrophes enclose Latin."""
    if not text.isascii() or not _RUR6_WORDS.search(text) or len(_RUR6_WORDS.findall(text)) < 2:
        return text
    pieces = text.split("'")
    return "".join(
        "".join(_RUR6.get(sign, sign) for sign in piece) if place % 2 == 0 else piece
        for place, piece in enumerate(pieces)
    )
