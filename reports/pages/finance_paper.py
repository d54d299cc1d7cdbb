"""The dashboard as a paper for the board."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kam.pages import Screen
from kam.pdf import pdf_response
from reports.asking import read_params
from reports.documents.board import board_paper


class FinancePaperScreen(Screen):
    """A PDF of the day."""

    app, name, path = "reports", "finance_paper", "reports/finance.pdf"
    title, permission = _("For the board"), "orders.view_invoice"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        paper = board_paper(request.user, read_params(request.GET, request.user).asked)
        return pdf_response(paper.content, paper.name)
