"""The dashboard as a workbook."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kam.books import xlsx_response
from kam.models import Run
from kam.pages import Screen
from kam.pages.registry import page_named
from kam.pages.views import gone_to
from reports.actions.finance_book import VIEW, make_finance_book, name_of
from reports.asking import read_params


class FinanceBookScreen(Screen):
    """The workbook; needs the right to export, and is written down."""

    app, name, path = "reports", "finance_book", "reports/finance.xlsx"
    title, permission = _("Finance workbook"), VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = read_params(request.GET, request.user)
        found = make_finance_book(asked, by=request.user, address=request.META.get("REMOTE_ADDR"))
        if isinstance(found, Run):
            return gone_to(request, page_named("kam.run").detail_url(found.pk))
        return xlsx_response(found, name_of(asked))
