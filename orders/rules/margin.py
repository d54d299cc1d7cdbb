"""Margin: what a sale leaves after cost. Both sides are net of VAT; an unknown cost is unknown, never zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam.money import ZERO, rounded


@dataclass(frozen=True, slots=True)
class Margin:
    """Net sales, cost, the difference, and the difference in percent of net sales (None without sales)."""

    net: Decimal
    cost: Decimal
    amount: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class TotalMargin:
    """The margin of the lines whose cost is known; `net_without_cost` is sold on the other ones."""

    known: Margin
    lines_without_cost: int
    net_without_cost: Decimal


@dataclass(frozen=True, slots=True)
class Sold:
    """A line: its net amount, quantity, and cost of a unit (None while unknown)."""

    net: Decimal
    quantity: int
    unit_cost: Decimal | None


def margin_of(net: Decimal, cost: Decimal) -> Margin:
    """Return the margin of `net` sales that cost `cost`, percent to two places."""
    amount = net - cost
    return Margin(net, cost, amount, rounded(amount * 100 / net) if net else None)


def margin_of_lines(lines: Iterable[Sold]) -> TotalMargin:
    """Return the margin of several lines; cost is rounded line by line, as the books do it."""
    net = cost = unknown = ZERO
    missing = 0
    for line in lines:
        if line.unit_cost is None:
            missing += 1
            unknown += line.net
        else:
            net += line.net
            cost += rounded(line.unit_cost * line.quantity)
    return TotalMargin(margin_of(net, cost), missing, unknown)
