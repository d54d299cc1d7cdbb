"""What shipping and money add to the page of an order: ship it, its papers, its shipments and invoices."""

from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.pages import Rows, Tab, paper_button
from orders.documents.kinds import ORDER_BILL, ORDER_OFFER
from orders.models import Invoice, Shipment
from orders.pages.orders import OrderPage
from orders.pages.shipping import ship_button
from orders.tables.money import InvoiceOfClientTable
from orders.tables.shipping import ShipmentOfOrderTable


def shipments_of(order, user):
    """The order's shipments."""
    return Shipment.objects.visible_to(user).filter(order=order)


def invoices_of(order, user):
    """The order's invoices with their state today."""
    return Invoice.objects.visible_to(user).filter(order=order).with_state(today())


for button in (ship_button, paper_button(ORDER_BILL), paper_button(ORDER_OFFER)):
    OrderPage.add_action(button)
OrderPage.add_tab(
    Tab(
        "shipments",
        _("Shipments and invoices"),
        (
            Rows(
                table=ShipmentOfOrderTable, title=_("Shipments"), rows=shipments_of, permission="orders.view_shipment",
                empty=_("Nothing has left yet."),
            ),
            Rows(
                table=InvoiceOfClientTable, title=_("Invoices"), rows=invoices_of, permission="orders.view_invoice",
                empty=_("Nothing is invoiced yet."),
            ),
        ),
    )
)  # fmt: skip
