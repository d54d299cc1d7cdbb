from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.models.fields import holding_on


class ContractQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def valid_on(self, day):
        return self.filter(holding_on(day, "signed_on"), is_active=True)


class Contract(Record):
    """A supply contract with a client."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="contracts", verbose_name=_("client"))
    number = models.CharField(_("number"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    ends_on = models.DateField(_("valid to"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Empty: no penalty is agreed, so the law's interest is asked for (ст. 395 ГК); never both.
    penalty_percent = models.DecimalField(
        _("penalty for each day late, %"), max_digits=6, decimal_places=4, null=True, blank=True
    )
    penalty_cap_percent = models.DecimalField(
        _("penalty at most, % of the debt"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    penalty_grace_days = models.PositiveSmallIntegerField(_("days late without penalty"), default=0)
    comment = models.TextField(_("comment"), blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ("-signed_on", "-pk")
        constraints = [
            models.UniqueConstraint(name="contract_number_in_client", fields=("client", "number")),
            models.CheckConstraint(
                name="contract_period", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("signed_on"))
            ),
            models.CheckConstraint(
                name="contract_penalty",
                condition=(models.Q(penalty_percent=None) | models.Q(penalty_percent__gte=0, penalty_percent__lte=10))
                & (models.Q(penalty_cap_percent=None) | models.Q(penalty_cap_percent__gte=0)),
            ),
        ]

    def __str__(self):
        return self.number
