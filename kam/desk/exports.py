"""Long exports in the background, and the log of all exports."""

import tempfile

from django.core.files import File
from django.utils.translation import gettext_lazy

from kam.actions.exports import KIND, log_export, may_export, start_export
from kam.models import ExportLog, Run, User
from kam.pages import ChoicesFilter, Column, Facts, FilterSet, Page, RemoteFilter, Table
from kam.pages.exports import FORMATS, set_background, write_file
from kam.pages.registry import page_named
from kam.runs import work


def started(page, user, query: str, form: str, address: str | None) -> str:
    """Have a long list written to a file by a worker; returns the address to watch it at."""
    run = start_export(page, by=user, query=query, form=form, address=address)
    return page_named("kam.run").detail_url(run.pk)


@work(KIND)
def export_rows(run: Run, watch) -> None:
    """Write the list as its person sees it now; rights are asked again, since they may have ended meanwhile."""
    page, query, form = page_named(run.parameters["page"]), run.parameters["query"], run.parameters["format"]
    may_export(page, run.by)
    with tempfile.TemporaryFile() as file:
        rows = write_file(page, run.by, query, form, file, watch.tell)
        watch.tell(rows, rows)
        log_export(by=run.by, page=page.key(), query=query, rows=rows, form=form, address=run.parameters.get("address"))
        file.seek(0)
        run.report.save(run.parameters["report_name"], File(file), save=False)


set_background(started)


class ExportTable(Table):
    at = Column(gettext_lazy("When"), kind="moment", sort=True)
    by = Column(gettext_lazy("Who"), kind="person")
    page = Column(gettext_lazy("List"), accessor=lambda log: list_title(log.page))
    rows = Column(gettext_lazy("Rows"), kind="quantity", sort=True)
    format = Column(gettext_lazy("Format"), accessor=lambda log: log.format.upper())
    address = Column(gettext_lazy("Address"), visible=False)

    class Meta:
        related = ("by",)
        sort = "-at"


class ExportFilter(FilterSet):
    by = RemoteFilter(label=gettext_lazy("Who"), queryset=User.objects.all())
    format = ChoicesFilter(label=gettext_lazy("Format"), choices=[(form, form.upper()) for form in FORMATS])

    class Meta:
        model = ExportLog
        fields = ()


def list_title(key: str) -> str:
    """The name of an exported list in words."""
    page = page_named(key)
    return str(page.titles) if page else key


class ExportLogPage(Page):
    """Who took which rows out of the program."""

    model, table, filterset = ExportLog, ExportTable, ExportFilter
    path, icon = "exports", "file-export"
    menu, menu_order = "settings", 220
    panels = (Facts("at", "by", "page", "rows", "format", "query", "address"),)
    empty = gettext_lazy("Nobody has exported anything yet.")

    @classmethod
    def heading(cls, document):
        return list_title(document.page)
