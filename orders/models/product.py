from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.search import SearchField, SortKeyField, search_index
from orders.models.vat_rate import VAT_KINDS


class ProductQuerySet(ScopedQuerySet):
    def orderable(self):
        """What may be put into an order: announced products are reserved from supply, end-of-life sell off."""
        return self.filter(is_archived=False)


class Product(Record):
    """An article we sell, with its life-cycle."""

    class LifeCycle(models.TextChoices):
        ANNOUNCED = "announced", _("Announced")
        ACTIVE = "active", _("Active")
        END_OF_LIFE = "end_of_life", _("End of life")

    sku = models.CharField(_("SKU"), max_length=60, unique=True)
    ean = models.CharField(_("EAN"), max_length=14, blank=True)
    name = models.CharField(_("name"), max_length=300)
    brand = models.ForeignKey("orders.Brand", models.PROTECT, related_name="products", verbose_name=_("brand"))
    category = models.ForeignKey(
        "orders.Category", models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    unit = models.CharField(_("unit"), max_length=20, default="шт")
    pack = models.PositiveIntegerField(_("units in a pack"), default=1)
    life_cycle = models.CharField(_("life-cycle"), max_length=12, choices=LifeCycle.choices, default=LifeCycle.ACTIVE)
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    ends_on = models.DateField(_("end of life on"), null=True, blank=True)
    is_scarce = models.BooleanField(_("scarce: sold within quotas"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)
    vat_kind = models.CharField(
        _("VAT"),
        max_length=8,
        default="standard",
        choices=VAT_KINDS,
    )
    country = models.CharField(_("country of origin"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    external_id = models.CharField(_("external id"), max_length=160, null=True, blank=True, unique=True)
    search = SearchField(of=("sku", "name", "ean"))
    sort_key = SortKeyField()

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("sort_key", "pk")
        indexes = [
            search_index("product_search"),
            models.Index(fields=("sort_key", "id"), name="product_by_name"),
            models.Index(fields=("ean",), name="product_by_ean", condition=~models.Q(ean="")),
        ]
        constraints = [models.CheckConstraint(name="product_pack_positive", condition=models.Q(pack__gte=1))]

    def __str__(self):
        return f"{self.sku} {self.name}"
