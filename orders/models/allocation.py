from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField


class AllocationQuerySet(ScopedQuerySet):
    manager_paths = ("invoice__client__manager",)

    def standing_on(self, day):
        """Allocations that count on this day: made by then and not yet undone by then."""
        return self.filter(models.Q(undone_on=None) | models.Q(undone_on__gt=day), allocated_on__lte=day)


class Allocation(models.Model):
    """A part of a payment that pays an invoice. A wrong one is undone with a date, never deleted."""

    payment = models.ForeignKey("orders.Payment", models.PROTECT, related_name="allocations", verbose_name=_("payment"))
    invoice = models.ForeignKey("orders.Invoice", models.PROTECT, related_name="allocations", verbose_name=_("invoice"))
    amount = MoneyField(verbose_name=_("amount"))
    allocated_on = models.DateField(_("on"))
    rule = models.CharField(_("by which rule"), max_length=20, blank=True)
    by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    undone_on = models.DateField(_("undone on"), null=True)
    undone_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("undone by"))
    undo_reason = models.CharField(_("why undone"), max_length=300, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("allocated_on", "pk")
        # Ageing as of a past day starts from today's open amounts and takes back what happened since.
        indexes = [
            models.Index(fields=("allocated_on",), name="allocation_by_day"),
            models.Index(fields=("undone_on",), name="allocation_undone", condition=~models.Q(undone_on=None)),
        ]
        constraints = [
            models.CheckConstraint(name="allocation_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="allocation_undone_later",
                condition=models.Q(undone_on=None) | models.Q(undone_on__gte=models.F("allocated_on")),
            ),
        ]

    def __str__(self):
        return f"{self.payment_id} → {self.invoice_id}"
