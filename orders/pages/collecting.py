"""The KAM's collection list and a debtor's page: who owes, whom to ring, what was promised; done without leaving it."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import ClientPage
from accounts.pages.clients import new_for
from accounts.panels import Offers, Standing, allowed
from accounts.screens import FormScreen
from kam import formats
from kam.clock import today
from kam.money import ZERO
from kam.pages import Button, Fact, Facts, Figure, Page, Tab, Trail
from kam.pages.views import asked_by_htmx
from kam.workspace import Today
from orders.actions.calls import note_call
from orders.actions.promises_to_pay import move_promise, take_promise
from orders.actions.stop_list import stop_letters
from orders.filters.collecting import DebtorFilter, PromiseFilter
from orders.flow import PROMISE_FLOW
from orders.forms.collecting import CallForm, NewPromiseForm, PromiseForm, StopLettersForm
from orders.models import Debtor, PaymentPromise
from orders.pages.debtor_panels import (
    DebtorStanding,
    DebtsToday,
    InvoicePenalty,
    LateInvoices,
    StopNotice,
    late_of,
    letter_rows,
    promise_rows,
    talk_rows,
)
from orders.pages.money import InvoicePage
from orders.pages.orders import OrderPage
from orders.queries.collecting import received_for, work_of
from orders.tables.collecting import QUICK, DebtorTable, PromiseTable


def client_href(client: Any, user: Any = None) -> str:
    """The client's own page."""
    return reverse("accounts:client_detail", args=[client.pk])


def late_href(client: Any, user: Any = None) -> str:
    """The client's late invoices."""
    return f"{reverse('orders:invoice_list')}?client={client.pk}&overdue=true"


def penalty_of(client: Any, user: Any) -> Any:
    """The penalty on all that is late, to this day."""
    found = (each.penalty.amount for each in late_of(client) if each.invoice.currency == "RUB")
    return sum(found, ZERO)


def quick_button(label: Any, name: str, icon: str, permission: str, **fields: Any) -> Button:
    """A button of a debtor's page that asks a question."""
    return Button(
        label,
        lambda client, user: reverse(f"orders:{name}", args=[client.pk]),
        icon=icon,
        permission=permission,
        dialog=True,
        shown=lambda client, user: allowed(user, permission, client.manager_id),
        **fields,
    )


class DebtorPage(Page):
    """Who owes: the largest and latest first."""

    model, table, filterset = Debtor, DebtorTable, DebtorFilter
    path, icon, menu, menu_order = "collecting", "phone-call", "receivables", 15
    help = _("First those whose debts weigh most: every overdue rouble times its days late, in thousands.")
    empty = _("Nobody is late with anything.")
    figures = (
        Figure(_("Overdue"), "overdue", href=late_href, tone=lambda client, user: "wrong" if client.overdue else ""),
        Figure(_("The oldest, days"), "oldest_days", kind="quantity"),
        Figure(_("Penalty to this day"), penalty_of, href="#late-invoices"),
        Figure(_("Promised by"), "promise_due", kind="date"),
        Figure(_("Last contact"), "last_contact", kind="date"),
    )
    panels = (
        Standing(),
        DebtorStanding(with_stop=False),
        LateInvoices(),
        promise_rows,
        letter_rows,
        talk_rows,
        Facts(
            Fact("name", _("Client"), href=client_href), "manager", "group", "channel",
            Fact("phone", href=lambda client: f"tel:{client.phone}" if client.phone else ""),
            title=_("Client"), side=True,
        ),
    )  # fmt: skip
    actions = (
        quick_button(_("Note of a call"), "debtor_call", "phone", "accounts.add_activity", primary=True),
        quick_button(_("Promise to pay"), "debtor_promise", "hand-stop", "orders.add_paymentpromise"),
        quick_button(_("Prepare a letter"), "debtor_letter", "mail-plus", "orders.send_letter"),
        quick_button(_("No letters"), "debtor_stop_letters", "mail-off", "orders.add_stoplistentry"),
        Button(
            _("Stop shipping"), lambda client, user: new_for("credithold")(client), icon="truck-off",
            permission="accounts.place_hold",
            shown=lambda client, user: allowed(user, "accounts.place_hold", client.manager_id),
        ),
    )  # fmt: skip

    @classmethod
    def list_rows(cls, user):
        return super().list_rows(user).owing(today()).with_work()

    @classmethod
    def shown_rows(cls, user):
        return super().list_rows(user).with_debts(today()).with_work()

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).with_debts(today()).with_work()

    @classmethod
    def decorate(cls, rows, user):
        """Hang on each row whom to ring, what was promised, what comes next, what is stopped and what one may do."""
        found = work_of(rows, user)
        for row in rows:
            row.work = found[row.pk]
            row.rights = {right for _name, right, *_shown in QUICK if allowed(user, right, row.manager_id)}

    @classmethod
    def subheading(cls, document):
        manager = document.manager
        return " · ".join(part for part in (document.city, manager.short_name if manager else "") if part)

    @classmethod
    def choice_hint(cls, document):
        return formats.money(document.overdue) if getattr(document, "overdue", None) else ""


class QuickScreen(FormScreen):
    """A question about one debtor, asked in a dialog over the list or on a page of its own."""

    app, model = "orders", Debtor
    submit = _("Save")

    def asked(self, document: Any, form: Any) -> dict[str, Any]:
        if "contact" in form.fields:
            form.fields["contact"].widget.query = {"client": str(document.pk)}
        return super().asked(document, form)

    def render(self, context: dict[str, Any], status: int = 200, template: str = "") -> HttpResponse:
        if not asked_by_htmx(self.request):
            return super().render(context, status, template)
        step = SimpleNamespace(label=self.title, danger=False)
        shown = {**context, "step": step, "heading": context["crumb"], "action": self.request.get_full_path()}
        return super().render(shown, status, "kam/partials/step.html")

    def back(self, document: Any) -> str:
        """Where the question was asked: over the list with its filters, else the debtor's page."""
        current = urlsplit(self.request.headers.get("HX-Current-URL", ""))
        if current.path:
            return f"{current.path}?{current.query}" if current.query else current.path
        return DebtorPage.detail_url(document.pk)


class CallScreen(QuickScreen):
    """What came of a talk."""

    name, path = "debtor_call", "collecting/<int:pk>/call/"
    title, permission, form = _("Note of a call"), "accounts.add_activity", CallForm

    def act(self, document: Any, values: dict[str, Any]) -> str:
        contact = values.pop("contact")
        note_call(client_id=document.pk, by=self.request.user, day=today(), contact_id=contact and contact.pk, **values)
        return gettext("The talk with %(client)s is written down.") % {"client": document}


class TakePromiseScreen(QuickScreen):
    """The client's word to pay."""

    name, path = "debtor_promise", "collecting/<int:pk>/promise/"
    title, permission, form = _("Promise to pay"), "orders.add_paymentpromise", PromiseForm

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        document = self.found(kwargs)
        owes = Debtor.objects.filter(pk=document.pk).with_debts(today()).get().overdue
        initial = {"amount": owes or None, **request.GET.dict()}
        return self.asked(document, self.form(user=request.user, initial=initial))

    def act(self, document: Any, values: dict[str, Any]) -> str:
        promise = promised(by=self.request.user, day=today(), client=document, **values)
        return gettext("%(client)s promised %(promise)s.") % {"client": document, "promise": promise}


class StopLettersScreen(QuickScreen):
    """No letters to the client, or none about a disputed invoice."""

    name, path = "debtor_stop_letters", "collecting/<int:pk>/no-letters/"
    title, permission, form = _("No letters"), "orders.add_stoplistentry", StopLettersForm

    def act(self, document: Any, values: dict[str, Any]) -> str:
        invoice = values.pop("invoice")
        stop_letters(
            client_id=document.pk, by=self.request.user, day=today(), invoice_id=invoice and invoice.pk, **values
        )
        return gettext("%(client)s is on the stop list of letters.") % {"client": document}


def promised(*, by, day, client, contact=None, **values) -> PaymentPromise:
    """Take a promise from a form's values."""
    return take_promise(by=by, day=day, client_id=client.pk, contact_id=contact and contact.pk, **values)


class PromisePage(Page):
    """What clients promised to pay, and what came of it."""

    model, table, filterset, new_form = PaymentPromise, PromiseTable, PromiseFilter, NewPromiseForm
    create = promised
    flow, move = PROMISE_FLOW, move_promise
    path, icon, menu, menu_order = "payment-promises", "calendar-dollar", "receivables", 17
    search = ("client__search",)
    empty = _("No promise fits.")
    figures = (
        Figure(_("Amount"), "amount"),
        Figure(_("Received"), lambda promise, user: received_for(promise, today())),
        Figure(_("To be paid by"), "due_on", kind="date"),
    )
    panels = (
        Facts(
            "client", "contact", "amount", "promised_on", "due_on", "grace_days",
            Fact("threshold_percent", kind="percent"), "taken_by", Fact("note", hide_empty=True),
            Fact("kept_on", hide_empty=True), Fact("broken_on", hide_empty=True), title=_("Promise"),
        ),
        Trail(),
    )  # fmt: skip

    @classmethod
    def initial(cls, request):
        return {"grace_days": 1, "threshold_percent": 100, **super().initial(request)}

    @classmethod
    def heading(cls, document):
        return f"{document.client}: {document}"

    @classmethod
    def choice_hint(cls, document):
        return str(document.get_status_display())


ClientPage.add_tab(
    Tab(
        "collecting",
        _("Collecting"),
        (
            Offers(
                (_("Note of a call"), lambda client: reverse("orders:debtor_call", args=[client.pk]),
                 "accounts.add_activity"),
                (_("Promise to pay"), lambda client: reverse("orders:debtor_promise", args=[client.pk]),
                 "orders.add_paymentpromise"),
                (_("Prepare a letter"), lambda client: reverse("orders:debtor_letter", args=[client.pk]),
                 "orders.send_letter"),
                (_("No letters"), lambda client: reverse("orders:debtor_stop_letters", args=[client.pk]),
                 "orders.add_stoplistentry"),
            ),
            DebtorStanding(), LateInvoices(), promise_rows, letter_rows,
        ),
        permission="orders.view_debtor",
        shown=lambda client, user: client.shows_money_to(user),
    )
)  # fmt: skip
InvoicePage.add_panel(InvoicePenalty())
OrderPage.panels = (StopNotice(), *OrderPage.panels)
Today.add(DebtsToday())
