"""Declared pages: how a model gets its screens.

    class OrderTable(Table):
        number = Column(_("Number"), kind="link", sort=True)
        client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
        total = Column(_("Total"), kind="money", sort=True, total=True)
        status = Column(_("State"), kind="chip")

        class Meta:
            related = ("client",)      # select_related of the list
            sort = "-number"           # a column's name

    class OrderFilter(FilterSet):
        client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
        status = ChoicesFilter(choices=Order.Status.choices, label=_("State"))
        placed_from = DayFilter(field_name="placed_on", lookup_expr="gte", label=_("Placed from"))

        class Meta:
            model, fields = Order, ()
            main = ("client", "status")      # up to five shown, the rest under "more"

    class OrderPage(Page):
        model, table, filterset, form = Order, OrderTable, OrderFilter, OrderForm
        flow, move = ORDER_FLOW, move_order
        create, change = create_order, change_order
        menu, menu_order, icon = "orders", 10, "shopping-cart"
        panels = (Facts("client", "number", ("due_on", _("Due"))), Rows("lines", LineTable), Trail(), Attachments())
        figures = (Figure(_("Total"), "total"), Figure(_("Headroom"), lambda order, user: ..., href=...))
        tabs = (Tab("shipments", _("Shipments"), (Rows("shipments"),)),)

Put it into `<app>/pages.py`: it is found there, gets its addresses in the namespace of the app (names
`<app>:<model>_list|new|detail|edit|step|export|bulk`, path = `path` or the model's name with an s), its place in the
menu, and the tests of the house. What is not declared does not exist: no `form` and `create` — no
"new"; no `flow` — no steps.

Rights: `<app>.view_<model>`, `add_`, `change_`; steps ask for their own codes; `permissions = {"add": "orders.x"}`
says otherwise. Rows come only through `Model.objects.visible_to(user)`; an unseen row is 404, a forbidden verb 403.

Writers are actions: `create(by=user, **cleaned)` returns the document; `change(pk, by=user, version=…, **cleaned)`
(version only where the model has one); `move(pk, step_name, by=user, reason=…, **facts)`, made by `kam.flows.mover`
of the writers of the steps, by default `take_step` on the flow. Each gets `day`, today, where it has a parameter of
that name. A `Refused` puts each refusal beside its field (or line), an `EditConflict` shows what others changed
meanwhile.

Search: a model with a `search` SearchField is found by its words; otherwise name paths, on a large table each with an
index: `search = ("number__startswith", "client__search")` (a SearchField anywhere, a lookup, else "contains");
`search_hint` says in the field what may be typed.
The palette finds documents of the few pages that say `palette = <place>`: each is one query at every letter typed.
A list that opens with a filter set says `opens_with = {"status": "live"}`, or answers it in `opening()` where it
depends on the day: a chip that can be taken away.
A model without a page is offered in selects after `add_choice(Choice(Model, search=…, order=…))`.

What a step asks for besides the reason: `step_forms = {"ship": ShipForm}`; its cleaned values go to `move` as facts.
Lines inside the form: `lines = (Lines("lines", LineForm),)`; the action gets a list of dicts under that name.

Hooks: `decorate(rows, user)` for set-based figures of a list's rows, `list_rows` / `detail_rows(user)` for what the
querysets select, `shown_rows(user)` where the rows found are read from others, `sorting(params)` where filters change
the order, `heading`, `subheading`, `choice_hint`, `palette_hint`, `editable(document, user)`,
`initial(request)`.

An upper floor adds to a lower page in its own `pages.py`: `ClientPage.add_tab(Tab(…))`, `add_panel`, `add_figure`,
`add_action(Button(…))`; to the first screen: `Today.add(panel)`; a figure in the frame: `add_counter("key", count)`.

Screens that show no single model are `Screen`s: see `kam.pages.screens`; dashboards are `Dashboard`s: see
`kam.pages.dashboards`.
"""

from kam.pages.chips import DONE, DRAFT, WAIT, WORK, WRONG, chip
from kam.pages.choices import Choice, add_choice
from kam.pages.dashboards import Chart, Dashboard, Exceptions, Tile
from kam.pages.fields import (
    DayField,
    DecimalField,
    MoneyField,
    QuantityField,
    RemoteChoiceField,
    RemoteManyField,
    RemoteSelect,
    RemoteSelectMany,
)
from kam.pages.filters import (
    AmountFilter,
    ChoicesFilter,
    DayFilter,
    FilterSet,
    RemoteFilter,
    RemoteManyFilter,
    TodayFilter,
    YesNoFilter,
)
from kam.pages.forms import Form, ModelForm
from kam.pages.lines import Lines
from kam.pages.menu import add_counter
from kam.pages.page import Page
from kam.pages.panels import Attachments, Button, Fact, Facts, Figure, Panel, Rows, Tab, Trail
from kam.pages.papers import PaperScreen, paper_button
from kam.pages.registry import PAGES, SCREENS, address_of, page_of, urls_of
from kam.pages.screens import Screen
from kam.pages.tables import Column, Table
from kam.pages.views import SignedInView

__all__ = [
    "DONE", "DRAFT", "PAGES", "SCREENS", "WAIT", "WORK", "WRONG", "AmountFilter", "Attachments", "Button", "Chart",
    "Choice", "ChoicesFilter", "Column", "Dashboard", "DayField", "DayFilter", "DecimalField", "Exceptions", "Fact",
    "Facts", "Figure", "FilterSet", "Form", "Lines", "ModelForm", "MoneyField", "Page", "Panel", "PaperScreen",
    "QuantityField", "RemoteChoiceField", "RemoteFilter", "RemoteManyField", "RemoteManyFilter", "RemoteSelect",
    "RemoteSelectMany", "Rows", "Screen", "SignedInView", "Tab", "Table", "Tile", "TodayFilter", "Trail", "YesNoFilter",
    "add_choice", "add_counter", "address_of", "chip", "page_of", "paper_button", "urls_of",
]  # fmt: skip
