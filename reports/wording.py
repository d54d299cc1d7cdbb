"""Words for what the rules of the reports name."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from reports.queries.expected import Cash

TURNOVER = {
    "simple": _("DSO, simple"),
    "best_possible": _("DSO, best possible"),
    "count_back": _("DSO, count-back"),
    "effectiveness": _("Collection effectiveness"),
}
FORMULAS = {
    "simple": _("receivables ÷ sales of the period × its days"),
    "best_possible": _("receivables not yet due ÷ sales of the period × its days"),
    "count_back": _("whole months subtracted from the latest back, the last one by its own days"),
    "effectiveness": _("(opening + sales − closing) ÷ (opening + sales − closing not yet due) × 100"),
}
NUMBERS = {
    "receivables": _("Receivables"),
    "not_due": _("Not due"),
    "sales": _("Sales of the period"),
    "days": _("Days of the period"),
    "opening": _("Receivables at the beginning"),
    "closing": _("Receivables at the end"),
}


def told_of_forecast(cash: Cash) -> str:
    """By which nights the expected cash is told: older forecasts are kept for Sundays and ends of months only."""
    if cash.foreseen_on is None:
        return gettext("No night has left a forecast up to this day.")
    ahead = gettext("Weeks ahead as the night of %(day)s foresaw them.") % {"day": formats.day(cash.foreseen_on)}
    if cash.compared_on is None:
        return ahead
    return f"{ahead} " + gettext("Weeks gone by as the night of %(day)s did.") % {"day": formats.day(cash.compared_on)}
