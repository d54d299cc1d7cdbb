"""Pages of a list by keyset: the next page starts after the last row seen, however many rows were added."""

import base64
import binascii
import json

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from kam.api.problems import Problem

LIMIT, LONGEST = 50, 200


class KeysetPagination(BasePagination):
    """`?limit=`, `?ordering=` among the view's `orderings`, and `next` with an opaque `?cursor=`.

    Without an ordering the newest come first. Orderings name columns without nulls; the primary key
    breaks ties, so that no row is shown twice or left out.
    """

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.limit = _limit(request.query_params.get("limit"))
        self.ordering = _ordering(request.query_params.get("ordering"), view)
        name, falls = self.ordering.lstrip("-"), self.ordering.startswith("-")
        self.column = queryset.model._meta.get_field(name)
        sign = "-" if falls else ""
        rows = queryset.order_by(*dict.fromkeys((f"{sign}{self.column.name}", f"{sign}pk")))
        cursor = request.query_params.get("cursor")
        if cursor:
            rows = rows.filter(self._after(cursor, "lt" if falls else "gt"))
        found = list(rows[: self.limit + 1])
        self.last = found[self.limit - 1] if len(found) > self.limit else None
        return found[: self.limit]

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
        names = [f"{sign}{name}" for name in getattr(view, "orderings", ()) for sign in ("", "-")]
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
        value = self.column.value_to_string(self.last)
        text = json.dumps([self.ordering, value, self.last.pk], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _after(self, cursor: str, beyond: str) -> Q:
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            ordering, value, key = json.loads(text)
            value, key = self.column.to_python(value), int(key)
        except (binascii.Error, ValueError, TypeError, ValidationError) as error:
            raise _bad("cursor", _("This is no cursor of ours.")) from error
        if ordering != self.ordering:
            raise _bad("cursor", _("The cursor belongs to another ordering."))
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


def _ordering(text: str | None, view) -> str:
    allowed = ("id", *getattr(view, "orderings", ()))
    if not text:
        return "-id" if view.model._meta.pk.name == "id" else f"-{view.model._meta.pk.name}"
    if text.lstrip("-") not in allowed or text.startswith("--"):
        names = ", ".join(allowed)
        raise _bad("ordering", _("Rows can be ordered by %(names)s.") % {"names": names})
    return text


def _bad(parameter: str, text: str) -> Problem:
    error = {"parameter": parameter, "detail": text, "code": "invalid"}
    return Problem(400, "invalid", _("What was sent is not valid."), text, errors=[error])
