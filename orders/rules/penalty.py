"""What a late payment costs the client: the penalty of its contract, or else the law's interest; never both.

Delay begins on the day after the due date (which already moved off a day off) and the day of payment is part of it.
Each stretch of days with one debt and one rate is a line; a line is rounded once, half-up to the kopeck, and the
lines are added up. See docs/algorithms/penalty.md.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from kam.money import ZERO, rounded
from kam.reasons import Reason, reason
from orders.rules.aging import Settled, open_as_of

ONE_DAY = timedelta(days=1)
LEAP, USUAL = 366, 365
# The Bank of Russia decides eight times a year: of a rate entered longer ago one should look whether it still holds.
RATE_TRUSTED = timedelta(days=92)


class Basis(StrEnum):
    """What the claim stands on."""

    CONTRACT = "contract"
    LAW = "law"  # ст. 395 ГК РФ


@dataclass(frozen=True, slots=True)
class AgreedPenalty:
    """What a contract says: % of the debt for each day, at most so many % of it, after so many days free of it."""

    percent: Decimal
    cap_percent: Decimal | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """The key rate, % a year, from this day on."""

    starts_on: date
    percent: Decimal


class Period(NamedTuple):
    """Days `first` to `last`, both included, with one key rate and one length of the year; no rate where none is known.

    Interest is debt × `times` ÷ `parts`.
    """

    first: date
    last: date
    days: int
    percent: Decimal | None
    year_days: int
    times: Decimal
    parts: int


class KeyRates:
    """The key rates known, and the periods they cut days into.

    Very many debts share their first and last day of delay, so the periods of a pair of days are worked out once.
    """

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self.rates = tuple(sorted(rates, key=attrgetter("starts_on")))
        self._starts = [each.starts_on for each in self.rates]
        self._known: dict[tuple[date, date], tuple[Period, ...]] = {}
        self._carried = _carried(self.rates[-1]) if self.rates else None

    def periods(self, first: date, last: date) -> tuple[Period, ...]:
        """The days from `first` to `last`, cut where the key rate or the length of the year changes."""
        found = self._known.get((first, last))
        if found is None:
            found = self._known[first, last] = tuple(self._cut(first, last))
        return found

    def carried(self, last: date) -> Reason | None:
        """What is to be said where the last rate entered is too old on the day `last` to be sure of."""
        return self._carried if self.rates and is_rate_in_doubt(self._starts[-1], last) else None

    def _cut(self, first: date, last: date) -> Iterator[Period]:
        turns = {day for day in self._starts if first < day <= last}
        turns.update(date(year, 1, 1) for year in range(first.year + 1, last.year + 1))
        # A year's end between years of one length cuts nothing, nor does a rate that stays as it was.
        real = [day for day in sorted(turns) if self._measure(day) != self._measure(day - ONE_DAY)]
        for start, after in pairwise([first, *real, last + ONE_DAY]):
            yield self._period(start, after - ONE_DAY)

    def _measure(self, day: date) -> tuple[Decimal | None, int]:
        known = bisect_right(self._starts, day)
        return (self.rates[known - 1].percent if known else None), days_in_year(day.year)

    def _period(self, first: date, last: date) -> Period:
        percent, year_days = self._measure(first)
        days = (last - first).days + 1
        return Period(first, last, days, percent, year_days, (percent or ZERO) * days, 100 * year_days)


class PenaltyLine(NamedTuple):
    """Days `first` to `last`, both included, with one debt and one rate. `year_days` is 0 for a rate per day."""

    first: date
    last: date
    days: int
    base: Decimal
    percent: Decimal
    year_days: int
    amount: Decimal


class Penalty(NamedTuple):
    """The penalty on a day with its lines; `computed` is their sum, `amount` that within the cap."""

    basis: Basis
    amount: Decimal = ZERO
    computed: Decimal = ZERO
    cap: Decimal | None = None
    lines: tuple[PenaltyLine, ...] = ()
    reasons: tuple[Reason, ...] = ()


NOT_KNOWN = KeyRates()
BY_LAW = reason("by_law")


def penalty_for(
    amount: Decimal,
    due_on: date,
    settled: Iterable[Settled],
    as_of: date,
    *,
    agreed: AgreedPenalty | None = None,
    rates: KeyRates = NOT_KNOWN,
    currency: str = "RUB",
) -> Penalty:
    """Compute the penalty on a debt due on `due_on` for the days up to and with `as_of`.

    `settled` are its payments and credit notes by the day of each. With `agreed` the contract decides, else ст. 395
    ГК by the key `rates`; the law's interest is computed for debts in roubles only.
    """
    settled = tuple(settled)
    if agreed is not None:
        return _by_contract(amount, due_on, settled, as_of, agreed)
    if currency != "RUB":
        return Penalty(Basis.LAW, reasons=(reason("another_currency", currency=currency),))
    return _by_law(amount, due_on, settled, as_of, rates)


def _carried(last: Rate) -> Reason:
    return reason("rate_carried", starts_on=last.starts_on, rate=f"{last.percent.normalize():f} %")


def is_rate_in_doubt(starts_on: date, day: date) -> bool:
    """Return whether the last rate entered is so old on a day that a newer one may be missing."""
    return day - starts_on > RATE_TRUSTED


def days_in_year(year: int) -> int:
    """Return 366 for a leap year, else 365."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return LEAP if is_leap else USUAL


def _by_contract(amount, due_on, settled, as_of, agreed: AgreedPenalty) -> Penalty:
    first = due_on + ONE_DAY + timedelta(days=agreed.grace_days)
    lines = tuple(
        _by_day(start, end, base, agreed.percent) for start, end, base in _stretches(amount, settled, first, as_of)
    )
    computed = sum((line.amount for line in lines), ZERO)
    reasons = [reason("agreed", rate=f"{agreed.percent.normalize():f} %")]
    if agreed.grace_days:
        reasons.append(reason("grace", days=agreed.grace_days, first_on=first))
    cap = None
    if agreed.cap_percent is not None:
        cap = rounded(open_as_of(amount, settled, due_on) * agreed.cap_percent / 100)
        if computed > cap:
            reasons.append(reason("capped", percent=agreed.cap_percent, amount=cap))
    return Penalty(
        Basis.CONTRACT, computed if cap is None else min(computed, cap), computed, cap, lines, tuple(reasons)
    )


def _by_day(first: date, last: date, base: Decimal, percent: Decimal) -> PenaltyLine:
    days = (last - first).days + 1
    return PenaltyLine(first, last, days, base, percent, 0, rounded(base * percent * days / 100))


def _by_law(amount, due_on, settled, as_of, rates: KeyRates) -> Penalty:
    lines, reasons = [], [BY_LAW]
    for start, end, base in _stretches(amount, settled, due_on + ONE_DAY, as_of):
        for each in rates.periods(start, end):
            if each.percent is None:
                reasons.append(reason("no_key_rate", first_on=each.first, last_on=each.last))
                continue
            sum_of_line = rounded(base * each.times / each.parts)
            lines.append(PenaltyLine(each.first, each.last, each.days, base, each.percent, each.year_days, sum_of_line))
    carried = rates.carried(lines[-1].last) if lines else None
    if carried is not None:
        reasons.append(carried)
    computed = sum((line.amount for line in lines), ZERO)
    return Penalty(Basis.LAW, computed, computed, None, tuple(lines), tuple(reasons))


def _stretches(
    amount: Decimal, settled: Iterable[Settled], first: date, as_of: date
) -> Iterator[tuple[date, date, Decimal]]:
    """Stretches of days with one debt: first day, last day, what was open on each of its days.

    What is open on a day is what was left at the end of the day before: money that comes on a day stops the count
    from the next day on.
    """
    start, base = first, amount
    for each in sorted(settled, key=attrgetter("on")):
        if each.on >= as_of:
            break
        if each.on >= start:
            if base > 0:
                yield start, each.on, base
            start = each.on + ONE_DAY
        base -= each.amount
    if base > 0 and start <= as_of:
        yield start, as_of, base
