"""The finance workbook: at once where it lists few invoices, else made by a worker."""

import io
import tempfile
from urllib.parse import urlencode

from django.core.files import File
from django.http import QueryDict
from django.utils.translation import gettext as _

from kam import formats
from kam.actions.exports import log_export
from kam.books import demand_export
from kam.models import Run, User
from kam.pages.exports import EXPORT_INLINE
from kam.refusals import Forbidden
from kam.replica import reading_from_replica
from kam.runs import join_run, work
from orders.queries.receivables import invoices_on
from reports.asking import Address, read_params
from reports.documents.book import write_book
from reports.queries.finance import picture

KIND = "finance_book"
LOGGED_AS = "reports.finance"
VIEW = "orders.view_invoice"


def make_finance_book(asked: Address, *, by: User, address: str | None) -> io.BytesIO | Run:
    """The workbook of a dashboard, written to the log of exports; the run of a worker where it lists many invoices.

    `address` is where the person sits. Raises Forbidden without the right to export.
    """
    demand_export(by)
    query, what = urlencode(asked.query), asked.asked
    rows = invoices_on(by, what.day, what.scope, currency=what.currency).order_by()
    if rows[: EXPORT_INLINE + 1].count() > EXPORT_INLINE:
        title = _("Finance workbook as of %(day)s") % {"day": formats.day(what.day)}
        return join_run(KIND, title, by=by, parameters={"query": query, "address": address})
    file = io.BytesIO()
    with reading_from_replica():
        count = write_book(by, picture(by, what), file)
    log_export(by=by, page=LOGGED_AS, query=query, rows=count, address=address)
    file.seek(0)
    return file


def name_of(asked: Address) -> str:
    """The name of the file."""
    return f"finance-{asked.asked.day.isoformat()}.xlsx"


@work(KIND)
def write_finance_book(run: Run, watch) -> None:
    """Make a large workbook as its person may see it now. Raises Forbidden where they no longer may."""
    demand_export(run.by)
    if not run.by.has_perm(VIEW):
        raise Forbidden(_("You have no right to export."))
    asked = read_params(QueryDict(run.parameters["query"]), run.by)
    with tempfile.TemporaryFile() as file:
        with reading_from_replica():
            count = write_book(run.by, picture(run.by, asked.asked), file)
        watch.tell(count, count)
        file.seek(0)
        run.report.save(name_of(asked), File(file), save=False)
    query, place = run.parameters["query"], run.parameters.get("address")
    log_export(by=run.by, page=LOGGED_AS, query=query, rows=count, address=place)
