"""What the list of a page can be sorted and searched by, for the same rows over the API."""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.utils.translation import gettext as _
from rest_framework.filters import BaseFilterBackend

from kam.api.problems import Problem
from kam.pages.filters import found_by, searchable
from kam.pages.registry import page_of

WORDS, LONGEST = "q", 200


def searched_page(view) -> type | None:
    """The page whose list finds documents of the view by words; None where there is none."""
    page = page_of(view.model) if getattr(view, "model", None) else None
    return page if page is not None and searchable(page) else None


class Words(BaseFilterBackend):
    """`?q=`: the rows that the search of the list in the workspace finds."""

    def filter_queryset(self, request, queryset, view):
        text = request.query_params.get(WORDS, "")
        page = searched_page(view)
        if getattr(view, "action", "") != "list" or page is None or not text:
            return queryset
        if len(text) > LONGEST or "\x00" in text:
            said = _("%(longest)s characters at most, and none that nobody types.") % {"longest": LONGEST}
            error = {"parameter": WORDS, "detail": said, "code": "invalid"}
            raise Problem(400, "invalid", _("What was sent is not valid."), said, errors=[error])
        return found_by(page, queryset, text)

    def get_schema_operation_parameters(self, view):
        if searched_page(view) is None:
            return []
        about = "Words or their beginnings, as the search of the list takes them."
        return [{"name": WORDS, "in": "query", "required": False, "description": about, "schema": {"type": "string"}}]


def sorts_of(view, user=None) -> dict[str, tuple[str, ...]]:
    """Columns that the list of the view's documents is sorted by, and their paths, where they are fields.

    With a `user` those whose column they may see: what it hides, the order of rows must not find out.
    """
    page = page_of(view.model)
    if page is None:
        return {}
    columns = page.table.columns if user is None else page.table.allowed(user)
    made = getattr(view, "figures", ())
    return {
        name: tuple(column.sort_paths)
        for name, column in columns.items()
        if column.sort_paths and all(path in made or is_stored(view.model, path) for path in column.sort_paths)
    }


def is_stored(model: type[Model], path: str) -> bool:
    """Whether a path leads to a field of the model or of what it points to, not to a figure made by a query."""
    current = model
    for part in path.split(LOOKUP_SEP):
        if part == "pk":
            return True
        try:
            current = current._meta.get_field(part).related_model
        except (FieldDoesNotExist, AttributeError):
            return False
    return True
