"""The steps of a line of a bank statement."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.flows import Flow, Step
from orders.models import BankStatementLine

# Money whose owner is not certain takes two people: one proposes, another confirms; so does a change of client.
PLACEMENT_FLOW = Flow(
    model=BankStatementLine,
    asked_by="proposed_by_id",
    colours={"to_place": "amber", "parked": "grey", "proposed": "blue", "placed": "green", "apart": "grey"},
    steps=(
        # Without anything chosen the line's own suggestion is proposed.
        Step("propose", _("Propose"), ("to_place", "parked", "placed", "apart"), "proposed",
             "orders.propose_placement", done=pgettext_lazy("in the history", "Placement proposed"), primary=True),
        Step("confirm", _("Confirm"), ("proposed",), "placed", "orders.confirm_placement",
             done=pgettext_lazy("in the history", "Placement confirmed"), ends=("apart",), four_eyes=True,
             awaited=True, primary=True),
        Step("return", _("Return"), ("proposed",), "to_place", "orders.confirm_placement",
             done=pgettext_lazy("in the history", "Proposal returned"), ends=("placed", "apart", "parked"),
             needs_reason=True, awaited=True, danger=True),
        Step("park", _("Park"), ("to_place",), "parked", "orders.park_line",
             done=pgettext_lazy("in the history", "Parked"), needs_reason=True),
        Step("undo", _("Undo the placement"), ("placed",), "to_place", "orders.undo_placement",
             done=pgettext_lazy("in the history", "Placement undone"), needs_reason=True, danger=True),
    ),
)  # fmt: skip
