from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class ReconciliationQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class Reconciliation(Record):
    """Our account of a client for a period, laid before the client: what both sides agree on."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("of a reconciliation", "Draft")
        SENT = "sent", pgettext_lazy("of a reconciliation", "Sent")
        AGREED = "agreed", pgettext_lazy("of a reconciliation", "Agreed")
        DIFFERS = "differs", _("With differences")
        SETTLED = "settled", pgettext_lazy("of a reconciliation", "Settled")
        CANCELLED = "cancelled", pgettext_lazy("of a reconciliation", "Cancelled")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="reconciliations", verbose_name=_("client")
    )
    contract = models.ForeignKey(
        "accounts.Contract", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contract")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    starts_on = models.DateField(_("period from"))
    ends_on = models.DateField(_("period to"))
    drawn_up_on = models.DateField(_("drawn up on"))
    drawn_up_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("drawn up by"))
    # As of the last drawing up; the rows below are kept with them, so that the sheet sent stays what it was.
    opening = MoneyField(verbose_name=pgettext_lazy("settlements", "opening balance"), default=0)
    debit = MoneyField(verbose_name=_("debit turnover"), default=0)
    credit = MoneyField(verbose_name=_("credit turnover"), default=0)
    closing = MoneyField(verbose_name=pgettext_lazy("settlements", "closing balance"), default=0)
    their_closing = MoneyField(
        verbose_name=pgettext_lazy("settlements", "closing balance of the client"), null=True, blank=True
    )
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    signed_by = models.CharField(_("signed for the client by"), max_length=150, blank=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ("-ends_on", "-pk")
        indexes = [models.Index(fields=("client", "-ends_on"), name="reconciliation_of_client")]
        constraints = [
            models.CheckConstraint(
                name="reconciliation_period", condition=models.Q(starts_on__lte=models.F("ends_on"))
            ),
            models.CheckConstraint(
                name="reconciliation_adds_up",
                condition=models.Q(closing=models.F("opening") + models.F("debit") - models.F("credit")),
            ),
            # One live sheet for the same question: preparing many a second time makes none twice.
            models.UniqueConstraint(
                name="reconciliation_once",
                fields=("client", "currency", "starts_on", "ends_on"),
                condition=models.Q(contract=None) & ~models.Q(status="cancelled"),
            ),
            models.UniqueConstraint(
                name="reconciliation_once_a_contract",
                fields=("contract", "currency", "starts_on", "ends_on"),
                condition=models.Q(contract__isnull=False) & ~models.Q(status="cancelled"),
            ),
        ]

    def __str__(self):
        return self.number


class ReconciliationLine(models.Model):
    """A document of the period as our books had it when the sheet was drawn up."""

    reconciliation = models.ForeignKey("orders.Reconciliation", models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("position"))
    happened_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12)
    document_id = models.BigIntegerField(_("document"))
    document_number = models.CharField(_("number"), max_length=40)
    debit = MoneyField(verbose_name=_("debit"), default=0)
    credit = MoneyField(verbose_name=_("credit"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a reconciliation")
        verbose_name_plural = _("rows of a reconciliation")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(name="reconciliationline_position", fields=("reconciliation", "position")),
            models.CheckConstraint(
                name="reconciliationline_one_side",
                condition=models.Q(debit__gt=0, credit=0) | models.Q(debit=0, credit__gt=0),
            ),
        ]

    def __str__(self):
        return self.document_number
