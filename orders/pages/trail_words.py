"""How the trail of orders reads: words for its verbs, for figures that are no fields, and for codes of reasons."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.pages.trails import DONE, NAMES, TYPED, VALUES, VERBS

TYPED.add("lines")
VERBS.update(
    {
        "lines": _("Lines changed"),
        "undo_allocation": _("Allocation undone"),
        "supply_cancelled": _("The supply is cancelled"),
        "reservation_expired": _("Reservation expired"),
        "receive": _("Goods received"),
        "cancel": pgettext_lazy("in the history", "Cancelled"),
        "prolong": _("Reservation prolonged"),
        "transfer_from": _("Goods transferred away"),
        "transfer_to": _("Goods transferred here"),
        "reservation_released": _("Reservation released"),
        "supply_came_short": _("The supply came short"),
        "set_prices": _("Prices set"),
        "agree": _("Agreed"),
        "redraw": _("Drawn up again"),
        "keep": _("The word was kept"),
        "break": _("The word was broken"),
        "withdraw": _("Withdrawn"),
        "remove": _("Off the stop list"),
        "deliver": _("Sent"),
        "fail": _("Not sent"),
        "skip": _("Skipped"),
        "post": _("Sent by post"),
        "refund": _("Given back to the client"),
        "undo_refund": _("Refund undone"),
    }
)
DONE.update(
    {
        ("orders.order", "submit"): pgettext_lazy("of an order", "Submitted"),
        ("orders.order", "approve"): pgettext_lazy("of an order", "Approved"),
        ("orders.order", "return"): pgettext_lazy("of an order", "Returned"),
        ("orders.order", "confirm"): pgettext_lazy("of an order", "Confirmed"),
        ("orders.order", "release"): _("Hold released"),
        ("orders.order", "send_back"): pgettext_lazy("of an order", "Returned"),
        ("orders.creditreview", "measure"): _("Measured again"),
        ("orders.creditreview", "propose"): pgettext_lazy("of a review", "Proposed"),
        ("orders.creditreview", "decide"): pgettext_lazy("of a review", "Decided"),
        ("orders.creditreview", "return"): pgettext_lazy("of a review", "Returned"),
        ("orders.creditreview", "refuse"): _("Credit refused"),
        ("orders.creditreview", "withdraw"): _("Taken back to draft"),
        ("orders.creditreview", "replace"): _("Replaced by a later decision"),
        ("orders.order", "recheck"): _("Credit checked again"),
        ("orders.order", "withdraw"): _("Taken back to draft"),
        ("orders.order", "reserve"): _("The rest reserved"),
        ("orders.order", "amend"): _("Lines changed"),
        ("orders.order", "ship"): pgettext_lazy("of an order", "Shipped"),
        ("orders.order", "close"): pgettext_lazy("of an order", "Closed"),
        ("orders.order", "cancel"): pgettext_lazy("of an order", "Cancelled"),
        ("orders.order", "reopen"): _("Reopened"),
        ("orders.intake", "take"): _("Taken into work"),
        ("orders.intake", "enter"): _("Order entered"),
        ("orders.intake", "return"): pgettext_lazy("of a rough order", "Returned"),
        ("orders.intake", "resend"): _("Handed over again"),
        ("orders.return", "approve"): pgettext_lazy("of a return", "Approved"),
        ("orders.return", "reject"): pgettext_lazy("of a return", "Rejected"),
        ("orders.return", "receive"): _("Goods received"),
    }
)
NAMES.update(
    {
        "reserved": _("Reserved"),
        "hold": _("Held because"),
        "lines": _("Lines"),
        "units": _("Units"),
        "product": _("Product"),
        "order": _("Order"),
        "prices": _("Prices"),
        "starts_on": _("From"),
        "payment": _("Payment"),
        "shipment": _("Shipment"),
        "returned": _("Return"),
        "credit_note": _("Credit note"),
        "back_on_account": _("Back on account"),
        "tracking": _("Postal number"),
        "proposal": _("Proposed"),
    }
)
VALUES.update(
    {
        "client_is_prospect": _("the client is a prospect"),
        "client_not_active": _("the client is not active"),
        "contract_missing": _("no contract"),
        "contract_not_yet_valid": _("the contract is not in force yet"),
        "contract_expired": _("the contract expired"),
        "on_hold": _("on hold"),
        "group_on_hold": _("the group is on hold"),
        "terms_missing": _("no credit terms"),
        "terms_not_yet_valid": _("terms not in force yet"),
        "terms_expired": _("terms expired"),
        "over_limit": _("over the limit"),
        "over_group_limit": _("over the group's limit"),
        "overdue": _("overdue debts"),
    }
)
