"""Panels of orders: what the credit check said, why prices need somebody's word, what was promised, and troubles."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.clock import today
from kam.pages import Panel
from kam.wording import worded
from orders.models import Order
from orders.queries.intakes import promised_and_entered
from orders.queries.progress import expiring_orders, short_orders
from orders.wording import OF_MARGIN, PRICES, credit_texts

EXPOSURE = (
    ("open_invoices", _("Open invoices")),
    ("shipped_not_invoiced", _("Shipped, not invoiced")),
    ("confirmed_not_shipped", _("Confirmed, not shipped")),
)


def _money(value: Any) -> str:
    return formats.UNKNOWN if value is None else formats.money(Decimal(value))


class ApprovalReasons(Panel):
    """Why somebody above must agree to the prices, line by line; nothing where nobody must."""

    template = "orders/panels/approval.html"
    title = _("Why approval is needed")

    def context(self, document: Order, request: Any) -> dict[str, Any] | None:
        if not document.approval:
            return None
        skus = dict(document.lines.values_list("position", "product__sku"))
        reasons = [
            {"line": each.get("line"), "sku": skus.get(each.get("line"), ""), "text": worded(each, PRICES)}
            for each in document.approval
            if each["code"] not in OF_MARGIN or request.user.has_perm("orders.view_margin")
        ]
        return {"reasons": reasons, "approved_by": document.approved_by}


class CreditCheck(Panel):
    """The last credit check with every reason, the figures it stood on and the rule that says so."""

    template = "orders/panels/credit.html"
    title = _("Credit check")
    permission = "accounts.view_creditterms"

    def __init__(self, only_against: bool = False) -> None:
        self.only_against = only_against

    def context(self, document: Order, request: Any) -> dict[str, Any] | None:
        credit = document.credit
        if not credit:
            return None if self.only_against else {"checked": False}
        if self.only_against and (credit["allowed"] or document.status != Order.Status.HELD):
            return None
        knows = document.shows_money_to(request.user)
        return {"checked": True, "short": self.only_against, **told_credit(credit, knows)}


def told_credit(credit: dict[str, Any], knows_money: bool) -> dict[str, Any]:
    """A stored credit check in words and figures; in words alone for who may not know the payer's money."""
    facts = credit["facts"]
    released = credit.get("released", [])
    texts = credit_texts(knows_money)
    found = {
        "allowed": credit["allowed"],
        "as_of": date.fromisoformat(facts["as_of"]),
        "reasons": [{"text": worded(each, texts), "released": _is_released(each, released)} for each in
                    credit["reasons"]],
    }  # fmt: skip
    return found if not knows_money else found | {
        "figures": [
            (_("This order"), _money(facts["order"])),
            (_("Prepaid of it"), _money(facts["prepaid"])),
            *((label, _money(facts["exposure"][name])) for name, label in EXPOSURE),
            (_("Credit limit"), _money((facts["terms"] or {}).get("credit_limit"))),
            (_("The group's limit"), _money((facts["group"] or {}).get("credit_limit"))),
            (_("Headroom before"), _money(credit["headroom_before"])),
            (_("Headroom after"), _money(credit["headroom_after"])),
        ],
        "debts": [
            {"due_on": date.fromisoformat(each["due_on"]), "amount": _money(each["amount"])} for each in facts["debts"]
        ],
    }  # fmt: skip


def _is_released(why: dict[str, Any], released: list[str]) -> bool:
    hold = why["values"].get("hold")
    return (f"{why['code']}:{hold}" if hold is not None else why["code"]) in released


class PromisedAndEntered(Panel):
    """What a rough order promised beside what its orders hold, line by line; on an order, that of its rough order."""

    template = "orders/panels/promised.html"
    title = _("Promised and entered")

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        intake = document.intake if isinstance(document, Order) else document
        if intake is None or intake.status != intake.Status.ENTERED:
            return None
        compared = promised_and_entered(intake)
        return {"intake": intake, "compared": compared}


class OrderTroubles(Panel):
    """On the first screen: how many orders of the person's are in which trouble, each a way to its list."""

    template = "orders/panels/troubles.html"
    title = _("Orders")
    permission = "orders.view_order"

    def context(self, document: Any, request: Any) -> dict[str, Any] | None:
        if not any(request.user.has_perm(right) for right in ("orders.add_order", "orders.release_order")):
            return None  # who only reads orders has nothing to do about their troubles
        orders = Order.objects.visible_to(request.user)
        address = reverse("orders:order_list")
        counted = orders.order_by().aggregate(
            drafts=Count("pk", filter=Q(status=Order.Status.DRAFT, author=request.user)),
            approval=Count("pk", filter=Q(status=Order.Status.APPROVAL)),
            submitted=Count("pk", filter=Q(status=Order.Status.SUBMITTED)),
            held=Count("pk", filter=Q(status=Order.Status.HELD)),
        )
        soon = today() + timedelta(days=1)
        found = [
            (_("My drafts"), counted["drafts"], f"{address}?status=draft", "draft"),
            (_("To be confirmed"), counted["submitted"], f"{address}?status=submitted", "work"),
            (_("Waits for approval"), counted["approval"], f"{address}?attention=approval", "wait"),
            (_("Reservation ends by tomorrow"), expiring_orders(orders, soon).count(),
             f"{address}?attention=expiring", "wait"),
            (_("Short of goods"), short_orders(orders).count(), f"{address}?attention=short", "wait"),
            (_("Held"), counted["held"], f"{address}?attention=held", "wrong"),
        ]  # fmt: skip
        return {"troubles": [each for each in found if each[1]]}
