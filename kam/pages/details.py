"""The page of one document: header with state, figures and steps; tabs; panels, the trail at the side."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kam.pages.chips import chip, tone_of
from kam.pages.panels import Tab
from kam.pages.tables import Column, shown_label
from kam.pages.views import PageView, asked_by_htmx, back_from

FIGURES_SHOWN = 5


class DetailView(PageView):
    """GET: the whole page with the tab named in `?tab=`; for htmx only that tab."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        document = self.document(pk)
        showing = Showing(self.page, document, request)
        if asked_by_htmx(request) and request.headers.get("HX-Target") == "tab":
            return self.render("kam/partials/tab.html", {"showing": showing, "document": document})
        return self.render("kam/detail.html", {"showing": showing, "document": document, "title": showing.heading})


def loud(read: Callable[[Any], Any]) -> property:
    """A property whose missing document is an error: a template takes ObjectDoesNotExist for an empty value, and half
    of the page would be gone without a word."""

    @wraps(read)
    def told(self: Any) -> Any:
        try:
            return read(self)
        except ObjectDoesNotExist as error:
            raise RuntimeError(f"{self.page.key()}, {read.__name__}: {error}") from error

    return property(told)


class Showing:
    """One document as its page shows it to one person. `refusals` are the reasons why a step was not taken."""

    def __init__(self, page: Any, document: Any, request: HttpRequest, refusals: tuple[Any, ...] = ()) -> None:
        self.page, self.document, self.request, self.user = page, document, request, request.user
        self.refusals = refusals
        self.heading, self.subheading = page.heading(document), page.subheading(document)
        self.back_url = back_from(request, page.list_url())

    @loud
    def status(self) -> str:
        """The state chip, or nothing for a document without states."""
        if not self.page.status:
            return ""
        column = Column("", "chip", self.page.status)
        value = column.value(self.document)
        return chip(shown_label(self.document, column), tone_of(value, self.page.tones))

    @loud
    def figures(self) -> list[dict[str, Any]]:
        allowed = [f for f in self.page.figures if not f.permission or self.user.has_perm(f.permission)]
        return [figure.shown(self.document, self.user) for figure in allowed[:FIGURES_SHOWN]]

    @loud
    def steps(self) -> dict[str, list[dict[str, Any]]]:
        """The steps this person can take now: the usual ones and, apart, the dangerous ones."""
        plain: list[dict[str, Any]] = []
        danger: list[dict[str, Any]] = []
        if self.page.flow is not None:
            for step in self.page.flow.steps_for(self.document, self.user):
                if not self.page.useful(self.document, step):
                    continue
                asks = bool(step.needs_reason or step.fields or step.danger or step.name in self.page.step_forms)
                item = {"step": step, "href": self.page.url("step", self.document.pk, step.name), "asks": asks}
                (danger if step.danger else plain).append(item)
        main = next((item for item in plain if item["step"].primary), None)
        return {"main": [main] if main else [], "plain": [item for item in plain if item is not main], "danger": danger}

    @loud
    def buttons(self) -> list[dict[str, Any]]:
        offered = (button.offered(self.document, self.user) for button in self.page.actions)
        return [button for button in offered if button]

    @loud
    def edit_url(self) -> str:
        page = self.page
        if page.can_change() and page.may(self.user, "change") and page.editable(self.document, self.user):
            return page.url("edit", self.document.pk)
        return ""

    @loud
    def tabs(self) -> list[Tab]:
        """The tabs that exist for this person; a single one is not shown as a tab."""
        overview = Tab("overview", _("Overview"), self.page.overview())
        return [overview, *(tab for tab in self.page.tabs if tab.offered(self.document, self.user))]

    @loud
    def tab_items(self) -> list[dict[str, Any]]:
        active = self.tab.name
        return [
            {
                "tab": tab,
                "active": tab.name == active,
                "count": tab.count(self.document, self.user) if tab.count else None,
                "href": "?" if tab.name == "overview" else f"?tab={tab.name}",
            }
            for tab in self.tabs
        ]

    @loud
    def tab(self) -> Tab:
        """The open tab; an unknown name opens the first."""
        tabs = self.tabs
        asked = self.request.GET.get("tab", "")
        return next((tab for tab in tabs if tab.name == asked), tabs[0])

    @loud
    def content(self) -> dict[str, Any]:
        """The open tab's panels as HTML: the main column and the side."""
        tab = self.tab
        if tab.render is not None:
            return {"main": [tab.render(self.document, self.request)], "side": []}
        main, side = [], []
        for panel in tab.panels:
            html = panel.html(self.document, self.request)
            if html:
                (side if panel.side else main).append(html)
        return {"main": main, "side": side}
