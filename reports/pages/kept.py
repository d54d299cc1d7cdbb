"""What the nights keep, opened by client: credit, debts by brand, and cash as it was foreseen."""

from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from kam.pages import Facts, Page
from reports.filters import BrandFigureFilter, ExpectedCashFilter, KeyFigureFilter
from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyRun
from reports.tables import BrandFigureTable, ExpectedCashTable, KeyFigureTable

VIEW = {"view": "orders.view_invoice"}


class KeptPage(Page):
    """Base of the lists of what each night left: they open with the last one, since a sum over nights means nothing."""

    @classmethod
    def opening(cls):
        nights = NightlyRun.objects.filter(status=NightlyRun.Status.DONE).order_by("-day")
        last = nights.values_list("day", flat=True).first()
        return {"day": last.isoformat()} if last else {}


class KeyFigurePage(KeptPage):
    """How clients stood with their credit at the close of a day."""

    model, table, filterset = KeyFigure, KeyFigureTable, KeyFigureFilter
    menu, menu_order, icon = "reports", 30, "gauge"
    path = "key-figures"
    permissions = {"view": "orders.view_invoice"}
    search = ("client__search",)
    empty = _("No night has left figures of this day.")
    panels = (
        Facts("client", "day", "exposure", "limit", "covered", "held_orders", "held_total", "promises", "promised"),
    )

    @classmethod
    def list_rows(cls, user):
        nothing = Decimal("0.00")
        over, insured = Greatest(F("exposure") - F("limit"), nothing), Least(F("exposure"), F("covered"))
        return super().list_rows(user).annotate(over=over, insured=insured)


class BrandFigurePage(KeptPage):
    """What each client owed for the goods of a brand as a day closed."""

    model, table, filterset = BrandFigure, BrandFigureTable, BrandFigureFilter
    path, icon, permissions = "brand-figures", "tag", VIEW
    titles, search = _("Debts by brand"), ("client__search",)
    help = _("What is open of an invoice is shared by what its lines cost; a figure opens the invoices.")
    empty = _("No night has left figures of this day.")
    panels = (Facts("client", "brand", "day", "currency", "total", "overdue"),)


class ExpectedCashPage(KeptPage):
    """What each client was expected to pay by week, as a night foresaw it."""

    model, table, filterset = ExpectedCash, ExpectedCashTable, ExpectedCashFilter
    path, icon, permissions = "expected-cash", "calendar-dollar", VIEW
    titles, search = _("Expected cash"), ("client__search",)
    help = _(
        "What is due, and what comes if each client pays as late as it was measured to; the past is in the first week."
    )
    empty = _("No night has left figures of this day.")
    panels = (Facts("client", "day", "week_on", "currency", "due", "expected"),)
