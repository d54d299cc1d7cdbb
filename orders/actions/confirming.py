"""Confirming an order: the credit check and the reservation, under locks, in few statements.

docs/algorithms/confirming.md tells the locks and counts the statements.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Client, ClientGroup, CreditPolicy
from accounts.queries import calendar
from kam.access import Authority
from kam.flows import Step
from kam.refusals import Forbidden, Refusal, Refused
from kam.wording import refusals_for
from kam.writing import apart, writes
from orders.actions.crediting import held_by_person, judge_credit, release_reasons
from orders.actions.holding import place_reservations
from orders.actions.locking import lock_order
from orders.flow import ORDER_FLOW
from orders.models import Order
from orders.queries.holdings import OpenLine, open_lines, plan_for
from orders.rules.reservation import ReservationPlan, expires_on
from orders.wording import RESERVATION

AHEAD = timedelta(days=120)  # of the calendar, more than any reservation lasts


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


@dataclass(frozen=True, slots=True)
class Released:
    """What became of one order of many: released, or every refusal."""

    order: int
    released: bool
    refusals: tuple[str, ...] = ()


def release_orders(pks: Collection[int], *, by, day: date, reason: str) -> list[Released]:
    """Release many held orders, each in its own transaction and with its own result, in the order of the keys."""
    return [_release_one(pk, by, day, reason) for pk in pks]


def _release_one(pk: int, by, day: date, reason: str) -> Released:
    try:
        with apart():
            release_order(pk, by=by, day=day, reason=reason)
    except Refused as refused:
        return Released(pk, False, tuple(str(each.text) for each in refused.refusals))
    except Forbidden as forbidden:
        return Released(pk, False, (str(forbidden),))
    return Released(pk, True)


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

    Called after a payment, when its transaction is done (it locks the clients anew); members of the payers' groups are
    asked too, where the group has a limit or the policy counts its debts. Returns the orders that are no longer held:
    confirmed, or submitted where the goods have gone meanwhile. What a person holds stays held.
    """
    groups = ClientGroup.objects.filter(clients__in=client_ids)
    if not CreditPolicy.objects.valid_on(day).group_overdue_counts:
        groups = groups.filter(credit_limit__isnull=False)
    payers = Client.objects.filter(Q(pk__in=client_ids) | Q(group__in=groups)).values("pk")
    held = Order.objects.filter(status=Order.Status.HELD).order_by("pk")
    own = held.filter(client_id__in=payers, payer="client")
    special = held.filter(distributor_id__in=payers, payer="distributor")
    moved = (_pass_if_free(pk, day) for pk in own.union(special).order_by("pk").values_list("pk", flat=True))
    return [order for order in moved if order is not None]


def re_evaluate_all_holds(day: date) -> list[Order]:
    """As `re_evaluate_holds` for every payer of a held order: terms begin, holds are lifted, debts are forgiven."""
    held = Order.objects.filter(status=Order.Status.HELD).order_by()
    payers = set(held.filter(payer="client").values_list("client_id", flat=True))
    payers |= set(held.filter(payer="distributor").values_list("distributor_id", flat=True))
    return re_evaluate_holds(payers, day)


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


def reserve_lines(order: Order, lines: list[OpenLine], day: date, *, partial: bool, insist: bool = True) -> int:
    """Reserve the open units of the lines of a locked order; returns the units reserved.

    Raises Refused with every line that is short where the plan cannot be taken; without `insist` reserves nothing then.
    """
    if not lines:
        return 0
    expires = expires_on(day, calendar(day, day + AHEAD), settings.RESERVATION_WORKING_DAYS)
    plan = plan_for(order, lines, day, partial=partial)
    if not plan.accepted and insist:
        raise Refused(*_short(lines, plan))
    return place_reservations(plan.lines, expires)


def _short(lines: list[OpenLine], plan: ReservationPlan) -> list[Refusal]:
    positions = {line.pk: line.position for line in lines}
    return [
        refusal
        for each in plan.lines
        if each.short
        for refusal in refusals_for(each.reasons, RESERVATION, positions[each.line])
    ]
