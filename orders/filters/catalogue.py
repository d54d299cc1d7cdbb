"""Filters of the catalogue's lists."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Client, PriceColumn
from kam.models.fields import holding_on
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import Brand, Category, Price, Product, ProductCost, SpecialTerm


def valid_on(rows, _name, value: date):
    """Dated rows that are valid on the day."""
    return rows.filter(holding_on(value))


class BrandFilter(FilterSet):
    is_exclusive = YesNoFilter(label=_("Exclusive"))
    is_active = YesNoFilter(label=_("Active"))

    class Meta:
        model, fields = Brand, ()


class CategoryFilter(FilterSet):
    parent = RemoteFilter(label=_("Part of"), queryset=Category.objects.all())

    class Meta:
        model, fields = Category, ()


class ProductFilter(FilterSet):
    brand = RemoteFilter(label=_("Brand"), queryset=Brand.objects.all())
    category = RemoteFilter(label=_("Category"), queryset=Category.objects.all())
    life_cycle = ChoicesFilter(label=_("Life-cycle"), choices=Product.LifeCycle.choices)
    is_scarce = YesNoFilter(label=_("Scarce"))
    is_archived = YesNoFilter(label=_("Archived"))
    launched_from = DayFilter(label=_("Launched from"), field_name="launched_on", lookup_expr="gte")
    launched_to = DayFilter(label=_("Launched to"), field_name="launched_on", lookup_expr="lte")

    class Meta:
        model, fields = Product, ()
        main = ("brand", "category", "life_cycle", "is_scarce")


class PriceFilter(FilterSet):
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    column = RemoteFilter(label=_("Price column"), queryset=PriceColumn.objects.all())
    valid_on = DayFilter(label=_("Valid on"), method=valid_on)
    brand = RemoteFilter(label=_("Brand"), field_name="product__brand", queryset=Brand.objects.all())

    class Meta:
        model, fields = Price, ()


class ProductCostFilter(FilterSet):
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    valid_on = DayFilter(label=_("Valid on"), method=valid_on)

    class Meta:
        model, fields = ProductCost, ()


class SpecialTermFilter(FilterSet):
    client = RemoteFilter(label=_("Client"), queryset=Client.objects.all())
    product = RemoteFilter(label=_("Product"), queryset=Product.objects.all())
    brand = RemoteFilter(label=_("Brand"), queryset=Brand.objects.all())
    valid_on = DayFilter(label=_("Valid on"), method=valid_on)

    class Meta:
        model, fields = SpecialTerm, ()
