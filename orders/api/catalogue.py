"""The API of the catalogue: goods, their dated prices and costs, VAT rates, special terms."""

from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from orders.actions import catalogue, prices, special_terms, vat_rates
from orders.filters.catalogue import (
    BrandFilter,
    CategoryFilter,
    PriceFilter,
    ProductCostFilter,
    ProductFilter,
    SpecialTermFilter,
)
from orders.models import Brand, Category, Price, Product, ProductCost, SpecialTerm, VatRate
from orders.queries.goods import hang_goods
from orders.serializers import catalogue as serializers


@register("brands")
class BrandApi(ScopedViewSet):
    """Brands we distribute."""

    model = Brand
    serializer_class, write_serializer = serializers.BrandSerializer, serializers.BrandWriteSerializer
    filterset_class = BrandFilter
    orderings = ("sort_key", "updated_at")
    create_action, change_action = catalogue.create_brand, catalogue.change_brand


@register("categories")
class CategoryApi(ScopedViewSet):
    """Branches of the catalogue."""

    model = Category
    serializer_class, write_serializer = serializers.CategorySerializer, serializers.CategoryWriteSerializer
    filterset_class = CategoryFilter
    orderings = ("sort_key", "updated_at")
    create_action, change_action = catalogue.create_category, catalogue.change_category


@register("products")
class ProductApi(ScopedViewSet):
    """Products with what we have of them; `q` finds by SKU, EAN and name."""

    model = Product
    serializer_class, write_serializer = serializers.ProductSerializer, serializers.ProductWriteSerializer
    filterset_class = ProductFilter
    related = ("brand",)
    orderings = ("sort_key", "sku", "updated_at")
    create_action, change_action = catalogue.create_product, catalogue.change_product

    def decorate(self, documents):
        hang_goods(documents)


@register("prices")
class PriceApi(ScopedViewSet):
    """Dated prices. A new one ends the one before; the answer is the price that now stands on that day."""

    model = Price
    serializer_class, create_serializer = serializers.PriceSerializer, serializers.NewPriceSerializer
    filterset_class = PriceFilter
    related = ("product", "column")
    orderings = ("starts_on",)
    create_action = prices.set_price


@register("costs")
class ProductCostApi(ScopedViewSet):
    """Dated costs, for those who may see them."""

    model = ProductCost
    serializer_class, create_serializer = serializers.CostSerializer, serializers.NewCostSerializer
    filterset_class = ProductCostFilter
    related = ("product",)
    orderings = ("starts_on",)
    create_action = prices.set_cost
    permissions = {"view": "orders.view_cost", "add": "orders.set_cost"}


@register("vat-rates")
class VatRateApi(ScopedViewSet):
    """Rates of VAT. A new one ends the open one before."""

    model = VatRate
    serializer_class, create_serializer = serializers.VatRateSerializer, serializers.VatRateWriteSerializer
    orderings = ("starts_on",)
    create_action = vat_rates.create_vat_rate


@register("special-terms")
class SpecialTermApi(ScopedViewSet):
    """Prices and discounts agreed with one client."""

    model = SpecialTerm
    serializer_class, create_serializer = serializers.SpecialTermSerializer, serializers.NewSpecialTermSerializer
    filterset_class = SpecialTermFilter
    orderings = ("starts_on", "updated_at")
    create_action = special_terms.agree_special_term
    verbs = (
        Verb(
            "withdraw",
            special_terms.withdraw_special_term,
            serializers.WhySerializer,
            permission="orders.change_specialterm",
        ),
    )
