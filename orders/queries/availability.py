"""What can be promised of products: on hand, reserved, arriving, and within which quotas."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, Q, Sum

from orders.models import Product, Quota, Reservation, StockLevel, SupplyLine


@dataclass(frozen=True, slots=True)
class Availability:
    """Units of a product in one warehouse (or all). `quota` is what is left of quotas, None where none is needed."""

    product_id: int
    on_hand: int = 0
    reserved: int = 0
    arriving: int = 0
    next_arrival_on: date | None = None
    quota: int | None = None

    @property
    def available(self) -> int:
        """Units that may still be promised from stock."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of an order line is reserved: from stock, from supply and until when; `lacking` is not reserved at all."""

    line_id: int
    from_stock: int
    from_supply: int
    expires_on: date | None
    ready_on: date | None
    lacking: int


def availability(
    product_ids: Collection[int],
    day: date,
    warehouse_id: int | None = None,
    client_id: int | None = None,
    manager_id: int | None = None,
) -> dict[int, Availability]:
    """What can be promised of each product, for a client and its KAM on a day; one query a table."""
    levels = StockLevel.objects.filter(product_id__in=product_ids)
    supplies = SupplyLine.objects.filter(product_id__in=product_ids, is_open=True)
    if warehouse_id is not None:
        levels = levels.filter(warehouse_id=warehouse_id)
        supplies = supplies.filter(supply__warehouse_id=warehouse_id)
    here = _by_product(levels, on_hand=Sum("on_hand"), held=Sum("reserved"))
    free = F("quantity") - F("received") - F("reserved")
    coming = _by_product(
        supplies.annotate(free=free).filter(free__gt=0), units=Sum("free"), on=Min("supply__expected_on")
    )
    quotas = _quotas_left(product_ids, day, client_id, manager_id)
    return {
        product: Availability(
            product,
            *here.get(product, (0, 0)),
            *coming.get(product, (0, None)),
            quotas.get(product),
        )
        for product in product_ids
    }


def coverage(order) -> dict[int, Coverage]:
    """What is reserved for each line of an order."""
    live = Reservation.objects.live().filter(line__order=order).order_by()
    rows = live.values("line").annotate(
        stock=Sum("quantity", filter=Q(level__isnull=False), default=0),
        supply=Sum("quantity", filter=Q(supply_line__isnull=False), default=0),
        expires=Min("expires_on"),
        ready=Min("supply_line__supply__expected_on"),
    )
    found = {row["line"]: row for row in rows}
    nothing = {"stock": 0, "supply": 0, "expires": None, "ready": None}
    result = {}
    for line in order.lines.all():
        row = found.get(line.pk, nothing)
        lacking = max(line.unshipped - row["stock"] - row["supply"], 0)
        result[line.pk] = Coverage(line.pk, row["stock"], row["supply"], row["expires"], row["ready"], lacking)
    return result


def _by_product(rows, **sums) -> dict[int, tuple]:
    return {row[0]: row[1:] for row in rows.order_by().values_list("product_id").annotate(**sums)}


def _quotas_left(product_ids, day, client_id, manager_id) -> dict[int, int]:
    scarce = Product.objects.filter(pk__in=product_ids, is_scarce=True).values_list("pk", flat=True)
    left = dict.fromkeys(scarce, 0)
    if left and (client_id or manager_id):
        holder = Q(client_id=client_id, client__isnull=False) | Q(manager_id=manager_id, manager__isnull=False)
        rows = Quota.objects.valid_on(day).filter(holder, product_id__in=left).order_by()
        left.update(rows.values_list("product_id").annotate(left=Sum(F("units") - F("used"))))
    return left
