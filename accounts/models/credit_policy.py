from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class CreditPolicyQuerySet(ScopedQuerySet):
    def valid_on(self, day) -> "CreditPolicy":
        """The policy of a day: the last one that has begun, else the one every company starts with (unsaved)."""
        return self.filter(starts_on__lte=day).order_by("-starts_on").first() or CreditPolicy(starts_on=day)


class CreditPolicy(Record):
    """Who decides on how much credit, how long a decision holds and what stops a client; from a day on."""

    starts_on = models.DateField(_("from"), unique=True)
    head_limit = MoneyField(
        verbose_name=_("heads of sales decide up to, RUB"),
        default=Decimal("5000000.00"),
        validators=[MinValueValidator(0)],
        help_text=_("Larger limits are decided by the finance director."),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("a decision holds, months"), default=12, validators=[MinValueValidator(1)]
    )
    recheck_days = models.PositiveSmallIntegerField(_("re-check so many days before its end"), default=30)
    group_overdue_counts = models.BooleanField(
        _("overdue debts of its group stop a client"),
        default=False,
        help_text=_("An order is held also while another client of the same group pays late."),
    )
    comment = models.TextField(_("comment"), blank=True)

    objects = CreditPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit policy")
        verbose_name_plural = _("credit policies")
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                name="creditpolicy_sensible", condition=models.Q(head_limit__gte=0, validity_months__gte=1)
            ),
        ]

    def __str__(self):
        return f"{self.starts_on:%d.%m.%Y}"
