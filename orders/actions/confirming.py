"""Confirming an order: the credit check and the reservation, under locks, in few statements.

docs/algorithms/confirming.md tells the locks and counts the statements.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from accounts.queries import calendar
from kam.access import Authority
from kam.flows import Step
from kam.refusals import Refusal, Refused
from kam.wording import refusals_for
from kam.writing import writes
from orders.actions.crediting import held_by_person, judge_credit, release_reasons
from orders.actions.holding import place_reservations
from orders.actions.locking import lock_levels, lock_order, lock_quotas, lock_supplies
from orders.flow import ORDER_FLOW
from orders.models import Order
from orders.rules.reservation import ReservationPlan, Wanted, expires_on, plan_reservation
from orders.wording import RESERVATION

AHEAD = timedelta(days=120)  # of the calendar, more than any reservation lasts

OPEN_LINES = """
SELECT l.id, l.position, l.product_id, l.quantity - l.shipped - l.cancelled
        - coalesce((SELECT sum(r.quantity) FROM orders_reservation r WHERE r.line_id = l.id AND r.status = 'live'), 0),
    p.is_scarce, p.is_archived, p.sku
FROM orders_orderline l JOIN orders_product p ON p.id = l.product_id
WHERE l.order_id = %s ORDER BY l.position"""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of a locked order with the units that nothing is reserved for yet."""

    pk: int
    position: int
    product: int
    units: int
    is_scarce: bool
    is_archived: bool
    sku: str


@writes
def confirm_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Confirm a submitted order: reserve its goods, or put it on hold with every credit reason against it.

    Raises Forbidden, and Refused for want of goods: then nothing has changed, the state included.
    """
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "confirm", by=by, reason=reason)
    return _confirm_or_hold(order, step, who, day, reason)


@writes
def release_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Let a held order pass in spite of the reasons found now; the person and their reason stay in the trail.

    Raises Forbidden, and Refused without a reason, by the one who asked, or for want of goods.
    """
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "release", by=by, reason=reason)
    release_reasons(order, judge_credit(order, day))
    order.released_by = by
    _reserve_and_confirm(order, step, who, day, reason, also=("released_by",))
    return order


@writes
def recheck_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Ask for a held order's credit again: confirmed when nothing is against it any more, else held as before.

    Raises Forbidden, and Refused for want of goods.
    """
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "recheck", by=by, reason=reason)
    return _confirm_or_hold(order, step, who, day, reason)


@writes
def reserve_order(pk: int, *, by, day: date, reason: str = "") -> Order:
    """Reserve what a confirmed order still lacks, as far as there is anything now.

    Raises Forbidden, and Refused when nothing is lacking or nothing is there.
    """
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "reserve", by=by, reason=reason)
    lines = open_lines(order.pk)
    if not lines:
        raise Refused(Refusal("nothing_to_reserve", _("Everything in %(order)s is reserved.") % {"order": order}))
    units = reserve_lines(order, lines, day, partial=True)
    ORDER_FLOW.finish(order, step, who, to=order.status, reason=reason, changes={"reserved": [None, units]})
    return order


def re_evaluate_holds(client_ids: Collection[int], day: date) -> list[Order]:
    """Ask again for the orders of these payers that are held only by what the program found, oldest first.

    Called after a payment, when its transaction is done (it locks the clients anew). Returns the orders that are no
    longer held: confirmed, or submitted where the goods have gone meanwhile. What a person holds stays held.
    """
    held = Order.objects.filter(status=Order.Status.HELD).order_by("pk")
    own = held.filter(client_id__in=client_ids, payer="client")
    special = held.filter(distributor_id__in=client_ids, payer="distributor")
    moved = (_pass_if_free(pk, day) for pk in own.union(special).order_by("pk").values_list("pk", flat=True))
    return [order for order in moved if order is not None]


@writes
def _pass_if_free(pk: int, day: date) -> Order | None:
    order = lock_order(pk)
    if order.status != Order.Status.HELD or judge_credit(order, day) or held_by_person(order):
        return None
    step, program = ORDER_FLOW.step("recheck"), Authority(None)
    try:
        _reserve_and_confirm(order, step, program, day)
    except Refused:
        # The hold is gone and so are the goods: a person decides what to do.
        ORDER_FLOW.finish(order, step, program, to=Order.Status.SUBMITTED, also=("credit",))
    return order


def _confirm_or_hold(order: Order, step: Step, who: Authority, day: date, reason: str) -> Order:
    if judge_credit(order, day):
        ORDER_FLOW.finish(
            order,
            step,
            who,
            to=Order.Status.HELD,
            reason=reason,
            changes={"hold": [None, [each["code"] for each in order.credit["reasons"]]]},
            also=("credit",),
        )
    else:
        _reserve_and_confirm(order, step, who, day, reason)
    return order


def _reserve_and_confirm(order: Order, step: Step, who: Authority, day: date, reason: str = "", also=()) -> None:
    lines = open_lines(order.pk)
    units = reserve_lines(order, lines, day, partial=order.allow_partial) if order.warehouse_id else 0
    order.confirmed_on = day
    order.unshipped_total = order.total
    ORDER_FLOW.finish(
        order,
        step,
        who,
        reason=reason,
        changes={"reserved": [0, units]},
        also=("credit", "confirmed_on", "unshipped_total", *also),
    )


def open_lines(order_id: int) -> list[OpenLine]:
    """The lines of a locked order that nothing is reserved for yet, wholly or in part."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_LINES, [order_id])
        return [line for line in (OpenLine(*row) for row in cursor.fetchall()) if line.units > 0]


def reserve_lines(order: Order, lines: list[OpenLine], day: date, *, partial: bool, insist: bool = True) -> int:
    """Reserve the open units of the lines of a locked order; returns the units reserved.

    Raises Refused with every line that is short where the plan cannot be taken; without `insist` reserves nothing then.
    """
    if not lines:
        return 0
    expires = expires_on(day, calendar(day, day + AHEAD), settings.RESERVATION_WORKING_DAYS)
    plan = plan_lines(order, lines, day, partial=partial)
    if not plan.accepted and insist:
        raise Refused(*_short(lines, plan))
    return place_reservations(plan.lines, expires)


def plan_lines(
    order: Order, lines: list[OpenLine], day: date, *, partial: bool, with_supplies: bool = True
) -> ReservationPlan:
    """Lock what the lines may take from and plan them; supplies and quotas are read only where they matter."""
    products = {line.product for line in lines}
    scarce = {line.product for line in lines if line.is_scarce}
    levels = lock_levels(order.warehouse_id, products)
    short = _beyond(levels, lines) if with_supplies else ()
    supplies = lock_supplies(order.warehouse_id, short) if short else ()
    quotas = lock_quotas(order.client_id, order.client.manager_id, scarce, day) if scarce else ()
    wanted = [Wanted(line.pk, line.product, line.units, order.warehouse_id) for line in lines]
    return plan_reservation(wanted, levels, supplies, quotas, partial=partial, wanted_on=order.wanted_on, scarce=scarce)


def _beyond(levels, lines: list[OpenLine]) -> set[int]:
    """The products of which the lines want more than lies free."""
    free = {level.product_id: level.on_hand - level.reserved for level in levels}
    for line in lines:
        free[line.product] = free.get(line.product, 0) - line.units
    return {product for product, left in free.items() if left < 0}


def _short(lines: list[OpenLine], plan: ReservationPlan) -> list[Refusal]:
    positions = {line.pk: line.position for line in lines}
    return [
        refusal
        for each in plan.lines
        if each.short
        for refusal in refusals_for(each.reasons, RESERVATION, positions[each.line])
    ]
