"""Returns and refusals over a period, by reason, product, client, carrier or month; every number opens its rows."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.books import book_response
from kam.clock import today
from kam.money import ZERO
from kam.pages import Screen
from kam.replica import reading_from_replica
from orders.models import CorrectiveAction
from reports.asking_returns import BY, REASONS, ReturnsForm, labels_of, query_of, read
from reports.documents.returns_book import HEADINGS, returns_book
from reports.queries.returns import Fact, ReturnsRow, facts_of, returns_by, sales_in

PAGE_OF = {"return": "orders:return_detail", "act": "orders:discrepancyact_detail"}
KEYS = {
    "reason": _("Reason"), "product": _("Product"), "client": _("Client"), "carrier": _("Carrier"), "month": _("Month"),
}  # fmt: skip
ROWS_SHOWN, FACTS_SHOWN = 200, 300


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
                return book_response(returns_book(request.user, asked, rows, labels), request)
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
