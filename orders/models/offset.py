from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class OffsetQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class Offset(Record):
    """Mutual claims set off against each other: once somebody else approves it, a payment without money."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("of an offset", "Proposed")
        POSTED = "posted", pgettext_lazy("of an offset", "Posted")
        DECLINED = "declined", pgettext_lazy("of an offset", "Declined")
        ANNULLED = "annulled", pgettext_lazy("of an offset", "Annulled")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="offsets", verbose_name=_("client"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    offset_on = models.DateField(_("of the day"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    amount = MoneyField(verbose_name=_("amount"))
    basis = models.CharField(_("basis document"), max_length=300)
    their_claim = models.CharField(_("what we owe the client"), max_length=300)
    comment = models.TextField(_("comment"), blank=True)
    proposed_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_on = models.DateField(_("proposed on"))
    payment = models.OneToOneField(
        "orders.Payment", models.PROTECT, null=True, blank=True, related_name="offset", verbose_name=_("payment")
    )
    annulled_on = models.DateField(_("annulled on"), null=True, blank=True)

    objects = OffsetQuerySet.as_manager()

    class Meta:
        verbose_name = _("offset")
        verbose_name_plural = _("offsets")
        ordering = ("-offset_on", "-pk")
        indexes = [models.Index(fields=("client", "-offset_on"), name="offset_of_client")]
        constraints = [
            models.CheckConstraint(name="offset_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="offset_posted_has_payment",
                condition=models.Q(status__in=("proposed", "declined"), payment=None)
                | models.Q(status__in=("posted", "annulled"), payment__isnull=False),
            ),
            models.CheckConstraint(
                name="offset_annulled_on",
                condition=models.Q(status="annulled", annulled_on__gte=models.F("offset_on"))
                | (~models.Q(status="annulled") & models.Q(annulled_on=None)),
            ),
        ]

    def __str__(self):
        return self.number
