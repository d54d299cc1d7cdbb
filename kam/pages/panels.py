"""What a detail page is made of: key figures, buttons, tabs, and panels of facts, rows, the trail and attachments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kam.models import Attachment, TrailEntry
from kam.pages.paging import keys_for, ordered, summary_of
from kam.pages.paths import reached
from kam.pages.registry import address_of, page_of
from kam.pages.tables import NUMERIC, Column, Table, rows_html, shown_label, writer
from kam.pages.trails import gathered, told_run

Of = Callable[[Any, Any], Any]
TRAIL_SHOWN, TRAIL_READ = 30, 200


def _asked(value: Any, document: Any, user: Any) -> Any:
    """A declared value: itself, or what its function of document and user gives."""
    return value(document, user) if callable(value) else value


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure in the header of a detail page.

    `value` is a dotted path on the document or a function of (document, user); `href`, `tone` and `hint` are plain or
    functions of the same. A tone colours the figure: "wrong", "wait", "done".
    """

    label: Any
    value: str | Of
    kind: str = "money"
    currency: str = "RUB"
    href: str | Of = ""
    tone: str | Of = ""
    hint: Any = ""
    permission: str = ""

    def shown(self, document: Any, user: Any) -> dict[str, Any]:
        """What the template needs of it."""
        value = self.value(document, user) if callable(self.value) else reached(self.value)(document)
        return {
            "label": self.label,
            "html": mark_safe(writer(Column("", self.kind, lambda row: value, currency=self.currency))(document)),
            "href": _asked(self.href, document, user),
            "tone": _asked(self.tone, document, user),
            "hint": _asked(self.hint, document, user),
        }


@dataclass(frozen=True, slots=True)
class Button:
    """A button beside the steps: a link, or with `post` a write of its own; with `dialog` it asks over the page.

    `href` is an address or a function of (document, user); on a list page the document is None.
    """

    label: Any
    href: str | Of
    icon: str = ""
    permission: str = ""
    shown: Of | None = None
    post: bool = False
    primary: bool = False
    new_tab: bool = False
    dialog: bool = False

    def offered(self, document: Any, user: Any) -> dict[str, Any] | None:
        """What the template needs of it; None if it is not for this user or document."""
        if self.permission and not user.has_perm(self.permission):
            return None
        if self.shown is not None and not self.shown(document, user):
            return None
        return {"button": self, "href": _asked(self.href, document, user)}


class Panel:
    """A part of a detail page. Subclass it with a template and a `context`; `side` puts it beside the main column."""

    template = ""
    title: Any = ""
    side = False
    permission = ""

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        """What the template needs; None leaves the panel out."""
        return {}

    def html(self, document: Any, request: Any) -> SafeString:
        if self.permission and not request.user.has_perm(self.permission):
            return SafeString("")
        context = self.context(document, request)
        if context is None:
            return SafeString("")
        return render_to_string(self.template, {"panel": self, "document": document, **context}, request)


@dataclass(slots=True)
class Tab:
    """A tab of a detail page, filled only when it is opened.

    `panels` are shown in order; or `render` gives the whole content, a function of (document, request). `count` is a
    function of (document, user) for a figure beside the label, `shown` tells whether the tab exists.
    """

    name: str
    label: Any
    panels: Sequence[Panel] = ()
    render: Callable[[Any, Any], str] | None = None
    permission: str = ""
    shown: Of | None = None
    count: Of | None = None

    def offered(self, document: Any, user: Any) -> bool:
        if self.permission and not user.has_perm(self.permission):
            return False
        return self.shown is None or bool(self.shown(document, user))


@dataclass(slots=True)
class Fact:
    """One fact: a dotted path or a function of the document, how it is written, and where it leads."""

    path: str | Callable[[Any], Any]
    label: Any = ""
    kind: str = ""
    currency: str = "RUB"
    href: Callable[[Any], str] | None = None
    permission: str = ""
    hide_empty: bool = False


class Facts(Panel):
    """Labels and values: `Facts("client", "number", ("due_on", _("Due")), Fact(...), title=_("Terms"))`."""

    template = "kam/panels/facts.html"

    def __init__(self, *facts: Any, title: Any = "", side: bool = False, permission: str = "") -> None:
        self.facts = [self._fact(fact) for fact in facts]
        self.title, self.side, self.permission = title, side, permission

    @staticmethod
    def _fact(fact: Any) -> Fact:
        if isinstance(fact, Fact):
            return fact
        return Fact(*fact) if isinstance(fact, tuple) else Fact(fact)

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        items = []
        for fact in self.facts:
            if fact.permission and not request.user.has_perm(fact.permission):
                continue
            column = fact_column(fact, type(document))
            if fact.href is None and not _may_open(fact, type(document), request.user):
                column.href = None
            if fact.hide_empty and column.value(document) in (None, ""):
                continue
            items.append({
                "label": column.label, "html": mark_safe(writer(column)(document)), "numeric": column.kind in NUMERIC,
            })  # fmt: skip
        return {"items": items} if items else None


def fact_column(fact: Fact, model: type[models.Model]) -> Column:
    """The column that writes a fact: its kind and label come from the model field unless the fact says otherwise."""
    field = _field_at(model, fact.path) if isinstance(fact.path, str) else None
    kind, href = fact.kind or _kind_of(field), fact.href
    accessor = fact.path
    if field is not None and getattr(field, "choices", None) and kind == "text":
        accessor = _choice_word(fact.path)
    if not fact.kind and field is not None and field.is_relation and href is None:
        href = _relation_href(fact.path)
    column = Column(
        fact.label or (capfirst(field.verbose_name) if field is not None else fact.path),
        kind, accessor, currency=fact.currency, href=href,
    )  # fmt: skip
    column.name = fact.path if isinstance(fact.path, str) else "fact"
    return column


def _choice_word(path: str) -> Callable[[Any], Any]:
    column = Column("", "chip", path)
    return lambda document: shown_label(document, column)


def _may_open(fact: Fact, model: type[models.Model], user: Any) -> bool:
    """Whether the page of a related document is open to this person; a link that ends in a refusal is none."""
    field = _field_at(model, fact.path) if isinstance(fact.path, str) else None
    page = page_of(field.related_model) if field is not None and field.is_relation else None
    return page is None or page.may(user, "view")


def _relation_href(path: str) -> Callable[[Any], str]:
    get = reached(path)
    return lambda document: address_of(get(document))


def _field_at(model: type[models.Model], path: str) -> Any:
    field = None
    for part in path.split("."):
        if model is None:
            return None
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field


def _kind_of(field: Any) -> str:
    if field is None:
        return "text"
    if getattr(field, "choices", None):
        return "chip" if field.name in ("status", "state") else "text"
    kinds = (
        (models.DateTimeField, "moment"), (models.DateField, "date"), (models.BooleanField, "flag"),
        (models.DecimalField, "money"), (models.ForeignKey, "text"), (models.IntegerField, "quantity"),
    )  # fmt: skip
    for field_class, kind in kinds:
        if isinstance(field, field_class):
            return kind
    return "text"


class Rows(Panel):
    """A table of related rows: `Rows("lines", OrderLineTable)`, or with `rows` a function of (document, user).

    Rows are read through `visible_to`; at most `limit` are shown, and said so.
    """

    template = "kam/panels/rows.html"

    def __init__(
        self, name: str = "", table: type[Table] | None = None, title: Any = "", *, rows: Of | None = None,
        limit: int = 200, side: bool = False, permission: str = "", empty: Any = "", more: Of | str = "",
    ) -> None:  # fmt: skip
        self.name, self.table, self.title, self.rows, self.limit = name, table, title, rows, limit
        self.side, self.permission, self.empty, self.more = side, permission, empty, more

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        user = request.user
        rows = self.rows(document, user) if self.rows else getattr(document, self.name).all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        page = page_of(rows.model)
        table = self.table or (page.table if page else names_only(rows.model))
        columns = table.chosen(user)
        found = table.read_for(columns, rows)
        if table.sort:
            found = ordered(found, sort_keys(table, rows.model))
        shown = list(found[: self.limit])
        totals = {c.name: c.total_in(shared_currency(c, shown)) for c in columns if c.total_path}
        summary = summary_of(rows, totals)
        if page and table is page.table:
            # The list's own columns may show set-based figures.
            page.decorate(shown, user)
        href = (lambda row: page.detail_url(row.pk)) if page and page.may(user, "view") else None
        return {
            "title": self.title or rows.model._meta.verbose_name_plural,
            "columns": columns,
            "rows": rows_html(shown, columns, href),
            "summary": summary,
            "cut": summary.count > len(shown),
            "totals": total_cells(columns, summary, shown) if shown else [],
            "more_href": _asked(self.more, document, user),
        }


def names_only(model: type[models.Model]) -> type[Table]:
    """The table of a model that declares none."""
    return type("NamesOnly", (Table,), {"name": Column(model._meta.verbose_name, "link", str)})


def sort_keys(table: type[Table], model: type[models.Model]) -> list[Any]:
    """The keys of a table's own sorting."""
    column = table.columns[table.sort.removeprefix("-")]
    sign = "-" if table.sort.startswith("-") else ""
    return keys_for(model, [sign + path for path in column.sort_paths])


def total_cells(columns: Sequence[Column], summary: Any, rows: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The cells of a totals row; nothing if no column is summed. The `rows` at hand tell the currency of their sums."""
    if not summary.totals:
        return []
    cells = []
    for column in columns:
        text = ""
        if column.name in summary.totals:
            total = summary.totals[column.name] or 0
            currency = shared_currency(column, rows)
            text = mark_safe(writer(Column("", column.kind, lambda value: value, currency=currency))(total))
        cells.append({"column": column, "text": text})
    return cells


def shared_currency(column: Column, rows: Sequence[Any]) -> str:
    """The currency to sum these rows in: theirs if they share one, else roubles."""
    if not column.is_mixed:
        return column.currency if column.currency.isupper() else "RUB"
    found = {reached(column.currency)(row) for row in rows}
    return found.pop() if len(found) == 1 else "RUB"


class Trail(Panel):
    """Who did what, when, on whose behalf and why."""

    template = "kam/panels/trail.html"
    title = _("History")
    side = True

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        entries = TrailEntry.objects.visible_to(request.user).of(document)
        found = list(entries.select_related("by", "on_behalf_of")[: TRAIL_READ + 1])
        runs = gathered(found[:TRAIL_READ])
        cut = len(runs) > TRAIL_SHOWN or len(found) > TRAIL_READ
        return {"entries": [told_run(run) for run in runs[:TRAIL_SHOWN]], "cut": cut}


class Attachments(Panel):
    """Files beside the document."""

    template = "kam/panels/attachments.html"
    title = _("Files")
    side = True
    permission = "kam.view_attachment"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        return {
            "files": Attachment.objects.visible_to(request.user).of(document).select_related("by"),
            "kind": document._meta.label_lower,
            "may_add": request.user.has_perm("kam.add_attachment"),
            "may_remove": request.user.has_perm("kam.change_setting"),
        }
