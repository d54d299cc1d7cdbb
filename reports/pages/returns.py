"""Returns and refusals over a period, by reason, product, client, carrier or month; every number opens its rows."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam import formats
from kam.clock import today
from kam.models import User
from kam.money import ZERO
from kam.pages import DayField, Form, RemoteChoiceField, Screen
from kam.pages.exports import workbook
from kam.replica import reading_from_replica
from orders.models import CorrectiveAction, DiscrepancyActLine, Product, Return
from reports.queries.returns import Asked, Fact, ReturnsRow, facts_of, returns_by, sales_in

BY = {
    "reason": _("By reason"),
    "product": _("By product"),
    "client": _("By client"),
    "carrier": _("By carrier"),
    "month": _("By month"),
}
KEYS = {
    "reason": _("Reason"), "product": _("Product"), "client": _("Client"), "carrier": _("Carrier"), "month": _("Month"),
}  # fmt: skip
REASONS = {**dict(DiscrepancyActLine.Kind.choices), **dict(Return.Reason.choices)}
PAGE_OF = {"return": "orders:return_detail", "act": "orders:discrepancyact_detail"}
HEADINGS = (
    _("Units"), _("Money"), _("Share of sales"), _("Returns"), _("Discrepancy acts"), _("Repeat rate"),
)  # fmt: skip
ROWS_SHOWN, FACTS_SHOWN, FACTS_WRITTEN = 200, 300, 100_000


class ReturnsForm(Form):
    """What is asked, all of it in the address."""

    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("To"), required=False)
    manager = RemoteChoiceField(queryset=User.objects.all(), label=_("KAM"), required=False)
    client = RemoteChoiceField(queryset=Client.objects.all(), label=_("Client"), required=False)
    product = RemoteChoiceField(queryset=Product.objects.all(), label=_("Product"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *REASONS.items()], required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=150, required=False)


def read(form: ReturnsForm, params: Any) -> Asked:
    """What the address asks for; what cannot be read falls back to the last twelve months by reason."""
    values = form.cleaned_data if form.is_valid() else {}
    ends_on = values.get("ends_on") or today()
    starts_on = min(values.get("starts_on") or a_year_before(ends_on), ends_on)
    narrowed = {name: values[name].pk for name in ("client", "product") if values.get(name)}
    narrowed |= {name: values[name] for name in ("reason", "carrier") if values.get(name)}
    by = params.get("by") if params.get("by") in BY else "reason"
    manager = values.get("manager")
    return Asked(starts_on, ends_on, by, narrowed, manager.pk if manager else None)


def a_year_before(day: date) -> date:
    """The first day of twelve whole months that end with the month of the day."""
    return date(day.year - 1 + day.month // 12, day.month % 12 + 1, 1)


def query_of(asked: Asked) -> dict[str, str]:
    """The same as parameters of an address."""
    values = {
        "starts_on": asked.starts_on.isoformat(),
        "ends_on": asked.ends_on.isoformat(),
        "by": asked.by,
        "manager": asked.manager_id,
        **asked.narrowed,
    }
    return {name: str(value) for name, value in values.items() if value}


class ReturnsScreen(Screen):
    """The analysis of returns and refusals."""

    app, name, path = "reports", "returns", "reports/returns/"
    title, permission = _("Returns and refusals"), "orders.view_return"
    menu, menu_order, icon = "reports", 50, "truck-return"
    template = "reports/returns.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ReturnsForm(request.GET, user=request.user)
        asked = read(form, request.GET)
        key = request.GET.get("key")
        with reading_from_replica():
            rows = returns_by(request.user, asked)
            labels = labels_of(asked.by, [row.key for row in rows])
            if request.GET.get("format") == "xlsx":
                return exported(request, asked, rows, labels)
            facts = facts_of(request.user, asked, key, FACTS_SHOWN + 1) if key is not None else []
            sales = sales_in(request.user, asked)
            return self.render(self.shown(asked, rows, labels, facts, key, sales))

    def shown(self, asked, rows, labels, facts, key, sales) -> dict[str, Any]:
        """What the template needs."""
        query = query_of(asked)
        days = {"starts_on": asked.starts_on, "ends_on": asked.ends_on}
        late = CorrectiveAction.objects.visible_to(self.request.user).overdue(today())
        money, units = sum((row.money for row in rows), ZERO), sum(row.units for row in rows)
        return {
            "form": ReturnsForm(user=self.request.user, initial={**query, **days, **asked.narrowed}),
            "asked": asked,
            "by": [
                (name, label, f"?{urlencode({**query, 'by': name})}", name == asked.by) for name, label in BY.items()
            ],
            "label": KEYS[asked.by],
            "headings": HEADINGS,
            "rows": [row_of(row, labels, query, key) for row in rows[:ROWS_SHOWN]],
            "cut": max(len(rows) - ROWS_SHOWN, 0),
            "tiles": (
                (_("Came back"), formats.money(money), ""),
                (_("Units"), formats.quantity(units), ""),
                (_("Share of sales"), formats.percent(money * 100 / sales if sales else None), formats.money(sales)),
                (_("Corrective actions overdue"), formats.quantity(late.count()), ""),
            ),
            "late_href": f"{reverse('orders:correctiveaction_list')}?overdue=true",
            "plan_href": reverse("orders:correctiveaction_new"),
            "may_plan": self.request.user.has_perm("orders.add_correctiveaction"),
            "facts": [fact_of(fact) for fact in facts[:FACTS_SHOWN]],
            "facts_cut": len(facts) > FACTS_SHOWN,
            "facts_title": labels.get(key, key or _("Not stated")) if key is not None else "",
            "opened": key is not None,
            "export_href": f"?{urlencode({**query, 'format': 'xlsx'})}",
            "may_export": self.request.user.has_perm("kam.export_rows"),
        }


def labels_of(by: str, keys: list[str]) -> dict[str, Any]:
    """Words for the keys of the groups."""
    if by == "reason":
        return REASONS
    if by == "product":
        return {str(pk): f"{sku} {name}" for pk, sku, name in Product.objects.filter(pk__in=keys).values_list(
            "pk", "sku", "name"
        )}  # fmt: skip
    if by == "client":
        return {str(pk): name for pk, name in Client.objects.filter(pk__in=keys).values_list("pk", "name")}
    return {"": _("Not stated")}


def row_of(row: ReturnsRow, labels: dict[str, Any], query: dict[str, str], key: str | None) -> dict[str, Any]:
    """A group with the address of the lines behind it."""
    return {
        "row": row,
        "label": labels.get(row.key, row.key),
        "href": f"?{urlencode({**query, 'key': row.key})}#facts",
        "active": row.key == key,
    }


def fact_of(fact: Fact) -> dict[str, Any]:
    """A line with the page of its document."""
    return {
        "fact": fact,
        "reason": REASONS.get(fact.reason, fact.reason),
        "href": reverse(PAGE_OF[fact.source], args=[fact.document]),
        "client_href": reverse("accounts:client_detail", args=[fact.client_id]),
    }


def exported(request: HttpRequest, asked: Asked, rows: list[ReturnsRow], labels: dict[str, Any]) -> HttpResponse:
    """Groups and the lines behind them as a workbook; needs the right to export, and is written down."""

    def write(book: xlsxwriter.Workbook) -> None:
        money, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": 1})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet(str(BY[asked.by])[:31])
        sheet.write_row(0, 0, [str(BY[asked.by]), *(str(heading) for heading in HEADINGS)], bold)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 6, 16)
        for at, row in enumerate(rows, start=1):
            sheet.write_string(at, 0, str(labels.get(row.key, row.key)))
            sheet.write_row(at, 1, [row.units, row.money], money)
            sheet.write(at, 3, row.share, money)
            sheet.write_row(at, 4, [row.returns, row.acts])
            sheet.write(at, 6, row.repeat_rate, money)
        lines = book.add_worksheet(str(_("Lines"))[:31])
        heads = (_("Day"), _("Number"), _("Client"), _("Reason"), _("Carrier"), _("Units"), _("Money"))
        lines.write_row(0, 0, [str(head) for head in heads], bold)
        lines.set_column(0, 6, 20)
        facts = facts_of(request.user, asked, most=FACTS_WRITTEN + 1)
        if len(facts) > FACTS_WRITTEN:
            text = _("Only the latest %(count)s lines are here: ask for a shorter period to see the others.")
            lines.write_string(FACTS_WRITTEN + 1, 0, str(text) % {"count": formats.quantity(FACTS_WRITTEN)}, bold)
            sheet.write_string(len(rows) + 2, 0, str(text) % {"count": formats.quantity(FACTS_WRITTEN)}, bold)
        for at, fact in enumerate(facts[:FACTS_WRITTEN], start=1):
            lines.write_datetime(at, 0, fact.day, day)
            reason = str(REASONS.get(fact.reason, fact.reason))
            lines.write_row(at, 1, [fact.number, fact.client, reason, fact.carrier, fact.units])
            lines.write_number(at, 6, fact.money, money)

    name = f"returns-{asked.by}-{asked.ends_on.isoformat()}.xlsx"
    query = urlencode(query_of(asked))
    return workbook(request, page="reports.returns", query=query, rows=len(rows), name=name, write=write)
