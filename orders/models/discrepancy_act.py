from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import MoneyField, QuantityField, Record


class DiscrepancyActQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class DiscrepancyAct(Record):
    """What a client found at acceptance against the papers of a shipment, and what came of it."""

    class Status(models.TextChoices):
        RECORDED = "recorded", pgettext_lazy("of a discrepancy act", "Recorded")
        ACCEPTED = "accepted", pgettext_lazy("of a discrepancy act", "Claim accepted")
        DECLINED = "declined", pgettext_lazy("of a discrepancy act", "Claim declined")
        SETTLED = "settled", pgettext_lazy("of a discrepancy act", "Claim settled")
        CLOSED = "closed", pgettext_lazy("of a discrepancy act", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("of a discrepancy act", "Cancelled")

    class Cause(models.TextChoices):
        PICKING = "picking", _("Our picking")
        PACKING = "packing", _("Our packing")
        CARRIER = "carrier", pgettext_lazy("cause", "Carrier")
        SUPPLIER = "supplier", pgettext_lazy("cause", "Supplier")
        PAPERS = "papers", _("Error in papers")
        CLIENT = "client", _("The client's acceptance")
        UNKNOWN = "unknown", _("Not found")

    number = models.CharField(_("number"), max_length=30, unique=True)
    shipment = models.ForeignKey(
        "orders.Shipment", models.PROTECT, related_name="discrepancy_acts", verbose_name=_("shipment")
    )
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, related_name="discrepancy_acts", verbose_name=_("client")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RECORDED)
    accepted_on = models.DateField(_("accepted goods on"))
    recorded_on = models.DateField(_("recorded on"))
    recorded_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    client_number = models.CharField(_("number of the client's act"), max_length=60, blank=True)
    place = models.CharField(_("place of acceptance"), max_length=300, blank=True)
    carrier = models.CharField(_("carrier"), max_length=150, blank=True)
    vehicle = models.CharField(_("vehicle, waybill"), max_length=150, blank=True)
    seals = models.CharField(_("seals and their state"), max_length=300, blank=True)
    packaging = models.CharField(_("state of goods, packing and marking"), max_length=500, blank=True)
    method = models.CharField(_("how the difference was found"), max_length=300, blank=True)
    commission = models.TextField(_("commission"), blank=True, help_text=_("One member a line: post, name, company."))
    conclusion = models.TextField(_("conclusion of the commission"), blank=True)
    total = MoneyField(verbose_name=_("claimed"), default=0)
    credited = MoneyField(verbose_name=_("credited"), default=0)
    credit_note = models.OneToOneField(
        "orders.CreditNote",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancy_act",
        verbose_name=_("credit note"),
    )
    order = models.OneToOneField(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancy_act",
        verbose_name=_("order of the re-delivery"),
    )
    returned = models.OneToOneField(
        "orders.Return", models.PROTECT, null=True, blank=True, related_name="discrepancy_act", verbose_name=_("return")
    )
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices, blank=True)
    cause_found = models.CharField(_("what was found out"), max_length=500, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = DiscrepancyActQuerySet.as_manager()

    class Meta:
        verbose_name = _("discrepancy act")
        verbose_name_plural = _("discrepancy acts")
        ordering = ("-recorded_on", "-pk")
        indexes = [
            models.Index(fields=("client", "-recorded_on"), name="discrepancyact_of_client"),
            models.Index(fields=("-recorded_on", "-id"), name="discrepancyact_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="discrepancyact_closed_has_cause", condition=~models.Q(status="closed") | ~models.Q(cause="")
            ),
        ]

    def __str__(self):
        return self.number


class DiscrepancyActLine(models.Model):
    """One difference: units that are missing, too many, damaged or of another product."""

    class Kind(models.TextChoices):
        SHORTAGE = "shortage", _("Shortage")
        SURPLUS = "surplus", _("Surplus")
        MIS_SORT = "mis_sort", _("Mis-sort")
        DAMAGE = "damage", _("Damage")
        WRONG_ITEM = "wrong_item", _("Wrong item")

    class Outcome(models.TextChoices):
        CREDIT = "credit", _("Credit note")
        REDELIVER = "redeliver", _("Re-delivery")
        RETURN = "return", _("Goods come back")
        KEEP = "keep", _("The client keeps what came")

    act = models.ForeignKey("orders.DiscrepancyAct", models.CASCADE, related_name="lines", verbose_name=_("act"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # What the papers say came; empty for a surplus of what was not in the shipment at all.
    shipment_line = models.ForeignKey(
        "orders.ShipmentLine", models.PROTECT, null=True, blank=True, related_name="discrepancies"
    )
    product = models.ForeignKey("orders.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    came_instead = models.ForeignKey(
        "orders.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("came instead")
    )
    expected = QuantityField(verbose_name=_("by the papers"), default=0)
    actual = QuantityField(verbose_name=_("in fact"), default=0)
    # Units the claim is about: missing, too many, damaged or exchanged.
    quantity = QuantityField(verbose_name=_("units in question"))
    note = models.CharField(_("what is wrong"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    in_stock = models.BooleanField(_("found in our warehouse"), default=False)
    total = MoneyField(verbose_name=_("sum"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a discrepancy act")
        verbose_name_plural = _("lines of a discrepancy act")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="discrepancyactline_quantity",
                condition=models.Q(quantity__gt=0, expected__gte=0, actual__gte=0),
            ),
            models.CheckConstraint(
                name="discrepancyactline_units",
                condition=models.Q(kind="shortage", quantity=models.F("expected") - models.F("actual"))
                | models.Q(kind="surplus", quantity=models.F("actual") - models.F("expected"))
                | models.Q(kind__in=("mis_sort", "damage", "wrong_item"), quantity__lte=models.F("expected")),
            ),
            models.CheckConstraint(
                name="discrepancyactline_of_shipment",
                condition=models.Q(kind="surplus") | models.Q(shipment_line__isnull=False),
            ),
            models.CheckConstraint(
                name="discrepancyactline_came_instead",
                condition=models.Q(kind__in=("mis_sort", "wrong_item"), came_instead__isnull=False)
                | (~models.Q(kind__in=("mis_sort", "wrong_item")) & models.Q(came_instead=None)),
            ),
        ]

    def __str__(self):
        return f"{self.act_id}: {self.quantity}"
