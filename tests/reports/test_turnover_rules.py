"""Figures computed by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules.turnover import (
    MonthSales,
    best_possible_dso,
    collection_effectiveness,
    concentration,
    count_back_dso,
    simple_dso,
)

D = Decimal
NOVEMBER, OCTOBER, SEPTEMBER = (dt.date(2026, month, 1) for month in (11, 10, 9))


def months(*sales, first_is_whole=True):
    """November back: each with its own days."""
    days = ((NOVEMBER, 30), (OCTOBER, 31), (SEPTEMBER, 30))
    return [
        MonthSales(first, count, D(amount), first_is_whole or first != NOVEMBER)
        for (first, count), amount in zip(days, sales, strict=False)
    ]


@pytest.mark.parametrize(
    ("receivables", "sales", "days", "value"),
    [
        ("450000.00", "900000.00", 90, "45.0"),
        ("100000.00", "300000.00", 91, "30.3"),  # 30.333…
        ("0.00", "300000.00", 91, "0.0"),
        ("1.00", "0.00", 91, None),
        ("1.00", "-5.00", 91, None),  # more credited than sold
        ("150.00", "1000.00", 31, "4.7"),  # 4.65: half up
    ],
)
def test_simple_and_best_possible(receivables, sales, days, value):
    expected = value and D(value)
    simple = simple_dso(D(receivables), D(sales), days)
    assert simple.value == expected
    assert simple.of == {"receivables": D(receivables), "sales": D(sales), "days": days}
    assert best_possible_dso(D(receivables), D(sales), days).value == expected


def test_count_back_takes_whole_months_and_the_last_pro_rata_by_its_own_days():
    # 250 = the 100 of November (30 days) + 150 of October's 310, of its 31 days: 15.
    found = count_back_dso(D(250), months(100, 310, 500))
    assert found.value == D("45.0")
    assert [(each.month.first, each.amount, each.days) for each in found.taken] == [
        (NOVEMBER, D(100), D(30)),
        (OCTOBER, D(150), D(15)),
    ]
    assert (found.rest, found.stopped_at) == (D("0.00"), None)


@pytest.mark.parametrize(
    ("receivables", "sales", "value", "rest"),
    [
        (100, (100, 310, 500), "30.0", 0),  # exactly the last month
        (99, (100, 310, 500), "29.7", 0),
        (101, (100, 310, 500), "30.1", 0),
        (0, (100, 310), "0.0", 0),
        (1000, (100, 310, 500), "91.0", 90),  # older than what is known
    ],
)
def test_count_back_at_the_edges(receivables, sales, value, rest):
    found = count_back_dso(D(receivables), months(*sales))
    assert (found.value, found.rest) == (D(value), D(rest))


def test_count_back_stops_at_a_month_without_sales():
    found = count_back_dso(D(250), months(100, 0, 500))
    assert (found.value, found.rest, found.stopped_at) == (D("30.0"), D(150), OCTOBER)
    found = count_back_dso(D(250), months(0, 310, 500))
    assert (found.value, found.rest, found.stopped_at) == (None, D(250), NOVEMBER)
    assert count_back_dso(D(250), []).value is None


def test_count_back_passes_over_a_month_that_has_only_begun():
    found = count_back_dso(D(155), months(0, 310, first_is_whole=False))
    assert (found.value, found.stopped_at) == (D("15.5"), None)
    begun = [MonthSales(NOVEMBER, 20, D(100), False), MonthSales(OCTOBER, 31, D(310))]
    assert count_back_dso(D(150), begun).value == D("25.0")  # 20 days of November and 50 of 310 of October's 31


@pytest.mark.parametrize(
    ("opening", "sales", "closing", "not_due", "value"),
    [
        ("200.00", "300.00", "150.00", "100.00", "87.5"),  # 350 of 400
        ("200.00", "300.00", "100.00", "100.00", "100.0"),  # all that was due came
        ("200.00", "0.00", "200.00", "0.00", "0.0"),
        ("0.00", "0.00", "0.00", "0.00", None),
        ("0.00", "100.00", "100.00", "100.00", None),  # nothing could be collected yet
    ],
)
def test_collection_effectiveness(opening, sales, closing, not_due, value):
    found = collection_effectiveness(D(opening), D(sales), D(closing), D(not_due))
    assert found.value == (value and D(value))
    assert found.of == {"opening": D(opening), "sales": D(sales), "closing": D(closing), "not_due": D(not_due)}


def test_concentration():
    assert concentration([D(50)], D(100)) == D("50.0")
    assert concentration([D(50), D(25)], D(100)) == D("75.0")
    assert concentration([D(50), D(25), D(15), D(10)], D(100)) == D("100.0")
    assert concentration([], D(0)) is None
    assert concentration([D(0)], D(0)) is None


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), max_size=3))
def test_count_back_takes_no_more_than_there_is(receivables, sales):
    found = count_back_dso(D(receivables), months(*sales))
    assert sum(each.amount for each in found.taken) + found.rest == receivables
    assert all(0 < each.days <= each.month.days for each in found.taken)
