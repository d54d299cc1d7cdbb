"""A client's account as a workbook."""

from urllib.parse import urlencode

import xlsxwriter
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam import formats
from kam.books import Book
from orders.queries.client_ledger import Ledger
from orders.wording import ENTRIES


def account_book(client: Client, found: Ledger) -> Book:
    """Every document of the period with the balance after it."""

    def write(book: xlsxwriter.Workbook) -> None:
        money = book.add_format({"num_format": "#,##0.00"})
        whole = book.add_format({"num_format": "#,##0.00", "bold": 1})
        bold, day = book.add_format({"bold": 1}), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet()
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 2, 24)
        sheet.set_column(3, 5, 16)
        sheet.write_string(0, 0, f"{client}, {found.currency}", bold)
        sheet.write_string(1, 0, f"{formats.day(found.starts_on)} – {formats.day(found.ends_on)}")
        labels = (_("Day"), _("Document"), _("Number"), _("Debit"), _("Credit"), _("Balance"))
        sheet.write_row(2, 0, [str(label) for label in labels], bold)
        sheet.write_string(3, 1, pgettext("settlements", "Opening balance"), bold)
        sheet.write_number(3, 5, found.opening, whole)
        at = 4
        for at, row in enumerate(found.rows, start=4):
            sheet.write_datetime(at, 0, row.day, day)
            sheet.write_row(at, 1, [str(ENTRIES[row.entry.value]), row.number])
            sheet.write_row(at, 3, [row.debit, row.credit, row.balance], money)
        end = 4 + len(found.rows)
        sheet.write_string(end, 1, gettext("Turnover and closing balance"), bold)
        sheet.write_row(end, 3, [found.debit, found.credit, found.closing], whole)
        sheet.freeze_panes(3, 0)

    period = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    asked = {"client": client.pk, **period, "contract": found.contract_id, "currency": found.currency}
    query = urlencode({name: str(value) for name, value in asked.items() if value})
    name = "-".join(str(part) for part in ("account", client.pk, *period.values()) if part)
    return Book("orders.account", query, len(found.rows), f"{name}.xlsx", write)
