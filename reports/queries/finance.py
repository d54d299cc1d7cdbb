"""The finance director's picture of a day: everything the dashboard, its workbook, its paper and the API show."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max

from kam.money import ZERO
from orders.models import AgeingDay
from orders.queries.receivables import Ageing, Scope, ageing
from reports.queries.books import balances, books_of, month_ends
from reports.queries.expected import Cash, Credit, cash_by_week, credit_standing
from reports.queries.turnover import TurnoverFigures, turnover
from reports.rules.turnover import concentration

TREND_MONTHS = 13
LARGEST = 5
EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the day, the part of the clients, the currency, and how many months figures of a period span."""

    day: date
    scope: Scope = EVERYTHING
    currency: str = "RUB"
    months: int = 3


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What was owed at the end of a day, by age."""

    day: date
    buckets: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets.values(), ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.total - self.buckets["not_due"]


@dataclass(frozen=True, slots=True)
class Picture:
    """The figures of a day; `credit` is in roubles and None where no night left any by then."""

    asked: Asked
    ageing: Ageing
    turnover: TurnoverFigures
    trend: list[TrendPoint]
    cash: Cash
    credit: Credit | None
    concentration: Decimal | None

    @property
    def overdue_percent(self) -> Decimal | None:
        """How much of all that is owed is overdue; None of nothing."""
        total = self.ageing.total.total
        return self.ageing.total.overdue * 100 / total if total else None


def closed_day(day: date) -> date:
    """The day a dashboard of `day` opens with: the one before it if the night closed it, else `day` itself."""
    last = AgeingDay.objects.filter(day__lte=day).aggregate(day=Max("day"))["day"]
    return last if last and last >= day - timedelta(days=1) else day


def picture(user, asked: Asked, most: int | None = None) -> Picture:
    """Everything about the clients that the user may see in this scope, as of the end of a day.

    With `most` the ageing has that many of the largest debtors; its total and count are of all.
    """
    books = books_of(user, asked.scope, asked.currency)
    found = ageing(user, asked.day, "client", asked.scope, asked.currency, most and max(most, LARGEST))
    before = balances(books, month_ends(asked.day, TREND_MONTHS)[1:])
    trend = [TrendPoint(day, before[day]) for day in sorted(before)]
    trend.append(TrendPoint(asked.day, {bucket.value: amount for bucket, amount in found.total.buckets.items()}))
    return Picture(
        asked,
        found,
        turnover(user, found, asked.scope, asked.months, books),
        trend,
        cash_by_week(books, asked.day),
        credit_standing(books, asked.day) if asked.currency == "RUB" else None,
        concentration([row.total for row in found.rows[:LARGEST]], found.total.total),
    )
