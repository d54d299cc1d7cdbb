"""How a client pays: days beyond terms weighted by money, and the share paid late. See docs/algorithms/discipline.md.

The same in SQL for all clients at once: `orders/queries/discipline.py`; a twin test keeps them equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.money import ZERO, rounded

WINDOW_DAYS = 365
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Paid:
    """A part of an invoice that was paid: when it was due and when the money came."""

    amount: Decimal
    due_on: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A part of an invoice that was open at the end of the day."""

    amount: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Discipline:
    """How a client paid in the days up to `day`; amounts in roubles.

    `average_days_late` and `late_percent` are None where nothing was to be paid: unknown, not good.
    """

    day: date
    judged: Decimal
    late: Decimal
    average_days_late: Decimal | None
    late_percent: Decimal | None
    promises_broken: int = 0


def discipline_from(paid: Iterable[Paid], unpaid: Iterable[Unpaid], day: date, promises_broken: int = 0) -> Discipline:
    """Judge payments of the window and what is overdue on `day`.

    Money paid on time or ahead counts with 0 days, so that early payments do not hide late ones. What is overdue counts
    with the days it is late so far: who never pays is not punctual. What is not due yet says nothing and is left out.
    """
    judged = late = weighted = ZERO
    parts = [(each.amount, (each.paid_on - each.due_on).days) for each in paid]
    parts += [(each.amount, days) for each in unpaid if (days := (day - each.due_on).days) > 0]
    for amount, days in parts:
        judged += amount
        if days > 0:
            late += amount
            weighted += amount * days
    if not judged:
        return Discipline(day, ZERO, ZERO, None, None, promises_broken)
    return Discipline(day, judged, late, rounded(weighted / judged), rounded(late * HUNDRED / judged), promises_broken)
