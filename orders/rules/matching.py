"""Whose money came, and what it pays: the payer by INN, account, name or the invoice it names; then the invoices by
number, by exact sum, by earliest due date. Every answer carries how sure it is and why.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from kam.folding import folded
from kam.money import ZERO
from kam.reasons import Reason, reason
from orders.rules.allocation import InvoiceNames, OpenInvoice
from orders.rules.payment_purpose import number_key

MOST_FOR_PAIRS = 60
MOST_FOR_TRIPLES = 15


class Confidence(StrEnum):
    """How sure a match is; only CERTAIN is booked without a person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"
    UNKNOWN = "unknown"


_WORSE = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.GUESS, Confidence.UNKNOWN)


def weaker(one: Confidence, other: Confidence) -> Confidence:
    """The less sure of two."""
    return one if one is other else max(one, other, key=_WORSE.index)


class MovementKind(StrEnum):
    """What a movement of money is."""

    CLIENT = "client"
    REFUND = "refund"
    FEE = "fee"
    OWN = "own"
    OUTGOING = "outgoing"
    OTHER = "other"


_FEE = re.compile(
    r"комисси|комиссион|плата за (?:обслуж|веден|перевод|операц|услуг\w* банк|расч|sms|смс|прием)|"
    r"за (?:расчетно-касс|рко\b|веден\w+ счет|обслуживан\w+ (?:счет|банк|систем|интернет|кредит))|"
    r"абонентск\w+ плат\w+ .*банк|\brko\b|bank charge|bank fee|account maintenance|service charge"
)
_BACK = re.compile(r"возвра(?:т|щ)|refund|излишне (?:пере|упл|опл)|ошибочно (?:пере|упл|опл|пост|зач)")


def kind_of_movement(
    *, is_incoming: bool, fee: bool, reversal: bool, own: bool, purpose: str, document_kind: str, known_client: bool
) -> MovementKind:
    """What a movement is. `own`: the other party is our company; `known_client`: it is a client of ours.

    Incoming money is never set aside by its purpose: what is not ours by account is a client's until a person
    says otherwise.
    """
    if own:
        return MovementKind.OWN
    if is_incoming:
        return MovementKind.OTHER if reversal and not known_client else MovementKind.CLIENT
    text = folded(purpose)
    if known_client:
        return MovementKind.REFUND if _BACK.search(text) else MovementKind.OUTGOING
    if fee or _FEE.search(text) or "комисси" in folded(document_kind):
        return MovementKind.FEE
    return MovementKind.OUTGOING


# -------------------------------------------------------------------- the payer


class Candidate(NamedTuple):
    """A client that may be the payer, and by what."""

    client: int
    by_inn: bool = False
    by_kpp: bool = False
    by_account: bool = False
    by_name: bool = False
    by_number: bool = False


class Payer(NamedTuple):
    """The client chosen (None: nobody fits), how sure, and why."""

    client: int | None
    confidence: Confidence
    reasons: tuple[Reason, ...]


def payer_of(candidates: Sequence[Candidate], *, inn: str) -> Payer:
    """Choose the payer. `inn` is what the statement says, empty where it says none.

    Somebody else's INN never makes a client certain, whatever the name: a third party may pay for it.
    """
    for_inn = [each for each in candidates if each.by_inn]
    if len(for_inn) == 1:
        return Payer(for_inn[0].client, Confidence.CERTAIN, (reason("payer_by_inn", inn=inn),))
    if for_inn:
        return _of_several(for_inn, inn)
    if not candidates:
        return Payer(None, Confidence.UNKNOWN, (reason("payer_unknown"),))
    if inn:
        return _third_party(candidates, inn)
    return _without_inn(candidates)


_MARKS = ("by_kpp", "by_account", "by_number", "by_name")


def _of_several(for_inn: Sequence[Candidate], inn: str) -> Payer:
    """Branches of one INN: KPP, then account, then the invoice named, then the name tells which."""
    for mark in _MARKS:
        found = [each for each in for_inn if getattr(each, mark)]
        if len(found) == 1:
            confidence = Confidence.LIKELY if mark == "by_name" else Confidence.CERTAIN
            return Payer(found[0].client, confidence, (reason(f"payer_by_inn_and_{mark[3:]}", inn=inn),))
    first = min(for_inn, key=lambda each: each.client)
    return Payer(first.client, Confidence.GUESS, (reason("several_of_inn", inn=inn, count=len(for_inn)),))


def _third_party(candidates: Sequence[Candidate], inn: str) -> Payer:
    named = [each for each in candidates if each.by_number]
    if len(named) == 1:
        return Payer(named[0].client, Confidence.LIKELY, (reason("third_party_names_invoice", inn=inn),))
    known = [each for each in candidates if each.by_account]
    if len(known) == 1:
        return Payer(known[0].client, Confidence.LIKELY, (reason("third_party_known", inn=inn),))
    alike = [each for each in candidates if each.by_name]
    if len(alike) == 1:
        return Payer(alike[0].client, Confidence.GUESS, (reason("name_but_other_inn", inn=inn),))
    return Payer(None, Confidence.UNKNOWN, (reason("payer_unknown"),))


def _without_inn(candidates: Sequence[Candidate]) -> Payer:
    for_account = [each for each in candidates if each.by_account]
    if len(for_account) == 1:
        sure = for_account[0].by_name or for_account[0].by_number
        confidence = Confidence.CERTAIN if sure else Confidence.LIKELY
        return Payer(for_account[0].client, confidence, (reason("payer_by_account"),))
    named = [each for each in candidates if each.by_number]
    if len(named) == 1:
        confidence = Confidence.LIKELY if named[0].by_name else Confidence.GUESS
        return Payer(named[0].client, confidence, (reason("payer_by_number"),))
    alike = [each for each in candidates if each.by_name]
    if len(alike) == 1:
        return Payer(alike[0].client, Confidence.GUESS, (reason("payer_by_name"),))
    return Payer(None, Confidence.UNKNOWN, (reason("payer_unknown"),))


_FORMS = re.compile(
    r"\b(?:общество с ограниченной ответственностью|"
    r"(?:публичное |открытое |закрытое |непубличное )?акционерное общество|"
    r"индивидуальный предприниматель|ооо|оао|зао|пао|нао|ао|ип|тоо|llc|ltd|ooo|zao|oao|ip)\b"
)


def name_key(name: str) -> str:
    """A company's name as it is compared: without its legal form, quotes and signs.

    «ООО "Ромашка"», «Ромашка, ООО» and «Общество с ограниченной ответственностью Ромашка» are one.
    """
    bare = re.sub(r"[^\w]+", " ", folded(name))
    return " ".join(_FORMS.sub(" ", bare).split())


# -------------------------------------------------------------------- what it pays


class Pay(NamedTuple):
    """So much goes to this invoice, by which rule."""

    invoice: int
    amount: Decimal
    because: str


class Match(NamedTuple):
    """What a payment of a known client pays, how sure that is, and why; the rest stays on account."""

    parts: tuple[Pay, ...]
    on_account: Decimal
    confidence: Confidence
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Debts:
    """One client's open invoices of one currency while payments are matched: what is taken is open no more."""

    invoices: Sequence[OpenInvoice]
    prepaid_orders: Collection[str] = ()
    _names: InvoiceNames = field(init=False)
    _left: dict[int, Decimal] = field(init=False)
    _by_amount: dict[Decimal, list[OpenInvoice]] | None = field(init=False)
    _awaited: set[str] = field(init=False)

    def __post_init__(self):
        self.invoices = sorted(self.invoices, key=lambda each: (each.due_on, each.pk))
        self._names = InvoiceNames(self.invoices)
        self._left = {each.pk: each.open_amount for each in self.invoices}
        self._by_amount = None
        self._awaited = {number_key(each) for each in self.prepaid_orders}

    def match(self, amount: Decimal, stated: Sequence[str]) -> Match:
        """What `amount` would pay; nothing is taken yet."""
        named, reasons, prepays = self._named(stated)
        if named:
            return self._of_named(amount, named, reasons)
        if prepays:
            return Match((), amount, Confidence.CERTAIN, tuple(reasons))
        unclear = bool(reasons)
        opened = self._opened()
        found = self._exact(amount, opened) if opened else None
        if found is None:
            found = self._earliest(amount, opened)
        parts, confidence, why = found
        if unclear:
            confidence = weaker(confidence, Confidence.LIKELY)
        left = amount - sum((part.amount for part in parts), ZERO)
        return Match(tuple(parts), left, confidence, (*reasons, why))

    def take(self, match: Match) -> None:
        """The match is booked: its invoices are open by so much less."""
        for part in match.parts:
            before = self._left[part.invoice]
            self._left[part.invoice] = before - part.amount
            if self._by_amount is None:
                continue
            same = self._by_amount.get(before)
            if same:
                self._by_amount[before] = [each for each in same if each.pk != part.invoice]
            if before > part.amount:
                invoice = next(each for each in self.invoices if each.pk == part.invoice)
                self._by_amount.setdefault(before - part.amount, []).append(invoice)

    def _of_sum(self, amount: Decimal) -> list[OpenInvoice]:
        """Invoices of which just so much is open; asked for only where none is named."""
        if self._by_amount is None:
            self._by_amount = {}
            for each in self._opened():
                self._by_amount.setdefault(self._left[each.pk], []).append(each)
        return self._by_amount.get(amount, [])

    def _opened(self) -> list[OpenInvoice]:
        """What is still open, earliest due first; closed ones are forgotten for good."""
        if any(not self._left[each.pk] for each in self.invoices):
            self.invoices = [each for each in self.invoices if self._left[each.pk]]
        return self.invoices

    def _named(self, stated: Sequence[str]) -> tuple[list[OpenInvoice], list[Reason], bool]:
        named: dict[int, OpenInvoice] = {}
        reasons: list[Reason] = []
        prepays = False
        for number in stated:
            if self._awaited and number_key(number) in self._awaited:
                reasons.append(reason("kept_for_order", number=number))
                prepays = True
                continue
            found, refusals = self._names.find(number)
            reasons += refusals
            opened = False
            for each in found:
                if self._left[each.pk]:
                    named[each.pk], opened = each, True
            if found and not opened:
                reasons.append(reason("stated_not_open", number=number))
        return list(named.values()), reasons, prepays

    def _of_named(self, amount: Decimal, named: list[OpenInvoice], reasons: list[Reason]) -> Match:
        total = sum([self._left[each.pk] for each in named], ZERO)
        parts = self._paid(amount, named, "stated")
        numbers = tuple([each.numbers[0] for each in named])
        confidence = Confidence.LIKELY if reasons else Confidence.CERTAIN
        if amount == total:
            why = reason("named_exact", numbers=numbers)
        elif amount > total:
            why, confidence = reason("more_than_named", numbers=numbers, amount=amount - total), Confidence.LIKELY
        else:
            why = reason("part_of_named", numbers=numbers, amount=total - amount)
            confidence = confidence if len(named) == 1 else Confidence.LIKELY
        left = amount - total if amount > total else ZERO
        if left:
            rest = [each for each in self._opened() if each.pk not in {one.pk for one in named}]
            parts += self._paid(left, rest, "earliest_due")
            left = amount - sum([part.amount for part in parts], ZERO)
        return Match(tuple(parts), left, confidence, (*reasons, why))

    def _paid(self, amount: Decimal, invoices: Iterable[OpenInvoice], because: str) -> list[Pay]:
        parts = []
        for each in invoices:
            part = min(amount, self._left[each.pk])
            if part:
                parts.append(Pay(each.pk, part, because))
                amount -= part
            if not amount:
                break
        return parts

    def _exact(self, amount: Decimal, opened: list[OpenInvoice]):
        """One invoice of just this sum, else the earliest ones together, else the only two or three that make it."""
        same = self._of_sum(amount)
        if same:
            if len(same) == 1:
                why, confidence = reason("exact_sum", number=same[0].numbers[0]), Confidence.CERTAIN
            else:
                same = sorted(same, key=lambda each: (each.due_on, each.pk))
                why, confidence = reason("several_of_sum", count=len(same)), Confidence.LIKELY
            return [Pay(same[0].pk, amount, "exact_sum")], confidence, why
        total = ZERO
        for place, each in enumerate(opened, 1):
            total += self._left[each.pk]
            if total >= amount:
                if total == amount:
                    parts = self._paid(amount, opened[:place], "exact_sum")
                    return parts, Confidence.CERTAIN, reason("exact_earliest", count=place)
                break
        few = self._few(amount, opened)
        if few:
            numbers = tuple(each.numbers[0] for each in few)
            return self._paid(amount, few, "exact_sum"), Confidence.LIKELY, reason("exact_few", numbers=numbers)
        return None

    def _few(self, amount: Decimal, opened: list[OpenInvoice]) -> tuple[OpenInvoice, ...]:
        """The only two (of up to 60 invoices) or three (of up to 15) that make the sum."""
        for size, most in ((2, MOST_FOR_PAIRS), (3, MOST_FOR_TRIPLES)):
            if len(opened) > most:
                continue
            if size == 2 and not any(self._of_sum(amount - self._left[each.pk]) for each in opened):
                continue
            sets = (few for few in combinations(opened, size) if sum(self._left[each.pk] for each in few) == amount)
            found, another = next(sets, ()), next(sets, ())
            if found and not another:
                return found
        return ()

    def _earliest(self, amount: Decimal, opened: list[OpenInvoice]):
        if not opened:
            return [], Confidence.CERTAIN, reason("nothing_open")
        parts = self._paid(amount, opened, "earliest_due")
        if len(opened) == 1:
            return parts, Confidence.CERTAIN, reason("only_invoice", number=opened[0].numbers[0])
        if len(parts) == len(opened) and sum(part.amount for part in parts) == sum(self._left.values()):
            return parts, Confidence.CERTAIN, reason("everything_open")
        return parts, Confidence.LIKELY, reason("earliest_due", count=len(parts))
