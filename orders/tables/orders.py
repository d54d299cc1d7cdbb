"""Tables of orders, their lines and the goods reserved for them."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.pages import Column, Table

ORDER_TONES = {
    "approval": "wait", "submitted": "work", "held": "wrong", "confirmed": "work", "partly_shipped": "work",
    "shipped": "done", "closed": "done",
}  # fmt: skip
RESERVATION_TONES = {"live": "work", "shipped": "done", "released": "draft"}


def _short(row: Any) -> int | None:
    return row.progress.short or None


def _manager(row: Any) -> str:
    return row.manager.short_name if row.manager else ""


def _wanted(row: Any) -> str:
    return gettext("wanted on %(day)s") % {"day": formats.day(row.wanted_on)} if row.wanted_on else ""


class OrderTable(Table):
    number = Column(_("Number"), kind="link", sort=True, hint=lambda row: row.customer_number)
    status = Column(_("State"), kind="chip")
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key", hint=_manager)
    total = Column(_("Total"), kind="money", currency="currency", sort=True, total=True)
    ordered_on = Column(_("Ordered"), kind="date", sort=True, hint=_wanted)
    manager = Column(_("KAM"), kind="person", sort="manager__sort_key", visible=False)
    outlet = Column(_("Outlet"), accessor="outlet.name", visible=False)
    margin = Column(
        _("Margin"), kind="percent", accessor=lambda row: row.progress.margin_percent, permission="orders.view_margin"
    )
    shipped = Column(_("Shipped"), kind="percent", accessor=lambda row: row.progress.shipped_percent)
    short = Column(_("Short, units"), kind="quantity", accessor=_short)
    expires_on = Column(_("Reserved until"), kind="date", accessor=lambda row: row.progress.expires_on)
    wanted_on = Column(_("Wanted on"), kind="date", sort=True, visible=False)
    warehouse = Column(_("Warehouse"), accessor="warehouse.name", visible=False)
    unshipped_total = Column(_("Not shipped"), kind="money", currency="currency", total=True, visible=False)
    author = Column(_("Entered by"), kind="person", visible=False)

    class Meta:
        related = ("client", "manager")
        sort = "-ordered_on"


class OrderOfClientTable(Table):
    number = Column(_("Number"), kind="link", sort=True, hint=lambda row: row.customer_number)
    ordered_on = Column(_("Ordered"), kind="date", sort=True)
    outlet = Column(_("Outlet"), accessor="outlet.name")
    status = Column(_("State"), kind="chip", tones=ORDER_TONES)
    total = Column(_("Total"), kind="money", currency="currency", total=True)
    unshipped_total = Column(_("Not shipped"), kind="money", currency="currency", total=True)
    wanted_on = Column(_("Wanted on"), kind="date")

    class Meta:
        related = ("outlet",)
        sort = "-ordered_on"


def _arrives(line: Any) -> str:
    if not line.coming_units:
        return ""
    values = {"units": formats.quantity(line.coming_units), "day": formats.day(line.coming_on)}
    return gettext("%(units)s by %(day)s") % values


def _discount(line: Any) -> str:
    return f"{formats.MINUS}{formats.percent(line.discount_percent)}" if line.discount_percent else ""


def _lacking(line: Any) -> int | None:
    confirmed = line.order.status in ("confirmed", "partly_shipped")
    return line.unshipped - line.reserved_units if confirmed else None


def _margin(line: Any) -> Any:
    if line.known_cost is None or not line.net:
        return None
    return (line.net - line.known_cost * line.quantity) * 100 / line.net


class OrderLineTable(Table):
    position = Column(_("No."), kind="quantity")
    product = Column(_("Product"), accessor="product.name", hint=lambda line: line.product.sku)
    quantity = Column(_("Quantity"), kind="quantity", total=True)
    list_price = Column(_("List price"), kind="money", currency="order.currency", visible=False)
    discount = Column(_("Discount"), kind="percent", accessor="discount_percent", visible=False)
    price = Column(_("Price"), kind="money", currency="order.currency", hint=_discount)
    total = Column(_("Total"), kind="money", total=True, currency="order.currency")
    margin = Column(_("Margin"), kind="percent", accessor=_margin, permission="orders.view_margin")
    reserved = Column(_("Reserved"), kind="quantity", accessor="reserved_units", hint=_arrives)
    shipped = Column(_("Shipped"), kind="quantity", total=True)
    short = Column(_("Short"), kind="quantity", accessor=_lacking)

    class Meta:
        related = ("product", "order")


def source_of(row: Any) -> str:
    if row.level_id:
        return str(row.level.warehouse)
    values = {"supply": row.supply_line.supply, "day": formats.day(row.supply_line.supply.expected_on)}
    return gettext("supply %(supply)s of %(day)s") % values


class ReservationTable(Table):
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    product = Column(_("Product"), accessor="product.name", sort="product__sort_key")
    order = Column(
        _("Order"), accessor="line.order.number", sort="line__order__number",
        href=lambda row: reverse("orders:order_detail", args=[row.line.order_id]),
    )  # fmt: skip
    client = Column(_("Client"), accessor="line.order.client.name", sort="line__order__client__sort_key")
    quantity = Column(_("Units"), kind="quantity", sort=True, total=True)
    source = Column(_("Where from"), accessor=source_of)
    status = Column(_("State"), kind="chip", tones=RESERVATION_TONES)
    promised_at = Column(_("Promised"), kind="moment", sort=True)
    expires_on = Column(_("Reserved until"), kind="date", sort=True)
    end_reason = Column(_("Why ended"), accessor="why_ended", visible=False)

    class Meta:
        related = ("product", "line__order__client", "level__warehouse", "supply_line__supply")
        sort = "-promised_at"


def _deeds(row: Any) -> Any:
    """Ways to do something with a live reservation without leaving the order."""
    if row.status != "live":
        return ""
    deeds = (("prolong", _("Prolong")), ("transfer", _("Transfer")), ("release", _("Release")))
    return format_html_join(
        " ",
        '<a class="btn btn-sm" href="{0}" hx-get="{0}" hx-target="#dialog-body" data-dialog>{1}</a>',
        ((reverse(f"orders:reservation_{name}", args=[row.pk]), label) for name, label in deeds),
    )


class ReservationOfOrderTable(Table):
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    product = Column(_("Product"), accessor="product.name")
    quantity = Column(_("Units"), kind="quantity")
    source = Column(_("Where from"), accessor=source_of)
    status = Column(_("State"), kind="chip", tones=RESERVATION_TONES)
    expires_on = Column(_("Reserved until"), kind="date")
    end_reason = Column(_("Why ended"), accessor="why_ended", visible=False)
    deeds = Column("", kind="html", accessor=_deeds, permission="orders.release_reservation", export=lambda row: "")

    class Meta:
        related = ("product", "level__warehouse", "supply_line__supply")
