"""A client's account under lock, and the one way money moves between payments and invoices.

Every writer of receivables locks the client's row first, then payments, then invoices, each by pk. Dates keep the
past true: whatever an allocation is dated, the open amount of the invoice and the money on account as of any day
stay between nothing and the whole. So an allocation is never dated before its payment, its invoice or the last
undoing of either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accounts.models import Client
from kam import trail
from kam.access import Authority
from kam.models import TrailEntry
from kam.money import ZERO
from kam.rows import save_rows
from orders.actions.confirming import re_evaluate_holds
from orders.actions.shipping_stops import lift_paid_stops
from orders.models import Allocation, Invoice, Payment, Refund


@dataclass(frozen=True, slots=True)
class Settling:
    """So much goes onto this (locked) invoice, by which rule."""

    invoice: Invoice
    amount: Decimal
    rule: str


def lock_client(client_id: int) -> Client:
    """Lock the client's account; rows that merely refer to the client may still be written."""
    return Client.objects.select_for_update(no_key=True).get(pk=client_id)


def lock_invoices(pks) -> dict[int, Invoice]:
    """Lock invoices by pk; returns them by pk."""
    rows = Invoice.objects.select_for_update(no_key=True).filter(pk__in=list(pks)).order_by("pk")
    return {invoice.pk: invoice for invoice in rows}


def lock_payments(pks) -> dict[int, Payment]:
    """Lock payments by pk; returns them by pk."""
    rows = Payment.objects.select_for_update(no_key=True).filter(pk__in=list(pks)).order_by("pk")
    return {payment.pk: payment for payment in rows}


def settle(payment: Payment, parts: Sequence[Settling], *, day: date, who: Authority) -> list[Allocation]:
    """Allocate money of a locked payment; the parts must fit into it and into their invoices."""
    if not parts:
        return []
    invoices = [part.invoice for part in parts]
    undone = Allocation.objects.exclude(undone_on=None)
    of_invoices = dict(undone.filter(invoice__in=invoices).values_list("invoice").annotate(Max("undone_on")))
    of_payment = undone.filter(payment=payment).aggregate(on=Max("undone_on"))["on"]
    earliest = max(filter(None, (day, payment.received_on, of_payment, last_given_back(payment))))
    made, changes = [], {}
    for part in parts:
        invoice = part.invoice
        on = max(filter(None, (earliest, invoice.issued_on, of_invoices.get(invoice.pk))))
        made.append(
            Allocation(payment=payment, invoice=invoice, amount=part.amount, allocated_on=on, rule=part.rule, by=who.by)
        )
        changes[invoice.number] = [str(invoice.open_amount), str(invoice.open_amount - part.amount)]
        invoice.open_amount -= part.amount
        note_movement(invoice, on)
        payment.unallocated -= part.amount
    Allocation.objects.bulk_create(made)
    _save_open(invoices)
    save_unallocated([payment])
    _record(payment, invoices, "allocate", who, changes)
    return made


def undo(allocation: Allocation, *, on: date, who: Authority, reason: str) -> None:
    """Put an allocation's money back on account; its payment and invoice are locked and stand on it."""
    invoice, payment = allocation.invoice, allocation.payment
    allocation.undone_on, allocation.undone_by, allocation.undo_reason = on, who.by, reason
    allocation.save(update_fields=["undone_on", "undone_by", "undo_reason"])
    changes = {invoice.number: [str(invoice.open_amount), str(invoice.open_amount + allocation.amount)]}
    invoice.open_amount += allocation.amount
    note_movement(invoice, on)
    payment.unallocated += allocation.amount
    _save_open([invoice])
    save_unallocated([payment])
    _record(payment, [invoice], "undo_allocation", who, changes, reason)


def make_room(invoice: Invoice, amount: Decimal, *, day: date, who: Authority, reason: str) -> Decimal:
    """Put so much of what paid a locked invoice back on account that `amount` of it is open; returns what was moved.

    The latest allocations give way first; one of them may be replaced by a smaller one of the same day.
    """
    excess = amount - invoice.open_amount
    if excess <= 0:
        return ZERO
    live = Allocation.objects.filter(invoice=invoice, undone_on=None).order_by("-allocated_on", "-pk")
    giving, found = [], ZERO
    for allocation in live:
        if found >= excess:
            break
        giving.append(allocation)
        found += allocation.amount
    payments = lock_payments({allocation.payment_id for allocation in giving})
    left = excess
    # At most as many turns as allocations that one invoice has; each writes its own trail.
    for allocation in giving:
        allocation.invoice, allocation.payment = invoice, payments[allocation.payment_id]
        on = max(day, allocation.allocated_on)
        undo(allocation, on=on, who=who, reason=reason)
        kept = allocation.amount - min(left, allocation.amount)
        left -= allocation.amount - kept
        if kept:
            settle(allocation.payment, [Settling(invoice, kept, allocation.rule)], day=on, who=who)
    return excess


def look_at_holds(client: Client, day: date) -> None:
    """Once this transaction is done, ask again for the orders that the client's debts hold, its group's included.

    Money that came in stays in whatever happens then.
    """
    clients = [client.pk]
    if client.group_id:
        clients = list(Client.objects.filter(group_id=client.group_id).order_by("pk").values_list("pk", flat=True))
    transaction.on_commit(lambda: ask_again(clients, day), robust=True)


def ask_again(clients: list[int], day: date) -> None:
    """Lift the program's own stops first, since they are a reason for holding orders."""
    lift_paid_stops(clients, day)
    re_evaluate_holds(clients, day)


def last_undoing(invoice: Invoice) -> date | None:
    """The latest day on which an allocation of the invoice was undone."""
    return Allocation.objects.filter(invoice=invoice).aggregate(on=Max("undone_on"))["on"]


def note_movement(invoice: Invoice, day: date) -> None:
    """What is open of a locked invoice changes as of a day; saved with the open amount."""
    invoice.moved_on = max(filter(None, (invoice.moved_on, day)))


def _save_open(invoices) -> None:
    for invoice in invoices:
        invoice.version += 1
    save_rows(invoices, ["open_amount", "moved_on", "version"])


def last_given_back(payment: Payment) -> date | None:
    """The latest day on which a refund of the payment was undone: before it, its money was not on account."""
    return Refund.objects.filter(payment=payment).aggregate(on=Max("undone_on"))["on"]


def save_unallocated(payments) -> None:
    """Write what is on account of locked payments."""
    for payment in payments:
        payment.version += 1
    save_rows(payments, ["unallocated", "version"])


def _record(payment, invoices, verb, who, changes, reason="") -> None:
    """One entry on the payment with everything, one on each invoice with its own open amount."""
    entries = [trail.entry_of(payment, verb, who, changes, reason)]
    for invoice in invoices:
        own = {"open_amount": changes[invoice.number], "payment": [None, payment.number]}
        entries.append(trail.entry_of(invoice, verb, who, own, reason))
    TrailEntry.objects.bulk_create(entries)
