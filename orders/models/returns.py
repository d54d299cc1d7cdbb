from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class ReturnQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class Return(Record):
    """Goods a client gives back or did not accept; once received it becomes a credit note."""

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("return", "Requested")
        APPROVED = "approved", pgettext_lazy("return", "Approved")
        RECEIVED = "received", pgettext_lazy("return", "Received")
        REJECTED = "rejected", pgettext_lazy("return", "Rejected")

    class Kind(models.TextChoices):
        RETURN = "return", pgettext_lazy("of goods", "Return")
        REFUSAL = "refusal", _("Refusal at acceptance")

    class Reason(models.TextChoices):
        DEFECT = "defect", _("Defect")
        DAMAGE = "damage", _("Damaged in transit")
        WRONG_ITEM = "wrong_item", _("Wrong item")
        SURPLUS = "surplus", _("Surplus")
        LATE = "late", _("Delivered late")
        PRICE = "price", _("Price differs")
        SLOW = "slow", _("Does not sell")
        OTHER = "other", _("Other")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="returns", verbose_name=_("client"))
    invoice = models.ForeignKey("orders.Invoice", models.PROTECT, related_name="returns", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.RETURN)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("requested by"))
    requested_on = models.DateField(_("requested on"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    warehouse = models.ForeignKey(
        "orders.Warehouse", models.PROTECT, null=True, blank=True, verbose_name=_("to the warehouse")
    )
    comment = models.TextField(_("comment"), blank=True)
    total = MoneyField(verbose_name=_("total"), default=0)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ("-requested_on", "-pk")
        indexes = [models.Index(fields=("client", "-requested_on"), name="return_of_client")]

    def __str__(self):
        return self.number


# Asked back and not received yet: these units are on their way.
PENDING = (Return.Status.REQUESTED, Return.Status.APPROVED)


class ReturnLine(models.Model):
    """Units of an invoice line that come back."""

    document = models.ForeignKey("orders.Return", models.CASCADE, related_name="lines", verbose_name=_("return"))
    invoice_line = models.ForeignKey(
        "orders.InvoiceLine", models.PROTECT, related_name="return_lines", verbose_name=_("invoice line")
    )
    quantity = QuantityField(verbose_name=_("quantity"))
    is_sellable = models.BooleanField(_("back to stock"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(name="returnline_once", fields=("document", "invoice_line")),
            models.CheckConstraint(name="returnline_quantity", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self):
        return f"{self.document_id}: {self.quantity}"
