"""Writers of offsets: mutual claims are set off against each other, a payment without money, with four eyes."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kam import trail
from kam.access import authority
from kam.flows import mover
from kam.money import rounded
from kam.numbering import document_number
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client, lock_invoices, lock_payments, look_at_holds, undo
from orders.actions.payments import follow_suggestion
from orders.actions.refunds import give_back
from orders.flow import OFFSET_FLOW
from orders.models import Allocation, Offset, Payment


@writes
def propose_offset(
    *,
    client_id: int,
    amount: Decimal,
    offset_on: date,
    basis: str,
    their_claim: str,
    by,
    day: date,
    currency: str = "RUB",
    comment: str = "",
) -> Offset:
    """Propose to set off so much of what the client owes against what we owe it, by a basis document.

    `their_claim` says what we owe: a bonus, a service, a supply. Nothing changes on the account until somebody else
    approves. Raises Forbidden, Refused with every reason.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.add_offset", client.manager_id)
    _check(amount, offset_on, basis, their_claim, day)
    document = Offset.objects.create(
        number=document_number("ВЗЧ", offset_on.year),
        client=client,
        offset_on=offset_on,
        currency=currency,
        amount=amount,
        basis=basis.strip(),
        their_claim=their_claim.strip(),
        comment=comment,
        proposed_by=who.by,
        proposed_on=day,
    )
    trail.record(document, "create", by=who, changes={"amount": [None, str(amount)]}, reason=document.basis)
    return document


def _check(amount: Decimal, offset_on: date, basis: str, their_claim: str, day: date) -> None:
    """Raise Refused with everything that keeps these claims from being set off."""
    found = []
    if amount <= 0 or amount != rounded(amount):
        text = _("An offset is a positive amount in whole kopecks.")
        found.append(Refusal("amount_not_positive", text, field="amount"))
    if offset_on > day:
        found.append(Refusal("in_the_future", _("Claims cannot be set off on a later day."), field="offset_on"))
    if not basis.strip():
        text = _("Name the document that both sides signed.")
        found.append(Refusal("basis_missing", text, field="basis"))
    if not their_claim.strip():
        found.append(Refusal("claim_missing", _("Say what we owe the client."), field="their_claim"))
    if found:
        raise Refused(*found)


@writes
def approve_offset(pk: int, *, by, day: date, reason: str = "", allocate: bool = True) -> Offset:
    """Post an offset: a payment without money appears on the client's account and pays invoices as money would.

    Never by whoever proposed it. Raises Forbidden, Refused.
    """
    document, step, who = _checked(pk, "approve", by, reason)
    client = document.client
    payment = Payment.objects.create(
        number=document.number,
        client=client,
        kind=Payment.Kind.OFFSET,
        received_on=document.offset_on,
        currency=document.currency,
        amount=document.amount,
        unallocated=document.amount,
        purpose=document.basis,
        entered_by=who.by,
    )
    trail.record(payment, "create", by=who, changes={"offset": [None, document.number]})
    document.payment = payment
    if allocate:
        follow_suggestion(payment, day, who)
    OFFSET_FLOW.finish(
        document, step, who, reason=reason, changes={"payment": [None, payment.number]}, also=("payment",)
    )
    look_at_holds(client, day)
    return document


@writes
def decline_offset(pk: int, *, by, reason: str) -> Offset:
    """Decline a proposed offset with a reason. Raises Forbidden, Refused."""
    document, step, who = _checked(pk, "decline", by, reason)
    OFFSET_FLOW.finish(document, step, who, reason=reason)
    return document


@writes
def annul_offset(pk: int, *, by, day: date, reason: str) -> Offset:
    """Take a posted offset back from this day on: what it paid is open again, and nothing of it stays on account.

    As of an earlier day it still stands. Raises Forbidden, Refused.
    """
    document, step, who = _checked(pk, "annul", by, reason)
    client = document.client
    payment = lock_payments([document.payment_id])[document.payment_id]
    standing = list(Allocation.objects.filter(payment=payment, undone_on=None).order_by("pk"))
    invoices = lock_invoices(each.invoice_id for each in standing)
    on = max([day, document.offset_on, *(each.allocated_on for each in standing)])
    # At most as many turns as invoices that one offset paid; each writes its own trail.
    for each in standing:
        each.payment, each.invoice = payment, invoices[each.invoice_id]
        undo(each, on=on, who=who, reason=reason)
    refund = give_back(payment, payment.amount, on=on, who=who, reason=reason)
    document.annulled_on = refund.refunded_on
    OFFSET_FLOW.finish(document, step, who, reason=reason, also=("annulled_on",))
    look_at_holds(client, day)
    return document


move_offset = mover({"approve": approve_offset, "decline": decline_offset, "annul": annul_offset})


def _checked(pk: int, name: str, by, reason: str):
    """The locked offset under its client's lock, its step and on whose authority it is taken."""
    lock_client(Offset.objects.values_list("client_id", flat=True).get(pk=pk))
    rows = Offset.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    document = rows.get(pk=pk)
    step, who = OFFSET_FLOW.check(document, name, by=by, reason=reason)
    return document, step, who
