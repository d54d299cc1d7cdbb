"""The ageing as a workbook."""

from urllib.parse import urlencode

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from kam.books import Book
from orders.forms.ageing import Asked
from orders.queries.receivables import Ageing
from orders.rules.aging import Bucket
from orders.wording import BUCKETS

KEYS = {"client": _("Client"), "group": _("Group"), "manager": _("KAM"), "channel": _("Channel")}


def ageing_book(asked: Asked, found: Ageing) -> Book:
    """Every row of the ageing and the sum of all."""

    def write(book: xlsxwriter.Workbook) -> None:
        money, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": 1})
        sheet = book.add_worksheet()
        labels = [KEYS[asked.by], *(BUCKETS[bucket] for bucket in Bucket), _("Total"), _("Money on account")]
        sheet.write_row(0, 0, [str(label) for label in labels], bold)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, len(labels) - 1, 16)
        for number, row in enumerate((*found.rows, found.total), start=1):
            sheet.write_string(number, 0, row.label)
            sheet.write_row(number, 1, [*row.buckets.values(), row.total, row.on_account], money)
        sheet.freeze_panes(1, 1)

    name = f"receivables-{asked.as_of.isoformat()}-{asked.by}.xlsx"
    query = urlencode(asked.query)
    return Book("orders.ageing", query, len(found.rows), name, write)
