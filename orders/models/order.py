from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record
from kam.search import SearchField, search_index


class OrderQuerySet(ScopedQuerySet):
    """Orders of a manager's clients, and of outlets that have the manager for their own."""

    manager_paths = ("client__manager", "outlet__manager")

    def in_work(self):
        return self.filter(status__in=Order.IN_WORK)


class Order(Record):
    """What a client ordered, from draft to closed."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVAL = "approval", _("Waits for approval")
        SUBMITTED = "submitted", _("Submitted")
        HELD = "held", _("Held")
        CONFIRMED = "confirmed", _("Confirmed")
        PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
        SHIPPED = "shipped", pgettext_lazy("of an order", "Shipped")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", pgettext_lazy("of an order", "Cancelled")

    IN_WORK = ("draft", "approval", "submitted", "held", "confirmed", "partly_shipped")

    class Payer(models.TextChoices):
        CLIENT = "client", _("The client")
        DISTRIBUTOR = "distributor", _("The distributor")

    number = models.CharField(_("number"), max_length=30, unique=True)
    # Without an index of its own: `order_of_client_listed` begins with the client.
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, db_index=False, related_name="orders", verbose_name=_("client")
    )
    outlet = models.ForeignKey(
        "accounts.Outlet", models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("outlet")
    )
    contract = models.ForeignKey(
        "accounts.Contract", models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("contract")
    )
    manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="orders", verbose_name=_("KAM at the time")
    )
    author = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("entered by"))
    intake = models.ForeignKey(
        "orders.Intake", models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("rough order")
    )
    status = models.CharField(_("status"), max_length=14, choices=Status.choices, default=Status.DRAFT)
    warehouse = models.ForeignKey(
        "orders.Warehouse",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("warehouse"),
        help_text=_("Empty only for a special shipment from a distributor's warehouse."),
    )
    distributor = models.ForeignKey(
        "accounts.Client",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="special_orders",
        verbose_name=_("through the distributor"),
    )
    payer = models.CharField(_("who is invoiced"), max_length=11, choices=Payer.choices, default=Payer.CLIENT)
    price_column = models.ForeignKey("accounts.PriceColumn", models.PROTECT, verbose_name=_("price column"))
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    ordered_on = models.DateField(_("ordered on"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    customer_number = models.CharField(_("client's number"), max_length=60, blank=True)
    allow_partial = models.BooleanField(_("reserve what there is"), default=True)
    comment = models.TextField(_("comment"), blank=True)
    net = MoneyField(verbose_name=_("sum without VAT"), default=0)
    vat = MoneyField(verbose_name=_("VAT"), default=0)
    total = MoneyField(verbose_name=_("total"), default=0)
    # What of the total is confirmed and not shipped: the part of exposure this order stands for.
    unshipped_total = MoneyField(verbose_name=_("confirmed, not shipped"), default=0)
    submitted_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by")
    )
    approval = models.JSONField(_("why approval is needed"), default=list)
    approved_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    credit = models.JSONField(_("last credit check"), default=dict)
    released_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("released by")
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)
    search = SearchField(of=("number", "customer_number"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-ordered_on", "-pk")
        indexes = [
            search_index("order_search"),
            models.Index(fields=("-ordered_on", "-id"), name="order_by_day"),
            # Holds what a list of a person's clients sorts, filters and sums by, so that it reads no rows for that.
            models.Index(
                fields=("client", "-ordered_on", "-id"),
                include=("status", "currency", "total"),
                name="order_of_client_listed",
            ),
            models.Index(fields=("status", "-ordered_on", "-id"), name="order_by_status"),
            # Those that sums in roubles leave out.
            models.Index(fields=("id",), name="order_foreign", condition=~models.Q(currency="RUB")),
            models.Index(
                fields=("client",),
                include=("unshipped_total",),
                name="order_unshipped",
                condition=models.Q(unshipped_total__gt=0, payer="client"),
            ),
            models.Index(
                fields=("distributor",),
                include=("unshipped_total",),
                name="order_unshipped_special",
                condition=models.Q(unshipped_total__gt=0, payer="distributor"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_total_adds_up", condition=models.Q(total=models.F("net") + models.F("vat"))
            ),
            models.CheckConstraint(
                name="order_unshipped_within_total",
                condition=models.Q(unshipped_total__gte=0, unshipped_total__lte=models.F("total")),
            ),
            models.CheckConstraint(
                name="order_leaves_one_warehouse",
                condition=models.Q(distributor=None) | models.Q(warehouse=None),
            ),
            models.CheckConstraint(
                name="order_payer_named", condition=models.Q(payer="client") | models.Q(distributor__isnull=False)
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def payer_id(self) -> int:
        """The client who is invoiced, whose credit the order uses."""
        return self.distributor_id if self.payer == self.Payer.DISTRIBUTOR else self.client_id

    @property
    def paying_client(self):
        """The client behind `payer_id`."""
        return self.distributor if self.payer == self.Payer.DISTRIBUTOR else self.client

    def shows_money_to(self, user) -> bool:
        """Whether the user may know how its payer stands; client and distributor come loaded."""
        return self.paying_client.shows_money_to(user)


class OrderLine(models.Model):
    """A product, its quantity and its price with the explanation of that price."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveIntegerField(_("No."))
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = QuantityField(verbose_name=_("quantity"))
    list_price = MoneyField(verbose_name=_("list price"), null=True)
    discount_percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    price = MoneyField(verbose_name=_("price"))
    price_source = models.JSONField(_("where the price is from"), default=dict)
    vat_rate = models.DecimalField(_("VAT, %"), max_digits=5, decimal_places=2)
    net = MoneyField(verbose_name=_("without VAT"))
    vat = MoneyField(verbose_name=_("VAT"))
    total = MoneyField(verbose_name=_("total"))
    unit_cost = MoneyField(verbose_name=_("cost"), null=True)  # without VAT, in the order's currency
    shipped = QuantityField(verbose_name=_("shipped"), default=0)
    cancelled = QuantityField(verbose_name=_("cancelled"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("position",)
        indexes = [models.Index(fields=("product", "order"), name="orderline_of_product")]
        constraints = [
            models.UniqueConstraint(
                name="orderline_position", fields=("order", "position"), deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="orderline_quantities",
                condition=models.Q(quantity__gt=0, shipped__gte=0, cancelled__gte=0)
                & models.Q(quantity__gte=models.F("shipped") + models.F("cancelled")),
            ),
            models.CheckConstraint(
                name="orderline_adds_up",
                condition=models.Q(total=models.F("net") + models.F("vat"), price__gte=0),
            ),
        ]

    def __str__(self):
        return f"{self.position}"

    @property
    def unshipped(self) -> int:
        """Units still to ship."""
        return self.quantity - self.shipped - self.cancelled
