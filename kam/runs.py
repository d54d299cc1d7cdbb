"""Work in the background that a person can watch, and that survives the death of whoever does it.

    @work("export")
    def export_rows(run, watch):
        for done in …:
            watch.tell(done, total)          # cheap; raises Stopped where the run was cancelled or taken over
        run.report.save("rows.xlsx", file)   # and run.counts, run.findings: kept when the work is done

    start_run("export", _("Orders as a workbook"), by=user, parameters={…})

A run is claimed by one worker at a time. While it works, a heart beats in a thread with a connection of its
own, so that progress is seen although the work writes in one transaction. A run whose heart has stopped is
taken up again by `rescue_runs`, up to the attempts of its kind: so work must be safe to do twice.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import clock
from kam.celery import app
from kam.models import Run, User
from kam.notifications import notify
from kam.refusals import Forbidden, Refusal, Refused

log = logging.getLogger(__name__)

BEAT_SECONDS = 1
LOST_AFTER = timedelta(seconds=60)
UNSENT_AFTER = timedelta(seconds=120)
FILES_KEPT = timedelta(days=30)
TASK = "kam.tasks.carry_out_run"


class Stopped(Exception):
    """The run is no longer this worker's: it was cancelled, or taken over as lost."""


@dataclass(frozen=True)
class Work:
    """A kind of work: what does it, how often it is tried, and whether its person is told of a good end."""

    perform: Callable
    attempts: int = 3
    told: bool = True


WORKS: dict[str, Work] = {}


def work(kind: str, *, attempts: int = 3, told: bool = True) -> Callable:
    """Decorator: `perform(run, watch)` does the work of this kind."""

    def add(perform: Callable) -> Callable:
        WORKS[kind] = Work(perform, attempts, told)
        return perform

    return add


# -------------------------------------------------------------------- starting and ending


def start_run(kind: str, title: str, *, by: User | None = None, parameters=None, source=None, natural_key=None) -> Run:
    """Make a run and hand it to a worker once the caller's transaction is committed; returns the run.

    With a `natural_key` ("nightly proof 2026-11-21") the work is done once: a run that waits, works or is
    done is returned as it is, one that failed or was cancelled is started again.
    """
    if natural_key is None:
        run = create_run(kind, title, by=by, parameters=parameters, source=source)
    else:
        fields = _fields(kind, title, by, parameters, source)
        run, again = _once(natural_key, fields)
        if not again:
            return run
    send(run)
    return run


def join_run(kind: str, title: str, *, by: User, parameters: dict) -> Run:
    """The run of this person that does just this already, else a new one: what only reads may be asked again."""
    same = Run.objects.unfinished().filter(kind=kind, by=by, parameters=parameters)
    return same.order_by("-pk").first() or start_run(kind, title, by=by, parameters=parameters)


def create_run(kind: str, title: str, *, by: User | None = None, parameters=None, source=None) -> Run:
    """Make a run that the caller carries out itself; where it dies before or meanwhile, a worker takes the run up."""
    return Run.objects.create(**_fields(kind, title, by, parameters, source))


def _fields(kind: str, title: str, by: User | None, parameters, source) -> dict:
    assert kind in WORKS, kind
    return {"kind": kind, "title": title, "by": by, "parameters": parameters or {}, "source": source or ""}


def _once(natural_key: str, fields: dict) -> tuple[Run, bool]:
    """The run of this key, and whether it has to be sent."""
    try:
        with transaction.atomic():
            return Run.objects.create(natural_key=natural_key, **fields), True
    except IntegrityError:
        with transaction.atomic():
            run = Run.objects.select_for_update().get(natural_key=natural_key)
            if run.status not in (Run.Status.FAILED, Run.Status.CANCELLED):
                return run, False
            run.status, run.attempts, run.error, run.finished_at = Run.Status.WAITING, 0, "", None
            run.save(update_fields=["status", "attempts", "error", "finished_at"])
            return run, True


def send(run: Run) -> None:
    """Hand a waiting run to a worker after the commit; where the broker is away, `rescue_runs` sends it later."""
    transaction.on_commit(lambda: _sent(run.pk), robust=True)


def _sent(pk: int) -> None:
    app.send_task(TASK, args=[pk])


def cancel_run(pk: int, *, by: User) -> Run:
    """Stop a run that waits or works; what it wrote so far it takes back itself, since it writes in transactions.

    Raises Forbidden for another person's run, Refused for one that is over.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=pk)
        if run.by_id != by.pk and not by.has_perm("kam.change_setting"):
            raise Forbidden(_("Only the person who started it can cancel it."))
        if run.status not in (Run.Status.CHECKED, Run.Status.WAITING, Run.Status.RUNNING):
            raise Refused(Refusal("run_over", _("“%(run)s” is over already.") % {"run": run}))
        run.status, run.finished_at = Run.Status.CANCELLED, clock.now()
        run.save(update_fields=["status", "finished_at"])
    return run


# -------------------------------------------------------------------- carrying out


def carry_out(pk: int, heard: Callable[[int, int | None], None] = lambda done, total: None) -> bool:
    """Do a run, unless another worker is at it or it is over; returns whether it was done here.

    `heard` is told how far it is, for one who waits for it in this process.
    """
    run = claim(pk)
    if run is None:
        return False
    watch = Watch(run, heard)
    try:
        with spoken_to(run.by), watch.beating():
            WORKS[run.kind].perform(run, watch)
    except Stopped:
        log.info("run %s was stopped", pk)
        return False
    except (Refused, Forbidden) as refused:
        _finish(run, watch, Run.Status.FAILED, error=str(refused))
        return False
    except Exception:
        log.exception("run %s failed", pk)
        _finish(run, watch, Run.Status.FAILED, error=_failed_text(run))
        return False
    # Work that only checked something waits for its person's decision.
    return _finish(run, watch, run.status if run.status == Run.Status.CHECKED else Run.Status.DONE)


def claim(pk: int) -> Run | None:
    """Take a waiting run, or one whose worker is lost; None where there is nothing to take."""
    now = clock.now()
    free = Q(status=Run.Status.WAITING) | Q(status=Run.Status.RUNNING, seen_at__lt=now - LOST_AFTER)
    taken = Run.objects.filter(free, pk=pk).update(
        status=Run.Status.RUNNING, attempts=F("attempts") + 1, started_at=now, seen_at=now, done=0, total=None
    )
    return Run.objects.select_related("by").get(pk=pk) if taken else None


def _failed_text(run: Run) -> str:
    with spoken_to(run.by):
        return _("A fault of the program stopped the work. It is written down; tell the administrator.")


def _finish(run: Run, watch: "Watch", status: str, error: str = "") -> bool:
    """Write the end, if the run is still ours; the person who started it is told."""
    now = clock.now()
    ours = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING, attempts=run.attempts)
    values = {"status": status, "error": error, "finished_at": now, "seen_at": now, "done": watch.done}
    if status != Run.Status.FAILED:
        values |= {"counts": run.counts, "findings": run.findings, "report": run.report.name or ""}
    values |= {"parameters": run.parameters}  # of a failed run too: what it understood helps its person to mend it
    if not ours.update(total=watch.total, **values):
        return False
    tell_of_end(run, status)
    return status != Run.Status.FAILED


def tell_of_end(run: Run, status: str) -> None:
    """Leave its person a notification of a failed run, and of a good end where the kind of work says so."""
    if run.by is None or (status != Run.Status.FAILED and not WORKS[run.kind].told):
        return
    texts = {
        Run.Status.DONE: gettext_noop("“%(title)s” is ready."),
        Run.Status.CHECKED: gettext_noop("“%(title)s” is checked: look and decide."),
        Run.Status.FAILED: gettext_noop("“%(title)s” failed."),
    }
    failed = status == Run.Status.FAILED
    notify([run.by], "run", texts[status], values={"title": run.title}, document=run, urgent=failed)


@contextmanager
def spoken_to(user: User | None):
    """The language and the time zone of the person the work is for."""
    language = user.language if user else settings.LANGUAGE_CODE
    zone = ZoneInfo(user.time_zone if user else settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        yield


class Watch:
    """How far the work is, and whether it is still wanted."""

    def __init__(self, run: Run, heard: Callable[[int, int | None], None] = lambda done, total: None):
        self.run, self.done, self.total, self._heard = run, 0, None, heard
        self._over, self._end = threading.Event(), threading.Event()

    def tell(self, done: int, total: int | None = None) -> None:
        """So many of so many are done; raises Stopped where the run was cancelled or taken over."""
        self.done = done
        self.total = self.total if total is None else total
        self._heard(self.done, self.total)
        if self._over.is_set():
            raise Stopped

    @contextmanager
    def beating(self):
        """Beat in a thread of its own until the work ends."""
        thread = threading.Thread(target=self._beats, name=f"run-{self.run.pk}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _beats(self) -> None:
        try:
            while not self._end.wait(BEAT_SECONDS):
                self.beat()
        finally:
            connection.close()

    def beat(self) -> None:
        """Show a sign of life and see whether the run is still ours. A beat that fails is not the end of the work."""
        try:
            ours = Run.objects.filter(pk=self.run.pk, status=Run.Status.RUNNING, attempts=self.run.attempts)
            if not ours.update(seen_at=clock.now(), done=self.done, total=self.total):
                self._over.set()
        except Exception:
            log.warning("run %s: no sign of life could be written", self.run.pk, exc_info=True)


# -------------------------------------------------------------------- looking after


def rescue_runs(now=None) -> int:
    """Send runs again whose worker is lost or whose message was; fail those tried too often; returns how many sent."""
    now = now or clock.now()
    lost = Q(status=Run.Status.RUNNING, seen_at__lt=now - LOST_AFTER)
    unsent = Q(status=Run.Status.WAITING, created_at__lt=now - UNSENT_AFTER)
    sent = 0
    for run in Run.objects.filter(lost | unsent).select_related("by").order_by("pk"):
        attempts = WORKS[run.kind].attempts if run.kind in WORKS else 0
        if run.attempts < attempts:
            send(run)
            sent += 1
            continue
        with spoken_to(run.by):
            error = _("The work was cut off %(count)s times and is not tried again.") % {"count": run.attempts}
        still = Run.objects.filter(pk=run.pk, status=run.status, attempts=run.attempts)
        if still.update(status=Run.Status.FAILED, error=error, finished_at=now) and run.kind in WORKS:
            tell_of_end(run, Run.Status.FAILED)
    return sent


def forget_files(now=None) -> int:
    """Delete files of runs that ended long ago; what was done stays written; returns how many runs lost a file."""
    before = (now or clock.now()) - FILES_KEPT
    old = Run.objects.exclude(source="", report="").exclude(status__in=(Run.Status.WAITING, Run.Status.RUNNING))
    count = 0
    for run in old.filter(created_at__lt=before).order_by("pk").iterator():
        for file in (run.source, run.report):
            if file:
                file.delete(save=False)
        for _name, stored in run.parameters.get("files", [])[1:]:
            run.source.storage.delete(stored)
        count += 1
    old.filter(created_at__lt=before).update(source="", report="")
    return count
