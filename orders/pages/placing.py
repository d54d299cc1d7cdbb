"""The queue of payments to place, the choice of invoices for one, and what confirming does, for the inbox."""

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam import formats
from kam.clock import today
from kam.inbox import Effect, add_effect
from kam.money import ZERO
from kam.pages import MoneyField, Screen, add_counter
from kam.wording import worded
from orders.actions.placements import Share, propose_placement
from orders.flow import PLACEMENT_FLOW
from orders.forms.bank import ChooseInvoicesForm
from orders.models import BankStatementLine, Invoice
from orders.pages.bank import UPLOAD, LinePage
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.queries.placements import effects_of_placements, plan_for_line
from orders.tables.bank import whose, why_in_words
from orders.wording import MATCH

Status = BankStatementLine.Status
SHOWN, COUNTED = 50, 100
# What stands in the queue: its name in the address, its words, the states in it.
PARTS = (
    ("to_place", Status.TO_PLACE.label, Status.TO_PLACE),
    ("parked", Status.PARKED.label, Status.PARKED),
    ("proposed", Status.PROPOSED.label, Status.PROPOSED),
)


class PlacementQueue(Screen):
    """Money that came and is nobody's yet: accept what is suggested, say whose it is, park, confirm; many at once."""

    app, name, path = "orders", "placements", "payments-to-place/"
    title, permission = _("Payments to place"), "orders.view_bankstatementline"
    menu, menu_order, icon = "receivables", 31, "inbox"
    template = "orders/placements.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        user, asked = request.user, request.GET.get("part", "")
        seen = BankStatementLine.objects.visible_to(user)
        part = next((each for each in PARTS if each[0] == asked), PARTS[0])
        lines = list(
            seen.filter(status=part[2]).select_related("client", "proposed_by").order_by("booked_on", "pk")[: SHOWN + 1]
        )
        return {
            "parts": self.parts(seen, part),
            "part": part[0],
            "items": [self.item(line, user) for line in lines[:SHOWN]],
            "more": len(lines) > SHOWN,
            "bulk_url": LinePage.url("bulk"),
            "list_url": f"{LinePage.list_url()}?status={part[2]}",
            "back": f"{reverse('orders:placements')}?part={part[0]}",
            "steps": [step for step in PLACEMENT_FLOW.steps
                      if part[2] in step.from_ and step.name != "undo" and user.has_perm(step.permission)],
            "upload_url": reverse(UPLOAD[0], args=UPLOAD[1]) if user.has_perm("orders.import_statement") else "",
        }  # fmt: skip

    @staticmethod
    def parts(seen: Any, chosen: Any) -> list[dict[str, Any]]:
        """The parts of the queue with how many lines stand in each and how much money in roubles."""
        rows = seen.waiting().order_by().values_list("status", "is_incoming", "currency")
        found: dict[str, list[Any]] = {}
        for status, incoming, currency, number, amount in rows.annotate(n=Count("pk"), total=Sum("amount")):
            kept = found.setdefault(status, [0, ZERO])
            kept[0] += number
            kept[1] += amount if incoming and currency == "RUB" else ZERO
        return [
            {"name": name, "label": label, "number": found.get(status, (0, ZERO))[0],
             "amount": found.get(status, (0, ZERO))[1], "active": name == chosen[0],
             "href": f"{reverse('orders:placements')}?part={name}"}
            for name, label, status in PARTS
        ]  # fmt: skip

    @staticmethod
    def item(line: BankStatementLine, user: Any) -> dict[str, Any]:
        """What the template shows of one line."""
        steps = PLACEMENT_FLOW.steps_for(line, user)
        may_propose = any(step.name == "propose" for step in steps)
        return {
            "may_propose": may_propose,
            "as_found": may_propose and line.client_id is not None and line.status == Status.TO_PLACE,
            "line": line,
            "href": LinePage.detail_url(line.pk),
            "whose": whose(line),
            "reasons": [worded(each, MATCH) for each in line.why],
            "steps": steps,
            "assign_url": LinePage.url("step", line.pk, "propose"),
            "invoices_url": reverse("orders:line_invoices", args=[line.pk]) if line.is_incoming and may_propose else "",
        }


def waiting_lines(user: Any) -> int:
    """How many lines wait for somebody to say whose they are, counted to a hundred."""
    if not user.has_perm("orders.propose_placement"):
        return 0
    return BankStatementLine.objects.visible_to(user).filter(status=Status.TO_PLACE).order_by()[:COUNTED].count()


add_counter("orders.placements", waiting_lines)


class ChooseInvoices(LinesScreen):
    """Say which invoices of a client a line pays; another person confirms."""

    app, name, path = "orders", "line_invoices", "bank-lines/<int:pk>/invoices/"
    title, permission, submit = _("Choose invoices"), "orders.propose_placement", _("Propose")
    form, model = ChooseInvoicesForm, BankStatementLine
    headings = ((_("Invoice"), False), (_("Due"), False), (_("Amount"), True), (_("Unpaid"), True))
    inputs = (("amount", _("To pay")),)
    lines_title = _("Open invoices of the client")
    empty = _("Choose a client and press the button: its open invoices are asked for then.")

    def client_for(self, document: BankStatementLine) -> int | None:
        """The client asked about: typed, in the address, else suggested."""
        for source in (self.request.POST, self.request.GET):
            if source.get("client", "").isdecimal():
                return int(source["client"])
        return document.client_id

    def first_values(self, document: BankStatementLine) -> dict[str, Any]:
        return {"client": self.client_for(document)}

    def lines(self, document: BankStatementLine) -> list[Line]:
        client = Client.objects.visible_to(self.request.user).filter(pk=self.client_for(document)).first()
        if client is None:
            return []
        suggested = plan_for_line(document, client.pk)
        found = []
        invoices = Invoice.objects.open().filter(client=client, currency=document.currency).order_by("due_on", "pk")
        for place, invoice in enumerate(invoices[:200], start=1):
            cells = (
                Cell(invoice.number), Cell(formats.day(invoice.due_on)),
                Cell(formats.money(invoice.amount, invoice.currency), True),
                Cell(formats.money(invoice.open_amount, invoice.currency), True),
            )  # fmt: skip
            label = gettext("To pay of %(invoice)s") % {"invoice": invoice}
            field = MoneyField(label=label, required=False, initial=suggested.get(invoice.pk), min_value=0)
            found.append(Line(invoice.pk, cells, {"amount": field}, place))
        return found

    def about_lines(self, document: BankStatementLine) -> str:
        text = gettext("The line has %(amount)s; what no invoice takes stands on account.")
        return text % {"amount": formats.money(document.amount, document.currency)}

    def act(self, document: BankStatementLine, values: dict[str, Any]) -> str:
        parts = tuple((pk, row["amount"]) for pk, row in values["lines"].items() if row["amount"])
        share = Share(values["client"].pk, document.amount, parts or None)
        propose_placement(document.pk, by=self.request.user, day=today(), reason=values["reason"], shares=[share])
        return gettext("Proposed; another person confirms.")

    def back(self, document: BankStatementLine) -> str:
        return LinePage.detail_url(document.pk)


def placement_effects(lines: list[BankStatementLine], user: Any) -> dict[int, list[Effect]]:
    """What confirming each line does, for the inbox."""
    found = {}
    for pk, effect in effects_of_placements(lines).items():
        effects = [Effect(_("Amount"), effect.amount, currency=effect.currency, hint=effect.names)]
        if effect.client_open is not None:
            effects.append(Effect(_("The client owes"), effect.client_left, before=effect.client_open,
                                  currency=effect.currency))  # fmt: skip
        found[pk] = effects
    for line in lines:
        found.setdefault(line.pk, []).append(Effect(_("Why"), why_in_words(line) or formats.UNKNOWN, kind="text"))
    return found


add_effect(PLACEMENT_FLOW, placement_effects, related=("client", "proposed_by"))
