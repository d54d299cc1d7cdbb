from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import QuantityField, Record


class Supply(Record):
    """An expected delivery from a supplier to a warehouse of ours."""

    class Status(models.TextChoices):
        EXPECTED = "expected", _("Expected")
        ARRIVED = "arrived", _("Arrived")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=60, unique=True)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    warehouse = models.ForeignKey(
        "orders.Warehouse", models.PROTECT, related_name="supplies", verbose_name=_("warehouse")
    )
    expected_on = models.DateField(_("expected on"))
    arrived_on = models.DateField(_("arrived on"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EXPECTED)
    comment = models.TextField(_("comment"), blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        ordering = ("expected_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="supply_arrived_dated", condition=~models.Q(status="arrived") | ~models.Q(arrived_on=None)
            )
        ]

    def __str__(self):
        return self.number


class SupplyLine(models.Model):
    """Units of a product in a supply: announced, promised ahead to orders, received."""

    supply = models.ForeignKey("orders.Supply", models.PROTECT, related_name="lines", verbose_name=_("supply"))
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="supply_lines", verbose_name=_("product")
    )
    quantity = QuantityField(verbose_name=_("announced"))
    reserved = QuantityField(verbose_name=_("reserved"), default=0)
    received = QuantityField(verbose_name=_("received"), default=0)
    is_open = models.BooleanField(default=True)  # still expected: arrival and cancellation close it

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply line")
        verbose_name_plural = _("supply lines")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=("product",), name="supplyline_open", condition=models.Q(is_open=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="supplyline_product_once", fields=("supply", "product")),
            models.CheckConstraint(
                name="supplyline_reserved_within_announced",
                condition=models.Q(quantity__gt=0, reserved__gte=0, received__gte=0)
                & models.Q(reserved__lte=models.F("quantity")),
            ),
            models.CheckConstraint(
                name="supplyline_reserved_within_coming",
                condition=models.Q(is_open=False) | models.Q(reserved__lte=models.F("quantity") - models.F("received")),
            ),
            models.CheckConstraint(
                name="supplyline_closed_holds_nothing", condition=models.Q(is_open=True) | models.Q(reserved=0)
            ),
        ]

    def __str__(self):
        return f"{self.supply_id}: {self.product_id}"

    @property
    def coming(self) -> int:
        """Units still expected."""
        return max(self.quantity - self.received, 0) if self.is_open else 0
