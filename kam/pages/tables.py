"""Declared tables: which columns a list has, how a cell is written, sorted, summed and exported.

    class OrderTable(Table):
        number = Column(_("Number"), kind="link", sort=True)
        client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
        due_on = Column(_("Due"), kind="date", sort=True)
        total = Column(_("Total"), kind="money", sort=True, total=True)
        status = Column(_("State"), kind="chip")

        class Meta:
            related = ("client",)
            sort = "-due_on"

Cells are compiled once per answer into plain functions, because a page of fifty rows and ten columns writes five
hundred cells.
"""

import html
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Case, F, Model, Q, QuerySet, When
from django.db.models.constants import LOOKUP_SEP
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kam import formats
from kam.models import MoneyField
from kam.pages.chips import chip, tone_of
from kam.pages.paths import Value, reached, relation_on, with_related
from kam.pages.registry import page_of

KINDS = ("text", "money", "quantity", "exact", "percent", "date", "moment", "chip", "link", "flag", "html", "person")
NUMERIC = frozenset(("money", "quantity", "exact", "percent"))
UNKNOWN = f'<span class="unknown">{formats.UNKNOWN}</span>'


@dataclass(slots=True)
class Column:
    """One column of a table.

    label       the heading, translated lazily
    kind        how a value is written: one of KINDS; a "person" is a user, named shortly and on one line;
                an "exact" figure keeps the places it has
    accessor    dotted path or function of the row; the column's name if empty
    sort        True (the accessor as an ORM path), an ORM path, or a tuple of them; None: not sortable
    total       True, an ORM path or an expression: summed over all filtered rows, for money and quantities
    export      function of the row giving the exported value; by default the accessor's value
    visible     shown until the user chooses columns
    permission  code without which the column does not exist for a user (cost, margin)
    currency    ISO code, or a dotted path on the row that gives it
    href        function of the row giving the address of the cell; a "link" without it opens the row
    tones       status value -> tone, over the common ones
    hint        shorter text under the value (function of the row)
    opens       code without which `href` is left out: the page it leads to is closed to the user
    asked_by    name of a filter: the column is shown where that filter is set, whatever the user chose
    """

    label: Any
    kind: str = "text"
    accessor: str | Value = ""
    sort: bool | str | tuple[str, ...] | None = None
    total: Any = False
    export: Value | None = None
    visible: bool = True
    permission: str = ""
    currency: str = "RUB"
    href: Value | None = None
    tones: dict[str, str] | None = None
    hint: Value | None = None
    opens: str = ""
    asked_by: str = ""
    name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of column: {self.kind}")

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def value(self) -> Value:
        """The function that takes the value out of a row; None where the path ends early."""
        accessor = self.accessor or self.name
        return accessor if callable(accessor) else reached(accessor)

    @property
    def sort_paths(self) -> tuple[str, ...]:
        """The ORM paths the column sorts by; empty if it does not sort."""
        if not self.sort:
            return ()
        if self.sort is True:
            return (self._path(),)
        return (self.sort,) if isinstance(self.sort, str) else tuple(self.sort)

    @property
    def total_path(self) -> Any:
        """The ORM path or the expression to sum; empty if the column has no total."""
        if self.total is False:
            return ""
        return self._path() if self.total is True else self.total

    @property
    def is_mixed(self) -> bool:
        """Whether what is summed may be in several currencies."""
        return self.total is True and self.kind == "money" and not self.currency.isupper()

    def total_in(self, currency: str) -> Any:
        """What to sum of rows in a currency: amounts in two of them are never added up."""
        if not self.is_mixed:
            return self.total_path
        told_by = self.currency.replace(".", LOOKUP_SEP)
        return Case(When(**{told_by: currency}, then=F(self._path())), output_field=MoneyField())

    def list_total(self, model: type[Model]) -> Any:
        """What a list sums: roubles.

        Where another document tells the currency, the few foreign ones of these are left out, found by an index of
        their own: thousands of others would be read to show one sum.
        """
        *hops, name = self.currency.split(".")
        if not (self.is_mixed and hops):
            return self.total_in("RUB")
        for hop in hops:
            model = model._meta.get_field(hop).related_model
        foreign = model._base_manager.exclude(**{name: "RUB"}).order_by().values("pk")
        counted = ~Q(**{f"{LOOKUP_SEP.join(hops)}__in": foreign})
        return Case(When(counted, then=F(self._path())), output_field=MoneyField())

    def relations(self, model: type[Model]) -> Iterator[str]:
        """The to-one relations on its paths as `select_related` names them; a function tells of none."""
        currency = self.currency if "." in self.currency else ""
        for path in (self.accessor or self.name, currency):
            if isinstance(path, str) and (relation := relation_on(model, path)):
                yield relation

    def _path(self) -> str:
        accessor = self.accessor or self.name
        if callable(accessor):
            raise TypeError(f"column {self.name}: name the ORM path, its accessor is a function")
        return accessor.replace(".", "__")

    def export_value(self, row: Any) -> Any:
        """The plain value for a file: Decimal, date, int or text; a chip gives its word."""
        if self.export:
            return self.export(row)
        if self.kind == "chip":
            return str(shown_label(row, self) or "")
        if self.kind == "person":
            person = self.value(row)
            return person.short_name if person else None
        return self.value(row)


def shown_label(row: Any, column: Column) -> Any:
    """The word of a chip: Django's display of the choice, if the field has choices."""
    accessor = column.accessor or column.name
    if isinstance(accessor, str):
        *path, last = accessor.split(".")
        holder = reached(".".join(path))(row) if path else row
        display = getattr(holder, f"get_{last}_display", None)
        if display:
            return display()
    return column.value(row)


def writer(column: Column, row_href: Value | None = None, language: str | None = None) -> Value:
    """The function that writes one cell of the column as safe HTML."""
    value, language = column.value, formats.spoken(language)
    write = _WRITERS[column.kind](column, value, language, row_href)
    if column.href and column.kind != "link":
        write = _linked(write, column.href)
    if not column.hint:
        return write
    hint = column.hint

    def with_hint(row: Any) -> str:
        text = hint(row)
        return f'{write(row)}<div class="cell-hint">{escaped(text)}</div>' if text else write(row)

    return with_hint


def _linked(write: Value, href: Value) -> Value:
    def link(row: Any) -> str:
        address = href(row)
        return f'<a href="{escaped(address)}">{write(row)}</a>' if address else write(row)

    return link


def escaped(value: Any) -> str:
    """What `conditional_escape` gives, without its detour for plain text, of which a table is full."""
    return html.escape(value) if type(value) is str else conditional_escape(value)


def _text(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    def write(row: Any) -> str:
        got = value(row)
        return UNKNOWN if got is None or got == "" else escaped(got)

    return write


def _figure(text_of: Callable[[Any, Any], str], value: Value) -> Value:
    def write(row: Any) -> str:
        got = value(row)
        text = text_of(got, row)
        if got is None or not got:
            return f'<span class="unknown">{text}</span>'
        return f'<span class="minus">{text}</span>' if got < 0 else text

    return write


def _money(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    if len(column.currency) == 3 and column.currency.isupper():
        code = column.currency
        return _figure(lambda got, row: formats.money(got, code, language), value)
    currency = reached(column.currency)
    return _figure(lambda got, row: formats.money(got, currency(row) or "RUB", language), value)


def _quantity(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    return _figure(lambda got, row: formats.quantity(got, language), value)


def _exact(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    return _figure(lambda got, row: formats.exact(got, language), value)


def _percent(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    return _figure(lambda got, row: formats.percent(got, language), value)


def _date(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    return _unless_unknown(lambda got: formats.day(got, language), value)


def _moment(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    return _unless_unknown(lambda got: formats.moment(got, language), value)


def _unless_unknown(text_of: Callable[[Any], str], value: Value) -> Value:
    def write(row: Any) -> str:
        got = value(row)
        return UNKNOWN if got is None else text_of(got)

    return write


def _chip(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    known: dict[Any, str] = {}

    def write(row: Any) -> str:
        got = value(row)
        if got is None or got == "":
            return ""
        if got not in known:
            known[got] = chip(shown_label(row, column), tone_of(got, column.tones or _tones_of(type(row))))
        return known[got]

    return write


def _tones_of(model: type) -> dict[str, str] | None:
    """The tones of the page that shows documents of a model: a state is of one colour wherever its rows stand."""
    page = page_of(model)
    return page.tones if page else None


def _link(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    href = column.href or row_href

    def write(row: Any) -> str:
        got = value(row)
        if isinstance(got, date):
            got = formats.day(got, language)
        text = formats.UNKNOWN if got is None or got == "" else escaped(got)
        address = href(row) if href else ""
        return f'<a class="cell-link" href="{escaped(address)}">{text}</a>' if address else text

    return write


def _flag(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    yes = f'<i class="ti ti-check" role="img" aria-label="{gettext("yes")}"></i>'
    return lambda row: yes if value(row) else ""


def _person(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    def write(row: Any) -> str:
        got = value(row)
        # Last name and initials stay on one line, however narrow the column.
        return escaped(got.short_name.replace(" ", formats.NBSP)) if got else UNKNOWN

    return write


def _html(column: Column, value: Value, language: str, row_href: Value | None) -> Value:
    def write(row: Any) -> str:
        got = value(row)
        return "" if got is None else conditional_escape(got)

    return write


_WRITERS = {
    "text": _text, "money": _money, "quantity": _quantity, "exact": _exact, "percent": _percent,
    "date": _date, "moment": _moment,
    "chip": _chip, "link": _link, "flag": _flag, "html": _html,
    "person": _person,
}  # fmt: skip


def unlinked(column: Column) -> Column:
    """The same column that leads nowhere."""
    plain = replace(column, href=None)
    plain.name = column.name
    return plain


class Table:
    """A declared table: subclass it and name the columns in the order they are read."""

    columns: dict[str, Column] = {}
    related: tuple[str, ...] = ()
    prefetch: tuple[Any, ...] = ()
    sort: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        columns = dict(cls.columns)
        for name, column in list(vars(cls).items()):
            if isinstance(column, Column):
                column.name = name
                columns[name] = column
                delattr(cls, name)
        cls.columns = columns
        meta = vars(cls).get("Meta")
        for key in ("related", "prefetch", "sort"):
            if meta and hasattr(meta, key):
                setattr(cls, key, getattr(meta, key))

    @classmethod
    def allowed(cls, user: Any) -> dict[str, Column]:
        """The columns that exist for this user."""
        return {
            name: column if not column.opens or user.has_perm(column.opens) else unlinked(column)
            for name, column in cls.columns.items()
            if not column.permission or user.has_perm(column.permission)
        }

    @classmethod
    def chosen(cls, user: Any, names: Sequence[str] = (), asked: Collection[str] = ()) -> list[Column]:
        """The columns to show: the user's choice in the table's order, or the default ones, and what filters ask."""
        allowed = {name: column for name, column in cls.allowed(user).items() if column.asked_by in ("", *asked)}
        picked = [name for name in allowed if name in names] or [n for n, column in allowed.items() if column.visible]
        return [column for name, column in allowed.items() if name in picked or column.asked_by]

    @classmethod
    def read_for(cls, columns: Iterable[Column], rows: QuerySet) -> QuerySet:
        """The rows with what these columns show: the relations on their paths and those that `Meta` names."""
        return with_related(rows, cls.relations(columns, rows.model)).prefetch_related(*cls.prefetch)

    @classmethod
    def relations(cls, columns: Iterable[Column], model: type[Model]) -> list[str]:
        """The to-one relations that these columns show, as `select_related` names them."""
        return [*cls.related, *(relation for column in columns for relation in column.relations(model))]


def cell_attributes(column: Column) -> str:
    """What a cell says of itself: a phone shows a row as cells one under another, each under its own heading."""
    figure = ' class="num"' if column.numeric else ""
    return f'{figure} data-label="{conditional_escape(column.label)}"'


def rows_html(
    rows: Iterable[Any], columns: Sequence[Column], row_href: Value | None = None, selectable: bool = False
) -> SafeString:
    """The table rows as HTML. `selectable` puts a checkbox in front, named `pk`, for bulk steps."""
    writers = [(cell_attributes(column), writer(column, row_href)) for column in columns]
    label = conditional_escape(gettext("Select this row"))
    out: list[str] = []
    for row in rows:
        href = f' data-href="{escaped(row_href(row))}"' if row_href else ""
        out.append(f'<tr{href} id="row-{row.pk}">')
        if selectable:
            out.append(
                '<td class="pick"><input class="form-check-input" type="checkbox" name="pk" form="bulk" '
                f'value="{row.pk}" aria-label="{label}"></td>'
            )
        out.extend(f"<td{attributes}>{write(row)}</td>" for attributes, write in writers)
        out.append("</tr>")
    return mark_safe("".join(out))
