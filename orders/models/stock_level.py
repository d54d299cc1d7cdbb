from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import QuantityField


class StockLevel(models.Model):
    """Units of a product in a warehouse: on hand, and of those promised to orders.

    The counters move only in the reservation, shipment, receipt and import actions, and carry no index:
    an update of a hot row stays on its page.
    """

    warehouse = models.ForeignKey(
        "orders.Warehouse", models.PROTECT, related_name="levels", verbose_name=_("warehouse")
    )
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="levels", verbose_name=_("product"))
    on_hand = QuantityField(verbose_name=_("on hand"), default=0)
    reserved = QuantityField(verbose_name=_("reserved"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(name="stocklevel_once", fields=("product", "warehouse")),
            models.CheckConstraint(
                name="stocklevel_reserved_within_on_hand",
                condition=models.Q(reserved__gte=0, reserved__lte=models.F("on_hand")),
            ),
        ]

    def __str__(self):
        return f"{self.product_id} @ {self.warehouse_id}"

    @property
    def available(self) -> int:
        """Units that may still be promised."""
        return self.on_hand - self.reserved
