"""What this floor adds to the page of a client: money at first sight, and tabs of its documents."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from accounts.pages import ClientPage
from kam.clock import today
from kam.pages import Figure, Panel, Rows, Tab
from orders.models import Invoice, Order, Payment
from orders.queries.credit import credit_facts
from orders.queries.receivables import key_figures
from orders.rules.aging import Bucket
from orders.tables.money import InvoiceOfClientTable, PaymentOfClientTable
from orders.wording import BUCKETS


def credit_of(client: Client) -> Any:
    """The client's credit today, asked once for a page."""
    if not hasattr(client, "credit_today"):
        client.credit_today = credit_facts([client.pk], today())[client.pk]
    return client.credit_today


def headroom(client: Client, user: Any) -> Any:
    """The client's free limit; None where the user may not know it."""
    return credit_of(client).headroom if client.shows_money_to(user) else None


def overdue(client: Client, user: Any) -> Any:
    """What the client pays late; None where the user may not know it."""
    return credit_of(client).overdue if client.shows_money_to(user) else None


def late_href(client: Client, user: Any) -> str:
    """The client's overdue invoices."""
    return f"{reverse('orders:invoice_list')}?client={client.pk}&overdue=true"


def headroom_href(client: Client, user: Any) -> str:
    """Where the headroom comes from; without terms, where they are agreed."""
    agreed = not lacks_terms(client, user) or credit_of(client).facts.rates_missing
    return "?tab=ageing" if agreed else "?tab=terms"


def headroom_hint(client: Client, user: Any) -> str:
    """Why there is no figure."""
    if not lacks_terms(client, user):
        return ""
    missing = credit_of(client).facts.rates_missing
    if missing:
        return gettext("no exchange rate: %(currencies)s") % {"currencies": ", ".join(missing)}
    return gettext("no credit terms: agree them")


def lacks_terms(client: Client, user: Any) -> bool:
    """Whether there is nothing to count a headroom from; False where the user may not know it."""
    return bool(client.shows_money_to(user)) and headroom(client, user) is None


def headroom_tone(client: Client, user: Any) -> str:
    """Red where the limit is used up."""
    room = headroom(client, user)
    return "wrong" if room is not None and room < 0 else ""


def orders_in_work(client: Client, user: Any) -> int:
    """How many orders of the client are not done."""
    return Order.objects.visible_to(user).in_work().filter(client=client).count()


class ClientAgeing(Panel):
    """How old the client's debts are today."""

    template = "orders/panels/client_ageing.html"
    title = _("Debts by age")
    permission = "orders.view_invoice"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        if not document.shows_money_to(request.user):
            return None
        row = key_figures(document.pk, today())
        address = reverse("orders:invoice_list")
        day = today().isoformat()
        cells = [
            {
                "label": BUCKETS[bucket],
                "amount": amount,
                "late": bucket is not Bucket.NOT_DUE,
                "href": f"{address}?client={document.pk}&as_of={day}&bucket={bucket.value}",
            }
            for bucket, amount in row.buckets.items()
        ]
        return {"row": row, "cells": cells, "all_href": f"{reverse('orders:ageing')}?client={document.pk}"}


def invoices_of(client: Client, user: Any) -> Any:
    """The client's invoices with their state today."""
    return Invoice.objects.visible_to(user).filter(client=client).with_state(today())


def payments_of(client: Client, user: Any) -> Any:
    """The client's payments."""
    return Payment.objects.visible_to(user).filter(client=client).with_roubles()


ClientPage.add_figure(
    Figure(
        _("Headroom"), headroom, permission="orders.view_invoice",
        tone=headroom_tone, href=headroom_href, hint=headroom_hint,
    )
)  # fmt: skip
ClientPage.add_figure(
    Figure(
        _("Overdue"), overdue, permission="orders.view_invoice",
        tone=lambda client, user: "wrong" if overdue(client, user) else "", href=late_href,
    )
)  # fmt: skip
ClientPage.add_figure(
    Figure(
        _("Orders in work"), orders_in_work, kind="quantity", permission="orders.view_order",
        href=lambda client, user: "?tab=orders",
    )
)  # fmt: skip
ClientPage.add_tab(
    Tab(
        "invoices",
        _("Invoices"),
        (
            Rows(
                table=InvoiceOfClientTable, title=_("Invoices"), rows=invoices_of, limit=100,
                permission="orders.view_invoice", empty=_("The client was never invoiced."),
                more=lambda client, user: f"{reverse('orders:invoice_list')}?client={client.pk}",
            ),
        ),
        permission="orders.view_invoice",
    )
)  # fmt: skip
ClientPage.add_tab(
    Tab(
        "payments",
        _("Payments"),
        (
            Rows(
                table=PaymentOfClientTable, title=_("Payments"), rows=payments_of, limit=100,
                permission="orders.view_payment", empty=_("The client never paid."),
                more=lambda client, user: f"{reverse('orders:payment_list')}?client={client.pk}",
            ),
        ),
        permission="orders.view_payment",
    )
)  # fmt: skip
ClientPage.add_tab(
    Tab("ageing", _("Ageing"), (ClientAgeing(),), permission="orders.view_invoice", shown=Client.shows_money_to)
)
