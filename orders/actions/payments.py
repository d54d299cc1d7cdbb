"""Writers of payments: money comes in, is allocated to invoices, and an allocation is undone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kam import formats, trail
from kam.access import Authority, authority
from kam.money import rounded
from kam.numbering import document_number
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import Settling, lock_client, lock_invoices, lock_payments, look_at_holds, settle, undo
from orders.models import Allocation, Invoice, Payment
from orders.queries.allocations import suggested_plan

BY_HAND = "by_hand"


@writes
def receive_payment(
    *,
    client_id: int,
    amount: Decimal,
    received_on: date,
    by,
    number: str = "",
    purpose: str = "",
    external_id: str | None = None,
    allocate: bool = True,
    currency: str = "RUB",
    day: date | None = None,
) -> Payment:
    """Enter money a client paid and, unless told not to, allocate it: stated purpose first, else earliest due.

    What no invoice takes stands on account. The same `external_id` again returns the payment there is and
    changes nothing. `day` is the business day of entering; money of a later day is refused. Raises
    Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.add_payment", client.manager_id)
    known = Payment.objects.filter(external_id=external_id).first() if external_id else None
    if known is not None:
        return _same(known, client_id, amount)
    _check_amount(amount, received_on, day)
    payment = enter_payment(
        number=number or document_number("ПЛ", received_on.year),
        client=client,
        received_on=received_on,
        currency=currency,
        amount=amount,
        purpose=purpose,
        entered_by=who.by,
        external_id=external_id or None,
    )
    trail.record(payment, "create", by=who)
    if allocate:
        follow_suggestion(payment, received_on, who)
    look_at_holds(client, day or received_on)
    return payment


def enter_payment(**fields) -> Payment:
    """Write a payment, all of it on account.

    Raises Refused where another takes the external id at this very moment: there is no row to wait for before it.
    """
    payment = Payment(unallocated=fields["amount"], **fields)
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as error:
        if "external_id" not in str(error):
            raise
        text = _("A payment with this external id is being entered at this moment: look at it and try again.")
        raise Refused(Refusal("external_id_taken", text, field="external_id")) from error
    return payment


@writes
def allocate_payment(pk: int, *, by, day: date, parts: Iterable[tuple[int, Decimal]] | None = None) -> list[Allocation]:
    """Allocate money on account: to the invoices (ids) and amounts given, else as the rule suggests.

    Raises Forbidden, and Refused with every part that does not fit; then nothing is allocated.
    """
    client = lock_client(Payment.objects.values_list("client_id", flat=True).get(pk=pk))
    who = authority(by, "orders.allocate_payment", client.manager_id)
    payment = lock_payments([pk])[pk]
    look_at_holds(client, day)
    return follow_parts(payment, parts, day=day, who=who)


def follow_parts(
    payment: Payment, parts: Iterable[tuple[int, Decimal]] | None, *, day: date, who: Authority
) -> list[Allocation]:
    """Allocate a locked payment to invoices (ids) and amounts, or as the rule suggests; raises Refused."""
    if parts is None:
        return follow_suggestion(payment, day, who)
    parts = [(invoice_id, amount) for invoice_id, amount in parts if amount]
    invoices = lock_invoices(invoice_id for invoice_id, _amount in parts)
    _check_parts(payment, parts, invoices)
    return settle(
        payment, [Settling(invoices[invoice_id], amount, BY_HAND) for invoice_id, amount in parts], day=day, who=who
    )


@writes
def settle_invoice(pk: int, *, by, day: date) -> list[Allocation]:
    """Pay an invoice from the client's money on account, the money received earliest first.

    Money on account never pays a new invoice by itself: a person asks for it here. Raises Refused where
    there is no money on account.
    """
    client = lock_client(Invoice.objects.values_list("client_id", flat=True).get(pk=pk))
    who = authority(by, "orders.allocate_payment", client.manager_id)
    currency = Invoice.objects.values_list("currency", flat=True).get(pk=pk)
    with_money = Payment.objects.on_account().filter(client=client, currency=currency)
    payments = lock_payments(with_money.values_list("pk", flat=True))
    invoice = lock_invoices([pk])[pk]
    made = []
    # One turn for each payment that is needed to cover one invoice.
    for payment in sorted(payments.values(), key=lambda each: (each.received_on, each.pk)):
        part = min(payment.unallocated, invoice.open_amount)
        if not part:
            break
        made += settle(payment, [Settling(invoice, part, BY_HAND)], day=day, who=who)
    if not made:
        text = _("%(client)s has no money on account for %(invoice)s, or it is paid.")
        raise Refused(Refusal("nothing_on_account", text % {"client": client, "invoice": invoice}))
    look_at_holds(client, day)
    return made


@writes
def undo_allocation(pk: int, *, by, day: date, reason: str) -> Allocation:
    """Take an allocation back from this day on: its money stands on account, its invoice is open again.

    Nothing is deleted: as of an earlier day the allocation still stands. Raises Forbidden, Refused.
    """
    client_id, payment_id, invoice_id = Allocation.objects.values_list(
        "payment__client_id", "payment_id", "invoice_id"
    ).get(pk=pk)
    client = lock_client(client_id)
    who = authority(by, "orders.undo_allocation", client.manager_id)
    payment, invoice = lock_payments([payment_id])[payment_id], lock_invoices([invoice_id])[invoice_id]
    allocation = Allocation.objects.select_for_update(no_key=True).get(pk=pk)
    allocation.payment, allocation.invoice = payment, invoice
    found = []
    if allocation.undone_on is not None:
        found.append(Refusal("already_undone", _("This allocation is already undone.")))
    if day < allocation.allocated_on:
        text = _("The allocation is of %(day)s: it cannot be undone before.")
        found.append(Refusal("before_allocation", text % {"day": formats.day(allocation.allocated_on)}))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say why the allocation is undone."), field="reason"))
    if found:
        raise Refused(*found)
    undo(allocation, on=day, who=who, reason=reason)
    return allocation


def follow_suggestion(payment: Payment, day: date, who: Authority) -> list[Allocation]:
    """Allocate what stands on account of a payment, under its client's lock, as the rule suggests."""
    if not payment.unallocated:
        return []
    plan = suggested_plan(payment)
    invoices = lock_invoices(part.invoice for part in plan.parts)
    parts = [Settling(invoices[part.invoice], part.amount, part.because.value) for part in plan.parts]
    return settle(payment, parts, day=day, who=who)


def _same(payment, client_id, amount) -> Payment:
    if payment.client_id == client_id and payment.amount == amount:
        return payment
    text = _("Payment %(number)s was entered with the same external id but another client or amount.")
    raise Refused(Refusal("external_id_taken", text % {"number": payment.number}, field="external_id"))


def _check_amount(amount, received_on, day) -> None:
    found = []
    if amount <= 0 or amount != rounded(amount):
        text = _("A payment is a positive amount in whole kopecks.")
        found.append(Refusal("amount_not_positive", text, field="amount"))
    if day is not None and received_on > day:
        found.append(Refusal("in_the_future", _("Money cannot come on a later day."), field="received_on"))
    if found:
        raise Refused(*found)


def _check_parts(payment, parts, invoices) -> None:
    """Raise Refused with everything that does not fit; `line` is the place of the part, from 1."""
    found = []
    for place, (invoice_id, amount) in enumerate(parts, start=1):
        invoice = invoices.get(invoice_id)
        if invoice is None or invoice.client_id != payment.client_id:
            text = _("A payment pays only invoices of its own client.")
            found.append(Refusal("invoice_of_another", text, line=place))
            continue
        if invoice.currency != payment.currency:
            text = _("%(invoice)s is in another currency.") % {"invoice": invoice}
            found.append(Refusal("another_currency", text, line=place))
        if amount < 0 or amount != rounded(amount):
            text = _("Allocate a positive amount in whole kopecks.")
            found.append(Refusal("amount_not_positive", text, line=place))
        if amount > invoice.open_amount:
            text = _("%(invoice)s: only %(open)s is open.")
            values = {"invoice": invoice, "open": formats.money(invoice.open_amount)}
            found.append(Refusal("more_than_open", text % values, line=place))
    if len({invoice_id for invoice_id, _amount in parts}) < len(parts):
        found.append(Refusal("invoice_twice", _("An invoice is given twice.")))
    total = sum(amount for _invoice, amount in parts)
    if total > payment.unallocated:
        text = _("Only %(left)s of the payment is on account.") % {"left": formats.money(payment.unallocated)}
        found.append(Refusal("more_than_on_account", text))
    if found:
        raise Refused(*found)
