from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record
from kam.models.fields import holding_on


class CreditCoverQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def valid_on(self, day):
        return self.filter(holding_on(day))


class CreditCover(Record):
    """What pays us if the client does not: an insurer's limit, a guarantee, a pledge, a surety."""

    class Kind(models.TextChoices):
        INSURER = "insurer", _("Insurer's limit")
        GUARANTEE = "guarantee", _("Bank guarantee")
        PLEDGE = "pledge", _("Pledge")
        SURETY = "surety", _("Surety")

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="covers", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    provider = models.CharField(_("who answers for it"), max_length=200)
    number = models.CharField(_("number"), max_length=60, blank=True)
    amount = MoneyField(verbose_name=_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    starts_on = models.DateField(_("valid from"))
    ends_on = models.DateField(_("valid to"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    entered_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects = CreditCoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit cover")
        verbose_name_plural = _("credit covers")
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=("-starts_on", "-id"), name="creditcover_by_day")]
        constraints = [
            models.CheckConstraint(
                name="creditcover_period",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(name="creditcover_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.client}"
