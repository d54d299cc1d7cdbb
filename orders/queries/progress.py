"""How far orders have come: units ordered, reserved, shipped and short, margin, and when reservations end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Exists, F, IntegerField, Min, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Round

from kam.models import MoneyField
from kam.money import ZERO, rounded
from kam.replica import reading
from orders.models import ExchangeRate, Order, OrderLine, ProductCost, Reservation
from orders.queries.exchange import RATE_OF_DAY, ROUBLE
from orders.rules.margin import margin_of

RESERVING = (Order.Status.CONFIRMED, Order.Status.PARTLY_SHIPPED)


@dataclass(slots=True)
class Progress:
    """The units of one order. `short` are units that are confirmed and neither shipped nor reserved."""

    units: int = 0
    shipped: int = 0
    cancelled: int = 0
    reserved: int = 0
    expires_on: date | None = None
    net: Decimal = ZERO
    cost: Decimal | None = None
    is_confirmed: bool = False

    @property
    def short(self) -> int:
        return max(self.units - self.shipped - self.cancelled - self.reserved, 0) if self.is_confirmed else 0

    @property
    def shipped_percent(self) -> Decimal | None:
        """The part of what is still wanted that has left; None for an order without lines."""
        wanted = self.units - self.cancelled
        return rounded(Decimal(self.shipped) * 100 / wanted) if wanted else None

    @property
    def margin_percent(self) -> Decimal | None:
        """None until the cost of every line is known: of a submitted one its own, of a draft that of the day asked."""
        return None if self.cost is None else margin_of(self.net, self.cost).percent


# Reservations are added up by line before lines are by order; both they and costs are found through the few lines, as a
# join of the whole tables would not be. A line that keeps no cost yet, which is one of a draft, has the product's cost
# of the day, where a day is asked for: kept in roubles, it counts in the currency of the order at the rate of that day.
_PROGRESS = f"""
    SELECT line.order_id, sum(line.quantity), sum(line.shipped), sum(line.cancelled), sum(line.net),
        CASE WHEN count(*) = count(coalesce(line.unit_cost, cost.amount))
        THEN sum(coalesce(line.unit_cost, cost.amount) * line.quantity) END,
        coalesce(sum(held.units), 0), min(held.ends)
    FROM orders_orderline line
    CROSS JOIN LATERAL (
        SELECT sum(live.quantity) AS units, min(live.expires_on) AS ends
        FROM orders_reservation live WHERE live.line_id = line.id AND live.status = %(live)s
    ) held
    LEFT JOIN LATERAL (
        SELECT CASE WHEN own.currency = 'RUB' THEN c.amount
            ELSE round(c.amount / {RATE_OF_DAY.format(currency="own.currency")}, 2) END AS amount
        FROM orders_productcost c JOIN orders_order own ON own.id = line.order_id
        WHERE line.unit_cost IS NULL AND c.product_id = line.product_id
            AND c.starts_on <= %(day)s AND (c.ends_on IS NULL OR c.ends_on >= %(day)s)
        LIMIT 1
    ) cost ON true
    WHERE line.order_id = ANY(%(orders)s)
    GROUP BY line.order_id
"""


def progress_of(orders: Iterable[Order], day: date | None = None) -> dict[int, Progress]:
    """The progress of each order: one statement for any number of them.

    With a `day` a line that keeps no cost yet, which is one of a draft, counts with the product's cost of that day.
    """
    found = {order.pk: Progress(is_confirmed=order.status in RESERVING) for order in orders}
    with reading().cursor() as cursor:
        cursor.execute(_PROGRESS, {"orders": list(found), "day": day, "live": Reservation.Status.LIVE})
        for pk, *sums, reserved, ends in cursor:
            one = found[pk]
            one.units, one.shipped, one.cancelled, one.net, one.cost = sums
            one.reserved, one.expires_on = int(reserved), ends
    return found


def with_cost(lines: QuerySet, day: date | None) -> QuerySet:
    """Order lines with `known_cost`: what they keep, else the product's cost of the day; null where there is none.

    It is in the currency of the order, at the rate of the day.
    """
    if day is None:
        return lines.annotate(known_cost=F("unit_cost"))
    of_day = ProductCost.objects.filter(product=OuterRef("product_id")).valid_on(day).order_by().values("amount")[:1]
    rates = ExchangeRate.objects.filter(currency=OuterRef("order__currency"), day__lte=day).order_by("-day")
    foreign = Round(Subquery(of_day) / Subquery(rates.values("rate")[:1]), 2)
    own = Case(When(order__currency=ROUBLE, then=Subquery(of_day)), default=foreign, output_field=MoneyField())
    return lines.annotate(known_cost=Coalesce("unit_cost", own))


def with_reserved(lines: QuerySet) -> QuerySet:
    """Order lines with the units reserved for them, of stock and of supply, and the day the last of those arrives."""
    live = Reservation.objects.live().filter(line=OuterRef("pk")).order_by().values("line")
    coming = live.filter(supply_line__isnull=False)

    def units(rows: QuerySet) -> Coalesce:
        return Coalesce(Subquery(rows.annotate(n=Sum("quantity")).values("n")), 0, output_field=IntegerField())

    last = coming.annotate(n=Min("supply_line__supply__expected_on")).values("n")
    return lines.annotate(reserved_units=units(live), coming_units=units(coming), coming_on=Subquery(last))


def short_orders(orders: QuerySet) -> QuerySet:
    """Confirmed orders with a line that is neither shipped nor reserved in full."""
    lines = with_reserved(OrderLine.objects.filter(order=OuterRef("pk")))
    lacking = lines.filter(quantity__gt=F("shipped") + F("cancelled") + F("reserved_units"))
    return orders.filter(Exists(lacking), status__in=RESERVING)


def expiring_orders(orders: QuerySet, until: date) -> QuerySet:
    """Orders with a live reservation that ends by the day."""
    ending = Reservation.objects.live().filter(line__order=OuterRef("pk"), expires_on__lte=until)
    return orders.filter(Exists(ending))


def orders_with_brand(orders: QuerySet, brand) -> QuerySet:
    """Orders with a line of the brand."""
    return orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), product__brand=brand)))
