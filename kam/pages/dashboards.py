"""Dashboards: at most six tiles, two charts, one table of exceptions; the day and the scope on top, in the address.

    class Sales(Dashboard):
        app, name, path = "reports", "sales", "sales/"
        title, permission, menu = _("Sales"), "orders.view_invoice", "reports"

        def tiles(self, user, day, scope):
            return [Tile(_("Shipped"), Decimal("1234567.89"), change=Decimal("4.2"), trend=[…], href="/shipments/?…")]

        def charts(self, user, day, scope):
            return [Chart(_("Shipped by month"), _("₽"), months, {_("Plan"): […], _("Fact"): […]}, hrefs=[…])]

        def exceptions(self, user, day, scope):
            return Exceptions(_("Late payers"), InvoiceTable, Invoice.objects.visible_to(user).overdue(day))

A chart always has its table; a click on a bar opens its rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam import formats
from kam.clock import today
from kam.pages.fields import day_of
from kam.pages.paging import ordered
from kam.pages.panels import sort_keys
from kam.pages.registry import page_of
from kam.pages.screens import Screen
from kam.pages.tables import Table, rows_html

TILES_SHOWN, CHARTS_SHOWN, EXCEPTIONS_SHOWN = 6, 2, 50
SPARK_WIDTH, SPARK_HEIGHT = 96, 26
SHORT = {
    "money": formats.short_money, "quantity": formats.short, "percent": formats.percent, "days": formats.days,
}  # fmt: skip
WHOLE = {"money": formats.money, "quantity": formats.quantity, "percent": formats.percent, "days": formats.days}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: shortened on the tile, whole on hover. `change` is in percents to the period before; `good` says
    whether growth is good, so that the colour means the same everywhere."""

    label: Any
    value: Decimal | int | None
    kind: str = "money"
    change: Decimal | None = None
    good: bool = True
    trend: Sequence[Any] = ()
    href: str = ""
    hint: Any = ""
    hint_href: str = ""  # where the figure in the hint is opened
    tone: str = ""

    @property
    def short(self) -> str:
        return SHORT[self.kind](self.value)

    @property
    def whole(self) -> str:
        return WHOLE[self.kind](self.value)

    @property
    def change_text(self) -> str:
        if self.change is None:
            return ""
        return ("+" if self.change > 0 else "") + formats.percent(self.change)

    @property
    def change_tone(self) -> str:
        if not self.change:
            return "draft"
        return "done" if (self.change > 0) == self.good else "wrong"

    @property
    def spark(self) -> SafeString:
        """The trend as a small line."""
        return sparkline([float(value or 0) for value in self.trend])


def sparkline(values: Sequence[float]) -> SafeString:
    """A line of the values, scaled to its box; decorative, so it is hidden from readers."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = SPARK_WIDTH / (len(values) - 1)
    points = " ".join(
        f"{index * step:.1f},{SPARK_HEIGHT - 3 - (value - low) / span * (SPARK_HEIGHT - 6):.1f}"
        for index, value in enumerate(values)
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><polyline points="{}"/></svg>',
        SPARK_WIDTH, SPARK_HEIGHT, points,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table: categories along the axis, one list of figures for each series."""

    title: Any
    unit: Any
    categories: Sequence[Any]
    series: Mapping[Any, Sequence[Any]]
    kind: str = "bar"  # bar, line, or stacked
    value_kind: str = "money"
    hrefs: Sequence[str] = ()
    cell_hrefs: Mapping[Any, Sequence[str]] = field(default_factory=dict)  # series name: an address for each figure
    palette: str = ""  # "age" for the colours that ages of debts have everywhere
    note: Any = ""  # what the figures are of, where the title cannot say it

    @property
    def data(self) -> str:
        """What the script draws, as JSON."""
        return json.dumps({
            "kind": self.kind,
            "palette": self.palette,
            "unit": str(self.unit),
            "language": formats.spoken(),
            "categories": [str(category) for category in self.categories],
            "series": [
                {"name": str(name), "values": [None if v is None else float(v) for v in values]}
                for name, values in self.series.items()
            ],
            "hrefs": list(self.hrefs),
        }, ensure_ascii=False)  # fmt: skip

    @property
    def names(self) -> list[Any]:
        return list(self.series)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The same as a table."""
        write = WHOLE[self.value_kind]
        return [
            {
                "label": category,
                "href": self.hrefs[index] if index < len(self.hrefs) else "",
                "cells": [
                    {"label": name, "value": write(values[index]), "href": self._cell_href(name, index, values[index])}
                    for name, values in self.series.items()
                ],
            }
            for index, category in enumerate(self.categories)
        ]

    def _cell_href(self, name: Any, index: int, value: Any) -> str:
        return self.cell_hrefs[name][index] if value and name in self.cell_hrefs else ""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The rows that need somebody: a declared table over a queryset already scoped to the reader."""

    title: Any
    table: type[Table]
    rows: QuerySet
    empty: Any = ""
    href: str = ""

    def shown(self, user: Any) -> dict[str, Any]:
        table, rows = self.table, self.rows
        columns = table.chosen(user)
        rows = table.read_for(columns, rows)
        if table.sort:
            rows = ordered(rows, sort_keys(table, rows.model))
        page = page_of(rows.model)
        found = list(rows[: EXCEPTIONS_SHOWN + 1])
        href = (lambda row: page.detail_url(row.pk)) if page and page.may(user, "view") else None
        return {
            "title": self.title, "empty": self.empty, "href": self.href, "columns": columns,
            "rows": rows_html(found[:EXCEPTIONS_SHOWN], columns, href), "cut": len(found) > EXCEPTIONS_SHOWN,
            "limit": EXCEPTIONS_SHOWN,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """One of the scopes a dashboard can be looked at in: a brand, a team, everything."""

    key: str
    label: Any
    active: bool = False


class Dashboard(Screen):
    """A declared dashboard; override `tiles`, `charts`, `exceptions`, and `scopes` where there is a choice."""

    template: ClassVar[str] = "kam/dashboard.html"

    def tiles(self, user: Any, day: date, scope: str) -> list[Tile]:
        return []

    def charts(self, user: Any, day: date, scope: str) -> list[Chart]:
        return []

    def exceptions(self, user: Any, day: date, scope: str) -> Exceptions | None:
        return None

    def scopes(self, user: Any) -> list[tuple[str, Any]]:
        """The scopes to choose from: (key, label); the first is the default."""
        return []

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        user, day = request.user, asked_day(request)
        scopes = self.scopes(user)
        keys = [key for key, _label in scopes]
        scope = request.GET.get("scope", "")
        scope = scope if scope in keys else (keys[0] if keys else "")
        exceptions = self.exceptions(user, day, scope)
        return {
            "day": day,
            "day_text": f"{day.day:02}.{day.month:02}.{day.year}",
            "scopes": [Scope(key, label, key == scope) for key, label in scopes],
            "scope_label": dict(scopes).get(scope, ""),
            "tiles": self.tiles(user, day, scope)[:TILES_SHOWN],
            "charts": self.charts(user, day, scope)[:CHARTS_SHOWN],
            "exceptions": exceptions.shown(user) if exceptions else None,
        }


def asked_day(request: HttpRequest) -> date:
    """The day in `?on=`; today where none is given or it cannot be read."""
    try:
        return day_of(request.GET["on"])
    except (KeyError, ValueError):
        return today()
