"""Dotted paths from a row: the value at their end, and the relations on their way."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

Value = Callable[[Any], Any]


def reached(path: str) -> Value:
    """A getter for a dotted path that stops quietly at a missing or empty relation."""
    parts = path.split(".")
    if len(parts) == 1:
        simple = attrgetter(path)

        def get_simple(row: Any) -> Any:
            try:
                value = simple(row)
            except ObjectDoesNotExist:  # the other side of a one-to-one that is not there yet
                return None
            return value() if callable(value) and not hasattr(value, "all") else value

        return get_simple

    def get(row: Any) -> Any:
        for part in parts:
            if row is None:
                return None
            try:
                row = getattr(row, part)
            except ObjectDoesNotExist:
                return None
            if callable(row) and not hasattr(row, "all"):
                row = row()
        return row

    return get


def relation_on(model: type[Model], path: str) -> str:
    """The longest way over to-one relations that a dotted path begins with, as an ORM path; empty if there is none."""
    hops: list[str] = []
    for part in path.split("."):
        try:
            found: Any = model._meta.get_field(part)
        except FieldDoesNotExist:
            break
        if not (found.many_to_one or found.one_to_one) or found.related_model is None:
            break
        hops.append(part)
        model = found.related_model
    return LOOKUP_SEP.join(hops)


def with_related(rows: QuerySet, relations: Sequence[str]) -> QuerySet:
    """The rows with these to-one relations, but for what they know already, as the lines of an order know the order.

    `select_related` of nothing would read every one.
    """
    known = {field.name for field in rows._known_related_objects}
    wanted = [relation for relation in relations if relation not in known]
    return rows.select_related(*wanted) if wanted else rows
