"""Which invoices a payment pays: those its purpose names first, then the earliest due; the rest stays on account."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from kam.money import ZERO, rounded
from kam.reasons import Reason, reason
from orders.rules.payment_purpose import number_key, number_tail, numbers_in_range


class Because(StrEnum):
    """Why an invoice is paid by a payment."""

    STATED = "stated"
    EARLIEST_DUE = "earliest_due"


class OpenInvoice(NamedTuple):
    """An invoice with its open amount, and the numbers it may be named by (its own, its order's, its UPD's)."""

    pk: int
    numbers: tuple[str, ...]
    due_on: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """So much of the payment goes to this invoice."""

    invoice: int
    amount: Decimal
    because: Because


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """The parts in the order they were made, what stays on account, and what could not be followed."""

    parts: tuple[Part, ...]
    on_account: Decimal
    reasons: tuple[Reason, ...]


def allocate_payment(
    amount: Decimal,
    stated: Sequence[str],
    invoices: Iterable[OpenInvoice],
    prepaid_orders: Collection[str] = (),
) -> AllocationPlan:
    """Share `amount` among open invoices: `stated` ones as named, then by due date (then pk).

    `stated` comes from `stated_numbers(purpose)` or from a person. When the purpose names an order that is not
    invoiced yet (one of `prepaid_orders`), what its stated invoices leave is that order's prepayment and stays on
    account; otherwise nothing stays on account while an invoice is open.

    Raises ValueError when `amount` is not a positive amount in whole kopecks.
    """
    if amount <= 0 or amount != rounded(amount):
        raise ValueError(f"{amount} cannot be allocated")
    by_due = sorted((each for each in invoices if each.open_amount > 0), key=lambda each: (each.due_on, each.pk))
    named, reasons, prepays = _named(stated, by_due, prepaid_orders)
    queue = [(each, Because.STATED) for each in named]
    if not prepays:
        named_pks = {each.pk for each in named}
        queue += [(each, Because.EARLIEST_DUE) for each in by_due if each.pk not in named_pks]
    parts, left = [], amount
    for invoice, because in queue:
        part = min(left, invoice.open_amount)
        if part:
            parts.append(Part(invoice.pk, part, because))
            left -= part
    return AllocationPlan(tuple(parts), left + ZERO, reasons)


class InvoiceNames:
    """Open invoices by the numbers they may be named by."""

    def __init__(self, invoices: Iterable[OpenInvoice]):
        self.invoices = tuple(invoices)
        self.whole = self._by(number_key)

    @cached_property
    def tails(self) -> dict[str, dict[int, OpenInvoice]]:
        """By last digits; looked at only where a number is not found as it is."""
        return self._by(number_tail)

    def _by(self, form: Callable[[str], str]) -> dict[str, dict[int, OpenInvoice]]:
        found: dict[str, dict[int, OpenInvoice]] = {}
        for invoice in self.invoices:
            for number in invoice.numbers:
                found.setdefault(form(number), {})[invoice.pk] = invoice
        return found

    def find(self, number: str) -> tuple[list[OpenInvoice], list[Reason]]:
        """Find a number as it is, then by its last digits, then as a range of numbers."""
        found, refusals = self._find_one(number)
        within = () if found else numbers_in_range(number)
        if not within:
            return found, refusals
        each_found = [self._find_one(each) for each in within]
        return [one for found, _ in each_found for one in found], [one for _, why in each_found for one in why]

    def _find_one(self, number: str) -> tuple[list[OpenInvoice], list[Reason]]:
        key = number_key(number)
        if key in self.whole:
            return list(self.whole[key].values()), []
        tails = self.tails.get(key, {})
        if len(tails) > 1:
            return [], [reason("stated_ambiguous", number=number, invoices=tuple(tails))]
        return list(tails.values()), [] if tails else [reason("stated_not_open", number=number)]


def _named(
    stated: Sequence[str], invoices: Iterable[OpenInvoice], prepaid_orders: Collection[str]
) -> tuple[list[OpenInvoice], tuple[Reason, ...], bool]:
    """Return the invoices named, each once; what was not understood; and whether an order is prepaid."""
    names = InvoiceNames(invoices)
    named: dict[int, OpenInvoice] = {}
    reasons: list[Reason] = []
    awaited = {number_key(each) for each in prepaid_orders}
    prepays = False
    for number in stated:
        if number_key(number) in awaited:
            reasons.append(reason("kept_for_order", number=number))
            prepays = True
            continue
        found, refusals = names.find(number)
        named.update((each.pk, each) for each in found)
        reasons.extend(refusals)
    return list(named.values()), tuple(reasons), prepays
