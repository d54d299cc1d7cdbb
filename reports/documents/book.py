"""The finance workbook: the dashboard as sheets whose sums tie to the ledger to the kopeck."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from kam import formats
from orders.queries.receivables import invoices_on
from orders.rules.aging import Bucket, days_overdue
from orders.wording import BUCKETS
from reports.queries.books import books_of
from reports.queries.expected import debts_by_brand, late_payers
from reports.queries.finance import Picture
from reports.queries.turnover import slices
from reports.wording import FORMULAS, TURNOVER, told_of_forecast

MOST_ROWS = 1_000_000  # a sheet has 1 048 576 of them
CHUNK = 2000
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# The sum of a column of invoices is written by the program, not by a formula: it must be right without a recalculation.
SLICES = ("manager", "channel", "group")


class Sheet:
    """A sheet that is written row by row."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, headings: Sequence[Any], widths: Sequence[int]):
        self.sheet = book.add_worksheet(name[:31])
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "dd.mm.yyyy"})
        for number, width in enumerate(widths):
            self.sheet.set_column(number, number, width)
        self.at = 0
        self.sheet.freeze_panes(1, 0)
        self.row([str(heading) for heading in headings], self.bold)

    def row(self, values: Iterable[Any], style: Any = None) -> None:
        """One row: words, money, days; unknown cells stay empty."""
        for number, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, Decimal):
                self.sheet.write_number(self.at, number, value, style or self.money)
            elif isinstance(value, int):
                self.sheet.write_number(self.at, number, value, style)
            elif isinstance(value, str):
                self.sheet.write_string(self.at, number, value, style)
            else:
                self.sheet.write_datetime(self.at, number, value, self.day)
        self.at += 1


def write_book(user, found: Picture, file: IO[bytes]) -> int:
    """Write the workbook of a picture; returns how many invoices it lists.

    Sheets: summary, clients, KAMs, channels, groups, brands, months, cash, late payers, open invoices, money on
    account.
    """
    book = xlsxwriter.Workbook(file, OPTIONS)
    _summary(book, found)
    _clients(book, found)
    for by in SLICES:
        _slices(book, user, found, by)
    _brands(book, user, found)
    _trend(book, found)
    _cash(book, user, found)
    count = _invoices(book, user, found)
    _on_account(book, user, found)
    book.close()
    return count


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the summary; `kind` says whether it is money, days or percents."""

    label: str
    value: Decimal | None
    note: str = ""
    kind: str = "money"


def summary_rows(found: Picture) -> list[Figure]:
    """The figures of the picture and how they are made; the paper for the board has the same."""
    total, turnover = found.ageing.total, found.turnover
    rows = [
        Figure(_("Receivables"), total.total),
        *(Figure(str(BUCKETS[bucket]), total.buckets[bucket]) for bucket in Bucket),
        Figure(_("Overdue"), total.overdue),
        Figure(_("Money on account"), total.on_account, _("Not netted against debts.")),
        Figure(_("Sales of the period"), turnover.sales, _("Invoices less credit notes, VAT included.")),
        _named("simple", turnover.simple.value),
        _named("count_back", turnover.count_back.value),
        _named("best_possible", turnover.best_possible.value),
        _named("effectiveness", turnover.effectiveness.value, "percent"),
        Figure(_("The five largest debtors owe, %"), found.concentration, "", "percent"),
    ]
    if found.credit:
        credit = found.credit
        rows += [
            Figure(_("Exposure"), credit.exposure, _("Open invoices, shipped not invoiced, confirmed not shipped.")),
            Figure(_("Credit limits"), credit.limit),
            Figure(_("Exposure insured or guaranteed"), credit.insured),
            Figure(_("Exposure over limits"), credit.over_limit),
            Figure(_("Held orders"), credit.held_total),
            Figure(_("Promised to pay"), credit.promised),
        ]
    return rows


def _named(name: str, value: Decimal | None, kind: str = "days") -> Figure:
    return Figure(str(TURNOVER[name]), value, str(FORMULAS[name]), kind)


def _summary(book, found: Picture) -> None:
    sheet = Sheet(book, _("Summary"), [_("As of"), formats.day(found.asked.day), ""], [44, 20, 60])
    sheet.row([_("Currency"), found.asked.currency])
    sheet.row([_("Period"), f"{formats.day(found.turnover.first)} – {formats.day(found.turnover.day)}"])
    for figure in summary_rows(found):
        sheet.row((figure.label, figure.value, figure.note))


def _clients(book, found: Picture) -> None:
    headings = [_("Client"), *(BUCKETS[bucket] for bucket in Bucket), _("Total"), _("Money on account")]
    sheet = Sheet(book, _("Clients"), headings, [44, *[16] * 7])
    for row in (*found.ageing.rows, found.ageing.total):
        sheet.row([row.label, *row.buckets.values(), row.total, row.on_account])


def _slices(book, user, found: Picture, by: str) -> None:
    names = {"manager": _("By KAM"), "channel": _("By channel"), "group": _("By group")}
    headings = [
        names[by], _("Total"), _("Overdue"), BUCKETS[Bucket.OVER_90], _("Money on account"), TURNOVER["simple"],
        TURNOVER["effectiveness"],
    ]  # fmt: skip
    sheet = Sheet(book, names[by], headings, [44, *[16] * 6])
    asked = found.asked
    for each in slices(user, asked.day, by, asked.scope, asked.currency, asked.months):
        figures = (each.total, each.overdue, each.over_90, each.on_account)
        sheet.row([each.label, *figures, each.simple.value, each.effectiveness.value])


def _brands(book, user, found: Picture) -> None:
    asked = found.asked
    kept, brands = debts_by_brand(books_of(user, asked.scope, asked.currency), asked.day)
    as_of = _("As of %(day)s") % {"day": formats.day(kept)}
    sheet = Sheet(book, _("By brand"), [_("Brand"), _("Total"), _("Overdue"), as_of], [44, 16, 16, 24])
    for each in brands:
        sheet.row([each.name or _("No brand: debts without lines"), each.total, each.overdue])


def _trend(book, found: Picture) -> None:
    headings = [_("Day"), *(BUCKETS[bucket] for bucket in Bucket), _("Total")]
    sheet = Sheet(book, _("Months"), headings, [14, *[16] * 6])
    for each in found.trend:
        sheet.row([each.day, *(each.buckets[bucket.value] for bucket in Bucket), each.total])


def _cash(book, user, found: Picture) -> None:
    sheet = Sheet(
        book, _("Cash by week"), [_("Week from"), _("Falls due"), _("Expected"), _("Came in")], [14, 16, 16, 16]
    )
    for each in found.cash.weeks:
        sheet.row([each.monday, each.due, each.expected, each.received])
    sheet.row([])
    sheet.row([told_of_forecast(found.cash)])
    asked = found.asked
    _foreseen, late = late_payers(books_of(user, asked.scope, asked.currency), asked.day, limit=MOST_ROWS)
    headings = [_("Client"), _("Expected"), _("Came in"), _("Missing")]
    sheet = Sheet(book, _("Late against expected"), headings, [44, 16, 16, 16])
    for each in late:
        sheet.row([each.name, each.expected, each.received, each.late])


def _invoices(book, user, found: Picture) -> int:
    headings = [
        _("Number"), _("Issued"), _("Due"), _("Client"), _("KAM"), _("Amount"), _("Unpaid"), _("Days late"), _("Age"),
    ]  # fmt: skip
    sheet = Sheet(book, _("Open invoices"), headings, [18, 12, 12, 44, 24, 16, 16, 10, 16])
    asked, count, unpaid = found.asked, 0, Decimal("0.00")
    rows = invoices_on(user, asked.day, asked.scope, currency=asked.currency).select_related("client__manager")
    for invoice in rows.order_by("due_on", "pk")[:MOST_ROWS].iterator(chunk_size=CHUNK):
        manager = invoice.client.manager
        sheet.row([
            invoice.number, invoice.issued_on, invoice.due_on, invoice.client.name, manager.name if manager else "",
            invoice.amount, invoice.open_on_day, max(days_overdue(invoice.due_on, asked.day), 0),
            str(BUCKETS[Bucket(invoice.bucket)]),
        ])  # fmt: skip
        count += 1
        unpaid += invoice.open_on_day
    sheet.row([_("Total"), None, None, None, None, None, unpaid], sheet.bold)
    return count


def _on_account(book, user, found: Picture) -> None:
    sheet = Sheet(book, _("Money on account"), [_("Client"), _("Money on account")], [44, 16])
    for row in found.ageing.rows:
        if row.on_account:
            sheet.row([row.label, row.on_account])
    sheet.row([_("Total"), found.ageing.total.on_account], sheet.bold)
