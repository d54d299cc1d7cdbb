"""Keeps the days before the nights began, for books that are older than the program; what is cut off goes on."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kam.clock import now
from kam.models import Run
from kam.refusals import Refusal, Refused
from kam.runs import LOST_AFTER, create_run, work
from orders.actions.snapshots import take_ageing_snapshot
from orders.models import AgeingDay

KIND = "keep_days"
ONE_DAY = timedelta(days=1)


def keep_days(
    first: date,
    last: date,
    *,
    again: bool = False,
    told: Callable[[int, int | None], None] = lambda done, total: None,
) -> int:
    """Keep every day from first to last that is not kept yet (each one with `again`); returns how many were taken.

    Each day commits by itself, so that one that is cut off goes on where it was when it is asked again; `told` hears
    how many days of how many are done. The latest come first: they are looked at most.
    """
    wanted = [last - number * ONE_DAY for number in range((last - first).days + 1)]
    kept = set() if again else set(AgeingDay.objects.filter(day__range=(first, last)).values_list("day", flat=True))
    missing = [day for day in wanted if day not in kept]
    told(len(wanted) - len(missing), len(wanted))
    for number, day in enumerate(missing, start=len(wanted) - len(missing) + 1):
        take_ageing_snapshot(day=day)
        told(number, len(wanted))
    return len(missing)


def plan_keeping(first: date, last: date, *, today: date, again: bool = False) -> Run:
    """A run, seen among the work in the background, that will keep the days; whoever asked carries it out.

    If that process dies, a worker takes the run up. Raises Refused for days that are not over, for days the wrong way
    round, and while another run keeps days.
    """
    if not first <= last < today:
        raise Refused(Refusal("not_past", _("Name days that are over, the earlier one first."), "day"))
    going = Run.objects.filter(kind=KIND, status=Run.Status.RUNNING, seen_at__gt=now() - LOST_AFTER).first()
    if going is not None:
        text = _("Days are being kept already: %(done)s of %(total)s are done.")
        raise Refused(Refusal("going_on", text % {"done": going.done, "total": going.total or "—"}))
    title = _("Ageing of %(first)s – %(last)s kept") % {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
    return create_run(KIND, title, parameters={"first": str(first), "last": str(last), "again": again})


@work(KIND)
def _keep(run, watch):
    """The days of a run; one that is taken up again does what is left."""
    asked = run.parameters
    first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
    taken = keep_days(first, last, again=asked["again"] and run.attempts <= 1, told=watch.tell)
    run.counts = {"days_kept": taken}
