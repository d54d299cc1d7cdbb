"""Writers of refunds: money of a payment goes back to the client, and a wrong refund is taken back."""

from datetime import date
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from kam import formats, trail
from kam.access import Authority, authority
from kam.money import rounded
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import last_given_back, lock_client, lock_payments, look_at_holds, save_unallocated
from orders.models import Allocation, Payment, Refund


@writes
def refund_payment(
    pk: int, *, by, day: date, amount: Decimal, reason: str, refunded_on: date | None = None, bank_line=None
) -> Refund:
    """Give money on account back to the client (`refunded_on`, today without it); undo allocations first to free it.

    Raises Forbidden, and Refused when the payment has less on account.
    """
    client = lock_client(Payment.objects.values_list("client_id", flat=True).get(pk=pk))
    who = authority(by, "orders.add_refund", client.manager_id)
    payment = lock_payments([pk])[pk]
    refunded_on = refunded_on or day
    found = _offset_refusals(payment)
    if refunded_on > day:
        found.append(Refusal("in_the_future", _("Money cannot go on a later day."), field="refunded_on"))
    if refunded_on < payment.received_on:
        found.append(Refusal("before_payment", _("The money had not come by then."), field="refunded_on"))
    if found:
        raise Refused(*found)
    refund = give_back(payment, amount, on=refunded_on, who=who, reason=reason, bank_line=bank_line)
    look_at_holds(client, day)
    return refund


def give_back(
    payment: Payment, amount: Decimal, *, on: date, who: Authority, reason: str, kind=Refund.Kind.RETURNED,
    bank_line=None,
) -> Refund:  # fmt: skip
    """Take money off a locked payment's account. Never dated before its last undoing, so that the past stays true.

    Raises Refused for what does not fit.
    """
    found = []
    if amount <= 0 or amount != rounded(amount):
        text = _("A refund is a positive amount in whole kopecks.")
        found.append(Refusal("amount_not_positive", text, field="amount"))
    if amount > payment.unallocated:
        text = _("Only %(left)s of the payment is on account.")
        values = {"left": formats.money(payment.unallocated, payment.currency)}
        found.append(Refusal("more_than_on_account", text % values, field="amount"))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say why the money goes back."), field="reason"))
    if found:
        raise Refused(*found)
    undone = Allocation.objects.filter(payment=payment).aggregate(on=Max("undone_on"))["on"]
    on = max(filter(None, (on, payment.received_on, undone, last_given_back(payment))))
    refund = Refund.objects.create(
        payment=payment, kind=kind, amount=amount, refunded_on=on, reason=reason[:300], by=who.by, bank_line=bank_line
    )
    before = payment.unallocated
    payment.unallocated -= amount
    save_unallocated([payment])
    changes = {"unallocated": [str(before), str(payment.unallocated)]}
    trail.record(payment, "refund", by=who, changes=changes, reason=reason)
    trail.record(refund, "create", by=who, reason=reason)
    return refund


@writes
def undo_refund(pk: int, *, by, day: date, reason: str) -> Refund:
    """Take a refund back from this day on: its money stands on account again; as of an earlier day it still counts.

    Raises Forbidden, Refused.
    """
    client_id, payment_id = Refund.objects.values_list("payment__client_id", "payment_id").get(pk=pk)
    client = lock_client(client_id)
    who = authority(by, "orders.undo_refund", client.manager_id)
    payment = lock_payments([payment_id])[payment_id]
    refund = Refund.objects.select_for_update(no_key=True).get(pk=pk)
    found = _offset_refusals(payment)
    if refund.undone_on is not None:
        found.append(Refusal("already_undone", _("This refund is already undone.")))
    if refund.kind == Refund.Kind.MOVED:
        text = _("The money was entered for another client: undo the placement of its statement line.")
        found.append(Refusal("moved", text))
    if day < refund.refunded_on:
        text = _("The refund is of %(day)s: it cannot be undone before.") % {"day": formats.day(refund.refunded_on)}
        found.append(Refusal("before_refund", text))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say why the refund is undone."), field="reason"))
    if found:
        raise Refused(*found)
    put_back(refund, payment, on=day, who=who, reason=reason)
    look_at_holds(client, day)
    return refund


def put_back(refund: Refund, payment: Payment, *, on: date, who: Authority, reason: str) -> None:
    """Undo a refund of a locked payment: its money stands on account from this day on."""
    refund.undone_on, refund.undone_by, refund.undo_reason = on, who.by, reason[:300]
    refund.version += 1
    refund.save(update_fields=["undone_on", "undone_by", "undo_reason", "version", "updated_at"])
    before = payment.unallocated
    payment.unallocated += refund.amount
    save_unallocated([payment])
    changes = {"unallocated": [str(before), str(payment.unallocated)]}
    trail.record(payment, "undo_refund", by=who, changes=changes, reason=reason)
    trail.record(refund, "undo", by=who, reason=reason)


def _offset_refusals(payment: Payment) -> list[Refusal]:
    """An offset brought no money: it is annulled as a whole, which is final."""
    if payment.kind != Payment.Kind.OFFSET:
        return []
    text = _("%(number)s is an offset, no money came: annul the offset instead.")
    return [Refusal("offset", text % {"number": payment.number})]
