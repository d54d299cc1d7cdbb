"""The named figures of turnover of a part of the books, and its slices by KAM, group, channel or client."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.money import ZERO
from orders.queries.receivables import Ageing, Scope, ageing
from reports.queries.books import ONE_DAY, Books, Flow, balances, books_of, flows, month_ends
from reports.rules.turnover import (
    CountBack,
    MonthSales,
    Turnover,
    best_possible_dso,
    collection_effectiveness,
    count_back_dso,
    simple_dso,
)

MONTHS_BACK = 13  # of sales that count-back may go through, the one of the day included


@dataclass(frozen=True, slots=True)
class TurnoverFigures:
    """The named figures of a part of the books as of a day; whole months and the one of the day so far."""

    first: date
    day: date
    sales: Decimal
    opening: Decimal
    simple: Turnover
    best_possible: Turnover
    count_back: CountBack
    effectiveness: Turnover

    @property
    def days(self) -> int:
        """The days of the period, both ends included."""
        return (self.day - self.first).days + 1


def turnover(user, closing: Ageing, scope: Scope, months: int, books: Books | None = None) -> TurnoverFigures:
    """The turnover figures at the day of `closing`, of the month so far and the `months` − 1 before it.

    `books` are those of the user in this scope, where they are at hand.
    """
    day = closing.as_of
    books = books or books_of(user, scope, closing.currency)
    ends = month_ends(day, max(MONTHS_BACK, months))
    sold = flows(books, ends)
    sales_of = [sold.get(("", end), Flow()).sales for end in ends]
    first = ends[months - 1].replace(day=1)
    opening_day = first - ONE_DAY
    kept = balances(books, [opening_day])
    if opening_day in kept:
        opening = sum(kept[opening_day].values(), ZERO)
    else:
        opening = ageing(user, opening_day, "channel", scope, closing.currency).total.total
    return _figures(first, day, closing.total.total, closing.total.overdue, opening, sales_of, ends, months)


def _figures(first, day, total, overdue, opening, sales_of, ends, months) -> TurnoverFigures:
    sales = sum(sales_of[:months], ZERO)
    days = (day - first).days + 1
    back = [
        MonthSales(end.replace(day=1), end.day, sales, (end + ONE_DAY).day == 1)
        for end, sales in zip(ends, sales_of, strict=True)
    ]
    return TurnoverFigures(
        first,
        day,
        sales,
        opening,
        simple_dso(total, sales, days),
        best_possible_dso(total - overdue, sales, days),
        count_back_dso(total, back),
        collection_effectiveness(opening, sales, total, total - overdue),
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """One KAM, group, channel or client with what it owes and its turnover of the period."""

    key: str
    label: str
    total: Decimal
    overdue: Decimal
    over_90: Decimal
    on_account: Decimal
    simple: Turnover
    effectiveness: Turnover


def slices(user, day: date, by: str, scope: Scope, currency: str, months: int) -> list[Slice]:
    """What each key owed on the day, with simple DSO and collection effectiveness of the period, largest debt first."""
    ends = month_ends(day, months)
    first = ends[-1].replace(day=1)
    sold = flows(books_of(user, scope, currency), ends, by)
    opened = {str(row.key): row.total for row in ageing(user, first - ONE_DAY, by, scope, currency).rows}
    days = (day - first).days + 1
    found = []
    for row in ageing(user, day, by, scope, currency).rows:
        sales = sum((sold.get((str(row.key), end), Flow()).sales for end in ends), ZERO)
        not_due = row.total - row.overdue
        found.append(
            Slice(
                str(row.key),
                row.label,
                row.total,
                row.overdue,
                row.buckets["over_90"],
                row.on_account,
                simple_dso(row.total, sales, days),
                collection_effectiveness(opened.get(str(row.key), ZERO), sales, row.total, not_due),
            )
        )
    return found
