"""The steps of every document from order to cash."""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditPolicy
from kam.access import authority
from kam.flows import Flow, Step
from kam.formats import money
from kam.models import MoneyField
from kam.refusals import Forbidden, Refusal
from orders.models import (
    BankStatementLine,
    CollectionLetter,
    CreditReview,
    Intake,
    Order,
    PaymentPromise,
    Return,
    Shipment,
)


def _above(review: CreditReview, user) -> Refusal | None:
    """Why the limit that is asked for is beyond what this person decides on; None if it is not."""
    most = CreditPolicy.objects.valid_on(review.as_of).head_limit
    if review.asked_limit <= most:
        return None
    try:
        authority(user, "accounts.set_any_limit", review.client.manager_id)
    except Forbidden:
        text = gettext("You decide on limits up to %(limit)s: this one is decided by the finance director.")
        return Refusal("beyond_authority", text % {"limit": money(most)})
    return None


def _decided_by(rows, user):
    """The reviews whose limit this person may decide on."""
    if user.is_superuser or user.standings.allows("accounts.set_any_limit"):
        return rows
    policies = CreditPolicy.objects.filter(starts_on__lte=OuterRef("as_of")).order_by("-starts_on")
    most = Coalesce(Subquery(policies.values("head_limit")[:1]), CreditPolicy().head_limit, output_field=MoneyField())
    return rows.annotate(head_limit=most).filter(asked_limit__lte=F("head_limit"))


ORDER_FLOW = Flow(
    model=Order,
    asked_by="submitted_by_id",
    manager=("client.manager_id", "outlet.manager_id"),
    colours={
        "draft": "grey",
        "approval": "amber",
        "submitted": "blue",
        "held": "red",
        "confirmed": "blue",
        "partly_shipped": "blue",
        "shipped": "green",
        "closed": "green",
        "cancelled": "grey",
    },
    steps=(
        # A price beyond the KAM's limit or below the lowest margin makes the order wait for the head.
        Step("submit", _("Submit"), ("draft",), "submitted", "orders.submit_order", ends=("approval",), primary=True),
        Step(
            "approve",
            _("Approve"),
            ("approval",),
            "submitted",
            "orders.approve_order",
            four_eyes=True,
            awaited=True,
            primary=True,
        ),
        Step(
            "return",
            _("Return"),
            ("approval",),
            "draft",
            "orders.return_order",
            needs_reason=True,
            awaited=True,
            danger=True,
        ),
        # Confirming checks credit and reserves; with a reason for a hold the order ends held instead.
        Step(
            "confirm",
            _("Confirm"),
            ("submitted",),
            "confirmed",
            "orders.confirm_order",
            ends=("held",),
            awaited=True,
            primary=True,
        ),
        Step(
            "release",
            _("Release the hold"),
            ("held",),
            "confirmed",
            "orders.release_order",
            four_eyes=True,
            needs_reason=True,
            awaited=True,
            primary=True,
        ),
        # Whoever could release it sends it back instead, so that it is ordered smaller or paid ahead.
        Step(
            "send_back",
            _("Return without release"),
            ("held",),
            "draft",
            "orders.release_order",
            needs_reason=True,
            awaited=True,
            danger=True,
        ),
        # After a payment the program asks again by itself; a hold placed by a person answers no to it as well.
        Step(
            "recheck",
            _("Check credit again"),
            ("held",),
            "confirmed",
            "orders.confirm_order",
            ends=("held", "submitted"),
        ),
        Step("withdraw", _("Back to draft"), ("approval", "submitted", "held"), "draft", "orders.submit_order"),
        # Reserving takes what has become free since; amending changes the lines of a confirmed order.
        Step(
            "reserve",
            _("Reserve the rest"),
            ("confirmed", "partly_shipped"),
            "confirmed",
            "orders.confirm_order",
            ends=("partly_shipped",),
        ),
        Step(
            "amend",
            _("Change the lines"),
            ("confirmed", "partly_shipped"),
            "confirmed",
            "orders.change_order",
            ends=("partly_shipped",),
            listed=False,
        ),
        Step(
            "ship",
            _("Ship"),
            ("confirmed", "partly_shipped"),
            "shipped",
            "orders.ship_order",
            ends=("partly_shipped",),
            listed=False,
        ),
        # Closing gives up what was not shipped and frees its reservations.
        Step("close", _("Close"), ("partly_shipped", "shipped"), "closed", "orders.close_order"),
        Step(
            "cancel",
            _("Cancel"),
            ("draft", "approval", "submitted", "held", "confirmed"),
            "cancelled",
            "orders.cancel_order",
            needs_reason=True,
            danger=True,
        ),
        # A reopened order starts again as a draft, so that prices, credit and stock are all checked anew.
        Step("reopen", _("Reopen"), ("cancelled",), "draft", "orders.reopen_order", needs_reason=True),
    ),
)

INTAKE_FLOW = Flow(
    model=Intake,
    asked_by="author_id",
    manager="client.manager_id",
    colours={"waiting": "amber", "taken": "blue", "entered": "green", "returned": "red"},
    steps=(
        Step("take", _("Take"), ("waiting",), "taken", "orders.take_intake", awaited=True, primary=True),
        Step("enter", _("Enter the order"), ("waiting", "taken"), "entered", "orders.take_intake", listed=False),
        Step(
            "return",
            _("Return"),
            ("waiting", "taken"),
            "returned",
            "orders.return_intake",
            needs_reason=True,
            danger=True,
        ),
        Step("resend", _("Hand over again"), ("returned",), "waiting", "orders.add_intake", primary=True),
    ),
)

SHIPMENT_FLOW = Flow(
    model=Shipment,
    manager="order.client.manager_id",
    colours={"shipped": "blue", "delivered": "green", "refused": "red"},
    steps=(
        Step("deliver", _("Delivered"), ("shipped",), "delivered", "orders.deliver_shipment", primary=True),
        Step(
            "refuse",
            _("Refused by the client"),
            ("shipped",),
            "refused",
            "orders.deliver_shipment",
            needs_reason=True,
            danger=True,
        ),
    ),
)

RETURN_FLOW = Flow(
    model=Return,
    asked_by="requested_by_id",
    manager="client.manager_id",
    colours={"requested": "amber", "approved": "blue", "received": "green", "rejected": "red"},
    steps=(
        Step(
            "approve",
            _("Approve"),
            ("requested",),
            "approved",
            "orders.approve_return",
            four_eyes=True,
            awaited=True,
            primary=True,
        ),
        Step(
            "reject",
            _("Reject"),
            ("requested",),
            "rejected",
            "orders.approve_return",
            needs_reason=True,
            awaited=True,
            danger=True,
        ),
        # Receiving puts sellable units back on hand and issues the credit note.
        Step("receive", _("Receive"), ("approved",), "received", "orders.receive_return", primary=True),
    ),
)

PROMISE_FLOW = Flow(
    model=PaymentPromise,
    manager="client.manager_id",
    colours={"open": "amber", "kept": "green", "broken": "red", "withdrawn": "grey"},
    steps=(
        Step(
            "withdraw",
            _("Withdraw"),
            ("open",),
            "withdrawn",
            "orders.change_paymentpromise",
            needs_reason=True,
            danger=True,
        ),
        # Whether the word was kept is told by the nightly job, from the money received.
        Step("keep", _("Kept"), ("open",), "kept", "orders.change_paymentpromise", listed=False),
        Step("break", _("Broken"), ("open",), "broken", "orders.change_paymentpromise", listed=False),
    ),
)

LETTER_FLOW = Flow(
    model=CollectionLetter,
    manager="client.manager_id",
    colours={"proposed": "amber", "queued": "blue", "sent": "green", "failed": "red", "skipped": "grey"},
    steps=(
        Step(
            "send",
            _("Send"),
            ("proposed", "failed"),
            "queued",
            "orders.send_letter",
            awaited=True,
            primary=True,
        ),
        # A claim goes by post as well: what was sent by e-mail gets its postal number here.
        Step(
            "post",
            _("Sent by post"),
            ("proposed", "failed", "sent"),
            "sent",
            "orders.send_letter",
            fields=("tracking",),
        ),
        Step(
            "skip",
            _("Skip"),
            ("proposed", "failed"),
            "skipped",
            "orders.send_letter",
            needs_reason=True,
            awaited=True,
            danger=True,
        ),
        # The worker that sends it tells how it went.
        Step("deliver", _("Delivered to the mail server"), ("queued",), "sent", "orders.send_letter", listed=False),
        Step("fail", _("Could not be sent"), ("queued",), "failed", "orders.send_letter", listed=False),
    ),
)

CREDIT_REVIEW_FLOW = Flow(
    model=CreditReview,
    asked_by="proposed_by_id",
    manager="client.manager_id",
    colours={"draft": "grey", "proposed": "amber", "decided": "green", "refused": "red", "replaced": "grey"},
    steps=(
        Step("measure", _("Measure again"), ("draft",), "draft", "orders.change_creditreview"),
        # What is proposed is measured once more, so that whoever decides sees the day's facts; then they stay.
        Step("propose", _("Propose"), ("draft",), "proposed", "orders.propose_creditreview", primary=True),
        Step(
            "decide",
            _("Decide"),
            ("proposed",),
            "decided",
            "orders.decide_creditreview",
            four_eyes=True,
            awaited=True,
            primary=True,
            limit=_above,
            within=_decided_by,
        ),
        Step(
            "return",
            _("Return"),
            ("proposed",),
            "draft",
            "orders.decide_creditreview",
            needs_reason=True,
            awaited=True,
            within=_decided_by,
        ),
        Step(
            "refuse",
            _("Refuse credit"),
            ("proposed",),
            "refused",
            "orders.decide_creditreview",
            four_eyes=True,
            needs_reason=True,
            awaited=True,
            danger=True,
            within=_decided_by,
        ),
        Step("withdraw", _("Back to draft"), ("proposed",), "draft", "orders.propose_creditreview"),
        Step("replace", _("Replaced by a later decision"), ("decided",), "replaced", "orders.decide_creditreview",
             listed=False),
    ),
)  # fmt: skip

# Money whose owner is not certain takes two people: one proposes, another confirms; so does a change of client.
PLACEMENT_FLOW = Flow(
    model=BankStatementLine,
    asked_by="proposed_by_id",
    colours={"to_place": "amber", "parked": "grey", "proposed": "blue", "placed": "green", "apart": "grey"},
    steps=(
        # Without anything chosen the line's own suggestion is proposed.
        Step(
            "propose",
            _("Propose"),
            ("to_place", "parked", "placed", "apart"),
            "proposed",
            "orders.propose_placement",
            primary=True,
        ),
        Step(
            "confirm",
            _("Confirm"),
            ("proposed",),
            "placed",
            "orders.confirm_placement",
            ends=("apart",),
            four_eyes=True,
            awaited=True,
            primary=True,
        ),
        Step(
            "return",
            _("Return"),
            ("proposed",),
            "to_place",
            "orders.confirm_placement",
            ends=("placed", "apart", "parked"),
            needs_reason=True,
            awaited=True,
            danger=True,
        ),
        Step("park", _("Park"), ("to_place",), "parked", "orders.park_line", needs_reason=True),
        Step(
            "undo",
            _("Undo the placement"),
            ("placed",),
            "to_place",
            "orders.undo_placement",
            needs_reason=True,
            danger=True,
        ),
    ),
)
