"""1CClientBankExchange: `key=value` lines, a section for each account and one for each document.

A document tells payer and receiver; which of them we are follows from the accounts of the file, then from the day
on which money came or went. What is written over several lines is put together again.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

import orders.statements.values as values
from kam.files import FileRefused
from orders.statements.alike import Alike
from orders.statements.items import Finding, Item, Movement, Section, Severity, Source
from orders.statements.texts import opened_text
from orders.statements.values import Skipped

_CHUNK = 1024 * 1024
_LONGEST = 8 * 1024 * 1024
_END = "КонецДокумента"
_START = "СекцияДокумент"
_STARTS = re.compile(r"^[ \t]*СекцияДокумент\b", re.M)
_PAIR = re.compile(r"^[ \t]*([^\s=]+)[ \t]*=(.*)$", re.M)
_KEY = re.compile(
    r"(?:Плательщик|Получатель|НазначениеПлатежа|Показатель|Квитанция|Банк|Дата|Сумма|Номер|Код|Вид|Срок|Очередность|"
    r"Статус|УИН|УИП|Аккредитив|Платеж|Условие|Представ|Дополн|Акцепт|Валют|Окато|Оборот|Курс|Приоритет|Секция|Конец|"
    r"Счет|РасчСчет|Плат|Рез|Идентификатор|Уникальный|Основание|Период|Тип|Поступило|Списано)[A-Za-zА-Яа-яЁё_]*\d*",
    re.I,
)
# Keys that were looked at already: a file of a hundred thousand documents has the same forty in each.
_met: set[str] = set()
_MOST_KEYS = 500
_ACCOUNT_START, _ACCOUNT_END = "СекцияРасчСчет", "КонецРасчСчет"


class Exchange:
    """One file while it is read: the accounts it is of, and the documents told twice so far."""

    def __init__(self, path: Path):
        self.path = path
        self.sections: dict[str, Section] = {}
        self.header: dict[str, str] = {}
        self._transfers: set[tuple] = set()
        self._alike = Alike(_is_wanted)
        self._line = 0
        self._ended = False

    def read(self) -> Iterator[Item]:
        """The documents in their order, then a section for each account: a section may stand anywhere."""
        with opened_text(self.path) as stream:
            for block, broken in self._blocks(stream):
                yield from self._told(block, broken)
        if not self._ended:
            text = _("The file breaks off: its last line is not the end of the file. What was there was read.")
            yield Finding(Severity.WARNING, "broken_off", text, self._line)
        yield from self.sections.values()

    def _blocks(self, stream: TextIO) -> Iterator[tuple[str, bool]]:
        """Texts up to the end of a document each; the last is what follows the last document."""
        rest = ""
        while chunk := stream.read(_CHUNK):
            *whole, rest = (rest + chunk).split(_END)
            for block in whole:
                yield block, False
                self._line += block.count("\n")
            if len(rest) > _LONGEST:
                raise FileRefused("not_exchange", _("The file has a document of many megabytes: it is no statement."))
        if _START in rest:
            yield rest, True
        else:
            self._sections_in(rest)
            self._ended = "КонецФайла" in rest
        self._line += rest.count("\n")

    def _told(self, block: str, broken: bool) -> Iterator[Item]:
        """What stands before a document (accounts), then the document; a document without its end is told as well."""
        pairs = None if broken else self._alike.pairs_of(block)
        if pairs is not None:
            yield from self._taken(pairs, self._line + pairs["head"].count("\n") + 1)
            return
        # The word stands once in nearly every text, so that a pattern need not look for it.
        head, *documents = block.split(_START, 1) if block.count(_START) == 1 else _STARTS.split(block)
        if head.strip():
            self._sections_in(head)
        line = self._line + head.count("\n")
        for place, text in enumerate(documents, 1):
            unfinished = broken or place < len(documents)
            if unfinished:
                note = _("The document has no end; it was read as far as it goes.")
                yield Finding(Severity.WARNING, "no_end", note, line + 1)
            if broken and place == len(documents):
                text, sign, _tail = text.partition("КонецФайла")
                self._ended = bool(sign)
            pairs = _pairs_of(text)
            yield from self._taken(pairs, line + 1)
            if len(documents) == 1 and not unfinished:
                self._alike.learn(text, pairs)
            line += text.count("\n")

    # ---------------------------------------------------------------- accounts

    def _sections_in(self, text: str) -> None:
        """The header and the accounts in a text between documents."""
        head, *rest = re.split(rf"^[ \t]*{_ACCOUNT_START}\b", text, flags=re.M)
        if not self.header and not self.sections:
            self.header = dict(_PAIR.findall(head))
            for name, account in _PAIR.findall(head):
                if name == "РасчСчет" and values.account_of(account):
                    self._section(values.account_of(account))
        for each in rest:
            self._account(dict(_PAIR.findall(each.split(_ACCOUNT_END)[0])))

    def _section(self, account: str) -> Section:
        found = self.sections.get(account)
        if found is None:
            found = Section(len(self.sections), account, Source.EXCHANGE, line=self._line + 1)
            found.starts_on = _day_or_none(self.header, "ДатаНачала")
            found.ends_on = _day_or_none(self.header, "ДатаКонца")
            found.currency = values.currency_of(account[5:8]) if len(account) == 20 else ""
            self.sections[account] = found
        return found

    def _account(self, pairs: dict[str, str]) -> None:
        """Balances of an account; several sections of one account (one a day) make one."""
        account = values.account_of(pairs.get("РасчСчет", ""))
        if not account:
            return
        section = self._section(account)
        starts_on, ends_on = _day_or_none(pairs, "ДатаНачала"), _day_or_none(pairs, "ДатаКонца")
        opening, closing = _balance_or_none(pairs, "НачальныйОстаток"), _balance_or_none(pairs, "КонечныйОстаток")
        received, spent = _balance_or_none(pairs, "ВсегоПоступило"), _balance_or_none(pairs, "ВсегоСписано")
        if section.opening is None and section.closing is None and section.received is None and section.spent is None:
            section.starts_on, section.ends_on = starts_on or section.starts_on, ends_on or section.ends_on
            section.opening, section.closing = opening, closing
            section.received, section.spent = received, spent
            return
        if starts_on and (section.starts_on is None or starts_on < section.starts_on):
            section.starts_on, section.opening = starts_on, opening
        if ends_on and (section.ends_on is None or ends_on >= section.ends_on):
            section.ends_on, section.closing = ends_on, closing
        section.received = _added(section.received, received)
        section.spent = _added(section.spent, spent)

    # ---------------------------------------------------------------- documents

    def _taken(self, pairs: dict[str, str], line: int) -> Iterator[Item]:
        try:
            yield from self._document(pairs, line)
        except Skipped as skipped:
            yield Finding(Severity.ERROR, "skipped", skipped.text, line, skipped.field, skipped.value[:100])

    def _document(self, pairs: dict[str, str], line: int) -> Iterator[Item]:
        payer = _account_in(pairs, "Плательщик")
        receiver = _account_in(pairs, "Получатель")
        went = values.day_of(pairs.get("ДатаСписано", ""), "ДатаСписано")
        came = values.day_of(pairs.get("ДатаПоступило", ""), "ДатаПоступило")
        amount = values.amount_of(pairs.get("Сумма", ""), "Сумма")
        sides = self._sides(payer, receiver, went, came)
        if len(sides) == 2:
            document = (pairs.get("Номер"), pairs.get("Дата"), amount, payer, receiver, pairs.get("НазначениеПлатежа"))
            if document in self._transfers:
                text = _("A transfer between two accounts of the file stands in it twice; it is taken once.")
                yield Finding(Severity.NOTE, "transfer_twice", text, line, "Номер", pairs.get("Номер", ""))
                return
            self._transfers.add(document)
        written = values.day_of(pairs.get("Дата", ""), "Дата")
        for section, is_incoming in sides:
            if not section.owner_inn:
                section.owner_inn = values.digits_of(pairs.get(f"{_SIDES[is_incoming]}ИНН", ""), 10, 12)
            booked = (came or went) if is_incoming else (went or came)
            if booked is None and written is None:
                raise Skipped("Дата", pairs.get("Дата", ""), _("The document has no day."))
            yield _movement(pairs, section, is_incoming, amount, booked or written, written, line)

    def _sides(self, payer: str, receiver: str, went: date | None, came: date | None) -> list[tuple[Section, bool]]:
        """The accounts of the file that the document moves, each with whether money came; raises Skipped for none."""
        found = []
        if payer in self.sections and payer != receiver:
            found.append((self.sections[payer], False))
        if receiver in self.sections:
            found.append((self.sections[receiver], True))
        if len(found) == 2 and (came is None) != (went is None):
            return [found[1] if came else found[0]]
        if not found and len(self.sections) == 1 and (came is None) != (went is None):
            found = [(next(iter(self.sections.values())), came is not None)]
        if not found and not self.sections and (came is None) != (went is None):
            found = [(self._section(receiver if came else payer), came is not None)]
        if not found:
            accounts = f"{payer} → {receiver}"
            raise Skipped("РасчСчет", accounts, _("Neither account of the document is an account of this statement."))
        return found


_SIDES = {True: "Получатель", False: "Плательщик"}


def _pairs_of(text: str) -> dict[str, str]:
    """Keys and values of a document; lines that have no key of the format go on with the value before."""
    found = _PAIR.findall(text)
    lines = text.rstrip("\n \t\x1a").count("\n")
    pairs = dict(reversed(found))  # of a key given twice the first counts
    if lines <= len(found) and all(_KEY.fullmatch(key) for key in pairs.keys() - _met):
        _met.update(pairs if len(_met) < _MOST_KEYS else ())
        pairs["kind"] = text.partition("\n")[0]
        return pairs
    pairs, last = {}, ""
    first, *rest = text.split("\n")
    pairs["kind"] = first
    for each in rest:
        key, sign, value = each.partition("=")
        if sign and _KEY.fullmatch(key.strip()) and not (key.strip() in pairs and last.startswith("Назначение")):
            last = key.strip()
            pairs.setdefault(last, value)
        elif last and each.strip():
            pairs[last] += "\n" + each
    return pairs


def _account_in(pairs: dict[str, str], side: str) -> str:
    return values.account_of(pairs.get(f"{side}РасчСчет", "") or pairs.get(f"{side}Счет", ""))


class _Party(NamedTuple):
    """The other side of a document."""

    name: str
    inn: str
    kpp: str
    account: str
    bik: str
    bank: str


@lru_cache(maxsize=8192)
def _party(whole: str, name: str, inn: str, kpp: str, settled: str, account: str, bik: str, bank: str) -> _Party:
    """A party from its lines; who pays once pays again."""
    name = name or whole
    written, _slash, beside = inn.partition("/")
    return _Party(
        name=values.name_of(name)[:300],
        inn=values.digits_of(written, 5, 10, 12) or values.inn_in(whole) or values.inn_in(name),
        kpp=values.digits_of(kpp, 9) or values.digits_of(beside, 9) or values.kpp_in(whole),
        account=(values.account_of(settled or account) or values.account_of(account))[:34],
        bik=values.digits_of(bik, 9),
        bank=values.squeezed(bank)[:200],
    )


# The lines of each side, whether it is the one that paid us: as `_party` takes them.
_PARTY_KEYS = {
    is_incoming: tuple(f"{side}{each}" for each in ("", "1", "ИНН", "КПП", "РасчСчет", "Счет", "БИК", "Банк1"))
    for is_incoming, side in ((True, "Плательщик"), (False, "Получатель"))
}


_WANTED = frozenset({"Номер", "Дата", "Сумма", "ДатаСписано", "ДатаПоступило", *chain(*_PARTY_KEYS.values())})


def _is_wanted(key: str) -> bool:
    return key in _WANTED or key.startswith("НазначениеПлатежа")


def _movement(pairs, section: Section, is_incoming: bool, amount, booked: date, written, line: int) -> Movement:
    said = pairs.get
    party = _party(*[said(key, "") for key in _PARTY_KEYS[is_incoming]])
    purpose = said("НазначениеПлатежа", "")
    if not purpose.strip():
        purpose = " ".join(pairs[key] for key in sorted(pairs) if key.startswith("НазначениеПлатежа"))
    return Movement(
        section=section.number,
        is_incoming=is_incoming,
        amount=amount,
        booked_on=booked,
        currency=section.currency,
        document_kind=pairs["kind"].lstrip(" \t=").strip()[:100],
        document_number=values.squeezed(said("Номер", ""))[:60],
        document_on=written,
        other_name=party.name,
        other_inn=party.inn,
        other_kpp=party.kpp,
        other_account=party.account,
        other_bik=party.bik,
        other_bank=party.bank,
        purpose=values.squeezed(purpose),
        line=line,
    )


def _day_or_none(pairs: dict[str, str], key: str) -> date | None:
    try:
        return values.day_of(pairs.get(key, ""), key)
    except Skipped:
        return None


def _balance_or_none(pairs: dict[str, str], key: str):
    try:
        return values.balance_of(pairs.get(key, ""), key)
    except Skipped:
        return None


def _added(total, more):
    return more if total is None else total if more is None else total + more
