from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.formats import day, money
from kam.models import MoneyField, Record


class PaymentPromiseQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def open(self):
        return self.filter(status=PaymentPromise.Status.OPEN)


class PaymentPromise(Record):
    """A client's word to pay so much by a day. The nightly job tells whether it was kept; nothing opens it again."""

    class Status(models.TextChoices):
        OPEN = "open", _("Promised")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Broken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="payment_promises", verbose_name=_("client")
    )
    contact = models.ForeignKey(
        "accounts.Contact", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who promised")
    )
    activity = models.ForeignKey(
        "accounts.Activity", models.PROTECT, null=True, related_name="+", verbose_name=_("call"), editable=False
    )
    amount = MoneyField(verbose_name=_("amount, RUB"))
    promised_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("to be paid by"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=1)
    threshold_percent = models.DecimalField(
        _("kept from, % of the amount"), max_digits=5, decimal_places=2, default=Decimal(100)
    )
    note = models.TextField(_("note"), blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.OPEN)
    taken_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("taken by"))
    received = MoneyField(verbose_name=_("money received"), default=Decimal("0.00"))
    kept_on = models.DateField(_("kept on"), null=True, editable=False)
    broken_on = models.DateField(_("broken on"), null=True, editable=False)

    objects = PaymentPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        ordering = ("-due_on", "-pk")
        indexes = [
            models.Index(fields=("-due_on", "-id"), name="promise_by_day"),
            models.Index(fields=("client", "-promised_on"), name="promise_of_client"),
        ]
        constraints = [
            # Two open promises of one client would both count the same money.
            models.UniqueConstraint(
                name="promise_one_open",
                fields=("client",),
                condition=models.Q(status="open"),
                violation_error_message=_("The client has given its word already: see the open promise first."),
            ),
            models.CheckConstraint(
                name="promise_sensible",
                condition=models.Q(
                    amount__gt=0,
                    due_on__gte=models.F("promised_on"),
                    threshold_percent__gt=0,
                    threshold_percent__lte=100,
                ),
            ),
            models.CheckConstraint(
                name="promise_kept_or_broken",
                condition=models.Q(status="kept", kept_on__isnull=False, broken_on=None)
                | models.Q(status="broken", broken_on__isnull=False, kept_on=None)
                | models.Q(status__in=("open", "withdrawn"), kept_on=None, broken_on=None),
            ),
        ]

    def __str__(self):
        return _("%(amount)s by %(day)s") % {"amount": money(self.amount), "day": day(self.due_on)}
