"""Pages of a list by keyset: the next page starts after the last row seen, however many rows were added."""

import base64
import binascii
import json

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from kam.api.problems import Problem
from kam.api.sorting import sorts_of
from kam.pages.paging import Key, after, first_of, keys_for, ordered, token_of

LIMIT, LONGEST = 50, 200


class KeysetPagination(BasePagination):
    """`?limit=`, `?ordering=` and `next` with an opaque `?cursor=`.

    Rows are ordered by one of the view's `orderings`, which name columns without nulls, or by a column that the list of
    the workspace is sorted by. Without an ordering the newest come first. The primary key breaks ties, so that no row
    is shown twice or left out.
    """

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.limit = _limit(request.query_params.get("limit"))
        sorts = sorts_of(view, request.user)
        self.ordering = _ordering(request.query_params.get("ordering"), view, sorts)
        cursor = request.query_params.get("cursor")
        self.keys = _keys(self.ordering, view, sorts)
        if self.keys:
            return self._by_columns(queryset, cursor)
        name, falls = self.ordering.lstrip("-"), self.ordering.startswith("-")
        self.column = queryset.model._meta.get_field(name)
        sign = "-" if falls else ""
        rows = queryset.order_by(*dict.fromkeys((f"{sign}{self.column.name}", f"{sign}pk")))
        if cursor:
            rows = rows.filter(self._after(cursor, "lt" if falls else "gt"))
        found = list(rows[: self.limit + 1])
        self.last = found[self.limit - 1] if len(found) > self.limit else None
        return found[: self.limit]

    def _by_columns(self, queryset, cursor: str | None) -> list:
        """A page of rows sorted as the list of the workspace sorts them, found as it finds them."""
        rows = ordered(queryset, self.keys)
        try:
            if cursor:
                ordering, token = _read(cursor, 2)
                self._same(ordering)
                beyond = after(rows, self.keys, str(token))
                if beyond is rows:  # a token that cannot be read narrows nothing
                    raise ValueError(cursor)
                rows = beyond
            found = first_of(rows, queryset, self.keys, self.limit + 1)
        except (ValidationError, ValueError, TypeError, DataError) as error:
            raise _bad("cursor", _("This is no cursor of ours.")) from error
        self.last = found[self.limit - 1] if len(found) > self.limit else None
        return found[: self.limit]

    def _same(self, ordering: str) -> None:
        if ordering != self.ordering:
            raise _bad("cursor", _("The cursor belongs to another ordering."))

    def get_paginated_response(self, data):
        return Response({"next": self._next(), "results": data})

    def get_paginated_response_schema(self, schema):
        following = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "The next page; null on the last.",
        }
        return {"type": "object", "required": ["results"], "properties": {"next": following, "results": schema}}

    def get_schema_operation_parameters(self, view):
        known = dict.fromkeys((*getattr(view, "orderings", ()), *sorts_of(view)))
        names = [f"{sign}{name}" for name in known if name != "id" for sign in ("", "-")]
        limit = {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": LIMIT}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {
                "name": "ordering",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": ["-id", "id", *names]},
            },
        ]

    def _next(self) -> str | None:
        if self.last is None:
            return None
        if self.keys:
            said = [self.ordering, token_of(self.last, self.keys)]
        else:
            said = [self.ordering, self.column.value_to_string(self.last), self.last.pk]
        text = json.dumps(said, separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _after(self, cursor: str, beyond: str) -> Q:
        try:
            ordering, value, key = _read(cursor, 3)
            value, key = self.column.to_python(value), int(key)
        except (binascii.Error, ValueError, TypeError, ValidationError) as error:
            raise _bad("cursor", _("This is no cursor of ours.")) from error
        self._same(ordering)
        name = self.column.name
        if self.column.primary_key:
            return Q(**{f"pk__{beyond}": key})
        # The plain bound beside the exact one lets the index of the column be used.
        exact = Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, f"pk__{beyond}": key})
        return Q(**{f"{name}__{beyond}e": value}) & exact


def _limit(text: str | None) -> int:
    if not text:
        return LIMIT
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST:
        raise _bad("limit", _("A page has 1 to %(longest)s rows.") % {"longest": LONGEST})
    return int(text)


def _read(cursor: str, parts: int) -> list:
    """What a cursor says; raises ValueError or TypeError where it is none of ours."""
    said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(said, list) or len(said) != parts:
        raise ValueError(cursor)
    return said


def _keys(ordering: str, view, sorts: dict[str, tuple[str, ...]]) -> list[Key]:
    """The sort keys of a column of the list; none where the ordering is one of the view's own."""
    name = ordering.removeprefix("-")
    if name in ("id", *getattr(view, "orderings", ())) or name not in sorts:
        return []
    sign = "-" if ordering.startswith("-") else ""
    return keys_for(view.model, [sign + path for path in sorts[name]])


def _ordering(text: str | None, view, sorts) -> str:
    allowed = tuple(dict.fromkeys(("id", *getattr(view, "orderings", ()), *sorts)))
    if not text:
        return "-id" if view.model._meta.pk.name == "id" else f"-{view.model._meta.pk.name}"
    if text.lstrip("-") not in allowed or text.startswith("--"):
        names = ", ".join(allowed)
        raise _bad("ordering", _("Rows can be ordered by %(names)s.") % {"names": names})
    return text


def _bad(parameter: str, text: str) -> Problem:
    error = {"parameter": parameter, "detail": text, "code": "invalid"}
    return Problem(400, "invalid", _("What was sent is not valid."), text, errors=[error])
