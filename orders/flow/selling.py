"""The steps of documents from order to goods: orders, rough orders, shipments, returns."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.flows import Flow, Step
from orders.models import Intake, Order, Return, Shipment

ORDER_FLOW = Flow(
    model=Order,
    asked_by="submitted_by_id",
    manager=("client.manager_id", "outlet.manager_id"),
    colours={
        "draft": "grey", "approval": "amber", "submitted": "blue", "held": "red", "confirmed": "blue",
        "partly_shipped": "blue", "shipped": "green", "closed": "green", "cancelled": "grey",
    },
    steps=(
        # A price beyond the KAM's limit or below the lowest margin makes the order wait for the head.
        Step("submit", _("Submit"), ("draft",), "submitted", "orders.submit_order",
             done=pgettext_lazy("of an order", "Submitted"), ends=("approval",), primary=True),
        Step("approve", _("Approve"), ("approval",), "submitted", "orders.approve_order",
             done=pgettext_lazy("of an order", "Approved"), four_eyes=True, awaited=True, primary=True),
        Step("return", _("Return"), ("approval",), "draft", "orders.return_order",
             done=pgettext_lazy("of an order", "Returned"), needs_reason=True, awaited=True, danger=True),
        # Confirming checks credit and reserves; with a reason for a hold the order ends held instead.
        Step("confirm", _("Confirm"), ("submitted",), "confirmed", "orders.confirm_order",
             done=pgettext_lazy("of an order", "Confirmed"), ends=("held",), awaited=True, primary=True),
        Step("release", _("Release the hold"), ("held",), "confirmed", "orders.release_order",
             done=_("Hold released"), four_eyes=True, needs_reason=True, awaited=True, primary=True),
        # Whoever could release it sends it back instead, so that it is ordered smaller or paid ahead.
        Step("send_back", _("Return without release"), ("held",), "draft", "orders.release_order",
             done=pgettext_lazy("of an order", "Returned"), needs_reason=True, awaited=True, danger=True),
        # After a payment the program asks again by itself; a hold placed by a person answers no to it as well.
        Step("recheck", _("Check credit again"), ("held",), "confirmed", "orders.confirm_order",
             done=_("Credit checked again"), ends=("held", "submitted")),
        Step("withdraw", _("Back to draft"), ("approval", "submitted", "held"), "draft", "orders.submit_order",
             done=_("Taken back to draft")),
        # Reserving takes what has become free since; amending changes the lines of a confirmed order.
        Step("reserve", _("Reserve the rest"), ("confirmed", "partly_shipped"), "confirmed", "orders.confirm_order",
             done=_("The rest reserved"), ends=("partly_shipped",)),
        Step("amend", _("Change the lines"), ("confirmed", "partly_shipped"), "confirmed", "orders.change_order",
             done=_("Lines changed"), ends=("partly_shipped",), listed=False),
        Step("ship", _("Ship"), ("confirmed", "partly_shipped"), "shipped", "orders.ship_order",
             done=pgettext_lazy("of an order", "Shipped"), ends=("partly_shipped",), listed=False),
        # Closing gives up what was not shipped and frees its reservations.
        Step("close", _("Close"), ("partly_shipped", "shipped"), "closed", "orders.close_order",
             done=pgettext_lazy("of an order", "Closed")),
        Step("cancel", _("Cancel"), ("draft", "approval", "submitted", "held", "confirmed"), "cancelled",
             "orders.cancel_order", done=pgettext_lazy("of an order", "Cancelled"), needs_reason=True, danger=True),
        # A reopened order starts again as a draft, so that prices, credit and stock are all checked anew.
        Step("reopen", _("Reopen"), ("cancelled",), "draft", "orders.reopen_order", done=_("Reopened"),
             needs_reason=True),
    ),
)  # fmt: skip

INTAKE_FLOW = Flow(
    model=Intake,
    asked_by="author_id",
    manager="client.manager_id",
    colours={"waiting": "amber", "taken": "blue", "entered": "green", "returned": "red"},
    steps=(
        Step("take", _("Take"), ("waiting",), "taken", "orders.take_intake", done=_("Taken into work"), awaited=True,
             primary=True),
        Step("enter", _("Enter the order"), ("waiting", "taken"), "entered", "orders.take_intake",
             done=_("Order entered"), listed=False),
        Step("return", _("Return"), ("waiting", "taken"), "returned", "orders.return_intake",
             done=pgettext_lazy("of a rough order", "Returned"), needs_reason=True, danger=True),
        Step("resend", _("Hand over again"), ("returned",), "waiting", "orders.add_intake",
             done=_("Handed over again"), primary=True),
    ),
)  # fmt: skip

SHIPMENT_FLOW = Flow(
    model=Shipment,
    manager="order.client.manager_id",
    colours={"shipped": "blue", "delivered": "green", "refused": "red"},
    steps=(
        Step("deliver", _("Delivered"), ("shipped",), "delivered", "orders.deliver_shipment", done=_("Delivered"),
             primary=True),
        Step("refuse", _("Refused by the client"), ("shipped",), "refused", "orders.deliver_shipment",
             done=_("Refused by the client"), needs_reason=True, danger=True),
    ),
)  # fmt: skip

RETURN_FLOW = Flow(
    model=Return,
    asked_by="requested_by_id",
    manager="client.manager_id",
    colours={"requested": "amber", "approved": "blue", "received": "green", "rejected": "red"},
    steps=(
        Step("approve", _("Approve"), ("requested",), "approved", "orders.approve_return",
             done=pgettext_lazy("of a return", "Approved"), four_eyes=True, awaited=True, primary=True),
        Step("reject", _("Reject"), ("requested",), "rejected", "orders.approve_return",
             done=pgettext_lazy("of a return", "Rejected"), needs_reason=True, awaited=True, danger=True),
        # Receiving puts sellable units back on hand and issues the credit note.
        Step("receive", _("Receive"), ("approved",), "received", "orders.receive_return", done=_("Goods received"),
             primary=True),
    ),
)  # fmt: skip
