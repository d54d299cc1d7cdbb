"""Writers of statement lines that a person places: propose, confirm, return, park, undo.

What is proposed is kept with the line as plain data and checked again when it is confirmed, under the locks of the
clients whose money moves: between the two keys other payments may have come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Client
from kam import formats
from kam.access import Authority
from kam.flows import Step, mover
from kam.money import ZERO, rounded
from kam.refusals import Refusal, Refused
from kam.rows import locked_row
from kam.writing import writes
from orders.actions.ledger import lock_payments, look_at_holds, undo
from orders.actions.locking import lock_clients
from orders.actions.payments import enter_payment, follow_parts
from orders.actions.refunds import give_back, put_back
from orders.flow import PLACEMENT_FLOW
from orders.models import Allocation, BankStatementLine, Payment, Refund

Line = BankStatementLine
AS_PAYMENT, AS_APART, AS_REFUND = "payment", "apart", "refund"


@dataclass(frozen=True, slots=True)
class Share:
    """So much of a line is this client's; `invoices` (id, amount) are paid from it, None lets the rule suggest."""

    client_id: int
    amount: Decimal
    invoices: tuple[tuple[int, Decimal], ...] | None = None


@writes
def propose_placement(
    pk: int, *, by, day: date, reason: str = "", shares: Iterable[Share] | None = None, apart: str = ""
) -> Line:
    """Say whose money a line is, or that it is nobody's (`apart`: its kind); another person confirms.

    Without either, the line's own suggestion is proposed. A line that is placed already keeps its payments until the
    change is confirmed. Raises Forbidden, and Refused for shares that do not make the line.
    """
    line = locked_row(Line, pk)
    step, who = PLACEMENT_FLOW.check(line, "propose", by=by, reason=reason)
    proposal = {"as": AS_APART, "kind": apart} if apart else _proposal(line, shares, who)
    proposal |= {"from": line.status, "reason": reason}
    _check_proposal(line, proposal)
    line.proposal, line.proposed_by = proposal, who.by
    changes = {"proposal": [None, worded_proposal(proposal)]}
    PLACEMENT_FLOW.finish(line, step, who, reason=reason, changes=changes, also=("proposal", "proposed_by"))
    return line


def assign_line(pk: int, *, by, day: date, client_id: int, reason: str = "") -> Line:
    """Propose that a whole line is one client's; see `propose_placement`."""
    amount = Line.objects.values_list("amount", flat=True).get(pk=pk)
    return propose_placement(pk, by=by, day=day, reason=reason, shares=[Share(client_id, amount)])


@writes
def confirm_placement(pk: int, *, by, day: date, reason: str = "") -> Line:
    """Turn the second key: the proposal is booked. Money that stood with another client leaves it on this day.

    Raises Forbidden, and Refused when the proposer confirms or the proposal does not fit any more.
    """
    known = Line.objects.get(pk=pk)
    clients = _lock_clients_of(known)
    line = locked_row(Line, pk)
    step, who = PLACEMENT_FLOW.check(line, "confirm", by=by, reason=reason)
    if line.proposal != known.proposal or line.status != known.status:
        raise Refused(Refusal("changed_meanwhile", _("%(line)s has just been changed: try again.") % {"line": line}))
    proposal = line.proposal
    _withdraw(line, day, who, reason or proposal["reason"])
    to = Line.Status.PLACED
    if proposal["as"] == AS_APART:
        line.kind, line.client, to = proposal["kind"], None, Line.Status.APART
    elif proposal["as"] == AS_REFUND:
        _refund(line, proposal, day, who)
    else:
        _place(line, proposal, clients, day, who)
    _look(clients, day)
    return _decided(line, step, who, to, reason)


@writes
def return_placement(pk: int, *, by, day: date, reason: str = "") -> Line:
    """Not so: the line goes back to where it was before the proposal. Raises Forbidden, Refused."""
    line = locked_row(Line, pk)
    step, who = PLACEMENT_FLOW.check(line, "return", by=by, reason=reason)
    to = line.proposal["from"]
    line.proposal = line.proposed_by = None
    PLACEMENT_FLOW.finish(line, step, who, to=to, reason=reason, also=("proposal", "proposed_by"))
    return line


@writes
def park_line(pk: int, *, by, day: date, reason: str = "") -> Line:
    """Leave a line for later, out of the way but not lost. Raises Forbidden, Refused."""
    line = locked_row(Line, pk)
    step, who = PLACEMENT_FLOW.check(line, "park", by=by, reason=reason)
    PLACEMENT_FLOW.finish(line, step, who, reason=reason)
    return line


@writes
def undo_placement(pk: int, *, by, day: date, reason: str = "") -> Line:
    """Take a placed line back from this day on: its invoices are open again and its money is nobody's yet.

    As of an earlier day everything stands as it was. Placing it again takes two keys. Raises Forbidden, Refused.
    """
    known = Line.objects.get(pk=pk)
    clients = _lock_clients_of(known)
    line = locked_row(Line, pk)
    step, who = PLACEMENT_FLOW.check(line, "undo", by=by, reason=reason)
    _withdraw(line, day, who, reason)
    _look(clients, day)
    line.proposal = line.proposed_by = line.decided_by = None
    also = ("proposal", "proposed_by", "decided_by")
    PLACEMENT_FLOW.finish(line, step, who, reason=reason, also=also)
    return line


move_line = mover({
    "propose": propose_placement, "confirm": confirm_placement, "return": return_placement, "park": park_line,
    "undo": undo_placement,
})  # fmt: skip


# -------------------------------------------------------------------- what is proposed


def _proposal(line: Line, shares: Iterable[Share] | None, who: Authority) -> dict[str, Any]:
    if shares is None and line.client_id is None:
        text = _("Nobody is suggested for %(line)s: say whose money it is.") % {"line": line}
        raise Refused(Refusal("client_missing", text, field="client"))
    shares = list(shares) if shares is not None else [Share(line.client_id, line.amount)]
    clients = {share.client_id for share in shares}
    seen = dict(Client.objects.visible_to(who.by).filter(pk__in=clients).values_list("pk", "name"))
    unseen = [Refusal("client_missing", _("There is no such client."), line=place)
              for place, share in enumerate(shares, 1) if share.client_id not in seen]  # fmt: skip
    if unseen:
        raise Refused(*unseen)
    parts = [
        {
            "client": share.client_id, "name": seen[share.client_id], "amount": str(share.amount),
            "invoices": None if share.invoices is None else [[pk, str(amount)] for pk, amount in share.invoices],
        }
        for share in shares
    ]  # fmt: skip
    return {"as": AS_PAYMENT if line.is_incoming else AS_REFUND, "parts": parts}


def _check_proposal(line: Line, proposal: Mapping[str, Any]) -> None:
    if proposal["as"] == AS_APART:
        allowed = (Line.Kind.OWN, Line.Kind.OTHER) if line.is_incoming else (
            Line.Kind.OWN, Line.Kind.FEE, Line.Kind.OUTGOING)  # fmt: skip
        if proposal["kind"] not in allowed:
            text = _("Money like this cannot be kept apart as “%(kind)s”.") % {"kind": proposal["kind"]}
            raise Refused(Refusal("kind_wrong", text, field="apart"))
        return
    amounts = [Decimal(part["amount"]) for part in proposal["parts"]]
    found = [
        Refusal("amount_not_positive", _("A share is a positive amount in whole kopecks."), line=place)
        for place, amount in enumerate(amounts, 1)
        if amount <= 0 or amount != rounded(amount)
    ]
    if sum(amounts, ZERO) != line.amount:
        text = _("The shares make %(sum)s, the line has %(amount)s.")
        values = {"sum": formats.money(sum(amounts, ZERO), line.currency),
                  "amount": formats.money(line.amount, line.currency)}  # fmt: skip
        found.append(Refusal("shares_differ", text % values))
    if len({part["client"] for part in proposal["parts"]}) < len(amounts):
        found.append(Refusal("client_twice", _("A client is given twice.")))
    if found:
        raise Refused(*found)


def worded_proposal(proposal: Mapping[str, Any]) -> str:
    """A proposal in a line, for the trail."""
    if proposal["as"] == AS_APART:
        return str(Line.Kind(proposal["kind"]).label)
    return "; ".join(f"{part['name']}: {formats.money(Decimal(part['amount']))}" for part in proposal["parts"])


# -------------------------------------------------------------------- what is booked


def _lock_clients_of(line: Line) -> dict[int, Client]:
    """Lock everybody whose money may move: those proposed and those the line's payments and refunds are of now."""
    parts = (line.proposal or {}).get("parts", ())
    wanted = {part["client"] for part in parts} | {line.client_id}
    wanted |= set(Payment.objects.filter(bank_line=line).values_list("client_id", flat=True))
    wanted |= set(Refund.objects.filter(bank_line=line).values_list("payment__client_id", flat=True))
    return lock_clients(wanted - {None})


def _withdraw(line: Line, day: date, who: Authority, reason: str) -> None:
    """Everything the line was booked as so far leaves its clients; nothing is deleted.

    As many turns as a line has payments and they have allocations: a few, each with its own trail.
    """
    payments = lock_payments(
        Payment.objects.filter(bank_line=line).exclude(refunds__kind=Refund.Kind.MOVED).values_list("pk", flat=True)
    )
    standing = Allocation.objects.filter(payment__in=payments, undone_on=None).select_related("invoice").order_by("pk")
    standing = list(standing.select_for_update(no_key=True, of=("self", "invoice")))
    invoices = {each.invoice_id: each.invoice for each in standing}
    for each in standing:
        each.payment, each.invoice = payments[each.payment_id], invoices[each.invoice_id]
        undo(each, on=max(day, each.allocated_on), who=who, reason=reason)
    for payment in payments.values():
        _check_untouched(payment)
        kind = Refund.Kind.MOVED
        give_back(payment, payment.unallocated, on=day, who=who, reason=reason or str(line), kind=kind, bank_line=line)
    if line.is_incoming:
        return
    for refund in Refund.objects.filter(bank_line=line, undone_on=None).order_by("pk"):
        payment = lock_payments([refund.payment_id])[refund.payment_id]
        put_back(refund, payment, on=max(day, refund.refunded_on), who=who, reason=reason)


def _check_untouched(payment: Payment) -> None:
    if payment.unallocated != payment.amount:
        text = _("A part of payment %(payment)s was given back to the client: undo the refund first.")
        raise Refused(Refusal("refunded", text % {"payment": payment}))


def _place(line: Line, proposal: Mapping[str, Any], clients: Mapping[int, Client], day: date, who: Authority) -> None:
    """A payment for each share, allocated as its person said or as the rule suggests.

    The first placement is dated by the bank. One after another that was taken back is dated on this day: until then
    the books have the money with somebody else, and no day may count it twice.
    """
    former = Payment.objects.filter(bank_line=line).count()
    on = max(day, line.booked_on) if former else line.booked_on
    named: list[int] = []
    for place, part in enumerate(proposal["parts"], former + 1):  # shares of one line: a few
        client = clients[part["client"]]
        payment = enter_payment(
            number=line.document_number[:40] or f"БВ-{line.pk}",
            client=client,
            received_on=on,
            paid_on=line.booked_on if former else None,
            currency=line.currency,
            amount=Decimal(part["amount"]),
            purpose=line.purpose[:400],
            entered_by=who.by,
            bank_line=line,
            external_id=f"bank:{line.key}" if place == 1 else f"bank:{line.key}:{place}",
        )
        invoices = part["invoices"]
        parts = None if invoices is None else [(pk, Decimal(amount)) for pk, amount in invoices]
        made = follow_parts(payment, parts, day=on, who=who)
        named += [each.invoice_id for each in made]
    line.kind, line.client, line.invoices = Line.Kind.CLIENT, clients[proposal["parts"][0]["client"]], named[:50]


def _refund(line: Line, proposal: Mapping[str, Any], day: date, who: Authority) -> None:
    """Take the money off the client's payments that have it on account, the latest first; dated like `_place`."""
    on = day if Refund.objects.filter(bank_line=line).exists() else line.booked_on
    for part in proposal["parts"]:
        left = Decimal(part["amount"])
        money = Payment.objects.on_account().filter(client=part["client"], currency=line.currency)
        payments = lock_payments(money.values_list("pk", flat=True))
        for payment in sorted(payments.values(), key=lambda each: (each.received_on, each.pk), reverse=True):
            taken = min(left, payment.unallocated)
            if not taken:
                break
            reason = line.purpose[:300] or str(line)
            give_back(payment, taken, on=on, who=who, reason=reason, bank_line=line)
            left -= taken
        if left:
            text = _("%(client)s has %(left)s too little on account for this refund: undo an allocation first.")
            values = {"client": part["name"], "left": formats.money(left, line.currency)}
            raise Refused(Refusal("nothing_on_account", text % values))
    line.kind, line.client_id = Line.Kind.REFUND, proposal["parts"][0]["client"]


def _decided(line: Line, step: Step, who: Authority, to: str, reason: str) -> Line:
    """Who turned the first key stays written with the line."""
    line.decided_by, line.why = who.by, _why(line)
    line.confidence = Line.Confidence.CERTAIN if to == Line.Status.PLACED else ""
    also = ("decided_by", "why", "confidence", "kind", "client", "invoices")
    PLACEMENT_FLOW.finish(line, step, who, to=to, reason=reason, also=also)
    return line


def _why(line: Line) -> list[dict[str, Any]]:
    return [*line.why, {"code": "chosen_by_person", "values": {"name": line.proposed_by.short_name}}]


def _look(clients: Mapping[int, Client], day: date) -> None:
    for client in clients.values():
        look_at_holds(client, day)
