from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField


class PaymentDisciplineQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class PaymentDiscipline(models.Model):
    """How a client paid in the days up to a day, measured from invoices and payments; docs/algorithms/discipline.md."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="discipline", verbose_name=_("client"))
    day = models.DateField(_("as of"))
    window_days = models.PositiveSmallIntegerField(_("days measured"))
    judged = MoneyField(verbose_name=_("judged, RUB"), help_text=_("Paid in these days, and overdue at their end."))
    late = MoneyField(verbose_name=_("of it late, RUB"))
    average_days_late = models.DecimalField(_("days beyond terms"), max_digits=8, decimal_places=2)
    late_percent = models.DecimalField(_("paid late, %"), max_digits=5, decimal_places=2)
    promises_broken = models.PositiveIntegerField(_("promises broken"), default=0)

    objects = PaymentDisciplineQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment discipline")
        verbose_name_plural = _("payment discipline")
        ordering = ("-day", "-pk")
        indexes = [models.Index(fields=("-day", "-id"), name="discipline_by_day")]
        constraints = [
            models.UniqueConstraint(name="discipline_of_day", fields=("client", "day")),
            models.CheckConstraint(
                name="discipline_within",
                condition=models.Q(judged__gte=0, late__gte=0, late__lte=models.F("judged"), average_days_late__gte=0),
            ),
        ]

    def __str__(self):
        return f"{self.client_id}: {self.day:%d.%m.%Y}"
