"""The dashboard as a paper for the board."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kam.papers import PaperFile
from kam.pdf import pdf_of
from kam.replica import reading_from_replica
from orders.models import Company
from orders.rules.aging import Bucket
from orders.wording import BUCKETS
from reports.documents.book import summary_rows
from reports.queries.books import books_of
from reports.queries.expected import late_payers
from reports.queries.finance import Asked, Picture, picture
from reports.queries.turnover import slices
from reports.wording import told_of_forecast

DEBTORS, BAR = 15, 150


def board_paper(user: Any, asked: Asked) -> PaperFile:
    """Figures, ageing by KAM, months, cash, top debtors and who is late, of the clients that the person may see."""
    with translation.override("ru"), reading_from_replica():
        found = picture(user, asked, DEBTORS)
        books = books_of(user, asked.scope, asked.currency)
        foreseen, late = late_payers(books, asked.day, limit=DEBTORS)
        paper = {
            "name": _("Receivables and credit as of %(day)s") % {"day": f"{asked.day:%d.%m.%Y}"},
            "asked": asked,
            "figures": summary_rows(found),
            "headings": [BUCKETS[bucket] for bucket in Bucket],
            "managers": slices(user, asked.day, "manager", asked.scope, asked.currency, asked.months),
            "trend": months_of(found),
            "weeks": found.cash.weeks,
            "weeks_note": told_of_forecast(found.cash),
            "debtors": found.ageing.rows[:DEBTORS],
            "total": found.ageing.total,
            "late": late,
            "foreseen": foreseen,
        }
    file = pdf_of("reports/board.html", {"paper": paper, "seller": Company.objects.first()})
    return PaperFile(f"finance-{asked.day.isoformat()}.pdf", file)


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
