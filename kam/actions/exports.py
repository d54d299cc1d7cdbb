"""Starting an export of a list as its person sees it, and the log of every export, whatever was taken."""

from django.utils.translation import gettext as _

from kam import clock
from kam.models import ExportLog, Run, User
from kam.refusals import Forbidden
from kam.runs import start_run

KIND = "export"
EXPORT = "kam.export_rows"  # the right to take rows out of the program


def start_export(page, *, by: User, query: str, form: str, address: str | None = None) -> Run:
    """Have a list written to a file by a worker; returns the run to watch.

    `query` holds the filters and the sorting as the list's address has them, `address` is where the person sits.
    Raises Forbidden without the right to see the list or to export it.
    """
    may_export(page, by)
    title = _("Export: %(list)s") % {"list": page.titles}
    parameters = {
        "page": page.key(),
        "query": query,
        "format": form,
        "report_name": file_name(page, form),
        "address": address,
    }
    return start_run(KIND, title[:200], by=by, parameters=parameters)


def may_export(page, by: User) -> None:
    """Raise Forbidden unless there is such a list and the person may see and export it."""
    if page is None or not (page.exportable and page.may(by, "view") and page.may(by, "export")):
        raise Forbidden(_("You have no right to export this list."))


def log_export(
    *, by: User, page: str, query: str, rows: int, form: str = "xlsx", address: str | None = None
) -> ExportLog:
    """Write who took which rows out of the program; `page` is the name of what was exported, `address` from where."""
    return ExportLog.objects.create(by=by, page=page, query=query, format=form, rows=rows, address=address)


def file_name(page, form: str) -> str:
    """What the file of an export of today is called."""
    return f"{page.path.replace('/', '-')}-{clock.today().isoformat()}.{form}"
