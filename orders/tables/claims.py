"""Lists of discrepancy acts, their lines, and corrective actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.pages import Column, Table, address_of
from orders.tables.settlements import days_late


class DiscrepancyActTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    recorded_on = Column(_("Recorded"), kind="date", sort=("recorded_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    shipment = Column(_("Shipment"), accessor="shipment.number", href=lambda row: address_of(row.shipment))
    status = Column(_("State"), kind="chip", sort=True)
    carrier = Column(_("Carrier"), sort=True)
    cause = Column(_("Cause"), accessor="get_cause_display", sort="cause", visible=False)
    total = Column(_("Claimed"), kind="money", currency="shipment.order.currency", sort=True, total=True)
    credited = Column(_("Credited"), kind="money", currency="shipment.order.currency", sort=True, total=True)

    class Meta:
        related = ("client__manager", "shipment")
        sort = "-recorded_on"


class DiscrepancyActLineTable(Table):
    product = Column(
        _("Product"),
        accessor="product.name",
        href=lambda row: address_of(row.product),
        hint=lambda row: row.product.sku,
    )
    kind = Column(_("Difference"), accessor="get_kind_display", hint=lambda row: row.came_instead or row.note)
    expected = Column(_("By the papers"), kind="quantity")
    actual = Column(_("In fact"), kind="quantity")
    quantity = Column(_("Units in question"), kind="quantity", total=True)
    outcome = Column(_("Outcome"), accessor="get_outcome_display")
    came_instead = Column(
        _("Came instead"),
        accessor="came_instead.name",
        href=lambda row: address_of(row.came_instead),
        visible=False,
    )
    note = Column(_("What is wrong"), visible=False)
    in_stock = Column(_("Found in our warehouse"), kind="flag", visible=False)
    total = Column(_("Sum"), kind="money", currency="act.shipment.order.currency", total=True)

    class Meta:
        related = ("product", "came_instead")


class CorrectiveActionTable(Table):
    what = Column(_("What is to be done"), kind="link", sort=True, hint=lambda row: row.result)
    status = Column(_("State"), kind="chip", sort=True)
    owner = Column(_("Who does it"), kind="person", sort="owner__sort_key")
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))
    days_late = Column(_("Days late"), kind="quantity", accessor=days_late)
    client = Column(_("Client"), accessor="client.name", href=lambda row: address_of(row.client))
    act = Column(_("Discrepancy act"), accessor="act.number", href=lambda row: address_of(row.act))
    returned = Column(
        pgettext_lazy("of goods", "Return"), accessor="returned.number", href=lambda row: address_of(row.returned)
    )
    done_on = Column(_("Done"), kind="date", sort=True, visible=False)
    result = Column(_("Result"), visible=False)

    class Meta:
        related = ("owner", "client__manager", "act", "returned")
        sort = "due_on"


class ActionOfActTable(Table):
    what = Column(_("What is to be done"), kind="link", hint=lambda row: row.result)
    status = Column(_("State"), kind="chip")
    owner = Column(_("Who does it"), kind="person")
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))
    days_late = Column(_("Days late"), kind="quantity", accessor=days_late)

    class Meta:
        related = ("owner", "client__manager")
        sort = "due_on"
