"""How the trail of orders reads: words for its verbs, for figures that are no fields, and for codes of reasons."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.pages.trails import NAMES, TYPED, VALUES, VERBS

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
        "withdraw": _("Withdrawn"),
        "allow": _("Off the stop list"),
        "refund": _("Given back to the client"),
        "undo_refund": _("Refund undone"),
    }
)
NAMES.update(
    {
        "reserved": _("Reserved"),
        "hold": _("Held because"),
        "lines": _("Lines"),
        "units": _("Units"),
        "expires_on": _("Reserved until"),
        "offset": _("Offset"),
        "received": _("Units received"),
        "product": _("Product"),
        "order": _("Order"),
        "prices": _("Prices"),
        "starts_on": _("From"),
        "payment": _("Payment"),
        "shipment": _("Shipment"),
        "returned": pgettext_lazy("of goods", "Return"),
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
        "group_overdue": _("overdue debts of the group"),
        "automatic_stop": _("shipping is stopped by the program"),
        "rate_missing": _("no exchange rate"),
    }
)
