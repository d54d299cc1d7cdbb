from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class CreditNoteQuerySet(ScopedQuerySet):
    manager_paths = ("invoice__client__manager",)


class CreditNote(Record):
    """What an invoice is reduced by, at the VAT rate of the original shipment."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    invoice = models.ForeignKey(
        "orders.Invoice", models.PROTECT, related_name="credit_notes", verbose_name=_("invoice")
    )
    returned = models.OneToOneField(
        "orders.Return", models.PROTECT, null=True, blank=True, related_name="credit_note", verbose_name=_("return")
    )
    issued_on = models.DateField(_("issued on"))
    net = MoneyField(verbose_name=_("sum without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    amount = MoneyField(verbose_name=_("amount"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    issued_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("issued by"))

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ("-issued_on", "-pk")
        indexes = [models.Index(fields=("-issued_on", "-id"), name="creditnote_by_day")]
        constraints = [
            models.CheckConstraint(
                name="creditnote_adds_up",
                condition=models.Q(amount=models.F("net") + models.F("vat"), amount__gt=0),
            ),
        ]

    def __str__(self):
        return self.number


class CreditNoteLine(models.Model):
    """Units and sums taken back; no units where only the price is corrected."""

    credit_note = models.ForeignKey("orders.CreditNote", models.CASCADE, related_name="lines")
    invoice_line = models.ForeignKey("orders.InvoiceLine", models.PROTECT, related_name="+")
    quantity = QuantityField(verbose_name=_("quantity"))
    net = MoneyField(verbose_name=_("without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    total = MoneyField(verbose_name=_("total"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit note line")
        verbose_name_plural = _("credit note lines")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="creditnoteline_adds_up",
                condition=models.Q(quantity__gte=0, total=models.F("net") + models.F("vat")),
            ),
        ]

    def __str__(self):
        return f"{self.credit_note_id}: {self.quantity}"
