from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class CreditFactQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def live_on(self, day):
        """Facts that were known to have happened by this day and were not over on it."""
        return self.filter(models.Q(ended_on=None) | models.Q(ended_on__gt=day), happened_on__lte=day)


class CreditFact(Record):
    """Something a person found out about a client that bears on its credit; papers are attached to it."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("Registration of the company")
        COURT_CLAIM = "court_claim", _("Court claim against the client")
        ENFORCEMENT = "enforcement", _("Enforcement proceedings")
        TAX_DEBT = "tax_debt", _("Tax debt or blocked accounts")
        BANKRUPTCY = "bankruptcy", _("Bankruptcy")
        LIQUIDATION = "liquidation", _("Liquidation")
        OTHER = "other", _("Other")

    DEBTS = ("court_claim", "enforcement", "tax_debt")

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="credit_facts", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    happened_on = models.DateField(_("happened on"))
    ended_on = models.DateField(
        _("over since"),
        null=True,
        blank=True,
        help_text=_("The day a claim was dropped, a debt paid; empty: still so."),
    )
    amount = MoneyField(verbose_name=_("amount, RUB"), null=True, blank=True)
    number = models.CharField(_("case number"), max_length=60, blank=True)
    source = models.CharField(_("where it is known from"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    entered_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects = CreditFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit fact")
        verbose_name_plural = _("credit facts")
        ordering = ("-happened_on", "-pk")
        indexes = [models.Index(fields=("-happened_on", "-id"), name="creditfact_by_day")]
        constraints = [
            models.CheckConstraint(
                name="creditfact_period",
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("happened_on")),
            ),
            models.CheckConstraint(
                name="creditfact_not_negative", condition=models.Q(amount=None) | models.Q(amount__gte=0)
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.client}"
