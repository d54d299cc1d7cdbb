"""Search behind every select of documents: `/choices/<app>.<model>/?q=`; only rows the asker may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, JsonResponse

from kam.folding import from_other_layout
from kam.pages.filters import found_by
from kam.pages.registry import PAGES
from kam.pages.views import SignedInView

CHOICES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """How a model without a page, or with a special way of being chosen, is searched."""

    model: type[Model]
    search: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    hint: Callable[[Any], str] | None = None
    rows: Callable[[QuerySet, Any], QuerySet] | None = None


_choices: dict[type[Model], Choice] = {}


def add_choice(choice: Choice) -> None:
    """Let a model be chosen in selects. A model with a page needs this only for a hint or narrower rows.

    `rows(queryset, request)` narrows what is offered, for example by a parameter of the widget.
    """
    _choices[choice.model] = choice


def choice_of(app: str, model: str) -> Choice:
    """How a model is chosen; raises Http404 if it cannot be."""
    for known in _choices.values():
        if known.model._meta.label_lower == f"{app}.{model}":
            return known
    page = next((page for page in PAGES if page.model._meta.label_lower == f"{app}.{model}"), None)
    if page is None:
        raise Http404
    ordering = tuple(page.model._meta.ordering) or ("pk",)
    return Choice(page.model, page.search, ordering, page.choice_hint)


class ChoicesView(SignedInView):
    """GET: up to CHOICES_SHOWN rows for what was typed, as `{"items": [{"value", "text", "hint"}]}`."""

    def get(self, request: HttpRequest, app: str, model: str) -> JsonResponse:
        choice = choice_of(app, model)
        rows = choice.model._default_manager.visible_to(request.user)
        if choice.rows is not None:
            rows = choice.rows(rows, request)
        text = request.GET.get("q", "")
        found = self.found(choice, rows, text)
        if not found and text:
            found = self.found(choice, rows, from_other_layout(text))
        return JsonResponse({"items": [self.item(choice, row) for row in found]})

    def found(self, choice: Choice, rows: QuerySet, text: str) -> list[Any]:
        return list(found_by(choice, rows, text).order_by(*choice.order)[:CHOICES_SHOWN])

    def item(self, choice: Choice, row: Any) -> dict[str, str]:
        hint = choice.hint(row) if choice.hint else ""
        return {"value": str(row.pk), "text": str(row), "hint": str(hint or "")}
