"""Filters of the lists of orders and reservations."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from accounts.models import Client, Outlet
from kam.clock import today
from kam.models import TrailEntry, User
from kam.pages import AmountFilter, ChoicesFilter, DayFilter, FilterSet, RemoteFilter
from orders.models import Brand, Order, Product, Reservation, Warehouse
from orders.queries.progress import expiring_orders, orders_with_brand, short_orders

SOON_DAYS = 1
ATTENTION = [
    ("held", _("Held")), ("approval", _("Waits for approval")), ("short", _("Short of goods")),
    ("expiring", _("Reservation ends by tomorrow")),
]  # fmt: skip


def needing_attention(rows, _name, value):
    """Orders with this trouble."""
    if value == "short":
        return short_orders(rows)
    if value == "expiring":
        return expiring_orders(rows, today() + timedelta(days=SOON_DAYS))
    return rows.filter(status=value)


class OrderFilter(FilterSet):
    status = ChoicesFilter(label=_("State"), choices=Order.Status.choices)
    client = RemoteFilter(label=_("Client"), queryset=Client.objects.all())
    manager = RemoteFilter(label=_("KAM"), queryset=User.objects.all())
    attention = ChoiceFilter(label=_("Trouble"), choices=ATTENTION, method=needing_attention, empty_label="—")
    ordered_from = DayFilter(label=_("Ordered from"), field_name="ordered_on", lookup_expr="gte")
    ordered_to = DayFilter(label=_("Ordered to"), field_name="ordered_on", lookup_expr="lte")
    wanted_to = DayFilter(label=_("Wanted by"), field_name="wanted_on", lookup_expr="lte")
    outlet = RemoteFilter(label=_("Outlet"), queryset=Outlet.objects.all())
    warehouse = RemoteFilter(label=_("Warehouse"), queryset=Warehouse.objects.all())
    brand = RemoteFilter(label=_("Brand"), queryset=Brand.objects.all(), method="by_brand")
    total_from = AmountFilter(label=_("Total from"), field_name="total", lookup_expr="gte")
    total_to = AmountFilter(label=_("Total to"), field_name="total", lookup_expr="lte")
    freed_on = DayFilter(label=_("Let go by the program on"), method="by_freed")

    class Meta:
        model, fields = Order, ()
        main = ("status", "client", "manager", "attention", "ordered_from")

    def by_brand(self, rows, name, value: int):
        """Orders with goods of the brand."""
        return orders_with_brand(rows, value) if value else rows

    def by_freed(self, rows, name, value: date):
        """Held orders that the program let go on the day, when nothing was against them any more."""
        passed = TrailEntry.objects.filter(document_kind="orders.order", document_id=OuterRef("pk"), verb="recheck")
        moved = Q(confirmed_on=value) | Q(status=Order.Status.SUBMITTED)
        return rows.filter(moved, Exists(passed.filter(by=None, at__date=value)))


class ReservationFilter(FilterSet):
    status = ChoicesFilter(label=_("State"), choices=Reservation.Status.choices)
    client = RemoteFilter(label=_("Client"), field_name="line__order__client", queryset=Client.objects.all())
    order = RemoteFilter(label=_("Order"), field_name="line__order", queryset=Order.objects.all())
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    expires_to = DayFilter(label=_("Ends by"), field_name="expires_on", lookup_expr="lte")
    warehouse = RemoteFilter(label=_("Warehouse"), field_name="level__warehouse", queryset=Warehouse.objects.all())

    class Meta:
        model, fields = Reservation, ()
