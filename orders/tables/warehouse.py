"""Tables of our warehouses, of what is on its way there, and of quotas."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.pages import Column, Table, address_of

SUPPLY_TONES = {"expected": "wait", "arrived": "done", "cancelled": "draft"}


class WarehouseTable(Table):
    name = Column(_("Name"), kind="link", sort="sort_key")
    address = Column(_("Address"))
    active = Column(_("Active"), kind="flag", accessor="is_active")

    class Meta:
        sort = "name"


def reservations_behind(level: Any) -> str:
    """The list of what the reserved units of a stock level are promised to; nowhere to go where none are."""
    if not level.reserved:
        return ""
    query = {"status": "live", "product": level.product_id, "warehouse": level.warehouse_id}
    return f"{reverse('orders:reservation_list')}?{urlencode(query)}"


class StockLevelTable(Table):
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    product = Column(_("Product"), accessor="product.name", sort="product__sort_key")
    brand = Column(_("Brand"), accessor="product.brand.name", sort="product__brand__sort_key")
    warehouse = Column(_("Warehouse"), accessor="warehouse.name", sort="warehouse__sort_key")
    on_hand = Column(_("On hand"), kind="quantity", sort=True, total=True)
    reserved = Column(_("Reserved"), kind="quantity", sort=True, total=True, href=reservations_behind)
    available = Column(_("Available"), kind="quantity", total=F("on_hand") - F("reserved"))

    class Meta:
        related = ("product", "product__brand", "warehouse")
        sort = "sku"


class SupplyTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    supplier = Column(_("Supplier"))
    warehouse = Column(_("Warehouse"), accessor="warehouse.name", sort="warehouse__sort_key")
    status = Column(_("State"), kind="chip", tones=SUPPLY_TONES)
    expected_on = Column(_("Expected on"), kind="date", sort=True)
    arrived_on = Column(_("Arrived on"), kind="date", sort=True)

    class Meta:
        related = ("warehouse",)
        sort = "-expected_on"


class SupplyLineTable(Table):
    sku = Column(_("SKU"), accessor="product.sku")
    product = Column(_("Product"), accessor="product.name")
    quantity = Column(_("Announced"), kind="quantity")
    reserved = Column(_("Reserved"), kind="quantity")
    received = Column(_("Received"), kind="quantity")

    class Meta:
        related = ("product",)


class QuotaTable(Table):
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    product = Column(_("Product"), accessor="product.name", sort="product__sort_key")
    holder = Column(_("For whom"), accessor=lambda quota: str(quota.client or quota.manager))
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)
    units = Column(_("Quota"), kind="quantity", sort=True)
    used = Column(_("Used"), kind="quantity", sort=True)
    left = Column(_("Left"), kind="quantity", accessor=lambda quota: quota.units - quota.used)

    class Meta:
        related = ("product", "client", "manager")
        sort = "-starts_on"


class PromiseTable(Table):
    """Reservations as the owner of the goods sees them: who was promised how much, and until when."""

    order = Column(_("Order"), kind="link", accessor="line.order.number", href=lambda row: address_of(row.line.order))
    client = Column(_("Client"), accessor="line.order.client.name")
    product = Column(_("Product"), accessor="product.name")
    quantity = Column(_("Units"), kind="quantity", total=True)
    promised_at = Column(_("Promised"), kind="moment", sort=True)
    expires_on = Column(_("Expires on"), kind="date", sort=True)

    class Meta:
        related = ("product", "line__order__client")
        sort = "promised_at"
