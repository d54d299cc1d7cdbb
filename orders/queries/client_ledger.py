"""A client's account: every document that changed what it owes, in order, with the balance after each.

The balance is what the client owes us: invoices less credit notes, payments and offsets, plus what was given back. As
of the end of any day it equals the ageing's total less the money on account of that day, to the kopeck, because an
allocation only moves money between the two. docs/algorithms/client-ledger.md says why.

The account of one contract holds what was invoiced under it and what of the payments was allocated to these invoices,
on the days of the allocations: money on account belongs to no contract.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.models import Client
from kam.money import ZERO
from orders.models import Allocation, CreditNote, Invoice, Payment, Refund
from orders.queries.receivables import Scope, ageing


class Entry(StrEnum):
    """What kind of document a row of the account is; on one day they stand in this order."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    OFFSET = "offset"
    REFUND = "refund"
    UNDONE = "undone"  # an offset annulled, a refund taken back; of a contract, an allocation undone


ORDER = {entry: place for place, entry in enumerate(Entry)}


@dataclass(slots=True)
class LedgerRow:
    """One document on the account: a debit makes the client owe more, a credit less; `balance` is after it."""

    day: date
    entry: Entry
    document_id: int
    number: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    balance: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of a period, its ends included; all in one currency. A negative balance is a debt of ours."""

    client_id: int
    contract_id: int | None
    currency: str
    starts_on: date | None
    ends_on: date
    opening: Decimal
    rows: Sequence[LedgerRow]
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """The balance at the end of the last day."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class _Source:
    """One kind of document: its rows, the day they count on, and what they do to the balance."""

    entry: Entry
    rows: QuerySet
    day: str
    number: str
    is_debit: bool
    document: str = "pk"

    def before(self, day: date) -> Decimal:
        total = self.rows.filter(**{f"{self.day}__lt": day}).aggregate(total=Sum("amount"))["total"] or ZERO
        return total if self.is_debit else -total

    def within(self, starts_on: date | None, ends_on: date) -> Iterator[LedgerRow]:
        found = self.rows.filter(**{f"{self.day}__lte": ends_on})
        if starts_on is not None:
            found = found.filter(**{f"{self.day}__gte": starts_on})
        for day, pk, number, amount in found.order_by().values_list(self.day, self.document, self.number, "amount"):
            debit, credit = (amount, ZERO) if self.is_debit else (ZERO, amount)
            yield LedgerRow(day, self.entry, pk, number, debit, credit)


def ledger(
    client_id: int, from_: date | None, to: date, *, contract_id: int | None = None, currency: str = "RUB"
) -> Ledger:
    """The account of a client, or of one of its contracts, over a period; without `from_` from the very beginning.

    The caller has looked the client up as visible. As many queries as there are kinds of documents, twice.
    """
    sources = _of_contract(contract_id, currency) if contract_id else _of_client(client_id, currency)
    opening = sum((each.before(from_) for each in sources), ZERO) if from_ is not None else ZERO
    rows = sorted(
        chain.from_iterable(each.within(from_, to) for each in sources),
        key=lambda row: (row.day, ORDER[row.entry], row.document_id),
    )
    debit, credit = run_balance(opening, rows)
    return Ledger(client_id, contract_id, currency, from_, to, opening, rows, debit, credit)


def balance_on(client_id: int, day: date, *, contract_id: int | None = None, currency: str = "RUB") -> Decimal:
    """What the client owed at the end of a day; negative where we owed it."""
    sources = _of_contract(contract_id, currency) if contract_id else _of_client(client_id, currency)
    return sum((each.before(day + timedelta(days=1)) for each in sources), ZERO)


def clients_to_reconcile(
    user, starts_on: date, ends_on: date, manager_id: int | None = None, currency: str = "RUB"
) -> QuerySet:
    """The clients whose account the user sees that had documents in the period or owe or are owed at its end."""
    scope = Scope(manager_id=manager_id)
    owing = [row.key for row in ageing(user, ends_on, "client", scope, currency).rows]
    days = (starts_on, ends_on)
    own = {"client": OuterRef("pk"), "currency": currency}
    notes = CreditNote.objects.filter(invoice__client=OuterRef("pk"), invoice__currency=currency)
    something = (
        Q(pk__in=owing)
        | Exists(Invoice.objects.filter(**own, issued_on__range=days))
        | Exists(Payment.objects.filter(**own, received_on__range=days))
        | Exists(notes.filter(issued_on__range=days))
    )
    clients = Client.objects.visible_to(user).filter(scope.on(""), something)
    reach = user.standings.reach_for("orders.view_invoice")
    if not (user.is_superuser or reach.everything):
        clients = clients.filter(manager__in=reach.managers)
    return clients.order_by("sort_key", "pk")


def run_balance(opening: Decimal, rows: Iterable[LedgerRow]) -> tuple[Decimal, Decimal]:
    """Write the balance after each row; returns the turnovers, debit and credit."""
    balance, debit, credit = opening, ZERO, ZERO
    for row in rows:
        balance += row.debit - row.credit
        debit, credit = debit + row.debit, credit + row.credit
        row.balance = balance
    return debit, credit


def _of_client(client_id: int, currency: str) -> tuple[_Source, ...]:
    own = {"client": client_id, "currency": currency}
    payments = Payment.objects.filter(**own)
    notes = CreditNote.objects.filter(invoice__client=client_id, invoice__currency=currency)
    given = Refund.objects.filter(payment__client=client_id, payment__currency=currency)
    given = given.annotate(number=F("payment__number"))
    money, offset = Payment.Kind.MONEY, Payment.Kind.OFFSET
    refunds, annulled = given.filter(payment__kind=money), given.filter(payment__kind=offset)
    return (
        _Source(Entry.INVOICE, Invoice.objects.filter(**own), "issued_on", "number", True),
        _Source(Entry.CREDIT_NOTE, notes, "issued_on", "number", False),
        _Source(Entry.PAYMENT, payments.filter(kind=money), "received_on", "number", False),
        _Source(Entry.OFFSET, payments.filter(kind=offset), "received_on", "number", False),
        _Source(Entry.REFUND, refunds, "refunded_on", "number", True, "payment_id"),
        _Source(Entry.UNDONE, annulled, "refunded_on", "number", True, "payment_id"),
        _Source(Entry.UNDONE, given.exclude(undone_on=None), "undone_on", "number", False, "payment_id"),
    )


def _of_contract(contract_id: int, currency: str) -> tuple[_Source, ...]:
    invoices = Invoice.objects.filter(contract=contract_id, currency=currency)
    own = {"invoice__contract": contract_id, "invoice__currency": currency}
    paid = Allocation.objects.filter(**own).annotate(number=F("payment__number"))
    notes = CreditNote.objects.filter(**own)
    money, offset = paid.filter(payment__kind=Payment.Kind.MONEY), paid.filter(payment__kind=Payment.Kind.OFFSET)
    return (
        _Source(Entry.INVOICE, invoices, "issued_on", "number", True),
        _Source(Entry.CREDIT_NOTE, notes, "issued_on", "number", False),
        _Source(Entry.PAYMENT, money, "allocated_on", "number", False, "payment_id"),
        _Source(Entry.OFFSET, offset, "allocated_on", "number", False, "payment_id"),
        _Source(Entry.UNDONE, paid.exclude(undone_on=None), "undone_on", "number", True, "payment_id"),
    )


def account_seen(client: Client, user) -> bool:
    """Whether the user may know the client's account: who looks after one of its outlets only may not."""
    return user.is_superuser or user.standings.reach_for("orders.view_invoice").covers(client.manager_id)
