"""What we have of products: on hand, promised, free, on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, Sum

from orders.models import StockLevel, SupplyLine


@dataclass(frozen=True, slots=True)
class Goods:
    """Units of one product in all our warehouses, and what is expected; `next_on` is the nearest expected day."""

    on_hand: int = 0
    reserved: int = 0
    arriving: int = 0
    next_on: date | None = None

    @property
    def available(self) -> int:
        """Units on hand that may still be promised."""
        return self.on_hand - self.reserved


def goods_of(product_ids: Iterable[int]) -> dict[int, Goods]:
    """Units of the products, by id; a product that we neither have nor expect is not in it. Two queries."""
    ids = list(product_ids)
    levels = StockLevel.objects.filter(product_id__in=ids).order_by().values("product_id")
    here = {row["product_id"]: row for row in levels.annotate(on_hand=Sum("on_hand"), reserved=Sum("reserved"))}
    lines = SupplyLine.objects.filter(product_id__in=ids, is_open=True).order_by().values("product_id")
    coming = {
        row["product_id"]: row
        for row in lines.annotate(
            free=Sum(F("quantity") - F("received") - F("reserved")), next_on=Min("supply__expected_on")
        )
    }
    found = {}
    for pk in here.keys() | coming.keys():
        level, supply = here.get(pk, {}), coming.get(pk, {})
        found[pk] = Goods(
            level.get("on_hand", 0), level.get("reserved", 0), max(supply.get("free", 0), 0), supply.get("next_on")
        )
    return found


def hang_goods(products) -> None:
    """Give each product the figures of its goods: on_hand_units, reserved_units, available_units, arriving_units."""
    goods = goods_of(product.pk for product in products)
    for product in products:
        own = goods.get(product.pk, Goods())
        product.on_hand_units, product.reserved_units = own.on_hand, own.reserved
        product.available_units, product.arriving_units = own.available, own.arriving
        product.next_supply_on = own.next_on
