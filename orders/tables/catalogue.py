"""Tables of the catalogue."""

from django.utils.translation import gettext_lazy as _

from kam.pages import Column, Table

LIFE_TONES = {"announced": "wait", "active": "work", "end_of_life": "draft"}


class BrandTable(Table):
    name = Column(_("Name"), kind="link", sort="sort_key")
    exclusive = Column(_("Exclusive"), kind="flag", accessor="is_exclusive")
    active = Column(_("Active"), kind="flag", accessor="is_active")

    class Meta:
        sort = "name"


class CategoryTable(Table):
    name = Column(_("Name"), kind="link", sort="sort_key")
    parent = Column(_("Part of"), accessor="parent.name", sort="parent__sort_key")

    class Meta:
        related = ("parent",)
        sort = "name"


class ProductTable(Table):
    sku = Column(_("SKU"), kind="link", sort=True)
    name = Column(_("Name"), sort="sort_key")
    brand = Column(_("Brand"), accessor="brand.name", sort="brand__sort_key")
    category = Column(_("Category"), accessor="category.name", sort="category__sort_key", visible=False)
    life_cycle = Column(_("Life-cycle"), kind="chip", tones=LIFE_TONES)
    scarce = Column(_("Scarce"), kind="flag", accessor="is_scarce")
    on_hand = Column(_("On hand"), kind="quantity", accessor="on_hand_units")
    reserved = Column(_("Reserved"), kind="quantity", accessor="reserved_units")
    available = Column(_("Available"), kind="quantity", accessor="available_units")
    arriving = Column(_("Arriving"), kind="quantity", accessor="arriving_units")
    ean = Column(_("EAN"), visible=False)
    pack = Column(_("Pack"), kind="quantity", visible=False)
    launched_on = Column(_("Launched on"), kind="date", sort=True, visible=False)
    ends_on = Column(_("End of life on"), kind="date", sort=True, visible=False)

    class Meta:
        related = ("brand", "category")
        sort = "name"


class PriceTable(Table):
    product = Column(_("Product"), accessor="product.name", sort="product__sort_key")
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    column = Column(_("Price column"), accessor="column.name", sort="column__code")
    amount = Column(_("Price"), kind="money", sort=True, currency="column.currency")
    vat_included = Column(_("With VAT"), kind="flag", accessor="column.vat_included")
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)

    class Meta:
        related = ("product", "column")
        sort = "-starts_on"


class ProductCostTable(Table):
    product = Column(_("Product"), accessor="product.name", sort="product__sort_key")
    sku = Column(_("SKU"), kind="link", accessor="product.sku", sort="product__sku")
    amount = Column(_("Cost without VAT"), kind="money", sort=True)
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)

    class Meta:
        related = ("product",)
        sort = "-starts_on"


class VatRateTable(Table):
    kind = Column(_("Kind"), kind="link", accessor="get_kind_display", sort="kind")
    rate = Column(_("Rate"), kind="percent", sort=True)
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)

    class Meta:
        sort = "-starts_on"


class SpecialTermTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    subject = Column(_("For what"), accessor=lambda term: str(term.product or term.brand or term.category))
    price = Column(_("Price"), kind="money", sort=True)
    discount_percent = Column(_("Discount"), kind="percent", sort=True)
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)
    reason = Column(_("Reason"))
    withdrawn_at = Column(_("Withdrawn"), kind="moment", visible=False)

    class Meta:
        related = ("client", "product", "brand", "category")
        sort = "-starts_on"
