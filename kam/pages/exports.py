"""Lists as files. What is exported is exactly what the list shows: filters, sorting, and the user's columns.

A list of up to EXPORT_INLINE rows is answered at once. A longer one is handed to the function that `set_background`
names (`kam.desk.exports` does); it calls `write_file` in a worker.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import IO, Any

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kam.actions.exports import file_name, log_export
from kam.books import PLAIN_TEXT, xlsx_response
from kam.pages.lists import Listing
from kam.pages.tables import Column
from kam.pages.views import PageView, gone_to

EXPORT_INLINE = 10_000
FORMATS = ("xlsx", "csv")
CHUNK = 2000
WORKBOOK_TYPES = (str, int, float, Decimal, bool, date, NoneType)
# A cell beginning with one of these is a formula for a spreadsheet program, whoever typed it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Background = Callable[[Any, Any, str, str, str | None], str]
_background: list[Background] = []


def set_background(start: Background) -> None:
    """Name the function that starts a long export: (page, user, query, format, from where) -> address to watch it."""
    _background[:] = [start]


class ExportView(PageView):
    """GET: the filtered list as `?format=xlsx` or `csv`, at once or in the background."""

    verb = "export"

    def get(self, request: HttpRequest) -> HttpResponse:
        params = request.GET.copy()
        form = (params.pop("format", ["xlsx"]) or ["xlsx"])[-1]
        form = form if form in FORMATS else "xlsx"
        listing = Listing(self.page, request.user, params, request)
        count = listing.filtered.order_by()[: EXPORT_INLINE + 1].count()
        if count > EXPORT_INLINE:
            return self.long(request, listing, form)
        log_export(
            by=request.user, page=self.page.key(), query=listing.query, rows=count, form=form,
            address=request.META.get("REMOTE_ADDR"),
        )  # fmt: skip
        name = file_name(self.page, form)
        if form == "csv":
            response: Any = StreamingHttpResponse(csv_lines(listing), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        # Closed by the response when it has been sent.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        write_xlsx(listing, file)
        file.seek(0)
        return xlsx_response(file, name)

    def long(self, request: HttpRequest, listing: Listing, form: str) -> HttpResponse:
        if not _background:
            text = _("More than %(count)s rows: narrow the list and export it again.")
            messages.error(request, text % {"count": EXPORT_INLINE})
            return gone_to(request, listing.address())
        address = _background[0](self.page, request.user, listing.query, form, request.META.get("REMOTE_ADDR"))
        messages.success(request, _("The file is being made; you will find it here."))
        return gone_to(request, address)


def write_file(page: Any, user: Any, query: str, form: str, file: IO[bytes], report: Any = None) -> int:
    """Write a list into a binary file in a worker; returns the rows written.

    `report(done)` is called every CHUNK rows.
    """
    listing = Listing(page, user, QueryDict(query))
    if form == "xlsx":
        return write_xlsx(listing, file, report)
    done = 0
    for line in csv_lines(listing):
        file.write(line.encode())
        done += 1
        if report and done % CHUNK == 0:
            report(done)
    return done - 1


def csv_lines(listing: Listing) -> Iterator[str]:
    """CSV as spreadsheet programs open it in Russia: semicolons, comma for decimals, a mark of UTF-8 in front."""
    buffer = io.StringIO()
    write = csv.writer(buffer, delimiter=";")

    def taken() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    write.writerow([str(column.label) for column in listing.columns])
    yield "\ufeff" + taken()
    for row in exported(listing):
        write.writerow([_csv_value(column, row) for column in listing.columns])
        yield taken()


def _csv_value(column: Column, row: Any) -> str:
    value = column.export_value(row)
    if value is None:
        return ""
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    if isinstance(value, datetime):
        return _naive(value).isoformat(" ", "minutes")
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_SIGNS) else text


def write_xlsx(listing: Listing, file: IO[bytes], report: Any = None) -> int:
    """A workbook with a frozen bold heading; figures and dates stay figures and dates. Memory stays flat."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **PLAIN_TEXT})
    sheet = book.add_worksheet(str(listing.page.titles)[:31].translate(str.maketrans("[]:*?/\\", "       ")))
    bold = book.add_format({"bold": True, "bottom": 1})
    styles = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "quantity": book.add_format({"num_format": "#,##0"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "date": book.add_format({"num_format": "dd.mm.yyyy"}),
        "moment": book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
    }
    for index, column in enumerate(listing.columns):
        sheet.set_column(index, index, 16 if column.numeric or column.kind in ("date", "moment") else 28)
        sheet.write_string(0, index, str(column.label), bold)
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(exported(listing), 1):
        for index, column in enumerate(listing.columns):
            value = column.export_value(row)
            if isinstance(value, datetime):
                value = _naive(value)
            elif not isinstance(value, WORKBOOK_TYPES):
                value = str(value)
            sheet.write(number, index, value, styles.get(column.kind))
        if report and number % CHUNK == 0:
            report(number)
    book.close()
    return number


def exported(listing: Listing) -> Iterator[Any]:
    """The rows of an export, in chunks, with their set-based figures."""
    chunk: list[Any] = []
    for row in listing.sorted.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            listing.page.decorate(chunk, listing.user)
            yield from chunk
            chunk = []
    listing.page.decorate(chunk, listing.user)
    yield from chunk


def _naive(value: datetime) -> datetime:
    return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
