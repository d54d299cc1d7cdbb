"""What confirming an order would come to now: credit before and after, what is short and when it arrives; no locks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orders.models import Order
from orders.queries.credit import check_credit
from orders.queries.holdings import open_lines, plan_for
from orders.rules.credit import CreditFacts, CreditVerdict
from orders.rules.margin import Sold, TotalMargin, margin_of_lines
from orders.rules.reservation import LinePlan


@dataclass(frozen=True, slots=True)
class Outlook:
    """The verdict on the order's credit with its facts, and of each line (by id) what it can take.

    A line that is reserved in full has no plan; nor has any line of a special shipment.
    """

    facts: CreditFacts
    verdict: CreditVerdict
    lines: dict[int, LinePlan]

    @property
    def headroom_before(self) -> Decimal | None:
        return self.verdict.headroom_before

    @property
    def headroom_after(self) -> Decimal | None:
        return self.verdict.headroom_after


def outlook_of(order: Order, day: date) -> Outlook:
    """What confirming this order on the day would come to. A preview: another order may come first."""
    facts, verdict = check_credit(order, day)
    plans = {}
    if order.warehouse_id is not None and order.status in Order.IN_WORK:
        lines = open_lines(order.pk)
        # Lines show what each could take even where the order as a whole is all or nothing.
        plans = {plan.line: plan for plan in plan_for(order, lines, day, partial=True).lines} if lines else {}
    return Outlook(facts, verdict, plans)


def margin_for(order: Order, user) -> TotalMargin | None:
    """The margin of an order whose costs are noted (since it was submitted); None without the right to see margins."""
    if not (user.is_superuser or user.standings.allows("orders.view_margin")):
        return None
    rows = order.lines.values_list("net", "quantity", "unit_cost")
    return margin_of_lines(Sold(net, units, cost) for net, units, cost in rows)
