from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.models.fields import holding_on


class SpecialTermQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def valid_on(self, day):
        return self.filter(holding_on(day), withdrawn_at=None)


class SpecialTerm(Record):
    """A price or a discount agreed with one client for a product, a brand or a category in a period."""

    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="special_terms", verbose_name=_("client")
    )
    product = models.ForeignKey("orders.Product", models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    brand = models.ForeignKey("orders.Brand", models.PROTECT, null=True, blank=True, verbose_name=_("brand"))
    category = models.ForeignKey("orders.Category", models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    price = MoneyField(verbose_name=_("price"), null=True, blank=True)
    discount_percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    agreed_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("agreed by"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = SpecialTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("special term")
        verbose_name_plural = _("special terms")
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=("client", "starts_on"), name="specialterm_of_client")]
        constraints = [
            models.CheckConstraint(
                name="specialterm_one_subject",
                condition=(
                    models.Q(product__isnull=False, brand=None, category=None)
                    | models.Q(product=None, brand__isnull=False, category=None)
                    | models.Q(product=None, brand=None, category__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="specialterm_price_or_discount",
                condition=(
                    models.Q(price__gt=0, discount_percent=None, product__isnull=False)
                    | models.Q(price=None, discount_percent__gt=0, discount_percent__lt=100)
                ),
            ),
            models.CheckConstraint(
                name="specialterm_period",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self):
        return f"{self.client}: {self.reason}"
