"""The list of a page: filters and sorting from the address, a page of rows after the last one seen, totals."""

from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from kam.pages.filters import Chip, chips_of, filterset_of, found_by, searchable
from kam.pages.paging import PAGE_SIZE, Key, after, first_of, keys_for, ordered, summary_of, token_of
from kam.pages.panels import total_cells
from kam.pages.preferences import preferences_of, saved_views
from kam.pages.tables import Column, rows_html
from kam.pages.views import PageView, asked_by_htmx

# What an address may say without choosing rows; a list that opens with a filter is opened so by nothing else.
NEUTRAL = frozenset(("sort", "after", "view"))
EVERYTHING = "all"


def opened_with(page: Any, params: QueryDict) -> QueryDict:
    """What was asked of a list; where nothing was chosen, the filter that the page opens with, as if it were chosen."""
    if set(params) - NEUTRAL or not (opening := page.opening()):
        return params
    opened = params.copy()
    opened.update(opening)
    return opened


class ListView(PageView):
    """GET: the whole page; for htmx the region with the table, or only the next rows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing(self.page, request.user, request.GET, request)
        if asked_by_htmx(request):
            if request.GET.get("after"):
                return self.render("kam/partials/more.html", {"listing": listing})
            if request.headers.get("HX-Target") == "list":
                return self.render("kam/partials/listing.html", {"listing": listing})
        return self.render("kam/list.html", {"listing": listing, "title": self.page.titles})


class Listing:
    """One answer of a list: what was asked, the rows found, and what the template needs of both."""

    def __init__(self, page: Any, user: Any, params: QueryDict, request: HttpRequest | None = None) -> None:
        self.page, self.user, self.params = page, user, opened_with(page, params)
        params = self.params
        self.filterset = filterset_of(page, request or SimpleNamespace(user=user), params)
        self.filters_valid = self.filterset is None or self.filterset.is_valid()
        self.kept = preferences_of(page, user)
        self.columns: list[Column] = page.table.chosen(user, self.kept["columns"], self._filters_in_force())
        self.sort, self.keys = self._sorting()
        self._rows: list[Any] | None = None
        self._summary: Any = None

    def _filters_in_force(self) -> list[str]:
        """The filters that narrow the rows: one that cannot be read narrows nothing and computes nothing."""
        if self.filterset is None or not self.filters_valid:
            return []
        return [name for name, value in self.filterset.form.cleaned_data.items() if value not in (None, "", [])]

    def _sorting(self) -> tuple[str, list[Key]]:
        """The sort word in force and its keys: a column's name, with a minus for descending."""
        allowed = self.page.table.allowed(self.user)
        for word in (self.params.get("sort", ""), self.page.sorting(self.params), self.page.table.sort):
            column = allowed.get(word.removeprefix("-"))
            if column is not None and column.sort_paths:
                sign = "-" if word.startswith("-") else ""
                return word, keys_for(self.page.model, [sign + path for path in column.sort_paths])
        return "", keys_for(self.page.model, ["-pk"])

    @cached_property
    def within(self) -> QuerySet:
        """All rows this user may see, with what the columns need."""
        return self.page.table.read_for(self.columns, self.page.list_rows(self.user))

    @cached_property
    def shown(self) -> QuerySet:
        """Where the rows of a page are read from once they are found."""
        rows = self.page.shown_rows(self.user)
        return self.within if rows is None else self.page.table.read_for(self.columns, rows)

    @cached_property
    def filtered(self) -> QuerySet:
        """All rows that fit the filters, for the totals and the export; none if a filter cannot be read."""
        rows = found_by(self.page, self.within, self.params.get("q", ""))
        if self.filterset is None:
            return rows
        if not self.filters_valid:
            return rows.none()
        return self.filterset.filter_queryset(rows)

    @cached_property
    def sorted(self) -> QuerySet:
        return ordered(self.filtered, self.keys)

    @cached_property
    def rows(self) -> list[Any]:
        """The rows of this page of the list."""
        if self._rows is None:
            token = self.params.get("after", "")
            try:
                rows = after(self.sorted, self.keys, token) if token else self.sorted
                found = first_of(rows, self.shown, self.keys, PAGE_SIZE + 1)
            except (ValidationError, ValueError, TypeError, DataError):
                # A token that was tampered with or belongs to another sorting: start from the top.
                found = first_of(self.sorted, self.shown, self.keys, PAGE_SIZE + 1)
            self.more = len(found) > PAGE_SIZE
            self._rows = found[:PAGE_SIZE]
            self.page.decorate(self._rows, self.user)
        return self._rows

    @cached_property
    def rows_html(self) -> str:
        return rows_html(self.rows, self.columns, lambda row: self.page.detail_url(row.pk), bool(self.steps))

    @cached_property
    def next_url(self) -> str:
        """The address of the next page of rows, or an empty string at the end."""
        rows = self.rows
        return self.address(after=token_of(rows[-1], self.keys)) if self.more else ""

    def address(self, **changes: str) -> str:
        """This list with some parameters changed; an empty value drops one."""
        query = self.params.copy()
        if "after" not in changes:
            query.pop("after", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        for name in [name for name in query if not any(query.getlist(name))]:
            del query[name]
        if not set(query) - NEUTRAL and self.page.opening():
            query[EVERYTHING] = "1"
        text = query.urlencode()
        return f"{self.page.list_url()}?{text}" if text else self.page.list_url()

    @cached_property
    def query(self) -> str:
        """Filters and sorting as a query string, for exports, saved views and the way back."""
        return self.address(view="").partition("?")[2]

    @cached_property
    def headings(self) -> list[dict[str, Any]]:
        """The header cells: label, address of the next sorting, and the state for aria-sort."""
        cells = []
        for column in self.columns:
            state = ""
            if self.sort.removeprefix("-") == column.name:
                state = "descending" if self.sort.startswith("-") else "ascending"
            turned = f"-{column.name}" if state == "ascending" else column.name
            if not state and (column.numeric or column.kind in ("date", "moment")):
                turned = f"-{column.name}"
            href = self.address(sort=turned) if column.sort_paths else ""
            cells.append({"column": column, "href": href, "state": state})
        return cells

    @cached_property
    def summary(self) -> Any:
        if self._summary is None:
            allowed = {c.name: c.list_total(self.filtered.model) for c in self.columns if c.total_path}
            self._summary = summary_of(self.filtered, allowed)
        return self._summary

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """The cells of the totals row, or nothing if no column is summed."""
        return total_cells(self.columns, self.summary) if self.summary.count else []

    @cached_property
    def chips(self) -> list[Chip]:
        """What is set, each with the address that takes it away."""
        return chips_of(self)

    @cached_property
    def clear_url(self) -> str:
        cleared = {name: "" for name in self.params if name != "sort"}
        return self.address(**cleared)

    @cached_property
    def steps(self) -> list[Any]:
        """The steps offered for many rows at once."""
        return [step for step in self.page.bulk_steps() if self.user.has_perm(step.permission)]

    @cached_property
    def views(self) -> list[Any]:
        """The user's saved views, the one in force marked."""
        return saved_views(self.page, self.kept["views"], self.params.get("view", ""), self.query)

    @cached_property
    def all_columns(self) -> list[dict[str, Any]]:
        """Every column the user may have, for the chooser."""
        shown = {column.name for column in self.columns}
        return [
            {"column": column, "shown": name in shown} for name, column in self.page.table.allowed(self.user).items()
        ]

    @cached_property
    def may_create(self) -> bool:
        page = self.page
        return page.can_create() and page.may(self.user, "add") and page.creatable(self.user)

    @cached_property
    def may_export(self) -> bool:
        return self.page.exportable and self.page.may(self.user, "export")

    @cached_property
    def searchable(self) -> bool:
        return searchable(self.page)

    @cached_property
    def more_set(self) -> bool:
        """Whether a filter under "more" is set, so that it starts open."""
        return not self.filterset.names_set(self.params).isdisjoint(self.filterset.more_names())

    @cached_property
    def buttons(self) -> list[dict[str, Any]]:
        offered = (button.offered(None, self.user) for button in self.page.list_actions)
        return [button for button in offered if button]

    @cached_property
    def new_url(self) -> str:
        return self.page.url("new")

    @cached_property
    def bulk_url(self) -> str:
        return self.page.url("bulk")

    @cached_property
    def save_url(self) -> str:
        return self.page.url("save")

    @cached_property
    def columns_url(self) -> str:
        return self.page.url("columns")

    @cached_property
    def export_url(self) -> str:
        return self.page.url("export")

    @cached_property
    def here(self) -> str:
        return self.address(view=self.params.get("view", ""))

    @cached_property
    def narrowed(self) -> bool:
        return bool(self.params.get("q")) or bool(self.chips)
