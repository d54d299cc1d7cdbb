"""What of an order can leave, and what of an invoice can come back."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from orders.models import Invoice, InvoiceLine, Order, OrderLine, Reservation, ReturnLine, StockLevel
from orders.models.returns import PENDING
from orders.queries.claims import claimed_units


@dataclass(frozen=True, slots=True)
class ShippableLine:
    """A line of an order with units left: reserved here for it, and free for anybody."""

    pk: int
    position: int
    sku: str
    name: str
    quantity: int
    left: int
    reserved: int
    free: int
    ready: int  # what may leave now: the first value of the form


def shippable_lines(order: Order) -> list[ShippableLine]:
    """The lines of an order that still have units to ship, with where these could come from."""
    here = Q(reservations__status=Reservation.Status.LIVE, reservations__level__isnull=False)
    left = F("quantity") - F("shipped") - F("cancelled")
    rows = (
        OrderLine.objects.filter(order=order)
        .annotate(left=left, reserved=Coalesce(Sum("reservations__quantity", filter=here), 0))
        .filter(left__gt=0)
        .select_related("product")
        .order_by("position")
    )
    rows = list(rows)
    levels = StockLevel.objects.filter(warehouse=order.warehouse_id, product__in=[row.product_id for row in rows])
    free = {product: on_hand - reserved for product, on_hand, reserved in levels.values_list(
        "product_id", "on_hand", "reserved"
    )}  # fmt: skip
    found = []
    for row in rows:
        product = row.product
        spare = 0 if product.is_scarce else free.get(product.pk, 0)
        ready = row.left if order.distributor_id else min(row.left, row.reserved + spare)
        found.append(
            ShippableLine(
                row.pk, row.position, product.sku, product.name, row.quantity, row.left, row.reserved, spare, ready
            )
        )
    return found


def returnable_units(invoice: Invoice) -> dict[int, int]:
    """Units of each invoice line (id) that neither came back, nor wait in another return, nor are claimed by an act."""
    waiting = dict(
        ReturnLine.objects.filter(document__invoice=invoice, document__status__in=PENDING)
        .values_list("invoice_line")
        .annotate(Sum("quantity"))
    )
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("pk")
    lines = list(rows.values_list("pk", "quantity", "returned", "shipment_line"))
    claimed = claimed_units([shipped for _pk, _quantity, _returned, shipped in lines if shipped])
    return {
        pk: quantity - returned - waiting.get(pk, 0) - claimed.get(shipped, 0)
        for pk, quantity, returned, shipped in lines
    }


def returning_units(return_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By id of a return: the units that come back, and how many of them cannot be sold again."""
    lines = ReturnLine.objects.filter(document__in=return_ids).order_by().values("document_id")
    sums = lines.annotate(units=Sum("quantity"), broken=Sum("quantity", filter=Q(is_sellable=False), default=0))
    return {row["document_id"]: (row["units"], row["broken"]) for row in sums}
