from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField
from kam.models.fields import holding_on, overlapping, same


class ProductCostQuerySet(ScopedQuerySet):
    view_permission = "orders.view_cost"

    def valid_on(self, day):
        return self.filter(holding_on(day))


class ProductCost(models.Model):
    """What a product costs us, without VAT, in a period; seen only with the right to see cost."""

    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="costs", verbose_name=_("product"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    amount = MoneyField(verbose_name=_("cost, RUB"))

    objects = ProductCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(name="productcost_not_negative", condition=models.Q(amount__gte=0)),
            ExclusionConstraint(name="productcost_no_overlap", expressions=[same("product"), overlapping()]),
        ]

    def __str__(self):
        return f"{self.product} {self.starts_on}"
