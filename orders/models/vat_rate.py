from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import overlapping

VAT_KINDS = [("standard", _("Standard rate")), ("reduced", _("Reduced rate")), ("none", _("Without VAT"))]


class VatRate(models.Model):
    """The rate of VAT of one kind in a period, in per cent."""

    kind = models.CharField(
        _("kind"),
        max_length=8,
        default="standard",
        choices=VAT_KINDS,
    )
    rate = models.DecimalField(_("rate, %"), max_digits=5, decimal_places=2)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ("kind", "-starts_on")
        constraints = [
            models.CheckConstraint(name="vatrate_percent", condition=models.Q(rate__gte=0, rate__lte=100)),
            ExclusionConstraint(
                name="vatrate_no_overlap",
                # A text has no range, so its hash stands for it; the kinds are three known words.
                expressions=[
                    (
                        Func(
                            Func(F("kind"), function="hashtext"),
                            Func(F("kind"), function="hashtext"),
                            models.Value("[]"),
                            function="int4range",
                        ),
                        "&&",
                    ),
                    overlapping(),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.rate} %"
