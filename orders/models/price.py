from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField
from kam.models.fields import holding_on, overlapping, same


class PriceQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(holding_on(day))


class Price(models.Model):
    """The price of a product in a column in a period; its currency and VAT mode are the column's."""

    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="prices", verbose_name=_("product"))
    column = models.ForeignKey("accounts.PriceColumn", models.PROTECT, verbose_name=_("price column"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    amount = MoneyField(verbose_name=_("price"))

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("-starts_on", "pk")
        indexes = [models.Index(fields=("column", "product", "-starts_on"), name="price_of_column")]
        constraints = [
            models.CheckConstraint(name="price_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="price_period", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on"))
            ),
            ExclusionConstraint(name="price_no_overlap", expressions=[same("product"), same("column"), overlapping()]),
        ]

    def __str__(self):
        return f"{self.product_id} {self.amount}"
