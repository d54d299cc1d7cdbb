"""Tells KAMs, and writes into the orders' trails, that goods promised to their orders are promised no longer."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from kam import trail
from kam.notifications import Message, notify_each
from orders.actions.holding import Ended
from orders.models import Order

REST_DROPPED = gettext_noop("%(order)s: %(units)s units are not reserved any more, supply %(supply)s came short.")
SUPPLY_CANCELLED = gettext_noop("%(order)s: %(units)s units are not reserved any more, supply %(supply)s is cancelled.")
EXPIRED = gettext_noop("%(order)s: the reservation of %(units)s units has expired.")
RELEASED = gettext_noop("%(order)s: the reservation of %(units)s units was released: %(reason)s")


def tell_of_loss(ended: Iterable[Ended], text: str, *, verb: str, by=None, reason: str = "", supply=None) -> None:
    """Write the loss into each order's trail and tell the KAM of its client, in three statements for any number.

    Nobody is told what they did themselves.
    """
    units: dict[int, int] = {}
    for each in ended:
        units[each.line_id] = units.get(each.line_id, 0) + each.units
    if not units:
        return
    lost: dict[int, int] = {}
    orders: dict[int, Order] = {}
    for order in _orders_of(units):
        orders[order.pk] = order
        lost[order.pk] = lost.get(order.pk, 0) + units[order.line_id]
    trail.record_many(orders.values(), verb, by=by, reason=reason)
    actor = getattr(getattr(by, "by", by), "pk", None)
    notify_each(
        Message(
            order.keeper_id,
            verb,
            text,
            {"order": order.number, "units": lost[order.pk], "supply": str(supply or ""), "reason": reason},
            document=order,
            urgent=True,
        )
        for order in orders.values()
        if order.keeper_id is not None and order.keeper_id != actor
    )


def _orders_of(line_ids) -> Iterable[Order]:
    """Each line's order with `line_id` and `keeper_id`, the client's KAM today."""
    return Order.objects.raw(
        """SELECT o.id, o.number, l.id AS line_id, c.manager_id AS keeper_id
           FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
           JOIN accounts_client c ON c.id = o.client_id WHERE l.id = ANY(%s) ORDER BY o.id""",
        [list(line_ids)],
    )
