"""The analysis of returns as a workbook."""

from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.books import Book
from reports.asking_returns import BY, REASONS, query_of
from reports.queries.returns import Asked, ReturnsRow, facts_of

HEADINGS = (
    _("Units"), _("Money"), _("Share of sales"), _("Returns"), _("Discrepancy acts"), _("Repeat rate"),
)  # fmt: skip
FACTS_WRITTEN = 100_000


def returns_book(user: Any, asked: Asked, rows: list[ReturnsRow], labels: dict[str, Any]) -> Book:
    """Groups, and the lines behind them that this person may see."""

    def write(book: xlsxwriter.Workbook) -> None:
        money, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": 1})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet(str(BY[asked.by])[:31])
        sheet.write_row(0, 0, [str(BY[asked.by]), *(str(heading) for heading in HEADINGS)], bold)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 6, 16)
        for at, row in enumerate(rows, start=1):
            sheet.write_string(at, 0, str(labels.get(row.key, row.key)))
            sheet.write_row(at, 1, [row.units, row.money], money)
            sheet.write(at, 3, row.share, money)
            sheet.write_row(at, 4, [row.returns, row.acts])
            sheet.write(at, 6, row.repeat_rate, money)
        lines = book.add_worksheet(str(_("Lines"))[:31])
        heads = (_("Day"), _("Number"), _("Client"), _("Reason"), _("Carrier"), _("Units"), _("Money"))
        lines.write_row(0, 0, [str(head) for head in heads], bold)
        lines.set_column(0, 6, 20)
        facts = facts_of(user, asked, most=FACTS_WRITTEN + 1)
        if len(facts) > FACTS_WRITTEN:
            text = _("Only the latest %(count)s lines are here: ask for a shorter period to see the others.")
            lines.write_string(FACTS_WRITTEN + 1, 0, str(text) % {"count": formats.quantity(FACTS_WRITTEN)}, bold)
            sheet.write_string(len(rows) + 2, 0, str(text) % {"count": formats.quantity(FACTS_WRITTEN)}, bold)
        for at, fact in enumerate(facts[:FACTS_WRITTEN], start=1):
            lines.write_datetime(at, 0, fact.day, day)
            reason = str(REASONS.get(fact.reason, fact.reason))
            lines.write_row(at, 1, [fact.number, fact.client, reason, fact.carrier, fact.units])
            lines.write_number(at, 6, fact.money, money)

    name = f"returns-{asked.by}-{asked.ends_on.isoformat()}.xlsx"
    query = urlencode(query_of(asked))
    return Book("reports.returns", query, len(rows), name, write)
