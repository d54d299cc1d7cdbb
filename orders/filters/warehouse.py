"""Filters of stock, supplies and quotas."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.filters.catalogue import valid_on
from orders.models import Brand, Product, Quota, StockLevel, Supply, Warehouse


def available(rows, _name, wanted):
    """Levels with units that may still be promised, or without."""
    free = rows.filter(on_hand__gt=F("reserved"))
    return free if wanted else rows.filter(on_hand=F("reserved"))


class StockLevelFilter(FilterSet):
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    brand = RemoteFilter(label=_("Brand"), field_name="product__brand", queryset=Brand.objects.all())
    warehouse = RemoteFilter(label=_("Warehouse"), queryset=Warehouse.objects.all())
    available = YesNoFilter(label=_("Available"), method=available)

    class Meta:
        model, fields = StockLevel, ()


class SupplyFilter(FilterSet):
    status = ChoicesFilter(label=_("State"), choices=Supply.Status.choices)
    warehouse = RemoteFilter(label=_("Warehouse"), queryset=Warehouse.objects.all())
    product = RemoteFilter(label=_("Product"), field_name="lines__product", queryset=Product.objects.all())
    expected_from = DayFilter(label=_("Expected from"), field_name="expected_on", lookup_expr="gte")
    expected_to = DayFilter(label=_("Expected to"), field_name="expected_on", lookup_expr="lte")

    class Meta:
        model, fields = Supply, ()


class QuotaFilter(FilterSet):
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    client = RemoteFilter(label=_("Client"), queryset=Client.objects.all())
    manager = RemoteFilter(label=_("KAM"), queryset=User.objects.in_role("kam"))
    valid_on = DayFilter(label=_("Valid on"), method=valid_on)

    class Meta:
        model, fields = Quota, ()
