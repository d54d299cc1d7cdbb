"""Filters of a list: django-filter sets whose choices are scoped to the reader, and the chips of what is set."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Manager, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from kam import formats
from kam.clock import today
from kam.folding import folded
from kam.pages.fields import DateInput, DayField, DecimalField, MoneyInput, RemoteSelect, RemoteSelectMany
from kam.search import SearchField, matching

MAIN_FILTERS = 5
LOOKUPS = frozenset(("startswith", "istartswith", "exact", "iexact", "contains", "icontains"))


class RemoteFilter(django_filters.ModelChoiceFilter):
    """Choice of a related document by searching for it; only what the reader may see can be chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RemoteSelect())
        super().__init__(*args, **kwargs)


class RemoteManyFilter(django_filters.ModelMultipleChoiceFilter):
    """Choice of several related documents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RemoteSelectMany())
        super().__init__(*args, **kwargs)


class ChoicesFilter(django_filters.MultipleChoiceFilter):
    """Several values of a short fixed list (states, kinds)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.SelectMultiple(attrs={"data-select": "1"}))
        # A value of the row itself matches once: DISTINCT would sort every row found before the first is shown.
        kwargs.setdefault("distinct", False)
        super().__init__(*args, **kwargs)


class DayFilter(django_filters.Filter):
    """A day, `dd.mm.yyyy` or ISO; give `lookup_expr="gte"` or `"lte"` for the ends of a period."""

    field_class = DayField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(*args, **kwargs)


@extend_schema_field(OpenApiTypes.DECIMAL)  # a sum that a query adds up has no field of a model to tell
class AmountFilter(django_filters.Filter):
    """An amount, with a comma or a point."""

    field_class = DecimalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MoneyInput())
        super().__init__(*args, max_digits=20, **kwargs)


class YesNoFilter(django_filters.BooleanFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("", "—"), ("true", _("Yes")), ("false", _("No"))]
        kwargs.setdefault("widget", forms.Select(choices=choices))
        super().__init__(*args, **kwargs)


class TodayFilter(YesNoFilter):
    """Yes: the rows that a step of their queryset keeps for today (`TodayFilter("valid_on")`); no: all others."""

    def __init__(self, step: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step

    def filter(self, rows: QuerySet, value: bool | None) -> QuerySet:
        if value is None:
            return rows
        kept = getattr(rows.model._default_manager, self.step)(today()).order_by().values("pk")
        return rows.filter(pk__in=kept) if value else rows.exclude(pk__in=kept)


class FilterSet(django_filters.FilterSet):
    """Base of every filter set of ours. `Meta.main` names the up to five filters shown at once.

    `names`, where given, are the only filters that it holds. `Meta.guarded` maps a filter to the code without which it
    does not exist for a user: what a column hides, a filter must not find out.
    """

    def __init__(self, *args: Any, names: Collection[str] | None = None, **kwargs: Any) -> None:
        if names is not None:
            self.base_filters = {name: each for name, each in self.base_filters.items() if name in names}
        request = kwargs.get("request")
        guarded = getattr(getattr(self, "Meta", None), "guarded", {})
        self.hidden = {name for name, code in guarded.items() if request and not request.user.has_perm(code)}
        if self.hidden:
            self.base_filters = {name: each for name, each in self.base_filters.items() if name not in self.hidden}
        super().__init__(*args, **kwargs)
        user = self.request.user if self.request is not None else None
        if user is not None:
            scope_choices(self.form, user)

    @classmethod
    def main_names(cls) -> list[str]:
        """The filters that stand in the bar."""
        named = getattr(getattr(cls, "Meta", None), "main", None)
        return [n for n in named if n in cls.base_filters] if named else list(cls.base_filters)[:MAIN_FILTERS]

    @classmethod
    def more_names(cls) -> list[str]:
        """The filters that stand under "more"."""
        main = set(cls.main_names())
        return [name for name in cls.base_filters if name not in main]

    @classmethod
    def names_set(cls, params: QueryDict) -> set[str]:
        """The filters that an address sets; the ends of a range are parameters that begin with its name."""
        given = [key for key, values in params.lists() if any(values)]
        return {n for n in cls.base_filters if any(key == n or key.startswith(f"{n}_") for key in given)}

    @classmethod
    def names_apart(cls) -> set[str]:
        """The filters that differ by reader even while they are not set: their choices are neither fixed nor searched
        for."""
        return {name for name, each in cls.base_filters.items() if not _is_common(each)}


def _is_common(single: django_filters.Filter) -> bool:
    if isinstance(single.extra.get("widget"), RemoteSelect):
        return True
    return isinstance(single.extra.get("choices", ()), list | tuple) and "queryset" not in single.extra


def scope_choices(form: forms.BaseForm, user: Any) -> None:
    """Let every choice of documents in a form offer and accept only rows the user may see."""
    for field in form.fields.values():
        rows = getattr(field, "queryset", None)
        if isinstance(rows, Manager):
            rows = rows.all()
        if isinstance(rows, QuerySet) and hasattr(rows, "visible_to"):
            field.queryset = rows.visible_to(user)
        if isinstance(field.widget, RemoteSelect):
            field.widget.user = user


def filterset_of(page: Any, request: Any, params: QueryDict) -> FilterSet | None:
    """The page's filter set over no rows yet, of what is set; None if the page declares none.

    A list offers a dozen filters and one or two are set: the others would find nothing out and need not be made.
    """
    declared = page.filterset
    if declared is None:
        return None
    names = declared.names_set(params) | declared.names_apart()
    return declared(params, queryset=page.model._default_manager.none(), request=request, names=names)


def found_by(page: Any, rows: QuerySet, text: str) -> QuerySet:
    """Rows where every word of the text begins a search word, or fits one of the page's search paths."""
    text = text.strip()
    if not text:
        return rows
    if not page.search:
        return matching(rows, text) if has_words(page.model) else rows
    for word in text.split():
        arms = [_fits(page.model, path, word) for path in page.search]
        if len(arms) == 1:
            rows = rows.filter(arms[0])
        else:
            # Each way of being found uses its own index; an OR over joined tables would use none.
            first, *others = (page.model._default_manager.filter(arm).order_by().values("pk") for arm in arms)
            rows = rows.filter(pk__in=first.union(*others, all=True))
    return rows


def _fits(model: type[Model], path: str, word: str) -> Q:
    """How a word is looked for at one search path: by search words, by the lookup named, else anywhere in the text."""
    *relation, last = path.split("__")
    if last in LOOKUPS:
        # A lookup that minds case serves numbers, which are written in capitals.
        return Q(**{path: word}) | Q(**{path: word.upper()})
    target = model
    for part in relation:
        target = target._meta.get_field(part).related_model
    if isinstance(target._meta.get_field(last), SearchField):
        found = matching(target._default_manager.all(), folded(word), last).values("pk")
        return Q(**{"__".join([*relation, "pk", "in"]): found})
    return Q(**{f"{path}__icontains": folded(word) if last == "sort_key" else word})


def has_words(model: Any) -> bool:
    """Whether a model keeps search words of its own."""
    return any(isinstance(field, SearchField) and field.name == "search" for field in model._meta.fields)


def searchable(page: Any) -> bool:
    return bool(page.search) or has_words(page.model)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set: its label, its value in words, and the list without it."""

    label: str
    value: str
    href: str


def chips_of(listing: Any) -> list[Chip]:
    """A chip for each filter that is set."""
    chips = []
    text = listing.params.get("q", "").strip()
    if text:
        chips.append(Chip(gettext("Search"), text, listing.address(q="")))
    if listing.filterset is None or not listing.filters_valid:
        return chips
    for name, field in listing.filterset.form.fields.items():
        value = listing.filterset.form.cleaned_data.get(name)
        if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
            continue
        label = listing.filterset.filters[name].label or field.label or name
        chips.append(Chip(str(label), in_words(field, value), listing.address(**{name: ""})))
    return chips


def in_words(field: forms.Field, value: Any) -> str:
    """A filter's value as a person reads it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, QuerySet | list | tuple):
        labels = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
        return ", ".join(str(labels.get(item, item)) for item in value)
    if isinstance(field, DayField):
        return formats.day(value)
    if isinstance(field, DecimalField):
        return formats.quantity(value)
    if hasattr(field, "choices") and not hasattr(field, "queryset"):
        return str(dict(field.choices).get(value, value))
    return str(value)
