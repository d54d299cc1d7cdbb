"""The dashboard as a paper for the board."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.pages import Screen
from kam.pdf import pdf_of, pdf_response
from kam.replica import reading_from_replica
from orders.models import Company
from orders.rules.aging import Bucket
from orders.wording import BUCKETS
from reports.documents.book import summary_rows
from reports.pages.asking import read_params
from reports.queries.books import books_of
from reports.queries.expected import late_payers
from reports.queries.finance import Picture, picture
from reports.queries.turnover import slices
from reports.wording import told_of_forecast

DEBTORS, BAR = 15, 150


class FinancePaperScreen(Screen):
    """A PDF of the day: figures, ageing by KAM, months, cash, top debtors, who is late."""

    app, name, path = "reports", "finance_paper", "reports/finance.pdf"
    title, permission = gettext_lazy("For the board"), "orders.view_invoice"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = read_params(request.GET, request.user).asked
        with translation.override("ru"), reading_from_replica():
            found = picture(request.user, asked, DEBTORS)
            books = books_of(request.user, asked.scope, asked.currency)
            foreseen, late = late_payers(books, asked.day, limit=DEBTORS)
            paper = {
                "name": _("Receivables and credit as of %(day)s") % {"day": f"{asked.day:%d.%m.%Y}"},
                "asked": asked,
                "figures": summary_rows(found),
                "headings": [BUCKETS[bucket] for bucket in Bucket],
                "managers": slices(request.user, asked.day, "manager", asked.scope, asked.currency, asked.months),
                "trend": months_of(found),
                "weeks": found.cash.weeks,
                "weeks_note": told_of_forecast(found.cash),
                "debtors": found.ageing.rows[:DEBTORS],
                "total": found.ageing.total,
                "late": late,
                "foreseen": foreseen,
            }
        file = pdf_of("reports/board.html", {"paper": paper, "seller": Company.objects.first()})
        return pdf_response(file, f"finance-{asked.day.isoformat()}.pdf")


def months_of(found: Picture) -> list[dict[str, Any]]:
    """The trend with the pieces of its bars, widths in millimetres of the largest month."""
    most = max((each.total for each in found.trend), default=0) or 1
    return [
        {
            "day": each.day,
            "total": each.total,
            "overdue": each.overdue,
            "pieces": [
                (bucket.value, f"{each.buckets[bucket.value] * BAR / most / 2:.1f}")
                for bucket in Bucket
                if each.buckets[bucket.value] > 0
            ],
        }
        for each in found.trend
    ]
