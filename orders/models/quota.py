from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import QuantityField, Record
from kam.models.fields import overlapping, same


class QuotaQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager", "manager")

    def valid_on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Quota(Record):
    """Units of a scarce product set aside for a KAM or a client in a period."""

    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="quotas", verbose_name=_("product"))
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, null=True, blank=True, related_name="quotas", verbose_name=_("client")
    )
    manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, blank=True, related_name="quotas", verbose_name=_("KAM")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    units = QuantityField(verbose_name=_("units"))
    used = QuantityField(verbose_name=_("used"), default=0)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="quota_one_holder",
                condition=models.Q(client=None, manager__isnull=False) | models.Q(client__isnull=False, manager=None),
            ),
            models.CheckConstraint(
                name="quota_used_within_units", condition=models.Q(used__gte=0, used__lte=models.F("units"))
            ),
            models.CheckConstraint(name="quota_period", condition=models.Q(ends_on__gte=models.F("starts_on"))),
            ExclusionConstraint(
                name="quota_client_no_overlap",
                condition=models.Q(client__isnull=False),
                expressions=[same("product"), same("client"), overlapping()],
            ),
            ExclusionConstraint(
                name="quota_manager_no_overlap",
                condition=models.Q(manager__isnull=False),
                expressions=[same("product"), same("manager"), overlapping()],
            ),
        ]

    def __str__(self):
        return f"{self.product_id}: {self.used}/{self.units}"
