"""What the nights keep of debts, opened by client: debts by brand, and cash as it was foreseen."""

from django.utils.translation import gettext_lazy as _

from kam.pages import Facts, Page
from reports.filters import BrandFigureFilter, ExpectedCashFilter
from reports.models import BrandFigure, ExpectedCash
from reports.tables import BrandFigureTable, ExpectedCashTable

VIEW = {"view": "orders.view_invoice"}


class BrandFigurePage(Page):
    """What each client owed for the goods of a brand as a day closed."""

    model, table, filterset = BrandFigure, BrandFigureTable, BrandFigureFilter
    path, icon, permissions = "brand-figures", "tag", VIEW
    titles, search = _("Debts by brand"), ("client__search",)
    help = _("What is open of an invoice is shared by what its lines cost; a figure opens the invoices.")
    empty = _("No night has left figures of this day.")
    panels = (Facts("client", "brand", "day", "currency", "total", "overdue"),)


class ExpectedCashPage(Page):
    """What each client was expected to pay by week, as a night foresaw it."""

    model, table, filterset = ExpectedCash, ExpectedCashTable, ExpectedCashFilter
    path, icon, permissions = "expected-cash", "calendar-dollar", VIEW
    titles, search = _("Expected cash"), ("client__search",)
    help = _(
        "What is due, and what comes if each client pays as late as it was measured to; the past is in the first week."
    )
    empty = _("No night has left figures of this day.")
    panels = (Facts("client", "day", "week_on", "currency", "due", "expected"),)
