"""One step on many rows: each row in its own transaction, with its own result."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kam.pages.fields import number_of
from kam.pages.steps import ReasonForm, done_text
from kam.pages.views import PageView, back_from
from kam.refusals import Forbidden, Refused

BULK_LIMIT = 200


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: done, or why not."""

    label: str
    href: str
    done: bool
    texts: tuple[str, ...]


class BulkView(PageView):
    """POST: take a step on the chosen rows; a step that needs a reason asks for it first, once for all."""

    def post(self, request: HttpRequest) -> HttpResponse:
        # The inbox sends any awaited step here, a list those it offers.
        known = (*(self.page.flow.steps if self.page.flow else ()), *self.page.bulk_steps())
        step = next((each for each in known if each.name == request.POST.get("step")), None)
        if step is None:
            raise Http404
        rows = self.chosen(request.POST.getlist("pk"))
        named = [(row.pk, self.page.heading(row)) for row in rows]
        context = {
            "step": step, "rows": named, "title": step.label, "limit": BULK_LIMIT,
            "cut": len(set(request.POST.getlist("pk"))) > BULK_LIMIT,
            "back_url": back_from(request, self.page.list_url()),
        }  # fmt: skip
        form = ReasonForm(request.POST if "sure" in request.POST else None) if step.needs_reason else None
        asks = step.needs_reason or step.danger
        if not rows or (asks and "sure" not in request.POST) or (form is not None and not form.is_valid()):
            return self.render("kam/bulk.html", {**context, "form": form})
        reason = form.cleaned_data["reason"] if form is not None else ""
        results = [self.take(row, step, reason) for row in rows]
        done = sum(result.done for result in results)
        return self.render("kam/bulk.html", {**context, "results": results, "done": done})

    def chosen(self, keys: list[str]) -> list[Any]:
        """The rows named that this user may see, in the order of their keys, which is the order of locks."""
        numbers = sorted({number_of(key) for key in keys} - {None})[:BULK_LIMIT]
        return list(self.page.detail_rows(self.request.user).filter(pk__in=numbers).order_by("pk"))

    def take(self, row: Any, step: Any, reason: str) -> RowResult:
        label, href = self.page.heading(row), self.page.detail_url(row.pk)
        try:
            after = self.page.take(row.pk, step.name, by=self.request.user, reason=reason)
        except Refused as refused:
            return RowResult(label, href, False, tuple(str(refusal.text) for refusal in refused.refusals))
        except Forbidden as forbidden:
            return RowResult(label, href, False, (str(forbidden) or _("You have no right to do this."),))
        told = (done_text(self.page, after or row),) if self.page.flow is not None else ()
        return RowResult(label, href, True, told)
