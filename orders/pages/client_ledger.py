"""A client's account on a page of its own and as a tab of the client: every row opens its document."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy

from accounts.models import Client
from accounts.pages import ClientPage
from kam.books import book_response
from kam.pages import Panel, Screen, Tab
from orders.documents.account_book import account_book
from orders.forms.client_ledger import Asked, LedgerForm, read
from orders.queries.client_ledger import Ledger, account_seen
from orders.tables.settlements import document_href
from orders.wording import ENTRIES

ROWS_SHOWN, ROWS_AT_MOST = 50, 500  # as a list opens, and when all are asked for
ROWS_ON_TAB = 100


def ledger_url(client: Client, **query: Any) -> str:
    """The page of the account with these parameters."""
    address = reverse("orders:client_ledger", args=[client.pk])
    return f"{address}?{urlencode(query)}" if query else address


def shown(asked: Asked, found: Ledger, most: int) -> dict[str, Any]:
    """What the table of an account needs: at most the last `most` rows, with the balance before them."""
    cut = max(len(found.rows) - most, 0)
    rows = [
        {"row": row, "kind": ENTRIES[row.entry.value], "href": document_href(row.entry.value, row.document_id)}
        for row in found.rows[cut:]
    ]
    before = found.rows[cut - 1].balance if cut else found.opening
    return {"asked": asked, "found": found, "rows": rows, "cut": cut, "before": before, "currency": asked.currency}


class LedgerScreen(Screen):
    """The account of one client over a period."""

    app, name, path = "orders", "client_ledger", "clients/<int:pk>/account/"
    title, permission = pgettext_lazy("of a client", "Account"), "orders.view_invoice"
    template = "orders/client_ledger.html"

    def client(self, pk: int) -> Client:
        """The client whose account the person may know, or 404."""
        client = Client.objects.visible_to(self.request.user).filter(pk=pk).first()
        if client is None or not account_seen(client, self.request.user):
            raise Http404
        return client

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.client(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        client = self.client(kwargs["pk"])
        form = LedgerForm(request.GET, user=request.user)
        asked = read(client, form, request.GET)
        found = asked.found()
        if request.GET.get("format") == "xlsx":
            return book_response(account_book(client, found), request)
        initial = {"starts_on": asked.starts_on, "ends_on": asked.ends_on, "contract": asked.contract}
        return self.render(
            {
                **shown(asked, found, ROWS_AT_MOST if request.GET.get("whole") else ROWS_SHOWN),
                "whole_href": "" if request.GET.get("whole") else ledger_url(client, **asked.query, whole=1),
                "title": gettext("Account: %(client)s") % {"client": client},
                "client": client,
                "back_url": reverse("accounts:client_detail", args=[client.pk]),
                "form": LedgerForm(user=request.user, initial=initial),
                "export_href": ledger_url(client, **asked.query, format="xlsx"),
                "may_export": request.user.has_perm("kam.export_rows"),
                "act_href": f"{reverse('orders:reconciliation_new')}?{urlencode({'client': client.pk, **asked.query})}",
                "may_reconcile": request.user.has_perm("orders.add_reconciliation"),
            }
        )


class LedgerPanel(Panel):
    """The year so far on the client's page."""

    template = "orders/panels/client_ledger.html"
    title = pgettext_lazy("of a client", "Account")
    permission = "orders.view_invoice"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        asked = read(document, LedgerForm({}, user=request.user), {})
        return {**shown(asked, asked.found(), ROWS_ON_TAB), "all_href": ledger_url(document)}


ClientPage.add_tab(
    Tab(
        "account",
        pgettext_lazy("of a client", "Account"),
        (LedgerPanel(),),
        permission="orders.view_invoice",
        shown=account_seen,
    )
)
