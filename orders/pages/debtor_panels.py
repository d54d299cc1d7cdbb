"""What stands on a debtor's page, a client's tab of collecting, an invoice and an order about late payment."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Activity, Client
from accounts.panels import allowed
from kam.clock import today
from kam.money import ZERO
from kam.pages import Panel, Rows, address_of
from kam.wording import worded
from orders.documents.letters import computation_of
from orders.models import CollectionLetter, Debtor, Invoice, LetterLine, PaymentPromise
from orders.queries.collecting import late_invoices, live_stop, payers_of, received_for, stop_list_of
from orders.queries.penalties import penalties_on
from orders.rules.penalty import Basis, Penalty
from orders.tables.collecting import LetterOfClientTable, PromiseOfClientTable, TalkTable
from orders.wording import PENALTY, why_stopped

LATE_SHOWN = 100
COMPUTED = 3  # computations on the page; of the others they stand on their invoices' pages
DOUBTS = ("no_key_rate", "rate_carried")  # what who approves a letter should know of its computation
BASES = {Basis.CONTRACT: _("by the contract"), Basis.LAW: _("art. 395 of the Civil Code")}


def late_of(client: Any) -> list[Any]:
    """The client's late invoices with their penalties, asked once for a page."""
    if not hasattr(client, "late_invoices"):
        client.late_invoices = late_invoices(client.pk, today())
    return client.late_invoices


def told(penalty: Penalty) -> dict[str, Any]:
    """A penalty with its lines and reasons as a template shows it."""
    return {
        "penalty": penalty,
        "basis": BASES[penalty.basis],
        "lines": penalty.lines,
        "is_capped": penalty.cap is not None and penalty.computed > penalty.cap,
        "reasons": [worded(each, PENALTY) for each in penalty.reasons],
    }


class DebtorStanding(Panel):
    """What matters first: a stop of shipping by lateness, the stop list, and the open promise."""

    template = "orders/panels/debtor_standing.html"

    def __init__(self, with_stop: bool = True) -> None:
        self.with_stop = with_stop

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        stop = live_stop(document.pk) if self.with_stop else None
        entries = stop_list_of(document.pk, today())
        promise = PaymentPromise.objects.open().filter(client=document.pk).select_related("contact", "taken_by").first()
        payer = payers_of([document]).get(document.pk)
        return {
            "stop": stop,
            "why": stop and why_stopped(stop.overdue, stop.days_allowed, stop.days),
            "entries": entries,
            "promise": promise,
            "promise_href": address_of(promise) if promise else "",
            "received": received_for(promise, today()) if promise else ZERO,
            "promise_late": promise is not None and promise.due_on < today(),
            "payer": payer,
            "may_allow": allowed(request.user, "orders.remove_stoplistentry", document.manager_id),
            "may_lift": allowed(request.user, "accounts.lift_hold", document.manager_id),
        }


class LateInvoices(Panel):
    """The late invoices, each with its penalty to this day and the way to its computation."""

    template = "orders/panels/late_invoices.html"
    title = _("Late invoices")
    permission = "orders.view_invoice"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        found = late_of(document)
        return {
            "rows": [{"late": each, **told(each.penalty)} for each in found[:LATE_SHOWN]],
            "computed": COMPUTED,
            "cut": len(found) > LATE_SHOWN,
            "open": sum((each.invoice.open_amount for each in found if each.invoice.currency == "RUB"), ZERO),
            "penalty": sum((each.penalty.amount for each in found if each.invoice.currency == "RUB"), ZERO),
            "more_href": f"{reverse('orders:invoice_list')}?client={document.pk}&overdue=true",
        }


class InvoicePenalty(Panel):
    """On an invoice: what its lateness costs the client, day by day."""

    template = "orders/panels/invoice_penalty.html"
    title = _("Penalty to this day")

    def context(self, document: Invoice, request: Any) -> dict[str, Any] | None:
        if document.due_on >= today():
            return None
        penalty = penalties_on([document], today())[document.pk]
        return told(penalty) if penalty.lines or document.open_amount else None


class LetterLines(Panel):
    """The invoices of a letter with the computation that was sent."""

    template = "orders/panels/letter_lines.html"
    title = _("Invoices in the letter")

    def context(self, document: CollectionLetter, request: Any) -> dict[str, Any] | None:
        lines = list(LetterLine.objects.filter(letter=document).select_related("invoice"))
        rows = [
            {"line": line, "computation": computation_of(line.invoice, line.computation) if line.computation else None}
            for line in lines
        ]
        whys = [why for line in lines for why in line.computation.get("reasons", ()) if why["code"] in DOUBTS]
        doubts = sorted({worded(why, PENALTY) for why in whys})
        return {"rows": rows, "doubts": doubts, "left_out": left_out(document, request.user)}


def left_out(letter: CollectionLetter, user: Any) -> list[Invoice]:
    """What stands open in other currencies and would be named if it were roubles: a claim is made in roubles alone."""
    last = letter.prepared_on + timedelta(days=max(-letter.level.days, -1))
    rows = Invoice.objects.visible_to(user).open().filter(client=letter.client_id, issued_on__lte=letter.prepared_on)
    return list(rows.filter(due_on__lte=last).exclude(currency="RUB").order_by("due_on", "pk"))


class LetterText(Panel):
    """The words of a letter as they go out, and why it did not."""

    template = "orders/panels/letter_text.html"
    title = _("Letter")


class StopNotice(Panel):
    """On an order: shipping to its client is stopped by lateness, and why."""

    template = "orders/panels/stop_notice.html"
    permission = "orders.view_shippingstop"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        if document.status in ("shipped", "closed", "cancelled"):
            return None
        stop = live_stop(document.client_id)
        if stop is None:
            return None
        why = why_stopped(stop.overdue, stop.days_allowed, stop.days)
        return {"stop": stop, "why": why, "href": reverse("orders:debtor_detail", args=[document.client_id])}


class DebtsToday(Panel):
    """On the first screen: whose debts to work on first, and which letters wait."""

    template = "orders/panels/debts_today.html"
    title = _("Debts to collect")
    permission = "orders.follow_debts"
    side = True

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        owing = Debtor.objects.visible_to(request.user).owing(today()).order_by("-priority", "pk")
        first = list(owing.values_list("pk", flat=True)[:5])  # without all that a page shows of those found
        debtors = list(Debtor.objects.with_debts(today()).filter(pk__in=first).with_work().order_by("-priority", "pk"))
        late = PaymentPromise.objects.visible_to(request.user).open().filter(due_on__lt=today()).count()
        letters = CollectionLetter.objects.visible_to(request.user).proposed().count()
        if not (debtors or late or letters):
            return None
        return {"debtors": debtors, "late_promises": late, "letters": letters}


def letters_of(client: Client, user: Any) -> Any:
    """The letters to a client."""
    return CollectionLetter.objects.visible_to(user).filter(client=client.pk)


def promises_of(client: Client, user: Any) -> Any:
    """The promises of a client."""
    return PaymentPromise.objects.visible_to(user).filter(client=client.pk)


def talks_of(client: Client, user: Any) -> Any:
    """What was spoken of with a client."""
    return Activity.objects.visible_to(user).filter(client=client.pk, done_at__isnull=False)


promise_rows = Rows(
    table=PromiseOfClientTable, title=_("Promises to pay"), rows=promises_of, limit=20,
    permission="orders.view_paymentpromise", empty=_("Nothing was promised."),
    more=lambda client, user: f"{reverse('orders:paymentpromise_list')}?client={client.pk}",
)  # fmt: skip
letter_rows = Rows(
    table=LetterOfClientTable, title=_("Letters"), rows=letters_of, limit=20,
    permission="orders.view_collectionletter", empty=_("No letter was prepared."),
    more=lambda client, user: f"{reverse('orders:collectionletter_list')}?client={client.pk}",
)  # fmt: skip
talk_rows = Rows(
    table=TalkTable, title=_("Talks"), rows=talks_of, limit=20,
    permission="accounts.view_activity", empty=_("Nobody spoke with the client yet."),
)  # fmt: skip
