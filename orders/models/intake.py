from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class IntakeQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class Intake(Record):
    """A rough order that a KAM took and hands to sales support, who enters it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for support")
        TAKEN = "taken", _("In work")
        ENTERED = "entered", _("Entered")
        RETURNED = "returned", _("Returned")

    number = models.CharField(_("number"), max_length=30, unique=True)
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="intakes", verbose_name=_("client"))
    author = models.ForeignKey("kam.User", models.PROTECT, related_name="intakes", verbose_name=_("author"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    taken_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("taken by"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    text = models.TextField(_("what the client asked for"), blank=True)
    promised_total = MoneyField(verbose_name=_("promised sum"), null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("rough order")
        verbose_name_plural = _("rough orders")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("status", "id"), name="intake_by_status")]

    def __str__(self):
        return self.number


class IntakeLine(models.Model):
    """What was promised: a product or the client's words for it, a quantity, perhaps a price."""

    intake = models.ForeignKey("orders.Intake", models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey("orders.Product", models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    wording = models.CharField(_("in the client's words"), max_length=300, blank=True)
    quantity = QuantityField(verbose_name=_("quantity"))
    price = MoneyField(verbose_name=_("promised price"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a rough order")
        verbose_name_plural = _("lines of a rough order")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(name="intakeline_position", fields=("intake", "position")),
            models.CheckConstraint(name="intakeline_quantity", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self):
        return f"{self.position}"
