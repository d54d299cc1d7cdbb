from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MomentField, QuantityField
from kam.phrases import told_of


class ReservationQuerySet(ScopedQuerySet):
    manager_paths = ("line__order__client__manager",)

    def live(self):
        return self.filter(status=Reservation.Status.LIVE)


class Reservation(models.Model):
    """Units promised to an order line from one source: a stock level or a supply line."""

    class Status(models.TextChoices):
        LIVE = "live", _("Reserved")
        SHIPPED = "shipped", _("Shipped")
        RELEASED = "released", _("Released")

    line = models.ForeignKey("orders.OrderLine", models.CASCADE, related_name="reservations", verbose_name=_("line"))
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    level = models.ForeignKey(
        "orders.StockLevel", models.PROTECT, null=True, related_name="reservations", verbose_name=_("from stock")
    )
    supply_line = models.ForeignKey(
        "orders.SupplyLine", models.PROTECT, null=True, related_name="reservations", verbose_name=_("from supply")
    )
    quota = models.ForeignKey("orders.Quota", models.PROTECT, null=True, related_name="+", verbose_name=_("quota"))
    quantity = QuantityField(verbose_name=_("units"))
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.LIVE)
    promised_at = MomentField(_("promised"))
    expires_on = models.DateField(_("expires on"), null=True)
    warned_at = models.DateTimeField(_("warned"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end_reason = models.CharField(_("why ended"), max_length=200, blank=True)
    end_reason_parts = models.JSONField(null=True, editable=False)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ("promised_at", "pk")
        indexes = [
            models.Index(fields=("expires_on",), name="reservation_expiring", condition=models.Q(status="live")),
            models.Index(fields=("level",), name="reservation_of_level", condition=models.Q(status="live")),
            models.Index(fields=("supply_line",), name="reservation_of_supply", condition=models.Q(status="live")),
        ]
        constraints = [
            models.CheckConstraint(
                name="reservation_one_source",
                condition=models.Q(level=None, supply_line__isnull=False)
                | models.Q(level__isnull=False, supply_line=None),
            ),
            models.CheckConstraint(name="reservation_quantity", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self):
        return f"{self.line_id}: {self.quantity}"

    @property
    def why_ended(self) -> str:
        """Why it ended, a reason of the program in the language now spoken."""
        return told_of(self.end_reason_parts, self.end_reason)
