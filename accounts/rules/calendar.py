"""Working days, and the day a debt falls due.

The Russian production calendar comes from the package `holidays`; days that a decree or the company itself
changed come from an editable table and win over it. docs/algorithms/due-dates.md says what the package knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from holidays.countries.russia import RussiaStaticHolidays

from kam.reasons import Reason, reason

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The last year whose transfers of days off the package has from the government's decree.
DECREED_THROUGH = max(RussiaStaticHolidays.special_public_holidays)


class DayKind(StrEnum):
    """How a contract counts days to pay."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are working days; `decreed` maps exceptions to True (working) or False (a day off)."""

    decreed: Mapping[date, bool] = field(default_factory=dict, hash=False)

    def is_working(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        decreed = self.decreed.get(day)
        return _is_working_by_package(day) if decreed is None else decreed

    def next_working_day(self, day: date) -> date:
        """Return `day` itself if it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day` (before it when negative); `day` itself for 0."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day


@dataclass(frozen=True, slots=True)
class DueDate:
    """The day a debt is due and how it came about; it is overdue from the day after `on`."""

    on: date
    counted_from: date
    steps: tuple[Reason, ...]


def due_date_for(shipped_on: date, days: int, kind: DayKind, calendar: WorkingCalendar) -> DueDate:
    """Count `days` to pay, the first of them the day after shipment; a day off moves to the next working day.

    0 days means payment on the day of shipment. Raises ValueError for negative days.
    """
    if days < 0:
        raise ValueError("days to pay cannot be negative")
    kind = DayKind(kind)
    if kind is DayKind.WORKING:
        reached = calendar.add_working_days(shipped_on, days)
    else:
        reached = shipped_on + timedelta(days=days)
    due = calendar.next_working_day(reached)
    steps = [reason("counted", kind=kind, days=days, shipped_on=shipped_on, reached_on=reached)]
    if due != reached:
        steps.append(reason("moved_off_day_off", off_on=reached, moved_on=due))
    return DueDate(due, shipped_on + ONE_DAY, tuple(steps))


def due_on(shipped_on: date, days: int, kind: DayKind, calendar: WorkingCalendar) -> date:
    """Return only the day of `due_date_for`."""
    return due_date_for(shipped_on, days, kind, calendar).on


def _is_working_by_package(day: date) -> bool:
    days_off, working_weekends = _year(day.year)
    if day.weekday() >= SATURDAY:
        return day in working_weekends
    return day not in days_off


@lru_cache(maxsize=128)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off on weekdays and the working weekends of a year."""
    known = holidays.Russia(years=year, expand=False)
    days_off = {day for day in known if day.year == year}
    if year > DECREED_THROUGH:
        days_off |= _moved_by_law(days_off)
    weekends = frozenset(day for day in known.weekend_workdays if day.year == year)
    return frozenset(days_off), weekends


def _moved_by_law(days_off: set[date]) -> set[date]:
    """Return where holidays on a weekend move by article 112 of the labour code, before any decree speaks.

    A holiday on a weekend moves to the next working day; those of January are moved by decree only.
    """
    moved: set[date] = set()
    for day in sorted(days_off):
        if day.month == 1 or day.weekday() < SATURDAY:
            continue
        target = day + ONE_DAY
        while target.weekday() >= SATURDAY or target in days_off or target in moved:
            target += ONE_DAY
        moved.add(target)
    return moved
