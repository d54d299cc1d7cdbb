"""The dashboard as a workbook: at once where it lists few invoices, else made by a worker."""

import io
import tempfile
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.actions.exports import EXPORT, log_export
from kam.models import Run
from kam.pages import Screen
from kam.pages.exports import EXPORT_INLINE, XLSX_TYPE
from kam.pages.registry import page_named
from kam.pages.views import gone_to
from kam.refusals import Forbidden
from kam.replica import reading_from_replica
from kam.runs import start_run, work
from orders.queries.receivables import invoices_on
from reports.documents.book import write_book
from reports.pages.asking import Address, read_params
from reports.queries.finance import picture

KIND = "finance_book"
LOGGED_AS = "reports.finance"
VIEW = "orders.view_invoice"


class FinanceBookScreen(Screen):
    """The workbook; needs the right to export, and is written down."""

    app, name, path = "reports", "finance_book", "reports/finance.xlsx"
    title, permission = _("Finance workbook"), VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(EXPORT):
            raise PermissionDenied
        address = read_params(request.GET, request.user)
        asked = address.asked
        rows = invoices_on(request.user, asked.day, asked.scope, currency=asked.currency).order_by()
        if rows[: EXPORT_INLINE + 1].count() > EXPORT_INLINE:
            return self.later(request, address)
        file = io.BytesIO()
        with reading_from_replica():
            count = write_book(request.user, picture(request.user, asked), file)
        place = request.META.get("REMOTE_ADDR")
        log_export(by=request.user, page=LOGGED_AS, query=urlencode(address.query), rows=count, address=place)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name_of(address), content_type=XLSX_TYPE)

    def later(self, request: HttpRequest, address: Address) -> HttpResponse:
        """Have a worker make it; the person watches it there."""
        title = gettext("Finance workbook as of %(day)s") % {"day": formats.day(address.asked.day)}
        parameters = {"query": urlencode(address.query), "address": request.META.get("REMOTE_ADDR")}
        run = start_run(KIND, title, by=request.user, parameters=parameters)
        return gone_to(request, page_named("kam.run").detail_url(run.pk))


def name_of(address: Address) -> str:
    """The name of the file."""
    return f"finance-{address.asked.day.isoformat()}.xlsx"


@work(KIND)
def make_book(run: Run, watch) -> None:
    """Make a large workbook as its person may see it now."""
    if not (run.by.has_perm(EXPORT) and run.by.has_perm(VIEW)):
        raise Forbidden(gettext("You have no right to export."))
    address = read_params(QueryDict(run.parameters["query"]), run.by)
    with tempfile.TemporaryFile() as file:
        with reading_from_replica():
            count = write_book(run.by, picture(run.by, address.asked), file)
        watch.tell(count, count)
        file.seek(0)
        run.report.save(name_of(address), File(file), save=False)
    query, place = run.parameters["query"], run.parameters.get("address")
    log_export(by=run.by, page=LOGGED_AS, query=query, rows=count, address=place)
