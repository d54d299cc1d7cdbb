"""Search by words and their beginnings, the same on every PostgreSQL.

A row keeps its words folded (lower case, ё as е) in one text column; the index splits that column at
blanks, so article codes stay whole. No extension and no collation is needed.
"""

import re
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast

from kam.folding import folded

_ALPHANUMERIC = re.compile(r"[^\W_]+")


def search_words(*texts) -> str:
    """The words under which a row is found: folded, and codes also without their punctuation."""
    found: list[str] = []
    for text in texts:
        for word in folded(text or "").split():
            if word.isalnum():  # most words: nothing to take out of them
                found.append(word)
            else:
                found += _found_by(word)
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _found_by(word: str) -> tuple[str, ...]:
    """A code; also how it reads without its punctuation, and its parts."""
    parts = _ALPHANUMERIC.findall(word)
    return (word, "".join(parts), *parts) if parts else (word,)


class SearchField(models.TextField):
    """The search words of a row, made from its other fields whenever it is written."""

    def __init__(self, *, of=(), **kwargs):
        self.of = tuple(of)
        kwargs.update(editable=False, default="", blank=True)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, instance, add):
        value = search_words(*(getattr(instance, name) for name in self.of))
        setattr(instance, self.attname, value)
        return value


class SortKeyField(models.CharField):
    """A name as it sorts: folded, since the database's own order depends on where it runs."""

    def __init__(self, *, of="name", **kwargs):
        self.of = of
        kwargs.update(editable=False, default="", blank=True, max_length=300)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, instance, add):
        value = folded(getattr(instance, self.of) or "")[:300]
        setattr(instance, self.attname, value)
        return value


def _vector(column: str):
    words = Func(F(column), Value(" "), function="string_to_array")
    return Func(words, function="array_to_tsvector")


def search_index(name: str, column: str = "search") -> GinIndex:
    """The index behind `matching`."""
    return GinIndex(_vector(column), name=name)


def matching(queryset, text: str, column: str = "search"):
    """Rows that have, for every word of the text, a word beginning with it; all rows for an empty text."""
    words = search_words(text).split() if text else []
    typed = folded(text).split() if text else []
    terms = [word for word in typed if word in words]
    if not terms:
        return queryset
    quoted = ["'" + term.replace("\\", "\\\\").replace("'", "''") + "':*" for term in terms]
    query = Cast(Value(" & ".join(quoted)), output_field=TsQueryField())
    return queryset.alias(_words=_vector_of(column)).filter(_words__matches=query)


class TsQueryField(models.Field):
    """A tsquery, for casts only."""

    def db_type(self, connection):
        return "tsquery"


class TsVectorField(models.Field):
    """A tsvector made in an expression, never stored."""

    def db_type(self, connection):
        return "tsvector"


def _vector_of(column: str):
    expression = _vector(column)
    expression.output_field = TsVectorField()
    return expression


@TsVectorField.register_lookup
class Matches(models.Lookup):
    """`vector @@ query`."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_params, *right_params)
