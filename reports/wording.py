"""Words for what the rules of the reports name."""

from django.utils.translation import gettext_lazy as _

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
