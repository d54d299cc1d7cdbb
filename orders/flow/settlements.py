"""The steps of settlements: offsets, reconciliations and their differences, discrepancy acts, corrective actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.flows import Flow, Step
from orders.models import CorrectiveAction, Discrepancy, DiscrepancyAct, Offset, Reconciliation

OFFSET_FLOW = Flow(
    model=Offset,
    asked_by="proposed_by_id",
    manager="client.manager_id",
    colours={"proposed": "amber", "posted": "green", "declined": "red", "annulled": "grey"},
    steps=(
        # Approving makes the payment without money.
        Step("approve", _("Approve"), ("proposed",), "posted", "orders.approve_offset",
             done=pgettext_lazy("in the history", "Approved and posted"), four_eyes=True, awaited=True, primary=True),
        Step("decline", pgettext_lazy("step", "Decline"), ("proposed",), "declined", "orders.approve_offset",
             done=pgettext_lazy("in the history", "Declined"), needs_reason=True, awaited=True, danger=True),
        # What it paid is open again, and the payment is taken back whole.
        Step("annul", pgettext_lazy("step", "Annul"), ("posted",), "annulled", "orders.undo_allocation",
             done=pgettext_lazy("in the history", "Annulled"), needs_reason=True, danger=True),
    ),
)  # fmt: skip

RECONCILIATION_FLOW = Flow(
    model=Reconciliation,
    asked_by="drawn_up_by_id",
    manager="client.manager_id",
    colours={
        "draft": "grey", "sent": "blue", "agreed": "green", "differs": "red", "settled": "green", "cancelled": "grey",
    },
    steps=(
        Step("send", _("Sent to the client"), ("draft",), "sent", "orders.change_reconciliation",
             done=_("Sent to the client"), primary=True),
        Step("agree", _("The client agrees"), ("sent",), "agreed", "orders.change_reconciliation",
             done=_("The client agrees"), primary=True),
        # Taken by recording the first difference.
        Step("differ", _("The client differs"), ("sent",), "differs", "orders.change_reconciliation",
             done=_("The client differs"), listed=False),
        Step("settle", _("Differences settled"), ("differs",), "settled", "orders.change_reconciliation",
             done=_("Differences settled"), primary=True),
        Step("withdraw", _("Back to draft"), ("sent",), "draft", "orders.change_reconciliation",
             done=_("Taken back to draft"), needs_reason=True),
        Step("cancel", _("Cancel"), ("draft", "sent"), "cancelled", "orders.change_reconciliation",
             done=pgettext_lazy("in the history", "Cancelled"), needs_reason=True, danger=True),
    ),
)  # fmt: skip

DISCREPANCY_FLOW = Flow(
    model=Discrepancy,
    manager=("reconciliation.client.manager_id", "owner_id"),
    colours={"open": "amber", "resolved": "green"},
    steps=(
        Step("resolve", _("Resolved"), ("open",), "resolved", "orders.change_reconciliation", done=_("Resolved"),
             primary=True),
        Step("reopen", _("Open again"), ("resolved",), "open", "orders.change_reconciliation",
             done=pgettext_lazy("in the history", "Opened again"), needs_reason=True),
    ),
)  # fmt: skip

ACT_FLOW = Flow(
    model=DiscrepancyAct,
    asked_by="recorded_by_id",
    manager="client.manager_id",
    colours={
        "recorded": "amber", "accepted": "blue", "declined": "red", "settled": "green", "closed": "green",
        "cancelled": "grey",
    },
    steps=(
        Step("accept", _("Accept the claim"), ("recorded",), "accepted", "orders.approve_discrepancyact",
             done=pgettext_lazy("of a discrepancy act", "Claim accepted"), four_eyes=True, awaited=True,
             primary=True),
        Step("decline", _("Decline the claim"), ("recorded",), "declined", "orders.approve_discrepancyact",
             done=pgettext_lazy("of a discrepancy act", "Claim declined"), four_eyes=True, needs_reason=True,
             awaited=True, danger=True),
        # Settling issues the credit note, drafts the re-delivery and the return, line by line: a form of its own.
        Step("settle", _("Settle the claim"), ("accepted",), "settled", "orders.settle_discrepancyact",
             done=pgettext_lazy("of a discrepancy act", "Claim settled"), listed=False),
        Step("close", _("Close with the cause"), ("settled",), "closed", "orders.change_discrepancyact",
             done=pgettext_lazy("in the history", "Closed with the cause"), primary=True),
        Step("cancel", _("Cancel"), ("recorded",), "cancelled", "orders.change_discrepancyact",
             done=pgettext_lazy("in the history", "Cancelled"), needs_reason=True, danger=True),
    ),
)  # fmt: skip

ACTION_FLOW = Flow(
    model=CorrectiveAction,
    asked_by="asked_by_id",
    manager=("owner_id", "client.manager_id"),
    colours={"open": "amber", "done": "green", "dropped": "grey"},
    steps=(
        Step("finish", pgettext_lazy("of a corrective action", "Done"), ("open",), "done",
             "orders.change_correctiveaction", done=pgettext_lazy("of a corrective action", "Done"), primary=True),
        Step("drop", pgettext_lazy("of a corrective action", "Drop"), ("open",), "dropped",
             "orders.change_correctiveaction", done=pgettext_lazy("of a corrective action", "Dropped"),
             needs_reason=True, danger=True),
    ),
)  # fmt: skip
