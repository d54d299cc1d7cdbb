"""The steps of an order that move no goods: submit, approve, return, withdraw, cancel, reopen, close."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam.flows import mover
from kam.phrases import Phrase
from kam.refusals import Refusal, Refused
from kam.rows import save_rows
from kam.writing import writes
from orders.actions.confirming import confirm_order, recheck_order, release_order, reserve_order
from orders.actions.crediting import judge_credit
from orders.actions.holding import free_order
from orders.actions.locking import lock_order, lock_orders_only
from orders.actions.order_lines import approval_reasons, inputs_of, priced_lines, write_lines
from orders.flow import ORDER_FLOW
from orders.models import Order

PRICED = ("price_column", "currency", "net", "vat", "total")
NOTHING = Decimal("0.00")


@writes
def submit_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Submit a draft at the prices of the day; beyond the KAM's limit or below the least margin it waits for approval.

    Prices and discounts given by hand stay given. The limit is that of the order's KAM. Raises Forbidden, and
    Refused with every reason.
    """
    order = _locked(pk)
    step, who = ORDER_FLOW.check(order, "submit", by=by, reason=reason)
    inputs = inputs_of(order.lines.all())
    if not inputs:
        raise Refused(Refusal("no_lines", _("%(order)s has no lines.") % {"order": order}, "lines"))
    before = order.total
    lines = priced_lines(order, inputs, day)
    limit = (order.manager or by).discount_limit
    order.approval = approval_reasons(order, lines, day, limit)
    write_lines(order, lines)
    order.submitted_by, order.approved_by = by, None
    ORDER_FLOW.finish(
        order,
        step,
        who,
        to=Order.Status.APPROVAL if order.approval else "",
        reason=reason,
        changes={"total": [str(before), str(order.total)]} if before != order.total else None,
        also=(*PRICED, "approval", "submitted_by", "approved_by"),
    )
    return order


@writes
def approve_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Agree to an order's prices. Raises Forbidden, and Refused by the one who submitted it."""
    order = _locked(pk)
    step, who = ORDER_FLOW.check(order, "approve", by=by, reason=reason)
    order.approved_by = by
    ORDER_FLOW.finish(order, step, who, reason=reason, also=("approved_by",))
    return order


@writes
def return_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Send an order that waits for approval back to draft, saying why. Raises Forbidden and Refused."""
    return _back_to_draft(pk, "return", by, reason)


@writes
def send_back_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Send a held order back to draft instead of releasing it, saying why. Raises Forbidden and Refused."""
    return _back_to_draft(pk, "send_back", by, reason)


@writes
def withdraw_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Take an order that is not confirmed yet back to draft. Raises Forbidden and Refused."""
    return _back_to_draft(pk, "withdraw", by, reason)


@writes
def cancel_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Cancel an order nothing was shipped of and free its goods. Raises Forbidden, and Refused without a reason."""
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "cancel", by=by, reason=reason)
    freed = free_order(order.pk, reason)
    order.unshipped_total = NOTHING
    ORDER_FLOW.finish(order, step, who, reason=reason, changes=_freed(freed), also=("unshipped_total",))
    return order


@writes
def reopen_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Make a cancelled order a draft again; its credit is checked at once, so that the person sees where it stands.

    Prices, credit and goods are all asked anew on the way to confirmed. Raises Forbidden, and Refused without a reason.
    """
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "reopen", by=by, reason=reason)
    _forget_decisions(order)
    judge_credit(order, day)
    order.ordered_on = day
    ORDER_FLOW.finish(order, step, who, reason=reason, also=(*DECISIONS, "ordered_on"))
    return order


@writes
def close_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Close an order: what was not shipped is given up and its goods are free. Raises Forbidden and Refused."""
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "close", by=by, reason=reason)
    freed = free_order(order.pk, reason or Phrase(gettext_noop("the order was closed")))
    given_up = [line for line in order.lines.all() if line.unshipped]
    for line in given_up:
        line.cancelled += line.unshipped
    save_rows(given_up, ["cancelled"])
    order.unshipped_total = NOTHING
    ORDER_FLOW.finish(order, step, who, reason=reason, changes=_freed(freed), also=("unshipped_total",))
    return order


move_order = mover(
    {
        "submit": submit_order,
        "approve": approve_order,
        "return": return_order,
        "withdraw": withdraw_order,
        "confirm": confirm_order,
        "release": release_order,
        "send_back": send_back_order,
        "recheck": recheck_order,
        "reserve": reserve_order,
        "cancel": cancel_order,
        "reopen": reopen_order,
        "close": close_order,
    }
)


DECISIONS = ("approval", "submitted_by", "approved_by", "released_by", "credit", "confirmed_on")


def _back_to_draft(pk: int, name: str, by, reason: str) -> Order:
    order = _locked(pk)
    step, who = ORDER_FLOW.check(order, name, by=by, reason=reason)
    _forget_decisions(order)
    ORDER_FLOW.finish(order, step, who, reason=reason, also=DECISIONS)
    return order


def _forget_decisions(order: Order) -> None:
    order.approval, order.credit = [], {}
    order.submitted_by = order.approved_by = order.released_by = order.confirmed_on = None


def _locked(pk: int) -> Order:
    orders = lock_orders_only([pk])
    if pk not in orders:
        raise Order.DoesNotExist
    return orders[pk]


def _freed(ended) -> dict | None:
    return {"reserved": [sum(each.units for each in ended), 0]} if ended else None
