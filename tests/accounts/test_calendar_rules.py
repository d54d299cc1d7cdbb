from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.calendar import DECREED_THROUGH, DayKind, WorkingCalendar, due_date_for, due_on
from kam.reasons import reason

PLAIN = WorkingCalendar()
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def working_days_in(first, last):
    return sum(PLAIN.is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))


@pytest.mark.parametrize(
    ("year", "working_days"),
    [(2018, 247), (2019, 247), (2022, 247), (2023, 247), (2024, 248), (2025, 247), (2026, 247), (2027, 247)],
)
def test_a_year_has_as_many_working_days_as_the_published_calendar(year, working_days):
    assert working_days_in(date(year, 1, 1), date(year, 12, 31)) == working_days


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 4, 27), True),  # a Saturday worked for Monday 29 April
        (date(2024, 4, 29), False),
        (date(2024, 12, 28), True),
        (date(2024, 12, 30), False),
        (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
        (date(2026, 1, 9), False),  # moved from Saturday 3 January
        (date(2026, 1, 12), True),
        (date(2026, 3, 9), False),  # 8 March was a Sunday
        (date(2026, 12, 31), False),
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2027, 2, 20), True),
        (date(2027, 2, 22), False),
    ],
)
def test_transferred_days(day, working):
    assert PLAIN.is_working(day) is working


def test_beyond_the_last_decree_holidays_on_weekends_move_by_law():
    year = DECREED_THROUGH + 1
    assert year == 2028, "a newer package knows more: move the example below on"
    assert PLAIN.is_working(date(2028, 11, 3))
    assert not PLAIN.is_working(date(2028, 11, 6))  # 4 November 2028 is a Saturday
    assert PLAIN.is_working(date(2028, 11, 7))
    assert PLAIN.is_working(date(2028, 1, 10))  # January's weekends move by decree only


def test_a_decree_in_the_table_wins_both_ways():
    calendar = WorkingCalendar({date(2026, 11, 20): False, date(2026, 11, 21): True})
    assert not calendar.is_working(date(2026, 11, 20))
    assert calendar.is_working(date(2026, 11, 21))
    assert calendar.next_working_day(date(2026, 11, 20)) == date(2026, 11, 21)
    assert PLAIN.next_working_day(date(2026, 11, 20)) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("start", "count", "reached"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 3, date(2026, 11, 25)),
        (date(2025, 12, 30), 1, date(2026, 1, 12)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 1, 12), -1, date(2025, 12, 30)),
    ],
)
def test_adding_working_days(start, count, reached):
    assert PLAIN.add_working_days(start, count) == reached


@pytest.mark.parametrize(
    ("shipped_on", "to_pay", "kind", "expected"),
    [
        # Tuesday 10 November 2026: the first day is the 11th.
        (date(2026, 11, 10), 0, DayKind.CALENDAR, date(2026, 11, 10)),
        (date(2026, 11, 10), 1, DayKind.CALENDAR, date(2026, 11, 11)),
        (date(2026, 11, 10), 10, DayKind.CALENDAR, date(2026, 11, 20)),
        (date(2026, 11, 10), 11, DayKind.CALENDAR, date(2026, 11, 23)),  # Saturday → Monday
        (date(2026, 11, 10), 12, DayKind.CALENDAR, date(2026, 11, 23)),
        (date(2026, 11, 10), 13, DayKind.CALENDAR, date(2026, 11, 23)),
        (date(2026, 11, 10), 9, DayKind.WORKING, date(2026, 11, 23)),
        (date(2026, 11, 7), 0, DayKind.WORKING, date(2026, 11, 9)),  # shipped on a Saturday
        (date(2026, 11, 7), 0, DayKind.CALENDAR, date(2026, 11, 9)),
        (date(2025, 12, 1), 30, DayKind.CALENDAR, date(2026, 1, 12)),  # 31 December is off in 2025
        (date(2025, 12, 1), 29, DayKind.CALENDAR, date(2025, 12, 30)),
    ],
)
def test_due_dates(shipped_on, to_pay, kind, expected):
    assert due_on(shipped_on, to_pay, kind, PLAIN) == expected


def test_a_due_date_explains_itself():
    due = due_date_for(date(2026, 11, 10), 11, DayKind.CALENDAR, PLAIN)
    assert due.counted_from == date(2026, 11, 11)
    assert due.steps == (
        reason(
            "counted",
            kind=DayKind.CALENDAR,
            days=11,
            shipped_on=date(2026, 11, 10),
            reached_on=date(2026, 11, 21),
        ),
        reason("moved_off_day_off", off_on=date(2026, 11, 21), moved_on=date(2026, 11, 23)),
    )


def test_negative_days_to_pay_are_refused():
    with pytest.raises(ValueError):
        due_on(date(2026, 11, 10), -1, DayKind.CALENDAR, PLAIN)


@given(days, st.integers(0, 120), st.sampled_from(DayKind))
def test_a_due_date_is_a_working_day_and_never_before_its_count(shipped_on, to_pay, kind):
    due = due_on(shipped_on, to_pay, kind, PLAIN)
    assert PLAIN.is_working(due)
    assert due >= shipped_on + timedelta(days=to_pay)
    assert due <= due_on(shipped_on, to_pay + 1, kind, PLAIN)


@given(days, st.integers(1, 60))
def test_working_days_added_are_working_days_counted(start, count):
    reached = PLAIN.add_working_days(start, count)
    assert working_days_in(start + timedelta(days=1), reached) == count
    assert PLAIN.is_working(reached)
