"""A client's account on a page of its own and as a tab of the client: every row opens its document."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contract
from accounts.pages import ClientPage
from kam import formats
from kam.clock import today
from kam.pages import DayField, Form, Panel, RemoteChoiceField, Screen, Tab
from kam.pages.exports import workbook
from orders.queries.client_ledger import Ledger, ledger
from orders.tables.settlements import document_href
from orders.wording import ENTRIES

ROWS_SHOWN, ROWS_AT_MOST = 50, 500  # as a list opens, and when all are asked for
ROWS_ON_TAB = 100
CURRENCIES = ("RUB", "USD", "EUR", "CNY")


class LedgerForm(Form):
    """What is asked, all of it in the address."""

    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("To"), required=False)
    contract = RemoteChoiceField(queryset=Contract.objects.all(), label=_("Contract"), required=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The address read; what cannot be read falls back to the year so far, all contracts, roubles."""

    client: Client
    starts_on: date
    ends_on: date
    contract: Contract | None
    currency: str

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters of an address."""
        values = {
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "contract": self.contract.pk if self.contract else "",
            "currency": self.currency,
        }
        return {name: str(value) for name, value in values.items() if value}

    def found(self) -> Ledger:
        """The account that was asked for."""
        contract_id = self.contract.pk if self.contract else None
        return ledger(self.client.pk, self.starts_on, self.ends_on, contract_id=contract_id, currency=self.currency)


def account_seen(client: Client, user: Any) -> bool:
    """Whether the user may know the client's account: who looks after one of its outlets only may not."""
    return user.is_superuser or user.standings.reach_for("orders.view_invoice").covers(client.manager_id)


def read(client: Client, form: LedgerForm, params: Any) -> Asked:
    """What the address asks of the client's account."""
    values = form.cleaned_data if form.is_valid() else {}
    ends_on = min(values.get("ends_on") or today(), today())
    starts_on = min(values.get("starts_on") or ends_on.replace(month=1, day=1), ends_on)
    contract = values.get("contract")
    return Asked(
        client=client,
        starts_on=starts_on,
        ends_on=ends_on,
        contract=contract if contract is not None and contract.client_id == client.pk else None,
        currency=params.get("currency") if params.get("currency") in CURRENCIES else "RUB",
    )


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
            return exported(request, asked, found)
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


def exported(request: HttpRequest, asked: Asked, found: Ledger) -> HttpResponse:
    """The account as a workbook; needs the right to export, and is written down."""

    def write(book: xlsxwriter.Workbook) -> None:
        money = book.add_format({"num_format": "#,##0.00"})
        whole = book.add_format({"num_format": "#,##0.00", "bold": 1})
        bold, day = book.add_format({"bold": 1}), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet()
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 2, 24)
        sheet.set_column(3, 5, 16)
        sheet.write_string(0, 0, f"{asked.client}, {asked.currency}", bold)
        sheet.write_string(1, 0, f"{formats.day(asked.starts_on)} – {formats.day(asked.ends_on)}")
        labels = (_("Day"), _("Document"), _("Number"), _("Debit"), _("Credit"), _("Balance"))
        sheet.write_row(2, 0, [str(label) for label in labels], bold)
        sheet.write_string(3, 1, pgettext("settlements", "Opening balance"), bold)
        sheet.write_number(3, 5, found.opening, whole)
        at = 4
        for at, row in enumerate(found.rows, start=4):
            sheet.write_datetime(at, 0, row.day, day)
            sheet.write_row(at, 1, [str(ENTRIES[row.entry.value]), row.number])
            sheet.write_row(at, 3, [row.debit, row.credit, row.balance], money)
        end = 4 + len(found.rows)
        sheet.write_string(end, 1, gettext("Turnover and closing balance"), bold)
        sheet.write_row(end, 3, [found.debit, found.credit, found.closing], whole)
        sheet.freeze_panes(3, 0)

    name = f"account-{asked.client.pk}-{asked.starts_on.isoformat()}-{asked.ends_on.isoformat()}.xlsx"
    query = urlencode({"client": asked.client.pk, **asked.query})
    return workbook(request, page="orders.account", query=query, rows=len(found.rows), name=name, write=write)


ClientPage.add_tab(
    Tab(
        "account",
        pgettext_lazy("of a client", "Account"),
        (LedgerPanel(),),
        permission="orders.view_invoice",
        shown=account_seen,
    )
)
