"""The import of a file: drop it, see what was understood, commit, watch, take the bad rows back."""

import tempfile

import xlsxwriter
from django import forms
from django.contrib import messages
from django.core.files import File
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.actions.imports import KIND, check_again, commit_import, start_import, upload_of
from kam.books import PLAIN_TEXT
from kam.desk.messages import told
from kam.desk.runs import Progress, RunPage
from kam.files import ColumnsNotFound, cells
from kam.imports import Importer, Report, importer_named, importers_for
from kam.models import Run
from kam.pages import DayField, Form, Panel, Screen
from kam.pages.fields import number_of
from kam.pages.views import gone_to
from kam.refusals import Refused
from kam.runs import work

FINDINGS_SHOWN = 100
RECENT = 10
LAST_HEADER = 1_000


# -------------------------------------------------------------------- in the worker


@work(KIND)
def import_files(run: Run, watch) -> None:
    """Check the files, or take them; the bad rows become a file beside the run."""
    importer, upload = importer_named(run.parameters["importer"]), upload_of(run)
    committing = run.parameters["stage"] == "commit"
    try:
        report = (importer.commit if committing else importer.check)(upload, watch.tell)
    except ColumnsNotFound as refused:
        report = Report()
        report.understood(refused.table)
        run.parameters = {**run.parameters, "report": {**report.as_json(), "changes": 0, "sample": shown(report)}}
        raise
    kept = report.as_json()
    run.counts = {key: count for key, count in kept.pop("counts").items() if not key.startswith("cml_")}
    run.findings = sorted(kept.pop("problems"), key=lambda each: (each["file"], each["row"]))[:FINDINGS_SHOWN]
    understood = {**kept, "changes": report.changes, "sample": shown(report)}
    run.parameters = {**run.parameters, "report": understood}
    if report.left_out if importer.columns(upload) else report.problems:
        with tempfile.TemporaryFile() as file:
            write_bad_rows(importer, upload, report, file)
            file.seek(0)
            run.parameters["report_name"] = f"{run.parameters['source_name'].rsplit('.', 1)[0][:80]} – errors.xlsx"
            run.report.save("errors.xlsx", File(file), save=False)
    else:
        run.report = ""
    if not committing:
        run.status = Run.Status.CHECKED


def shown(report: Report) -> list[list[str]]:
    """The first rows as a page shows them."""
    return [[cells.as_seen(cell)[:60] for cell in row] for row in report.sample[:5]]


def write_bad_rows(importer: Importer, upload, report: Report, file) -> None:
    """The rows that were left out, as they lay in the file, each with what is wrong, ready to be mended and sent again.

    A file that is no list gives its problems alone.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **PLAIN_TEXT})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "bottom": 1})
    wrong: dict[int, list[str]] = {}
    for each in report.left_out:
        wrong.setdefault(each.row, []).append(f"{each.column}: {each.text}" if each.column else each.text)
    if importer.columns(upload):
        table = importer.opened(upload, Report())
        first = [*table.header.mapping.headers, _("What is wrong")]
        rows = (
            [*cells, *[""] * (len(first) - 1 - len(cells)), "; ".join(wrong[number])]
            for number, cells in enumerate(table.raw_rows(), 1)
            if number in wrong
        )
    else:
        first = [_("File"), _("Line"), _("Column"), _("Value"), _("What is wrong")]
        rows = ([each.file, each.row, each.column, each.value, each.text] for each in report.problems)
    for column, text in enumerate(first):
        sheet.write_string(0, column, text, bold)
    sheet.freeze_panes(1, 0)
    for number, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            plain = value is None or isinstance(value, str | int | float | bool)
            sheet.write(number, column, value if plain else str(value))
    book.close()


# -------------------------------------------------------------------- on the pages


class Imports(Screen):
    """What can be imported, in the order in which a company starts from its spreadsheets."""

    app, name, path = "kam", "imports", "imports/"
    title, icon = gettext_lazy("Imports"), "file-import"
    menu, menu_order = "settings", 200
    template = "kam/desk/imports.html"

    @classmethod
    def offered(cls, user):
        return bool(importers_for(user))

    def context(self, request, **kwargs):
        recent = list(Run.objects.visible_to(request.user).filter(kind=KIND).order_by("-pk")[:RECENT])
        for run in recent:
            run.tone = RunPage.tones[run.status]
        return {"importers": importers_for(request.user), "recent": recent}


class ImportNew(Screen):
    """GET: drop a file of one kind. POST: keep it and have it checked."""

    app, name, path = "kam", "import_new", "imports/<slug:importer>/"
    template = "kam/desk/import_new.html"

    def importer(self, request, name: str) -> Importer:
        found = {each.name: each for each in importers_for(request.user)}
        if name not in found:
            raise Http404
        return found[name]

    def context(self, request, importer="", **kwargs):
        found = self.importer(request, importer)
        asked = options_form(found)()
        return {"title": found.label, "importer": found, "columns": found.columns(), "form": asked, **kwargs}

    def post(self, request, importer):
        found = self.importer(request, importer)
        form = options_form(found)(request.POST)
        if not form.is_valid():
            return self.render(self.context(request, importer, form=form), status=422)
        options = said(form)
        try:
            run = start_import(found, request.FILES.getlist("files"), by=request.user, options=options)
        except Refused as refused:
            texts = [str(refusal.text) for refusal in refused.refusals]
            return self.render(self.context(request, importer, errors=texts, form=form), status=422)
        return gone_to(request, RunPage.detail_url(run.pk))


def options_form(importer: Importer) -> type[Form]:
    """The form of what the importer asks for beside the file; an empty one where it asks for nothing."""
    fields = {}
    for option in importer.options:
        said = {"label": option.label, "help_text": option.help, "required": False}
        if option.choices is None:
            fields[option.name] = DayField(**said)
        else:
            fields[option.name] = forms.ChoiceField(choices=[("", "—"), *option.choices()], **said)
    return type("OptionsForm", (Form,), fields)


def said(form: Form) -> dict[str, str]:
    """The options that were chosen, as a run keeps them."""
    return {name: str(value) for name, value in form.cleaned_data.items() if value}


class ImportPanel(Panel):
    """What was understood of a file: its columns, the first rows, what would be done, what is wrong."""

    template = "kam/desk/import_panel.html"

    def context(self, document, request):
        if document.kind != KIND or document.by_id != request.user.pk:
            return None
        parameters = document.parameters
        unread = document.status == Run.Status.FAILED and parameters.get("stage") == "check"
        if document.status != Run.Status.CHECKED and not unread:
            return None
        report = parameters.get("report") or {}
        importer = importer_named(parameters["importer"])
        columns = importer.columns()
        return {
            "run": document,
            "importer": importer,
            "columns": columns,
            "report": report,
            "overview": facts_of(report),
            "headings": headings_of(report, columns),
            "sample": report.get("sample", []),
            "problem_count": report.get("problem_count", 0),
            "unread": unread,
            "form": options_form(importer)(initial=parameters.get("options") or {}),
        }


FEW = 4  # rows of an overview that are read better as facts than across


def facts_of(report: dict) -> list[list[tuple[str, str]]]:
    """The rows of a short overview, each as pairs of heading and value; of a long one nothing, it stays a table."""
    headings, rows = report.get("overview") or ((), ())
    return [list(zip(headings, row, strict=True)) for row in rows] if len(rows) <= FEW else []


def headings_of(report: dict, columns) -> list[dict]:
    """Every heading of the file with the column it was taken for; a column with cells and no heading by its letter."""
    known = {each.name for each in columns}
    taken = {place: name for name, place in (report.get("places") or {}).items() if name in known}
    filled = {place for row in report.get("sample") or [] for place, cell in enumerate(row) if cell}
    headers = report.get("headers") or []
    return [
        {"place": place, "heading": heading or letters_of(place), "column": taken.get(place, "")}
        for place, heading in enumerate(headers)
        if heading or place in filled
    ]


def letters_of(place: int) -> str:
    """The name of a column in a workbook: A, B, … AA."""
    letters = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        letters, place = chr(65 + letter) + letters, place - 1
    return letters


class ImportCheck(Screen):
    """POST: check again with the mapping or the options chosen by hand; a file need not be sent twice."""

    app, name, path = "kam", "import_check", "imports/<int:pk>/check/"
    http_method_names = ("post",)

    def post(self, request, pk):
        run = get_object_or_404(Run.objects.visible_to(request.user), pk=pk, kind=KIND, by=request.user)
        places = {}
        for key, name in request.POST.items():
            place = number_of(key.removeprefix("place-"))
            if key.startswith("place-") and place is not None and name:
                places.setdefault(name, place)
        importer = importer_named(run.parameters["importer"])
        known = {column.name for column in importer.columns()}
        form = options_form(importer)(request.POST)
        if not form.is_valid():
            for name, errors in form.errors.items():
                messages.error(request, f"{form.fields[name].label}: {' '.join(errors)}")
            return gone_to(request, RunPage.detail_url(run.pk))
        refused, placed = None, {n: p for n, p in places.items() if n in known}
        try:
            check_again(
                run.pk,
                by=request.user,
                options=said(form),
                **(other_rows(request.POST, run) or {"places": placed or None}),
            )
        except Refused as error:
            refused = error
        told(request, _("The file is being checked again."), refused)
        return gone_to(request, RunPage.detail_url(run.pk))


def other_rows(post, run: Run) -> dict:
    """The sheet or the row of the headings, where a person chose another one than was taken."""
    report, chosen = run.parameters.get("report") or {}, {}
    if post.get("sheet") in report.get("sheets", ()) and post["sheet"] != report.get("sheet"):
        chosen["sheet"] = post["sheet"]
    row = number_of(post.get("header_row", ""))
    if row is not None and row != report.get("header_row"):
        chosen["header_row"] = min(row, LAST_HEADER)
    return chosen


class ImportCommit(Screen):
    """POST: take the checked file."""

    app, name, path = "kam", "import_commit", "imports/<int:pk>/commit/"
    http_method_names = ("post",)

    def post(self, request, pk):
        run = get_object_or_404(Run.objects.visible_to(request.user), pk=pk, kind=KIND, by=request.user)
        refused = None
        try:
            commit_import(run.pk, by=request.user)
        except Refused as error:
            refused = error
        told(request, _("The file is being taken."), refused)
        return gone_to(request, RunPage.detail_url(run.pk))


RunPage.panels = (Progress(), ImportPanel(), *RunPage.panels[1:])
