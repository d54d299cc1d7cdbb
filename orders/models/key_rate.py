from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.formats import day, percent
from kam.models import Record


class KeyRateQuerySet(ScopedQuerySet):
    pass


class KeyRate(Record):
    """The key rate of the Bank of Russia from a day on, until the day before the next one."""

    starts_on = models.DateField(_("from"), unique=True)
    rate = models.DecimalField(_("rate, % a year"), max_digits=5, decimal_places=2)

    objects = KeyRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("key rate")
        verbose_name_plural = _("key rates")
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(name="keyrate_percent", condition=models.Q(rate__gt=0, rate__lte=200)),
        ]

    def __str__(self):
        return f"{percent(self.rate)}, {day(self.starts_on)}"
