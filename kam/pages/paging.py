"""Sorting and paging by the last row seen.

An offset makes the database walk over everything it skips; here the next page starts after the sort keys of the last
row, with the primary key as the last key, so a page costs the same anywhere in the list and no row is shown twice
when others are added meanwhile.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections
from django.db.models import F, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.sql.where import WhereNode

from kam.access import arms_of

PAGE_SIZE = 50
COUNT_CAP = 1000
TOTALS_CAP = 5000


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: an ORM path, its direction, and whether it may be empty."""

    path: str
    descending: bool
    nullable: bool

    def ordering(self) -> Any:
        # PostgreSQL's own place of nulls (last when ascending, first when descending), so that one plain index
        # serves both directions.
        return F(self.path).desc() if self.descending else F(self.path).asc()


def keys_for(model: type[Model], paths: Sequence[str]) -> list[Key]:
    """Sort keys for ORM paths with an optional leading minus; the primary key is added as the last one."""
    keys = [Key(p.removeprefix("-"), p.startswith("-"), may_be_empty(model, p.removeprefix("-"))) for p in paths]
    if not any(key.path in ("pk", model._meta.pk.name) for key in keys):
        keys.append(Key("pk", bool(keys) and keys[0].descending, False))
    return keys


def may_be_empty(model: type[Model], path: str) -> bool:
    """Whether an ORM path can give NULL. An annotation is taken as one that can."""
    current: Any = model
    for part in path.split(LOOKUP_SEP):
        if part == "pk":
            return False
        try:
            field = current._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if field.null or (field.is_relation and not field.concrete):
            return True
        current = field.related_model
    return False


def ordered(rows: QuerySet, keys: Sequence[Key]) -> QuerySet:
    """The rows in the order of the keys."""
    return rows.order_by(*(key.ordering() for key in keys))


def after(rows: QuerySet, keys: Sequence[Key], token: str) -> QuerySet:
    """The rows behind the one the token names. A token that cannot be read gives the first page."""
    values = _values_of(token, len(keys))
    if values is None:
        return rows
    beyond = Q(pk__in=())
    tied = Q()
    for key, value in zip(keys, values, strict=True):
        beyond |= tied & _beyond(key, value)
        tied &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    first, value = keys[0], values[0]
    if value is not None and not first.nullable:
        # Says the same again, as one range the index can start from.
        beyond &= Q(**{f"{first.path}__{'lte' if first.descending else 'gte'}": value})
    return rows.filter(beyond)


def _beyond(key: Key, value: Any) -> Q:
    empty = Q(**{f"{key.path}__isnull": True})
    if value is None:
        return ~empty if key.descending else Q(pk__in=())
    past = Q(**{f"{key.path}__{'lt' if key.descending else 'gt'}": value})
    return past | empty if key.nullable and not key.descending else past


def token_of(row: Model, keys: Sequence[Key]) -> str:
    """Where the next page starts: the sort keys of the last row shown."""
    text = json.dumps([_plain(_reach(row, key.path)) for key in keys], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _reach(row: Any, path: str) -> Any:
    for part in path.split(LOOKUP_SEP):
        if row is None:
            return None
        row = getattr(row, part)
    return row.pk if isinstance(row, Model) else row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _values_of(token: str, count: int) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    plain = str | int | float | bool | None
    if not isinstance(values, list) or len(values) != count or not all(isinstance(v, plain) for v in values):
        return None
    return values


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows a filter found and what they add up to, both up to a cap."""

    count: int
    capped: bool
    totals: dict[str, Any]

    @property
    def cap(self) -> int:
        return self.count


def first_of(rows: QuerySet, wide: QuerySet, keys: Sequence[Key], count: int) -> list[Any]:
    """The first rows in the order of the keys: found by what an index holds, and only then read whole.

    `rows` are those of `wide` that fit, ordered by the keys; `wide` says what of them and of others a page shows.
    Sorting whole rows with all that is joined to them would read thousands of each to show fifty. What a filter adds to
    its rows, such as what was open on a day, is read with them.
    """
    if rows.query.distinct or rows.query.combinator:
        return list(rows[:count])
    if rows.query.group_by is not None or wide.query.group_by is not None:
        return _grouped(rows, wide, keys, count)
    heads = [arm.select_related(None).prefetch_related(None).values("pk")[:count] for arm in arms_of(rows)]
    found = heads[0].union(*heads[1:], all=True) if len(heads) > 1 else heads[0]
    has_more = set(rows.query.annotations).difference(wide.query.annotations)
    whole = (rows if has_more else wide).all()
    # The keys found say all that `wide` asks for; to ask again would only mislead the planner about how many there are.
    whole.query.where = WhereNode()
    return list(ordered(whole.filter(pk__in=found), keys)[:count])


def _grouped(rows: QuerySet, wide: QuerySet, keys: Sequence[Key], count: int) -> list[Any]:
    """The same of rows that are sums of others: found without what a page shows, which only those found get."""
    found = list(rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)[:count])
    whole = wide.all()
    whole.query.where = WhereNode()
    return list(ordered(whole.filter(pk__in=found), keys))


def summary_of(rows: QuerySet, totals: dict[str, Any]) -> Summary:
    """Count the rows and sum the named ORM paths, reading at most COUNT_CAP (or TOTALS_CAP) rows, in one query.

    totals: column name -> ORM path, or an expression of what has no path.
    """
    cap = TOTALS_CAP if totals else COUNT_CAP
    paths = sorted(dict.fromkeys(totals.values()), key=lambda path: not isinstance(path, str))
    named = [path for path in paths if isinstance(path, str)]
    reckoned = {f"total_{place}": path for place, path in enumerate(paths[len(named) :])}
    # select_related and ordering would only make the inner query wider and slower.
    arms = [arm.order_by().select_related(None).values("pk", *named, **reckoned)[: cap + 1] for arm in arms_of(rows)]
    found = arms[0].union(*arms[1:])[: cap + 1] if len(arms) > 1 else arms[0]
    count, *sums = _counted(found, len(paths))
    of_path = dict(zip(paths, sums, strict=True))
    return Summary(min(count, cap), count > cap, {name: of_path[path] for name, path in totals.items()})


def _counted(rows: QuerySet, sums: int) -> tuple[Any, ...]:
    """How many rows, and the sum of each column after the first."""
    try:
        sql, values = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return (0, *[None] * sums)
    columns = [f"c{place}" for place in range(sums)]
    wanted = ", ".join(["count(*)", *(f"sum({column})" for column in columns)])
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM ({sql}) found ({', '.join(['pk', *columns])})", values)
        return cursor.fetchone()
