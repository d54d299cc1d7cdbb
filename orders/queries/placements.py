"""What a person needs to know to place a line of a statement: what it would pay, and what that does to the client."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from kam.money import ZERO
from orders.models import BankStatementLine, Invoice, Payment
from orders.queries.allocations import open_invoices, prepaid_orders
from orders.rules.matching import Debts
from orders.rules.payment_purpose import stated_numbers


@dataclass(frozen=True, slots=True)
class PlacementEffect:
    """One proposal: the sum, whose it is, and what the (only) client owes before and after; None for several."""

    amount: Decimal
    currency: str
    names: str
    client_open: Decimal | None
    client_left: Decimal | None


def plan_for_line(line: BankStatementLine, client_id: int) -> dict[int, Decimal]:
    """What the line would pay of this client's invoices, by the rule of matching."""
    payment = Payment(client_id=client_id, currency=line.currency, amount=line.amount)
    stated = stated_numbers(line.purpose)
    debts = Debts(open_invoices(payment), prepaid_orders(client_id) if stated else ())
    return {part.invoice: part.amount for part in debts.match(line.amount, stated).parts}


def effects_of_placements(lines: Sequence[BankStatementLine]) -> dict[int, PlacementEffect]:
    """The effect of confirming each proposal, by pk; one query for all."""
    clients = {part["client"] for line in lines for part in (line.proposal or {}).get("parts", ())}
    rows = Invoice.objects.open().filter(client__in=clients).order_by()
    owed = {(pk, money): total for pk, money, total in
            rows.values_list("client", "currency").annotate(total=Sum("open_amount"))}  # fmt: skip
    found = {}
    for line in lines:
        parts = (line.proposal or {}).get("parts", ())
        before = after = None
        if len(parts) == 1 and line.is_incoming:
            before = owed.get((parts[0]["client"], line.currency), ZERO)
            after = max(before - line.amount, ZERO)
        names = ", ".join(part["name"] for part in parts)
        found[line.pk] = PlacementEffect(line.amount, line.currency, names, before, after)
    return found
