from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class RefundQuerySet(ScopedQuerySet):
    manager_paths = ("payment__client__manager",)

    def standing_on(self, day):
        """Refunds that count on this day: made by then and not yet undone by then."""
        return self.filter(models.Q(undone_on=None) | models.Q(undone_on__gt=day), refunded_on__lte=day)


class Refund(Record):
    """Money of a payment that is not the client's any more. A wrong refund is undone with a date, never deleted."""

    class Kind(models.TextChoices):
        RETURNED = "returned", pgettext_lazy("of money", "Returned to the client")
        MOVED = "moved", pgettext_lazy("of money", "Entered for the wrong client")

    payment = models.ForeignKey("orders.Payment", models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RETURNED)
    amount = MoneyField(verbose_name=_("amount"))
    refunded_on = models.DateField(_("on"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    bank_line = models.ForeignKey(
        "orders.BankStatementLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=_("statement line"),
    )
    undone_on = models.DateField(_("undone on"), null=True)
    undone_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("undone by"))
    undo_reason = models.CharField(_("why undone"), max_length=300, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-refunded_on", "-pk")
        # Money on account as of a past day starts from today's and takes back what happened since.
        indexes = [
            models.Index(fields=("-refunded_on", "-id"), name="refund_by_day"),
            models.Index(fields=("undone_on",), name="refund_undone", condition=~models.Q(undone_on=None)),
        ]
        constraints = [
            models.CheckConstraint(name="refund_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="refund_undone_later",
                condition=models.Q(undone_on=None) | models.Q(undone_on__gte=models.F("refunded_on")),
            ),
        ]

    def __str__(self):
        return f"{self.payment_id}: {self.refunded_on:%d.%m.%Y}"
