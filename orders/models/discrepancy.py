from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class DiscrepancyQuerySet(ScopedQuerySet):
    manager_paths = ("reconciliation__client__manager", "owner")

    def overdue(self, day):
        return self.filter(status=Discrepancy.Status.OPEN, due_on__lt=day)


class Discrepancy(Record):
    """Where the client's books differ from ours in a reconciliation: somebody finds out why, by a day."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a discrepancy", "Open")
        RESOLVED = "resolved", pgettext_lazy("of a discrepancy", "Resolved")

    class Cause(models.TextChoices):
        OUR_ERROR = "our_error", _("Our error")
        THEIR_ERROR = "their_error", _("The client's error")
        TIMING = "timing", _("Booked in another period")
        MISSING_PAPER = "missing_paper", _("A document did not arrive")
        DISPUTE = "dispute", _("Disputed goods or prices")
        OTHER = "other", pgettext_lazy("cause", "Other")

    reconciliation = models.ForeignKey(
        "orders.Reconciliation", models.PROTECT, related_name="discrepancies", verbose_name=_("reconciliation")
    )
    # Empty where the client names a document that our books do not have.
    line = models.ForeignKey(
        "orders.ReconciliationLine", models.PROTECT, null=True, blank=True, related_name="discrepancies"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    our_amount = MoneyField(verbose_name=_("our sum"), default=0)
    their_amount = MoneyField(verbose_name=_("their sum"), default=0)
    # On which side of the client's own account its sum stands; ours stands on the other one.
    their_side = models.CharField(
        _("side in the client's books"),
        max_length=6,
        choices=(("debit", _("Debit")), ("credit", _("Credit"))),
        default="credit",
    )
    their_document = models.CharField(_("their document"), max_length=150, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    owner = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("who finds out"))
    due_on = models.DateField(_("due on"))
    cause = models.CharField(_("cause"), max_length=15, choices=Cause.choices, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("resolved by")
    )
    result = models.CharField(_("result"), max_length=500, blank=True)

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference with a client")
        verbose_name_plural = _("differences with clients")
        ordering = ("due_on", "pk")
        indexes = [models.Index(fields=("owner", "due_on"), name="discrepancy_open", condition=models.Q(status="open"))]
        constraints = [
            models.UniqueConstraint(
                name="discrepancy_once_a_line", fields=("line",), condition=models.Q(line__isnull=False)
            ),
            models.CheckConstraint(
                name="discrepancy_differs",
                condition=models.Q(our_amount__gte=0, their_amount__gte=0)
                & ~models.Q(our_amount=models.F("their_amount")),
            ),
            models.CheckConstraint(
                name="discrepancy_resolved_on",
                condition=models.Q(status="open", resolved_on=None)
                | (models.Q(status="resolved", resolved_on__isnull=False) & ~models.Q(cause="")),
            ),
        ]

    def __str__(self):
        return self.their_document or (self.line.document_number if self.line else str(self.pk))

    @property
    def difference(self):
        """What our books have beyond the client's, with a sign."""
        return self.our_amount - self.their_amount
