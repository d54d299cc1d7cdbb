"""What a late payment costs the client: the penalty of its contract, or else the law's interest; never both.

Delay begins on the day after the due date (which already moved off a day off) and the day of payment is part of it.
Each stretch of days with one debt and one rate is a line; a line is rounded once, half-up to the kopeck, and the
lines are added up. See docs/algorithms/penalty.md.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class PenaltyLine:
    """Days `first` to `last`, both included, with one debt and one rate. `year_days` is 0 for a rate per day."""

    first: date
    last: date
    days: int
    base: Decimal
    percent: Decimal
    year_days: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Penalty:
    """The penalty on a day with its lines; `computed` is their sum, `amount` that within the cap."""

    basis: Basis
    amount: Decimal = ZERO
    computed: Decimal = ZERO
    cap: Decimal | None = None
    lines: tuple[PenaltyLine, ...] = ()
    reasons: tuple[Reason, ...] = ()


def penalty_for(
    amount: Decimal,
    due_on: date,
    settled: Iterable[Settled],
    as_of: date,
    *,
    agreed: AgreedPenalty | None = None,
    rates: Sequence[Rate] = (),
    currency: str = "RUB",
) -> Penalty:
    """Compute the penalty on a debt due on `due_on` for the days up to and with `as_of`.

    `settled` are its payments and credit notes by the day of each. With `agreed` the contract decides, else ст. 395
    ГК by the key `rates`, earliest first; the law's interest is computed for debts in roubles only.
    """
    settled = tuple(settled)
    if agreed is not None:
        return _by_contract(amount, due_on, settled, as_of, agreed)
    if currency != "RUB":
        return Penalty(Basis.LAW, reasons=(reason("another_currency", currency=currency),))
    return _by_law(amount, due_on, settled, as_of, rates)


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
        _line(start, end, base, agreed.percent, 0) for start, end, base in _stretches(amount, settled, first, as_of, ())
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


def _by_law(amount, due_on, settled, as_of, rates: Sequence[Rate]) -> Penalty:
    first = due_on + ONE_DAY
    starts = [each.starts_on for each in rates]
    # What turned before the first day cuts nothing, and most rates are of long ago.
    turns = starts[bisect_right(starts, first) :]
    turns += [date(year, 1, 1) for year in range(first.year + 1, as_of.year + 1)]
    lines, reasons = [], [reason("by_law")]
    for start, end, base in _stretches(amount, settled, first, as_of, turns):
        known = bisect_right(starts, start)
        if not known:
            reasons.append(reason("no_key_rate", first_on=start, last_on=end))
            continue
        _add(lines, _line(start, end, base, rates[known - 1].percent, days_in_year(start.year)))
    if (
        lines
        and rates
        and lines[-1].last >= rates[-1].starts_on
        and is_rate_in_doubt(rates[-1].starts_on, lines[-1].last)
    ):
        last = rates[-1]
        reasons.append(reason("rate_carried", starts_on=last.starts_on, rate=f"{last.percent.normalize():f} %"))
    computed = sum((line.amount for line in lines), ZERO)
    return Penalty(Basis.LAW, computed, computed, None, tuple(lines), tuple(reasons))


def _stretches(
    amount: Decimal, settled: Sequence[Settled], first: date, as_of: date, turns: Iterable[date]
) -> Iterator[tuple[date, date, Decimal]]:
    """Stretches of days with one debt, cut at every turn: first day, last day, what was open on each of its days.

    What is open on a day is what was left at the end of the day before: money that comes on a day stops the count
    from the next day on.
    """
    cuts = {first, *turns, *(each.on + ONE_DAY for each in settled)}
    days = sorted(day for day in cuts if first <= day <= as_of)
    for place, start in enumerate(days):
        end = days[place + 1] - ONE_DAY if place + 1 < len(days) else as_of
        base = open_as_of(amount, settled, start - ONE_DAY) if settled else amount
        if base > 0:
            yield start, end, base


def _line(first: date, last: date, base: Decimal, percent: Decimal, year_days: int) -> PenaltyLine:
    days = (last - first).days + 1
    exact = base * percent * days / 100 / (year_days or 1)
    return PenaltyLine(first, last, days, base, percent, year_days, rounded(exact))


def _add(lines: list[PenaltyLine], line: PenaltyLine) -> None:
    """Put a line behind the others, joined with the last one where nothing but a year's end lies between them."""
    if lines:
        last = lines[-1]
        follows = last.last + ONE_DAY == line.first
        if follows and (last.base, last.percent, last.year_days) == (line.base, line.percent, line.year_days):
            lines[-1] = _line(last.first, line.last, line.base, line.percent, line.year_days)
            return
    lines.append(line)
