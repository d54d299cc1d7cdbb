"""One step on many rows in the background: how far it is, and what became of each row."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.models import Run
from kam.pages.bulk import RowResult, rows_of, set_background, step_of, take_on
from kam.pages.registry import page_named
from kam.refusals import Refusal, Refused
from kam.runs import start_run, work

KIND = "bulk"


def started(page: Any, step: Any, user: Any, keys: list[Any], reason: str, back: str) -> str:
    """Have a worker take a step on these rows; returns the address to watch it at."""
    return page_named("kam.run").detail_url(started_run(page, step, user, keys, reason, back).pk)


def started_run(page: Any, step: Any, user: Any, keys: list[Any], reason: str, back: str) -> Run:
    """Have a worker take a step on these rows; returns the run to watch."""
    rows = ngettext("%(count)s row", "%(count)s rows", len(keys)) % {"count": len(keys)}
    title = f"{page.titles}: {step.label}, {rows}"
    parameters = {"page": page.key(), "step": step.name, "keys": keys, "reason": reason, "back": back, "results": {}}
    return start_run(KIND, title[:1].upper() + title[1:200], by=user, parameters=parameters)


def taken_on(page: Any, step: Any, user: Any, keys: list[Any], reason: str) -> list[RowResult]:
    """Take a step on these rows at once; what became of each, those out of the person's sight included."""
    seen = {row.pk: row for row in rows_of(page, user, keys)}
    return [
        take_on(page, seen[key], step, by=user, reason=reason) if key in seen else unseen(key) for key in sorted(keys)
    ]


def unseen(key: Any) -> RowResult:
    """The result of a row that the person does not see, or not any more."""
    return RowResult(f"№ {key}", "", False, (_("It is not in your sight any more."),), key)


@work(KIND)
def take_on_rows(run: Run, watch) -> None:
    """Take the step on each row as its person; the right and the sight of a row are asked again for each.

    What became of a row is noted as soon as it is known, so that a run taken up after the death of its worker goes on
    behind the last note and does not tell what it did itself as refused.
    """
    known, results = run.parameters, run.parameters["results"]
    page = page_named(known["page"])
    step = step_of(page, known["step"]) if page else None
    if step is None:
        raise Refused(Refusal("no_step", _("There is no such step any more.")))
    left = [key for key in known["keys"] if str(key) not in results]
    watch.tell(len(results), len(known["keys"]))
    seen = {row.pk: row for row in rows_of(page, run.by, left)}
    for key in left:
        row = seen.get(key)
        result = unseen(key) if row is None else take_on(page, row, step, by=run.by, reason=known["reason"])
        results[str(key)] = [result.done, result.label, result.href, list(result.texts)]
        note(run)
        watch.tell(len(results))
    run.findings = refused_of(run)
    run.counts = {"steps_done": len(results) - len(run.findings), "steps_refused": len(run.findings)}


def refused_of(run: Run) -> list[dict[str, str]]:
    """The rows on which the step was refused so far, and why."""
    results = run.parameters["results"]
    told = (results[str(key)] for key in run.parameters["keys"] if str(key) in results)
    return [{"label": label, "href": href, "text": " ".join(texts)} for done, label, href, texts in told if not done]


def note(run: Run) -> None:
    """Keep what became of the rows so far, while the run is this worker's."""
    mine = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING, attempts=run.attempts)
    mine.update(parameters=run.parameters)


set_background(started)
