"""Held orders for whoever may release them: what stands against each now, and what releasing it would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from orders.flow import ORDER_FLOW
from orders.models import Order
from orders.queries.credit import check_orders
from orders.queries.effects import OrderEffect, effects_of
from orders.rules.credit import CreditVerdict


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """A held order with the verdict of the day, its effect, and whether this person may release it."""

    order: Order
    verdict: CreditVerdict
    effect: OrderEffect
    may_release: bool


def held_orders(user: Any):
    """The held orders that this person sees and may decide on, the one that waits longest first."""
    orders = Order.objects.visible_to(user).filter(status=Order.Status.HELD)
    if not user.is_superuser:
        reach = user.standings.reach_for("orders.release_order")
        orders = orders if reach.everything else orders.within(reach)
    return orders.select_related("client", "manager", "distributor").order_by("ordered_on", "pk")


def told(orders: Sequence[Order], user: Any, day: date) -> list[HeldOrder]:
    """These held orders with everything a decision needs; a constant number of queries."""
    verdicts, effects = check_orders(orders, day), effects_of(orders, day)
    release = ORDER_FLOW.step("release")
    return [
        HeldOrder(order, verdicts[order.pk], effects[order.pk], not ORDER_FLOW.refusals(order, release, user))
        for order in orders
    ]
