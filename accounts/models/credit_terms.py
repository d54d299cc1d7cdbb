from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.formats import day
from kam.models import MoneyField, Record
from kam.models.fields import holding_on, overlapping, same


class CreditTermsQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def valid_on(self, on):
        return self.filter(holding_on(on))


class CreditTerms(Record):
    """On what terms a client buys in a period: limit, days, price column. Periods of a client never overlap."""

    class DayKind(models.TextChoices):
        CALENDAR = "calendar", _("Calendar days")
        WORKING = "working", _("Working days")

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="terms", verbose_name=_("client"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    credit_limit = MoneyField(verbose_name=_("credit limit, RUB"), default=0)
    days = models.PositiveSmallIntegerField(_("days of credit"), default=0)
    day_kind = models.CharField(_("counted in"), max_length=8, choices=DayKind.choices, default=DayKind.CALENDAR)
    price_column = models.ForeignKey("accounts.PriceColumn", models.PROTECT, verbose_name=_("price column"))
    discount_percent = models.DecimalField(_("standing discount, %"), max_digits=5, decimal_places=2, default=0)
    overdue_days_allowed = models.PositiveSmallIntegerField(_("overdue days forgiven"), default=0)
    overdue_amount_allowed = MoneyField(verbose_name=_("overdue sum forgiven, RUB"), default=0)
    agreed_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("agreed by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = CreditTermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit terms")
        verbose_name_plural = _("credit terms")
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=("-starts_on", "-id"), name="creditterms_by_day")]
        constraints = [
            models.CheckConstraint(
                name="creditterms_period",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="creditterms_not_negative",
                condition=models.Q(credit_limit__gte=0, overdue_amount_allowed__gte=0),
            ),
            models.CheckConstraint(
                name="creditterms_discount_percent",
                condition=models.Q(discount_percent__gte=0, discount_percent__lt=100),
            ),
            ExclusionConstraint(
                name="creditterms_no_overlap",
                expressions=[same("client"), overlapping()],
            ),
        ]

    def __str__(self):
        return f"{self.client}: {self.period}"

    @property
    def period(self) -> str:
        """From when until when, as people write it."""
        if self.ends_on is None:
            return _("from %(day)s") % {"day": day(self.starts_on)}
        return f"{day(self.starts_on)} – {day(self.ends_on)}"
