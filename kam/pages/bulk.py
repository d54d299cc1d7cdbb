"""One step on many rows: each row in its own transaction, with its own result.

Up to BULK_INLINE rows are done while the person waits. More are handed to the function that `set_background`
names (`kam.desk.bulk` does); it calls `take_on` in a worker, so the rights and the refusals are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kam.pages.effects import effects_of_step
from kam.pages.fields import number_of
from kam.pages.steps import ReasonForm, done_text
from kam.pages.views import PageView, back_from, gone_to
from kam.refusals import Forbidden, Refused
from kam.writing import apart

BULK_LIMIT = 200
BULK_INLINE = 25
EFFECTS_SHOWN = 50

Background = Callable[[Any, Any, Any, list[Any], str, str], str]
_background: list[Background] = []


def set_background(start: Background) -> None:
    """Name the function that starts long work: (page, step, user, keys, reason, way back) -> address to watch it."""
    _background[:] = [start]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: done, or why not."""

    label: str
    href: str
    done: bool
    texts: tuple[str, ...]
    pk: Any = None


class BulkView(PageView):
    """POST: take a step on the chosen rows; a step that needs a reason asks for it first, once for all."""

    def post(self, request: HttpRequest) -> HttpResponse:
        step = step_of(self.page, request.POST.get("step"))
        if step is None:
            raise Http404
        rows = self.chosen(request.POST.getlist("pk"))
        context = {
            "step": step, "rows": rows, "title": step.label, "limit": BULK_LIMIT,
            "cut": len(set(request.POST.getlist("pk"))) > BULK_LIMIT,
            "back_url": back_from(request, self.page.list_url()),
        }  # fmt: skip
        form = ReasonForm(request.POST if "sure" in request.POST else None) if step.needs_reason else None
        asks = step.needs_reason or step.danger
        if not rows or (asks and "sure" not in request.POST) or (form is not None and not form.is_valid()):
            return self.render("kam/bulk.html", {**context, "rows": self.asked_of(step, rows), "form": form})
        reason = form.cleaned_data["reason"] if form is not None else ""
        if len(rows) > BULK_INLINE and _background:
            keys = [row.pk for row in rows]
            address = _background[0](self.page, step, request.user, keys, reason, context["back_url"])
            messages.success(request, _("It is being done; what became of each row will stand here."))
            return gone_to(request, address)
        results = [take_on(self.page, row, step, by=request.user, reason=reason) for row in rows]
        done = sum(result.done for result in results)
        if done == len(results) == 1:  # nothing to read but what the toast says
            messages.success(request, " ".join(results[0].texts) or results[0].label)
            return gone_to(request, context["back_url"])
        return self.render("kam/bulk.html", {**context, "results": results, "done": done})

    def asked_of(self, step: Any, rows: list[Any]) -> list[dict[str, Any]]:
        """The rows that the question is about, each with what the step would do to it where a floor says that."""
        page, effects = self.page, {}
        if page.flow is not None and rows:
            effects = effects_of_step(page.flow, step, rows[:EFFECTS_SHOWN], self.request.user)
        return [
            {"pk": row.pk, "label": page.heading(row), "about": page.subheading(row), "effects": effects.get(row.pk)}
            for row in rows
        ]

    def chosen(self, keys: list[str]) -> list[Any]:
        """The rows named that this user may see, in the order of their keys, which is the order of locks."""
        numbers = sorted({number_of(key) for key in keys} - {None})[:BULK_LIMIT]
        return rows_of(self.page, self.request.user, numbers)


def steps_on_many(page: Any) -> list[Any]:
    """The steps that may be taken on many rows: those that the list offers and those that documents wait for."""
    offered = page.bulk_steps()
    awaited = [step for step in (page.flow.steps if page.flow else ()) if step.awaited and step.listed]
    return [*offered, *(step for step in awaited if step not in offered)]


def step_of(page: Any, name: str | None) -> Any:
    """The step of this name that may be taken on many rows, or None."""
    return next((each for each in steps_on_many(page) if each.name == name), None)


def rows_of(page: Any, user: Any, keys: list[Any]) -> list[Any]:
    """Those of the named rows that this person may see, in the order of locks."""
    return list(page.detail_rows(user).filter(pk__in=keys).order_by("pk"))


def take_on(page: Any, row: Any, step: Any, *, by: Any, reason: str) -> RowResult:
    """Take the step on one row; a refusal is a result like any other."""
    label, href = page.heading(row), page.detail_url(row.pk)
    try:
        with apart():
            after = page.take(row.pk, step.name, by=by, reason=reason)
    except Refused as refused:
        return RowResult(label, href, False, tuple(str(refusal.text) for refusal in refused.refusals), row.pk)
    except Forbidden as forbidden:
        return RowResult(label, href, False, (str(forbidden) or _("You have no right to do this."),), row.pk)
    except ObjectDoesNotExist:
        # Handed to somebody else since it was chosen.
        return RowResult(label, href, False, (_("It is not in your sight any more."),), row.pk)
    told = (done_text(page, after or row),) if page.flow is not None else ()
    return RowResult(label, href, True, told, row.pk)
