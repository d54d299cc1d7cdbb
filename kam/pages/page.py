"""`Page`: what a model needs to say about itself to get its list, detail, form, steps and export."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import URLPattern, get_script_prefix, get_urlconf, path, reverse

from kam.clock import today
from kam.flows import take_step
from kam.pages.bulk import BulkView
from kam.pages.calls import parameters_of
from kam.pages.chips import TONE_OF_COLOUR
from kam.pages.details import DetailView
from kam.pages.edits import EditView, NewView
from kam.pages.exports import ExportView
from kam.pages.lines import Lines
from kam.pages.lists import ListView
from kam.pages.panels import Button, Facts, Figure, Panel, Tab, names_only
from kam.pages.paths import with_related
from kam.pages.preferences import ColumnsView, SaveView
from kam.pages.registry import add_page
from kam.pages.steps import StepView
from kam.pages.tables import Table


@cache
def fixed_address(name: str, urlconf: str | None, prefix: str) -> str:
    """An address without parameters; the menu alone asks for dozens of them on every page.

    `urlconf` and `prefix` are where reverse() looks by itself; they are part of the key.
    """
    return reverse(name, urlconf)


@cache
def around_key(name: str, urlconf: str | None, prefix: str) -> tuple[str, str]:
    """What stands before and after the number in the address of a document; a table asks for one in each row."""
    start, _key, end = reverse(name, urlconf, args=[0]).rpartition("0")
    return start, end


class Page:
    """A declared page. Subclass it with a `model` and it registers itself; see the docstring of `kam.pages`."""

    model: ClassVar[type[Model]]
    table: ClassVar[type[Table]]
    filterset: ClassVar[type | None] = None
    form: ClassVar[type[forms.BaseForm] | None] = None
    new_form: ClassVar[type[forms.BaseForm] | None] = None
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()
    lines: ClassVar[tuple[Lines, ...]] = ()
    flow: ClassVar[Any] = None
    step_forms: ClassVar[dict[str, type[forms.BaseForm]]] = {}
    move: ClassVar[Callable[..., Any] | None] = None
    create: ClassVar[Callable[..., Any] | None] = None
    change: ClassVar[Callable[..., Any] | None] = None
    status: ClassVar[str] = ""
    tones: ClassVar[dict[str, str]] = {}
    icon: ClassVar[str] = "file"
    title: ClassVar[Any] = ""
    titles: ClassVar[Any] = ""
    help: ClassVar[Any] = ""
    empty: ClassVar[Any] = ""
    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    pk_converter: ClassVar[str] = "int"
    menu: ClassVar[str] = ""
    menu_order: ClassVar[int] = 100
    search: ClassVar[tuple[str, ...]] = ()
    search_hint: ClassVar[Any] = ""
    opens_with: ClassVar[dict[str, str]] = {}
    palette: ClassVar[int] = 0
    palette_related: ClassVar[tuple[str, ...]] = ()
    panels: ClassVar[tuple[Panel, ...]] = ()
    tabs: ClassVar[tuple[Tab, ...]] = ()
    figures: ClassVar[tuple[Figure, ...]] = ()
    actions: ClassVar[tuple[Button, ...]] = ()
    list_actions: ClassVar[tuple[Button, ...]] = ()
    bulk: ClassVar[tuple[str, ...] | None] = None
    permissions: ClassVar[dict[str, str]] = {}
    export_permission: ClassVar[str] = "kam.export_rows"
    exportable: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("move", "create", "change"):
            writer = vars(cls).get(name)
            if writer is not None and not isinstance(writer, staticmethod):
                # An action is a plain function: reading it through the class must not bind it.
                setattr(cls, name, staticmethod(writer))
        if "model" not in vars(cls):
            return
        meta = cls.model._meta
        cls.name = vars(cls).get("name") or meta.model_name
        cls.path = vars(cls).get("path") or f"{cls.name}s"
        cls.title = vars(cls).get("title") or meta.verbose_name
        cls.titles = vars(cls).get("titles") or meta.verbose_name_plural
        if not cls.status and cls.flow is not None:
            cls.status = cls.flow.status_field
        if "table" not in vars(cls):
            cls.table = names_only(cls.model)
        if cls.flow is not None and cls.flow.colours and not cls.tones:
            cls.tones = {status: TONE_OF_COLOUR[colour] for status, colour in cls.flow.colours.items()}
        if cls.tones:
            for column in cls.table.columns.values():
                if column.kind == "chip" and column.tones is None:
                    column.tones = cls.tones
        add_page(cls)

    @classmethod
    def warning(cls) -> str:
        """What stands above the list where something is amiss with all of it."""
        return ""

    @classmethod
    def opening(cls) -> dict[str, str]:
        """The filters that the list opens with where an address chooses none."""
        return cls.opens_with

    @classmethod
    def sorting(cls, params: QueryDict) -> str:
        """The sort word of a list whose address names none; by default the table's. See `Listing`."""
        return cls.table.sort

    # ---------------------------------------------------------------- names and addresses

    @classmethod
    def app(cls) -> str:
        return cls.model._meta.app_label

    @classmethod
    def key(cls) -> str:
        return f"{cls.app()}.{cls.name}"

    @classmethod
    def url_name(cls, verb: str) -> str:
        return f"{cls.app()}:{cls.name}_{verb}"

    @classmethod
    def url(cls, verb: str, *args: Any) -> str:
        """The address of a verb: list, new, detail, edit, step, export, bulk, columns, save."""
        if args:
            return reverse(cls.url_name(verb), args=args)
        return fixed_address(cls.url_name(verb), get_urlconf(), get_script_prefix())

    @classmethod
    def list_url(cls) -> str:
        return cls.url("list")

    @classmethod
    def detail_url(cls, pk: Any) -> str:
        if cls.pk_converter != "int":
            return cls.url("detail", pk)
        start, end = around_key(cls.url_name("detail"), get_urlconf(), get_script_prefix())
        return f"{start}{pk}{end}"

    @classmethod
    def created_url(cls, document: Any) -> str:
        """Where a person goes on after making a document: by default to the document."""
        return cls.detail_url(document.pk)

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """The URL patterns of the page; an app's `urls.py` adds them under its own namespace."""
        root, one = cls.path, f"{cls.path}/<{cls.pk_converter}:pk>"
        views: list[tuple[str, str, type]] = [
            (f"{root}/", "list", ListView),
            (f"{root}/bulk/", "bulk", BulkView),
            (f"{root}/columns/", "columns", ColumnsView),
            (f"{root}/views/", "save", SaveView),
            (f"{one}/", "detail", DetailView),
        ]
        if cls.exportable:
            views.append((f"{root}/export/", "export", ExportView))
        if cls.can_create():
            views.append((f"{root}/new/", "new", NewView))
        if cls.can_change():
            views.append((f"{one}/edit/", "edit", EditView))
        if cls.flow is not None:
            views.append((f"{one}/step/<slug:step>/", "step", StepView))
        return [path(route, view.as_view(page=cls), name=f"{cls.name}_{verb}") for route, verb, view in views]

    # ---------------------------------------------------------------- rights and rows

    @classmethod
    def permission(cls, verb: str) -> str:
        """The permission code of a verb: view, add, change, export."""
        if verb == "export":
            return cls.permissions.get(verb, cls.export_permission)
        return cls.permissions.get(verb, f"{cls.model._meta.app_label}.{verb}_{cls.model._meta.model_name}")

    @classmethod
    def may(cls, user: Any, verb: str) -> bool:
        code = cls.permission(verb)
        return not code or user.has_perm(code)

    @classmethod
    def can_create(cls) -> bool:
        return cls.create is not None and (cls.new_form or cls.form) is not None

    @classmethod
    def can_change(cls) -> bool:
        return cls.change is not None and cls.form is not None

    @classmethod
    def creatable(cls, user: Any) -> bool:
        """Whether a new document is offered now: not where there may be only one and it is there."""
        return True

    @classmethod
    def rows(cls, user: Any) -> QuerySet:
        """The documents this user may see."""
        return cls.model._default_manager.visible_to(user)

    @classmethod
    def list_rows(cls, user: Any) -> QuerySet:
        """The rows of the list; the list itself adds what its columns show."""
        return cls.rows(user)

    @classmethod
    def shown_rows(cls, user: Any) -> QuerySet | None:
        """Where the few rows that a page of the list shows are read from once found; None: where they are found.

        For rows that are sums of others: what finds and sorts all of them need not be what tells most of a few.
        """
        return None

    @classmethod
    def detail_rows(cls, user: Any) -> QuerySet:
        """The rows the detail page reads from, by default with what the list may show; override it to read others."""
        return with_related(cls.rows(user), cls.table.relations(cls.table.columns.values(), cls.model))

    @classmethod
    def decorate(cls, rows: list[Any], user: Any) -> None:
        """Hang set-based figures on the rows of one list page (one query for all of them); by default nothing."""

    @classmethod
    def editable(cls, document: Any, user: Any) -> bool:
        """Whether the edit button is offered for this document (a closed one may not be edited)."""
        return True

    @classmethod
    def useful(cls, document: Any, step: Any) -> bool:
        """Whether a step that may be taken would do anything now; one that would not gets no button."""
        return True

    @classmethod
    def initial(cls, request: Any) -> dict[str, Any]:
        """First values of a new form; by default what the address names."""
        return {key: value for key, value in request.GET.items() if value}

    @classmethod
    def values_of(cls, document: Any) -> dict[str, Any]:
        """First values of an edit form that is not a ModelForm."""
        form = cls.form
        names = getattr(form, "base_fields", {})
        return {name: getattr(document, name) for name in names if hasattr(document, name)}

    @classmethod
    def choice_hint(cls, document: Any) -> str:
        """A second, quieter line where the document is offered in a select or found in the palette."""
        return ""

    @classmethod
    def palette_hint(cls, document: Any) -> str:
        """The quieter line in the palette, where it says more than in a select; name what it reads in
        `palette_related`."""
        return cls.choice_hint(document)

    @classmethod
    def take(cls, pk: Any, step: str, *, by: Any, reason: str = "", **facts: Any) -> Any:
        """Take a step today through the page's `move` action, or straight through the flow where it has none."""
        if cls.move is not None:
            day = {"day": today()} if "day" in parameters_of(cls.move) else {}
            return cls.move(pk, step, by=by, reason=reason, **day, **facts)
        return take_step(cls.flow, pk, step, by=by, reason=reason)

    @classmethod
    def bulk_steps(cls) -> list[Any]:
        """The steps that can be taken on many rows at once: those that ask for nothing but a reason."""
        steps = cls.flow.steps if cls.flow is not None else ()
        needed = getattr(cls.move, "needed", {})
        return [
            step for step in steps
            if step.listed and not step.fields and not needed.get(step.name)
            and (cls.bulk is None or step.name in cls.bulk)
        ]  # fmt: skip

    @classmethod
    def heading(cls, document: Any) -> str:
        return str(document)

    @classmethod
    def subheading(cls, document: Any) -> str:
        """A line under the title of the detail page: what tells this document from its like."""
        return ""

    # ---------------------------------------------------------------- what upper floors add

    @classmethod
    def add_tab(cls, tab: Tab) -> None:
        """Add a tab from an upper floor; call it where that app's pages are declared."""
        cls.tabs = (*cls.tabs, tab)

    @classmethod
    def add_to_tab(cls, name: str, *panels: Panel) -> None:
        """Add panels to a tab that the page has, from an upper floor; StopIteration for no such tab."""
        tab = next(each for each in cls.tabs if each.name == name)
        tab.panels = (*tab.panels, *panels)

    @classmethod
    def add_panel(cls, panel: Panel) -> None:
        cls.panels = (*cls.panels, panel)

    @classmethod
    def add_figure(cls, figure: Figure) -> None:
        cls.figures = (*cls.figures, figure)

    @classmethod
    def add_action(cls, button: Button) -> None:
        cls.actions = (*cls.actions, button)

    @classmethod
    def overview(cls) -> tuple[Panel, ...]:
        """The panels of the first tab; without a declaration the table's columns as facts."""
        if cls.panels:
            return cls.panels
        return (Facts(*(name for name, c in cls.table.columns.items() if not callable(c.accessor))),)
