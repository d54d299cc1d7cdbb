"""What a decision on orders would do: to money, margin and credit, and how the order differs from the usual ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Avg, Max

from kam.money import ZERO, rounded
from orders.models import Order, OrderLine
from orders.queries.credit import credit_facts
from orders.queries.exchange import ROUBLE, in_roubles, rates_on
from orders.queries.progress import progress_of

USUAL_DAYS = 365


@dataclass(frozen=True, slots=True)
class OrderEffect:
    """What letting one order pass means. Exposure and headroom are the payer's; `usual_total` is the mean of the
    client's orders of the last year, None without any. Credit is in roubles; None where a rate is missing."""

    total: Decimal
    margin_percent: Decimal | None
    largest_discount: Decimal
    discount_limit: Decimal
    exposure_before: Decimal
    exposure_after: Decimal | None
    headroom_before: Decimal | None
    headroom_after: Decimal | None
    overdue: Decimal
    usual_total: Decimal | None


def effects_of(orders: Sequence[Order], day: date) -> dict[int, OrderEffect]:
    """The effect of confirming each order, by pk; a constant number of queries. Their managers come loaded."""
    pks = [order.pk for order in orders]
    credit = credit_facts({order.payer_id for order in orders}, day) if orders else {}
    progress = progress_of(orders)
    foreign = {order.currency for order in orders} - {ROUBLE}
    rates = rates_on(foreign, day) if foreign else {}
    lines = OrderLine.objects.filter(order_id__in=pks).order_by()
    discounts = dict(lines.values("order_id").annotate(most=Max("discount_percent")).values_list("order_id", "most"))
    usual = _usual({order.client_id for order in orders}, pks, day)
    found = {}
    for order in orders:
        payer = credit[order.payer_id]
        # A confirmed order stands in the exposure already.
        added = order.total - order.unshipped_total if order.status in Order.IN_WORK else ZERO
        added = in_roubles(added, order.currency, rates)
        before, room = payer.exposure.total, payer.headroom
        found[order.pk] = OrderEffect(
            total=order.total,
            margin_percent=progress[order.pk].margin_percent,
            largest_discount=discounts.get(order.pk) or ZERO,
            discount_limit=order.manager.discount_limit if order.manager else ZERO,
            exposure_before=before,
            exposure_after=None if added is None else before + added,
            headroom_before=room,
            headroom_after=None if room is None or added is None else room - added,
            overdue=payer.overdue,
            usual_total=usual.get(order.client_id),
        )
    return found


def _usual(client_ids, but: Sequence[int], day: date) -> dict[int, Decimal]:
    rows = Order.objects.filter(client_id__in=client_ids, ordered_on__gt=day - timedelta(days=USUAL_DAYS))
    passed = rows.exclude(pk__in=but).exclude(status__in=(Order.Status.DRAFT, Order.Status.CANCELLED)).order_by()
    means = passed.values("client_id").annotate(mean=Avg("total")).values_list("client_id", "mean")
    return {client: rounded(mean) for client, mean in means}
