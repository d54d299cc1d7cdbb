"""Background runs: watch one, take its result, cancel it."""

import mimetypes
from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from kam.desk.bulk import KIND as BULK
from kam.desk.bulk import refused_of
from kam.desk.counts import counted
from kam.desk.messages import told
from kam.imports import importer_named
from kam.models import Run, User
from kam.pages import Button, ChoicesFilter, Column, Facts, FilterSet, Page, Panel, RemoteFilter, Screen, Table
from kam.pages.views import gone_to
from kam.refusals import Refused
from kam.runs import cancel_run

LIVE = (Run.Status.WAITING, Run.Status.RUNNING)


def is_live(run, user=None) -> bool:
    """Whether the run waits or works."""
    return run.status in LIVE


def share_done(run) -> int | None:
    """The share that is done, in percent; None where the total is not known."""
    return min(100, run.done * 100 // run.total) if run.total else None


def may_cancel(run, user) -> bool:
    """Whether the button that cancels it is offered."""
    open_still = is_live(run) or run.status == Run.Status.CHECKED
    return open_still and (run.by_id == user.pk or user.has_perm("kam.change_setting"))


def shown(run) -> dict:
    """What the progress panel needs."""
    unchanged = run.status == Run.Status.DONE and run.kind == "import" and not run.parameters["report"]["changes"]
    return {
        "run": run,
        "live": is_live(run),
        "share": share_done(run),
        "counts": counted(run),
        "unchanged": unchanged,
        "leads_to": goes_on(run),
        **(by_rows(run) if run.kind == BULK else {}),
        "problem_count": (run.parameters.get("report") or {}).get("problem_count", len(run.findings)),
    }


def goes_on(run) -> list[tuple[Any, str]]:
    """Where the work goes on after an import that is done: labels and addresses."""
    if run.kind != "import" or run.status != Run.Status.DONE:
        return []
    return [(label, reverse(name)) for label, name in importer_named(run.parameters["importer"]).leads_to]


def by_rows(run) -> dict:
    """A step on many rows is written row by row: what was done and refused stands also where the rest was cancelled."""
    known = run.parameters
    return {"by_rows": True, "taken": len(known["results"]), "of": len(known["keys"]), "refused": refused_of(run)}


class RunTable(Table):
    title = Column(_("Work"), kind="link", accessor="title")
    status = Column(_("State"), kind="chip")
    done = Column(_("Done"), kind="quantity", accessor="done")
    by = Column(_("Started by"), kind="person")
    created_at = Column(_("Started"), kind="moment", sort=True)
    finished_at = Column(_("Finished"), kind="moment")

    class Meta:
        related = ("by",)
        sort = "-created_at"


class RunFilter(FilterSet):
    status = ChoicesFilter(label=_("State"), choices=Run.Status.choices)
    title = CharFilter(label=_("Work"), lookup_expr="icontains")
    by = RemoteFilter(label=_("Started by"), queryset=User.objects.all())

    class Meta:
        model = Run
        fields = ()


class Progress(Panel):
    """How far the run is, asked again and again while it lasts; then what came of it."""

    template = "kam/desk/run_progress.html"

    def context(self, document, request):
        return shown(document)


class RunPage(Page):
    """Work in the background: imports, exports, nightly jobs."""

    model, table, filterset = Run, RunTable, RunFilter
    path, icon = "runs", "stack-2"
    menu, menu_order = "settings", 210
    exportable = False
    tones = {
        "checked": "wait",
        "waiting": "wait",
        "running": "work",
        "done": "done",
        "failed": "wrong",
        "cancelled": "draft",
    }
    status = "status"
    panels = (
        Progress(),
        Facts("by", "created_at", "started_at", "finished_at", ("attempts", _("Attempts")), title=_("Run"), side=True),
    )
    actions = (
        Button(
            _("Cancel"),
            lambda run, user: reverse("kam:run_cancel", args=[run.pk]),
            icon="player-stop",
            shown=may_cancel,
            post=True,
        ),
    )
    empty = _("Imports, exports and nightly jobs appear here as they run.")

    @classmethod
    def detail_rows(cls, user):
        return cls.rows(user).select_related("by")


def run_of(request, pk) -> Run:
    """The run if this person may see it, else 404."""
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("by"), pk=pk)


class RunProgress(Screen):
    """GET: the progress panel alone; the last answer reloads the page, with the buttons and facts of the end."""

    app, name, path = "kam", "run_progress", "runs/<int:pk>/progress/"
    permission = "kam.view_run"

    def get(self, request, pk):
        run = run_of(request, pk)
        answer = self.render(shown(run), template=Progress.template)
        if not is_live(run):
            answer["HX-Refresh"] = "true"
        return answer


class RunFile(Screen):
    """GET: the result of a run or the file it was given, saved and never shown."""

    app, name, path = "kam", "run_file", "runs/<int:pk>/<slug:part>/file/"
    permission = "kam.view_run"

    def get(self, request, pk, part):
        return file_of(run_of(request, pk), part)


def file_of(run: Run, part: str) -> FileResponse:
    """The result of a run (`report`) or the file it was given (`source`), for saving; else 404."""
    file = {"report": run.report, "source": run.source}.get(part)
    if not file:
        raise Http404
    return saved_as(file, run.parameters.get(f"{part}_name") or file.name.rsplit("/", 1)[-1])


def saved_as(file, name: str) -> FileResponse:
    """A stored file for saving: the browser neither opens it nor guesses what it is; 404 where it is gone."""
    if not file.storage.exists(file.name):
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


class RunCancel(Screen):
    """POST: cancel a run."""

    app, name, path = "kam", "run_cancel", "runs/<int:pk>/cancel/"
    permission = "kam.view_run"
    http_method_names = ("post",)

    def post(self, request, pk):
        run = run_of(request, pk)
        refused = None
        try:
            cancel_run(run.pk, by=request.user)
        except Refused as error:
            refused = error
        told(request, _("The work is cancelled."), refused)
        return gone_to(request, RunPage.detail_url(pk))
