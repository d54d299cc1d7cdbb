"""The night: what is done once after each day, part by part.

Each part is set-based, safe to do twice and commits by itself; that it is done is written right after it. So a night
that was killed is finished by the next run, which does only what is missing, and a night that was missed is caught
up, in order. docs/algorithms/night.md tells which part does what, and which of them act on the present only.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam import clock
from kam.access import authority
from kam.clock import today
from kam.models import Run, User
from kam.refusals import Refusal, Refused
from kam.runs import start_run, work
from kam.writing import writes
from orders.actions.confirming import re_evaluate_all_holds
from orders.actions.discipline import measure_discipline
from orders.actions.letters import prepare_letters
from orders.actions.overdue import roll_overdue
from orders.actions.promises_to_pay import settle_promises
from orders.actions.shipping_stops import roll_stops
from orders.actions.snapshots import take_ageing_snapshot
from reports.actions.figures import keep_forecast, keep_key_figures
from reports.models import NightlyPart, NightlyRun

log = logging.getLogger(__name__)

KIND = "night"
ONE_DAY = timedelta(days=1)
CAUGHT_UP = 31  # days at most; what is older is run again by hand, so that a long pause does not fill a morning


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the night. `perform(day)` gets the day that is closed and returns how many rows it was about.

    One that is of the `present` acts on what is so now (it stops, releases, writes letters): the night of a day that is
    long past leaves it out. One that `needs` others is left undone when one of them failed.
    """

    name: str
    label: Promise
    perform: Callable[[date], int]
    present: bool = False
    needs: tuple[str, ...] = ()


def _re_evaluate(day: date) -> int:
    return len(re_evaluate_all_holds(day + ONE_DAY))


def _roll_stops(day: date) -> int:
    return roll_stops(day=day + ONE_DAY)


def _prepare_letters(day: date) -> int:
    return prepare_letters(day=day + ONE_DAY)


def _keep_forecast(day: date) -> int:
    return keep_forecast(day=day)


# What closes the day is of the day; what people and clients will meet in the morning is of the day after.
PARTS = (
    Part("ageing", gettext_lazy("Ageing of the day kept"), lambda day: take_ageing_snapshot(day=day)),
    Part("overdue", gettext_lazy("Invoices that became overdue"), lambda day: roll_overdue(day=day)),
    Part("promises", gettext_lazy("Promises to pay kept or broken"), lambda day: settle_promises(day=day)),
    Part("discipline", gettext_lazy("Payment discipline of clients"), lambda day: measure_discipline(day=day)),
    Part("stops", gettext_lazy("Shipping stops placed and lifted"), _roll_stops, present=True),
    Part("holds", gettext_lazy("Held orders let go"), _re_evaluate, present=True),
    Part("letters", gettext_lazy("Letters about debts prepared"), _prepare_letters, present=True, needs=("promises",)),
    Part("figures", gettext_lazy("Key figures of clients"), lambda day: keep_key_figures(day=day), present=True),
    Part("forecast", gettext_lazy("Expected cash, debts by brand"), _keep_forecast, needs=("discipline",)),
)
LABELS = {part.name: part.label for part in PARTS}


class NightUnfinished(Exception):
    """Some parts of a night failed; what they are is in the log, and the night stays unfinished."""


def run_night(*, day: date, again: bool = False, latest: bool = True, by: User | None = None) -> NightlyRun:
    """Close a day: do every part that is not done yet; all of them with `again`. Returns the night.

    `latest` tells that no later day is closed yet, so that the parts of the present are due. Raises NightUnfinished
    when a part failed: the others are done all the same, and the next run does what is missing.
    """
    run = _opened(day, again, by)
    failed: list[str] = []
    done = set(run.parts.values_list("name", flat=True))
    for position, part in enumerate(PARTS, start=1):
        if part.name in done:
            continue
        if set(part.needs).intersection(failed):
            failed.append(part.name)
            continue
        began = time.perf_counter()
        try:
            count = part.perform(day) if latest or not part.present else None
        except Exception:
            log.exception("night of %s: %s failed", day, part.name)
            failed.append(part.name)
            continue
        _written(run, position, part, count, time.perf_counter() - began)
    if failed:
        raise NightUnfinished(f"{day}: {', '.join(failed)}")
    NightlyRun.objects.filter(pk=run.pk).update(status=NightlyRun.Status.DONE, finished_at=clock.now())
    run.refresh_from_db()
    return run


@writes
def _opened(day: date, again: bool, by: User | None) -> NightlyRun:
    run, is_new = NightlyRun.objects.select_for_update().get_or_create(day=day, defaults={"by": by})
    if again and not is_new:
        run.parts.all().delete()
        run.status, run.finished_at, run.started_at, run.by = NightlyRun.Status.RUNNING, None, clock.now(), by
        run.save()
    return run


@writes
def _written(run: NightlyRun, position: int, part: Part, count: int | None, seconds: float) -> None:
    """Note that a part is done; of two runs at once the first one's note stays."""
    found = {"position": position, "count": count, "seconds": Decimal(f"{seconds:.3f}")}
    NightlyPart.objects.get_or_create(run=run, name=part.name, defaults=found)


def nights_due(until: date) -> list[date]:
    """The days up to `until` that are not closed, oldest first: those begun, and those missed since the last one."""
    begun = NightlyRun.objects.filter(status=NightlyRun.Status.RUNNING, day__lte=until)
    last = NightlyRun.objects.filter(day__lte=until).aggregate(day=Max("day"))["day"]
    first = max(last + ONE_DAY, until - CAUGHT_UP * ONE_DAY) if last else until
    missed = [first + number * ONE_DAY for number in range((until - first).days + 1)]
    return sorted({*begun.values_list("day", flat=True), *missed})


def run_nights(*, until: date, told: Callable[[int, int], None] = lambda done, total: None) -> list[NightlyRun]:
    """Close every day up to `until` that is not closed, in order; `told` hears how far it is.

    Raises NightUnfinished at the first day of which a part failed: later days wait for it.
    """
    days, runs = nights_due(until), []
    for number, day in enumerate(days):
        told(number, len(days))
        runs.append(run_night(day=day, latest=day == until))
    told(len(days), len(days))
    return runs


def run_again(*, day: date, by: User, back: str = "") -> Run:
    """Start the night of a day once more in the background; returns the run to watch, whose page leads on to `back`.

    Raises Forbidden without the right, Refused for a day that is not over.
    """
    authority(by, "reports.run_night")
    if day >= today():
        raise Refused(Refusal("day_not_over", _("The day is not over yet: only days past can be closed."), "day"))
    asked = {"day": str(day), "back": back}
    return start_run(KIND, _("Night of %(day)s once more") % {"day": f"{day:%d.%m.%Y}"}, by=by, parameters=asked)


def run_night_again(pk: int, *, by: User) -> NightlyRun:
    """As `run_again` for a night there is; returns it as it stands."""
    night = NightlyRun.objects.visible_to(by).get(pk=pk)
    run_again(day=night.day, by=by)
    return night


@work(KIND, told=True)
def _night(run, watch):
    """The nights due up to a day, or one day again."""
    asked = run.parameters.get("day")
    if asked:
        day = date.fromisoformat(asked)
        later = NightlyRun.objects.filter(day__gt=day).exists()
        found = [run_night(day=day, again=run.attempts <= 1, latest=not later, by=run.by)]
    else:
        found = run_nights(until=date.fromisoformat(run.parameters["until"]), told=watch.tell)
    run.counts = {str(night.day): sum(part.count or 0 for part in night.parts.all()) for night in found}
