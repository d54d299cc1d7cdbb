"""Imports in the browser: a file is kept, checked by a worker, looked at by its person, then committed by a worker."""

import uuid
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from kam import clock
from kam.access import authority
from kam.imports import Importer, Upload, importer_named
from kam.models import ImportMapping, Run, User
from kam.refusals import Refusal, Refused
from kam.runs import send, start_run
from kam.writing import writes

KIND = "import"
MOST_FILES = 50


@writes
def start_import(importer: Importer, files, *, by: User, options=None) -> Run:
    """Keep the files and have a worker check them; returns the run to watch.

    Raises Forbidden without the importer's right, Refused for no file, too many or too large ones.
    """
    authority(by, importer.permission)
    if not files:
        raise Refused(Refusal("no_file", _("Choose a file first."), field="files"))
    if len(files) > (MOST_FILES if importer.multiple else 1):
        raise Refused(Refusal("too_many_files", _("Send these files one by one."), field="files"))
    if sum(file.size for file in files) > settings.UPLOAD_BYTES:
        limit = settings.UPLOAD_BYTES // 1024 // 1024
        text = _("The files are larger than %(limit)s MB together.") % {"limit": limit}
        raise Refused(Refusal("large_file", text, field="files"))
    folder = clock.now().strftime("runs/%Y/%m")
    kept = [[file.name[:200], default_storage.save(f"{folder}/{uuid.uuid4().hex}.bin", file)] for file in files]
    parameters = {
        "importer": importer.name,
        "stage": "check",
        "files": kept,
        "source_name": kept[0][0],
        "day": clock.today().isoformat(),
        "options": options or {},
    }
    title = _("%(importer)s: %(file)s") % {"importer": importer.label, "file": kept[0][0]}
    return start_run(KIND, title[:200], by=by, parameters=parameters, source=kept[0][1])


@writes
def check_again(
    pk: int,
    *,
    by: User,
    places: dict[str, int] | None = None,
    options: dict | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Run:
    """Have the file checked again, with another mapping (`places`: column name -> place of the heading, from nought)
    or other `options` of the importer; what is not given stays as it was. Another `sheet` or `header_row` (from one,
    nought for none) forgets the mapping chosen for the headings that stood before.

    Raises Refused for a column that the importer does not have, or a run that waits for no decision.
    """
    run = _checked(pk, by)
    known = {column.name for column in importer_named(run.parameters["importer"]).columns()}
    unknown = sorted(set(places or ()) - known)
    if unknown:
        text = _("This import has no columns %(names)s.") % {"names": ", ".join(unknown)}
        raise Refused(Refusal("unknown_column", text, field="places"))
    run.parameters = {**run.parameters, "stage": "check"}
    if sheet is not None:
        run.parameters |= {"sheet": sheet, "header_row": None, "places": None}
    if header_row is not None:
        run.parameters |= {"header_row": header_row, "places": None}
    if places is not None:
        run.parameters["places"] = places
    if options is not None:
        run.parameters["options"] = options
    return _again(run)


@writes
def commit_import(pk: int, *, by: User) -> Run:
    """Have a checked file taken; its mapping is remembered for the person's next file of this kind."""
    run = _checked(pk, by)
    headings = run.parameters.get("report", {}).get("mapping") or {}
    if headings:
        known, _made = ImportMapping.objects.get_or_create(user=by, importer=run.parameters["importer"])
        known.headings = {**known.headings, **headings}
        known.save(update_fields=["headings"])
    run.parameters = {**run.parameters, "stage": "commit"}
    return _again(run)


def _checked(pk: int, by: User) -> Run:
    """The locked run of a file that was checked (or could not be read); raises Refused for one in another state."""
    run = Run.objects.select_for_update(of=("self",)).get(pk=pk, kind=KIND, by=by)
    readable = run.status == Run.Status.CHECKED
    unread = run.status == Run.Status.FAILED and run.parameters["stage"] == "check"
    if not (readable or unread):
        raise Refused(Refusal("not_checked", _("“%(run)s” is not waiting for your decision.") % {"run": run}))
    return run


def _again(run: Run) -> Run:
    run.status, run.attempts, run.error = Run.Status.WAITING, 0, ""
    run.started_at = run.finished_at = run.seen_at = None
    run.created_at = clock.now()  # it waits from now on
    run.save()
    send(run)
    return run


def upload_of(run: Run) -> Upload:
    """What the person handed over, as the importer takes it."""
    parameters = run.parameters
    remembered = ImportMapping.objects.filter(user=run.by, importer=parameters["importer"])
    return Upload(
        files=tuple((name, Path(default_storage.path(stored))) for name, stored in parameters["files"]),
        by=run.by,
        day=date.fromisoformat(parameters["day"]),
        options=parameters.get("options", {}),
        remembered=remembered.values_list("headings", flat=True).first() or {},
        places=parameters.get("places") or {},
        sheet=parameters.get("sheet") or "",
        header_row=parameters.get("header_row"),
    )
