"""Changing the lines of a confirmed order: prices, credit and goods are asked anew, all or nothing.

A line keeps what is reserved for the units that stay, with its place in the queue of promises: one that grows asks for
the rest, one that shrinks gives back what would come last. Agreed prices stay unless another one is given. An amendment
that adds to the client's exposure passes the credit check or is refused; one that does not is always let through, its
verdict is stored all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam.money import ZERO
from kam.phrases import Phrase
from kam.refusals import Refusal, Refused
from kam.wording import refusals_for, worded
from kam.writing import writes
from orders.actions.confirming import reserve_lines
from orders.actions.crediting import judge_credit
from orders.actions.holding import shrink_lines
from orders.actions.locking import lock_order
from orders.actions.order_lines import (
    MOST_MONEY,
    MOST_UNITS,
    OrderLineInput,
    add_up,
    approval_reasons,
    priced_lines,
)
from orders.actions.orders import refuse_stale
from orders.flow import ORDER_FLOW
from orders.models import Order, OrderLine
from orders.queries.holdings import open_lines
from orders.rules.pricing import line_total
from orders.wording import OF_MARGIN, PRICES, credit_texts

LINE_FIELDS = (
    "quantity", "cancelled", "price", "list_price", "discount_percent", "price_source", "unit_cost", "net", "vat",
    "total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line to change (by `line_id`) or to add (by `product_id`): units in all, 0 gives up what is not shipped."""

    quantity: int
    line_id: int | None = None
    product_id: int | None = None
    price: Decimal | None = None
    discount_percent: Decimal | None = None


@writes
def amend_order(
    pk: int, *, by, day: date, changes: Sequence[LineChange], reason: str = "", version: int | None = None
) -> Order:
    """Change or add lines of a confirmed order; lines not named stay as they are.

    Raises Forbidden, and Refused with every reason: a line of another order, fewer units than shipped, a price that
    needs approval, credit, or want of goods where the order is all or nothing. Then nothing has changed.
    """
    order = lock_order(pk)
    refuse_stale(order, version)
    step, who = ORDER_FLOW.check(order, "amend", by=by, reason=reason)
    # Lines are written before credit and goods have answered, so a refusal takes them back also inside another action.
    with transaction.atomic():
        summary = _amend(order, changes, day, by)
    ORDER_FLOW.finish(
        order, step, who, to=order.status, reason=reason, changes=summary,
        also=("net", "vat", "total", "unshipped_total", "credit"),
    )  # fmt: skip
    return order


def _amend(order: Order, changes: Sequence[LineChange], day: date, by) -> dict:
    """Do everything but the step itself; returns what changed, for the trail."""
    lines = {line.pk: line for line in order.lines.order_by("position")}
    _refuse_changes(changes, lines, order.approval)
    before = order.total
    shipped_total = order.total - order.unshipped_total
    changed = _changed(order, lines, changes, day, by)
    add_up(order, lines.values())
    unshipped = max(order.total - shipped_total, ZERO)
    against = judge_credit(order, day, unshipped)
    if against and unshipped > order.unshipped_total:
        raise Refused(*refusals_for(against, credit_texts(order.shows_money_to(by))))
    order.unshipped_total = unshipped
    units = _reserve_anew(order, [lines[each] for each in changed], day)
    return {"total": [str(before), str(order.total)], "lines": [None, len(changes)], "reserved": [None, units]}


def _changed(order: Order, lines: dict[int, OrderLine], changes: Sequence[LineChange], day: date, by) -> set[int]:
    """Write the changed and new lines, whose ids are returned; `lines` holds them all afterwards."""
    asking, repriced = set(), []
    vat_included = order.price_column.vat_included
    for change in (each for each in changes if each.line_id is not None):
        line = lines[change.line_id]
        asking.add(line.pk)
        _resize(line, change.quantity, vat_included)
        if change.price is not None or change.discount_percent is not None:
            repriced.append((line, change))
    new = [each for each in changes if each.line_id is None]
    inputs = [OrderLineInput(each.product_id, each.quantity, each.price, each.discount_percent) for each in new]
    inputs += [
        OrderLineInput(line.product_id, line.quantity, change.price, change.discount_percent)
        for line, change in repriced
    ]
    column, currency = order.price_column, order.currency
    priced = priced_lines(order, inputs, day) if inputs else []
    if order.price_column != column:
        raise Refused(_other_column())
    order.price_column, order.currency = column, currency
    for (line, _change), fresh in zip(repriced, priced[len(new) :], strict=True):
        for name in ("price", "list_price", "discount_percent", "price_source", "net", "vat", "total"):
            setattr(line, name, getattr(fresh, name))
    added = priced[: len(new)]
    last = max((line.position for line in lines.values()), default=0)
    for position, line in enumerate(added, last + 1):
        line.position = position
    _refuse_unapproved(order, [*added, *(line for line, _change in repriced)], day, by)
    OrderLine.objects.bulk_update([line for line in lines.values() if line.pk in asking], LINE_FIELDS)
    OrderLine.objects.bulk_create(added)
    lines.update({line.pk: line for line in added})
    return asking | {line.pk for line in added}


def _resize(line: OrderLine, quantity: int, vat_included: bool) -> None:
    """Let a line be of so many units; what was shipped of it stays, a line given up keeps its units as cancelled."""
    if quantity == 0:
        line.cancelled, line.net, line.vat, line.total = line.quantity, ZERO, ZERO, ZERO
        return
    line.quantity, line.cancelled = quantity, 0
    total = line_total(line.price, quantity, line.vat_rate, vat_included)
    line.net, line.vat, line.total = total.net, total.vat, total.total


def _reserve_anew(order: Order, changed: Sequence[OrderLine], day: date) -> int:
    """Let the changed lines hold what they need: give back what is too much, ask for what lacks; returns the latter."""
    if order.warehouse_id is None:
        return 0
    needed = {line.pk: line.unshipped for line in changed}
    shrink_lines(needed, Phrase(gettext_noop("the order was amended")))
    asking = [line for line in open_lines(order.pk) if line.pk in needed]
    return reserve_lines(order, asking, day, partial=order.allow_partial, insist=not order.allow_partial)


def _refuse_changes(changes: Sequence[LineChange], lines: dict[int, OrderLine], approval: Sequence[dict]) -> None:
    approved = {each["line"] for each in approval}
    found = []
    if not changes:
        found.append(Refusal("nothing_changed", _("Say which lines to change.")))
    named = [each.line_id for each in changes if each.line_id is not None]
    if len(set(named)) < len(named) or not set(named) <= set(lines):
        found.append(Refusal("foreign_line", _("A line is not of this order, or is named twice.")))
        raise Refused(*found)
    for change in (each for each in changes if each.line_id is not None):
        line = lines[change.line_id]
        if change.quantity > MOST_UNITS or line.price * change.quantity > MOST_MONEY:
            found.append(Refusal("sum_too_large", _("The sum of the line is too large."), "quantity", line.position))
        if change.quantity < line.shipped:
            text = _("%(units)d units of this line are shipped already.") % {"units": line.shipped}
            found.append(Refusal("below_shipped", text, "quantity", line.position))
        if line.shipped and (change.price is not None or change.discount_percent is not None):
            text = _("Units of this line are shipped: its price stays.")
            found.append(Refusal("price_stays", text, "price", line.position))
        if line.position in approved and change.quantity > line.quantity - line.cancelled:
            # Somebody above agreed to this price for these units, not for any number of them.
            text = _("The price of this line was approved for %(units)d units: put more into a new order.")
            found.append(Refusal("approved_units", text % {"units": line.quantity}, "quantity", line.position))
    if any(each.line_id is None and each.product_id is None for each in changes):
        found.append(Refusal("unknown_product", _("There is no such product."), "product"))
    if found:
        raise Refused(*found)


def _refuse_unapproved(order: Order, lines: Sequence[OrderLine], day: date, by) -> None:
    """Prices of a confirmed order change within the KAM's own limits only: beyond them a new order is approved.

    What the margin is, only those are told who may see it.
    """
    if not lines:
        return
    limit = order.manager.discount_limit if order.manager else ZERO
    reasons = [each for each in approval_reasons(order, lines, day, limit) if each["code"] != "cost_unknown"]
    if reasons:
        texts = PRICES
        if not by.has_perm("orders.view_margin"):
            texts = PRICES | dict.fromkeys(OF_MARGIN, _("The price is below what is usual."))
        raise Refused(*(Refusal(each["code"], worded(each, texts), "price", each["line"]) for each in reasons))


def _other_column() -> Refusal:
    text = _("The client buys from another price column now: put new lines into a new order.")
    return Refusal("other_column", text)
