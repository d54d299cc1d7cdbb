from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class ShipmentQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class Shipment(Record):
    """Goods on their way to a client, from our warehouse or from a distributor's."""

    class Status(models.TextChoices):
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")

    number = models.CharField(_("number"), max_length=30, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="shipments", verbose_name=_("order"))
    # The order's client, kept here so that an index finds a client's shipments by day.
    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="shipments", verbose_name=_("client"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.SHIPPED)
    warehouse = models.ForeignKey(
        "orders.Warehouse", models.PROTECT, null=True, blank=True, verbose_name=_("from our warehouse")
    )
    distributor = models.ForeignKey(
        "accounts.Client",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from the distributor's warehouse"),
    )
    payer = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="payable_shipments", verbose_name=_("who is invoiced")
    )
    shipped_on = models.DateField(_("shipped on"))
    carrier = models.CharField(_("carrier"), max_length=150, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=100, blank=True)
    address = models.CharField(_("delivery address"), max_length=400, blank=True)
    window_from = models.DateTimeField(_("delivery window from"), null=True, blank=True)
    window_to = models.DateTimeField(_("delivery window to"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    received_by = models.CharField(_("received by"), max_length=150, blank=True)
    refusal_reason = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    net = MoneyField(verbose_name=_("sum without VAT"), default=0)
    vat = MoneyField(verbose_name=_("VAT"), default=0)
    total = MoneyField(verbose_name=_("total"), default=0)
    # What is shipped and not yet invoiced: the part of exposure this shipment stands for.
    uninvoiced_total = MoneyField(verbose_name=_("not invoiced"), default=0)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ("-shipped_on", "-pk")
        indexes = [
            models.Index(fields=("-shipped_on", "-id"), name="shipment_by_day"),
            models.Index(
                fields=("client", "-shipped_on", "-id"), include=("total", "order"), name="shipment_of_client_listed"
            ),
            models.Index(
                fields=("payer",),
                include=("uninvoiced_total",),
                name="shipment_uninvoiced",
                condition=models.Q(uninvoiced_total__gt=0),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="shipment_one_source",
                condition=models.Q(warehouse=None, distributor__isnull=False)
                | models.Q(warehouse__isnull=False, distributor=None),
            ),
            models.CheckConstraint(
                name="shipment_window",
                condition=models.Q(window_from=None)
                | models.Q(window_to=None)
                | models.Q(window_to__gte=models.F("window_from")),
            ),
            models.CheckConstraint(
                name="shipment_adds_up", condition=models.Q(total=models.F("net") + models.F("vat"))
            ),
            models.CheckConstraint(
                name="shipment_uninvoiced_within_total",
                condition=models.Q(uninvoiced_total__gte=0, uninvoiced_total__lte=models.F("total")),
            ),
        ]

    def __str__(self):
        return self.number


class ShipmentLine(models.Model):
    """Units of an order line in a shipment, with their part of the line's sums."""

    shipment = models.ForeignKey("orders.Shipment", models.CASCADE, related_name="lines", verbose_name=_("shipment"))
    order_line = models.ForeignKey(
        "orders.OrderLine", models.PROTECT, related_name="shipment_lines", verbose_name=_("order line")
    )
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = QuantityField(verbose_name=_("quantity"))
    price = MoneyField(verbose_name=_("price"))
    vat_rate = models.DecimalField(_("VAT, %"), max_digits=5, decimal_places=2)
    net = MoneyField(verbose_name=_("without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    total = MoneyField(verbose_name=_("total"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="shipmentline_adds_up",
                condition=models.Q(quantity__gt=0, total=models.F("net") + models.F("vat")),
            ),
        ]

    def __str__(self):
        return f"{self.shipment_id}: {self.quantity}"
