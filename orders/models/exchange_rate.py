from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet


class ExchangeRateQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        """The rate of each currency on a day: the last one entered for that day or before."""
        return self.filter(day__lte=day).order_by("currency", "-day").distinct("currency")


class ExchangeRate(models.Model):
    """What one unit of a foreign currency is worth in roubles from a day on, until the next rate."""

    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as USD."))],
    )
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("roubles for one"), max_digits=14, decimal_places=6)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-day", "currency")
        constraints = [
            models.UniqueConstraint(name="exchangerate_of_day", fields=("currency", "day")),
            models.CheckConstraint(
                name="exchangerate_foreign", condition=models.Q(rate__gt=0) & ~models.Q(currency="RUB")
            ),
        ]

    def __str__(self):
        return f"{self.currency} {self.day:%d.%m.%Y}"
