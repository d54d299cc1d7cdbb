"""How fast debts turn into money: days sales outstanding in its three named ways, and collection effectiveness.

A figure is None where its denominator is nothing: it is unknown, not zero. Each comes with the numbers it was made of.
Sales are what was invoiced on credit in the period less credit notes, VAT included, as receivables include it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ONE_PLACE = Decimal("0.1")
HUNDRED = Decimal(100)
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Turnover:
    """A figure (days, or percents of collection effectiveness) and the numbers behind it, by name."""

    name: str
    value: Decimal | None
    of: dict[str, Decimal | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonthSales:
    """The sales of a calendar month; of the last one perhaps only so many of its days are over."""

    first: date
    days: int
    sales: Decimal
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What count-back took of a month: so much of the receivables is its sales, which is so many of its days."""

    month: MonthSales
    amount: Decimal
    days: Decimal


@dataclass(frozen=True, slots=True)
class CountBack:
    """Count-back with the months it went through. `rest` is what is older than the last month it could take."""

    value: Decimal | None
    taken: tuple[Taken, ...]
    rest: Decimal
    stopped_at: date | None = None


def simple_dso(receivables: Decimal, sales: Decimal, days: int) -> Turnover:
    """Return receivables ÷ sales of the period × its days."""
    value = _tenths(receivables * days / sales) if sales > 0 else None
    return Turnover("simple", value, {"receivables": receivables, "sales": sales, "days": days})


def best_possible_dso(not_due: Decimal, sales: Decimal, days: int) -> Turnover:
    """Return receivables not yet due ÷ sales of the period × its days: what it would be if nobody were late."""
    value = _tenths(not_due * days / sales) if sales > 0 else None
    return Turnover("best_possible", value, {"not_due": not_due, "sales": sales, "days": days})


def count_back_dso(receivables: Decimal, months: Iterable[MonthSales]) -> CountBack:
    """Return the days whose sales make up the receivables, subtracting whole months from the latest back.

    The last month is taken pro rata by its own days. A month without sales ends it; one that has only begun and has no
    sales yet is passed over. Unknown where nothing could be subtracted from something.
    """
    left, taken, stopped_at = receivables, [], None
    for month in months:
        if left <= 0:
            break
        if month.sales <= 0:
            if not month.is_whole and not taken:
                continue
            stopped_at = month.first
            break
        amount = min(left, month.sales)
        taken.append(Taken(month, amount, amount * month.days / month.sales))
        left -= amount
    if not taken and receivables > 0:
        return CountBack(None, (), receivables, stopped_at)
    value = _tenths(sum((each.days for each in taken), Decimal(0)))
    return CountBack(value, tuple(taken), max(left, ZERO), stopped_at)


def collection_effectiveness(opening: Decimal, sales: Decimal, closing: Decimal, closing_not_due: Decimal) -> Turnover:
    """Return (opening + sales − closing total) ÷ (opening + sales − closing not yet due) × 100."""
    could = opening + sales - closing_not_due
    value = _tenths((opening + sales - closing) * HUNDRED / could) if could > 0 else None
    of = {"opening": opening, "sales": sales, "closing": closing, "not_due": closing_not_due}
    return Turnover("effectiveness", value, of)


def concentration(largest: Sequence[Decimal], whole: Decimal) -> Decimal | None:
    """Return what percent of the whole the largest amounts are; None of nothing."""
    if whole <= 0:
        return None
    return _tenths(sum(largest, ZERO) * HUNDRED / whole)


def _tenths(value: Decimal) -> Decimal:
    return Decimal(value).quantize(ONE_PLACE, ROUND_HALF_UP)
