"""Pages of the catalogue: brands, categories, products, dated prices and costs, VAT rates, special terms."""

from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.clock import today
from kam.pages import Fact, Facts, Figure, Page, Rows, Tab, Trail
from orders.actions import catalogue, prices, special_terms, vat_rates
from orders.filters.catalogue import (
    BrandFilter,
    CategoryFilter,
    PriceFilter,
    ProductCostFilter,
    ProductFilter,
    SpecialTermFilter,
)
from orders.forms.catalogue import (
    BrandForm,
    CategoryForm,
    PriceForm,
    ProductCostForm,
    ProductForm,
    SpecialTermForm,
    VatRateForm,
)
from orders.models import Brand, Category, Price, Product, ProductCost, SpecialTerm, VatRate
from orders.queries.goods import Goods, goods_of, hang_goods
from orders.tables.catalogue import (
    LIFE_TONES,
    BrandTable,
    CategoryTable,
    PriceTable,
    ProductCostTable,
    ProductTable,
    SpecialTermTable,
    VatRateTable,
)
from orders.tables.warehouse import QuotaTable, StockLevelTable


class BrandPage(Page):
    """Brands we distribute."""

    model, table, filterset, form = Brand, BrandTable, BrandFilter, BrandForm
    create, change = catalogue.create_brand, catalogue.change_brand
    menu, menu_order, icon = "settings", 50, "tags"
    panels = (Facts("name", "is_exclusive", "is_active"), Trail())
    tabs = (Tab("products", _("Products"), (Rows("products", ProductTable),)),)


class CategoryPage(Page):
    """Branches of the catalogue."""

    model, table, filterset, form = Category, CategoryTable, CategoryFilter, CategoryForm
    create, change = catalogue.create_category, catalogue.change_category
    path, menu, menu_order, icon = "categories", "settings", 51, "binary-tree"
    panels = (Facts("name", "parent"), Rows("children", CategoryTable, _("Branches")), Trail())
    tabs = (Tab("products", _("Products"), (Rows("products", ProductTable),)),)


def _goods(product) -> Goods:
    """The product's goods, asked once for one page."""
    if not hasattr(product, "goods_shown"):
        product.goods_shown = goods_of([product.pk]).get(product.pk, Goods())
    return product.goods_shown


class ProductPage(Page):
    """What we sell."""

    model, table, filterset, form = Product, ProductTable, ProductFilter, ProductForm
    create, change = catalogue.create_product, catalogue.change_product
    status, tones = "life_cycle", LIFE_TONES
    menu, menu_order, icon = "stock", 10, "device-mobile"
    palette = 2
    groups = (
        (_("Article"), ("sku", "name", "brand", "category", "ean", "unit", "pack", "country", "vat_kind")),
        (_("Life-cycle"), ("life_cycle", "launched_on", "ends_on", "is_scarce", "is_archived")),
        (_("Description"), ("description",)),
    )
    figures = (
        Figure(_("Available"), lambda product, user: _goods(product).available, "quantity", href="?tab=stock"),
        Figure(_("On hand"), lambda product, user: _goods(product).on_hand, "quantity", href="?tab=stock"),
        Figure(_("Reserved"), lambda product, user: _goods(product).reserved, "quantity", href="?tab=stock"),
        Figure(
            _("Arriving"), lambda product, user: _goods(product).arriving, "quantity", href="?tab=supplies",
            hint=lambda product, user: _goods(product).next_on or "",
        ),
    )  # fmt: skip
    panels = (
        Facts("sku", "name", "brand", "category", "ean", "unit", "pack", "country", title=_("Article")),
        Facts("life_cycle", "launched_on", "ends_on", "is_scarce", "is_archived", title=_("Life-cycle"), side=True),
        Rows(
            table=PriceTable, title=_("Prices today"),
            rows=lambda product, user: Price.objects.filter(product=product).valid_on(today()),
        ),
        Facts(Fact("description", hide_empty=True)),
        Trail(),
    )  # fmt: skip
    tabs = (
        Tab("stock", _("Stock"), (Rows("levels", StockLevelTable, _("In our warehouses")),)),
        Tab("prices", _("Prices"), (Rows("prices", PriceTable, _("Prices by date")),)),
        Tab("costs", _("Costs"), (Rows("costs", ProductCostTable),), permission="orders.view_cost"),
        Tab("quotas", _("Quotas"), (Rows("quotas", QuotaTable),), shown=lambda product, user: product.is_scarce),
    )

    @classmethod
    def decorate(cls, rows, user):
        hang_goods(rows)

    @classmethod
    def heading(cls, document):
        return document.name

    @classmethod
    def subheading(cls, document):
        return document.sku

    @classmethod
    def choice_hint(cls, document):
        return document.sku


class PricePage(Page):
    """The price list, by date."""

    model, table, filterset, new_form = Price, PriceTable, PriceFilter, PriceForm
    menu, menu_order, icon = "stock", 40, "currency-rubel"
    search = ("product__sku", "product__sort_key")
    panels = (Facts("product", "column", Fact("amount", currency="column.currency"), "starts_on", "ends_on"),)

    def create(*, by, product, column, amount, starts_on):
        """Set the price from a form's values; shows the price that now stands there."""
        return prices.set_price(product_id=product.pk, column_id=column.pk, amount=amount, starts_on=starts_on, by=by)

    @classmethod
    def initial(cls, request):
        return {"starts_on": today(), **super().initial(request)}

    @classmethod
    def heading(cls, document):
        return f"{document.product}: {document.column}"


class ProductCostPage(Page):
    """What goods cost us; for those with the right to see it."""

    model, table, filterset, new_form = ProductCost, ProductCostTable, ProductCostFilter, ProductCostForm
    path, menu, menu_order, icon = "costs", "stock", 50, "receipt"
    permissions = {"view": "orders.view_cost", "add": "orders.set_cost"}
    search = ("product__sku", "product__sort_key")
    panels = (Facts("product", "amount", "starts_on", "ends_on"),)

    def create(*, by, product, amount, starts_on):
        """Set the cost from a form's values; shows the cost that now stands there."""
        return prices.set_cost(product_id=product.pk, amount=amount, starts_on=starts_on, by=by)

    @classmethod
    def heading(cls, document):
        return f"{document.product}: {formats.day(document.starts_on)}"

    @classmethod
    def initial(cls, request):
        return {"starts_on": today(), **super().initial(request)}


class VatRatePage(Page):
    """Rates of VAT by date."""

    model, table, form = VatRate, VatRateTable, VatRateForm
    create = vat_rates.create_vat_rate
    path, menu, menu_order, icon = "vat-rates", "settings", 60, "percentage"
    panels = (Facts("kind", Fact("rate", kind="percent"), "starts_on", "ends_on"), Trail())
    search = ("kind",)


class SpecialTermPage(Page):
    """Prices and discounts agreed with one client."""

    model, table, filterset, new_form = SpecialTerm, SpecialTermTable, SpecialTermFilter, SpecialTermForm
    path, menu, menu_order, icon = "special-terms", "clients", 60, "discount-2"
    search = ("client__sort_key", "reason")
    panels = (
        Facts(
            "client", "product", "brand", "category", Fact("price", hide_empty=True),
            Fact("discount_percent", kind="percent", hide_empty=True), "starts_on", "ends_on", "reason", "agreed_by",
            Fact("withdrawn_at", hide_empty=True),
        ),
        Trail(),
    )  # fmt: skip

    def create(*, by, client, product, brand, category, **fields):
        """Agree a term from a form's values."""
        subject = {
            "product_id": product and product.pk,
            "brand_id": brand and brand.pk,
            "category_id": category and category.pk,
        }
        return special_terms.agree_special_term(by=by, client_id=client.pk, **subject, **fields)

    @classmethod
    def initial(cls, request):
        return {"starts_on": today(), **super().initial(request)}

    @classmethod
    def heading(cls, document):
        return f"{document.client}: {document.product or document.brand or document.category}"


ProductPage.add_tab(
    Tab(
        "special-terms",
        _("Special terms"),
        (Rows(table=SpecialTermTable, rows=lambda product, user: SpecialTerm.objects.filter(product=product)),),
    )
)
