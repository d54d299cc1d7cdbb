"""The scorecard: points at their bounds, what it recommends and why, hard stops."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules.scorecard import CARDS, ScoreInputs, months_later, score_of, whole_years

D = Decimal
DAY = dt.date(2026, 11, 20)
GOOD = ScoreInputs(
    as_of=DAY,
    asked_days=30,
    registered_on=dt.date(2015, 1, 1),
    months=36,
    monthly_sales=D("1000000.00"),
    average_days_late=D("1.00"),
    late_percent=D("2.00"),
)


def points(inputs, name):
    return next(each.points for each in score_of(inputs).criteria if each.name == name)


def codes(score):
    return [each.code for each in score.reasons]


def test_the_points_of_a_card_make_a_hundred():
    assert sum(each.most for each in score_of(GOOD).criteria) == 100


def test_a_good_client_without_covers():
    score = score_of(GOOD)
    assert (score.points, score.grade, score.limit, score.days) == (95, "A", D("1500000"), 30)
    assert codes(score) == ["graded", "measured_sales", "need", "unsecured"]


@pytest.mark.parametrize(
    ("average", "found"),
    [("0.00", 20), ("3.00", 20), ("3.01", 14), ("10.00", 14), ("10.01", 6), ("30.00", 6), ("30.01", 0)],
)
def test_days_beyond_terms_at_the_bounds(average, found):
    assert points(replace(GOOD, average_days_late=D(average)), "days_late") == found


@pytest.mark.parametrize(("claims", "found"), [("0.00", 15), ("0.01", 8), ("1000000.00", 8), ("1000000.01", 0)])
def test_claims_are_measured_in_months_of_sales(claims, found):
    assert points(replace(GOOD, claims=D(claims)), "claims") == found


@pytest.mark.parametrize(
    ("since", "found"),
    [(dt.date(2021, 11, 20), 15), (dt.date(2021, 11, 21), 10), (dt.date(2025, 11, 20), 5), (dt.date(2025, 11, 21), 0)],
)
def test_age_in_full_years(since, found):
    assert points(replace(GOOD, registered_on=since), "age") == found


def test_somebody_unknown_gets_middle_points_and_half_of_what_is_expected():
    new = ScoreInputs(as_of=DAY, asked_days=30, expected_sales=D("400000.00"))
    score = score_of(new)
    assert (points(new, "days_late"), points(new, "late_share"), points(new, "age")) == (8, 4, 0)
    assert (score.points, score.grade) == (52, "C")
    # Half of 400 000 a month; grade C for 21 of 30 days and 0.8 of it: 200 000 × 0.7 × 0.8.
    assert (score.limit, score.days) == (D("112000"), 21)
    assert codes(score) == ["graded", "expected_sales", "days_of_grade", "need", "unsecured"]


def test_covers_add_and_a_ceiling_holds():
    secured = score_of(replace(GOOD, secured=D("300000.00"), promised=D("100000.00")))
    assert secured.limit == D("1850000")
    much = score_of(replace(GOOD, secured=D("9000000.00")))
    assert (much.limit, codes(much)[-1]) == (D("2000000"), "ceiling")


def test_grade_d_gives_only_what_is_covered():
    bad = replace(GOOD, average_days_late=D("90.00"), late_percent=D("90.00"), claims=D("5000000.00"),
                  tax_debt=D("5000000.00"), months=4, promises_broken=3, registered_on=None)  # fmt: skip
    alone = score_of(bad)
    assert (alone.grade, alone.limit, alone.days, codes(alone)[-1]) == ("D", D(0), 0, "prepayment_only")
    covered = score_of(replace(bad, secured=D("250999.00")))
    assert (covered.limit, covered.days) == (D("250000"), 30)


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"bankrupt_since": DAY}, "stop_bankruptcy"),
        ({"liquidated_since": DAY}, "stop_liquidation"),
        ({"overdue_days": 91, "overdue_amount": D("0.01")}, "stop_overdue"),
    ],
)
def test_hard_stops_leave_nothing_whatever_the_covers(fact, code):
    score = score_of(replace(GOOD, secured=D("9000000.00"), **fact))
    assert (score.limit, score.days, codes(score)) == (D(0), 0, [code])


def test_ninety_days_overdue_are_no_stop_yet():
    assert score_of(replace(GOOD, overdue_days=90)).limit == D("1500000")


def test_two_stops_are_both_told():
    assert codes(score_of(replace(GOOD, bankrupt_since=DAY, overdue_days=100))) == ["stop_bankruptcy", "stop_overdue"]


money = st.decimals(0, 10**9, places=2)


@given(money, money, money, st.integers(0, 365), st.integers(0, 60))
def test_no_limit_is_beyond_the_ceiling_or_of_odd_roubles(sales, secured, promised, days, months):
    score = score_of(
        replace(GOOD, monthly_sales=sales, secured=secured, promised=promised, asked_days=days, months=months)
    )
    assert 0 <= score.points <= 100
    assert score.limit % 1000 == 0
    assert score.limit <= sales * days / 30 * CARDS[1].ceiling
    assert score.days <= days


def test_calendar():
    assert whole_years(dt.date(2024, 2, 29), dt.date(2025, 2, 28)) == 0
    assert whole_years(dt.date(2024, 2, 29), dt.date(2025, 3, 1)) == 1
    assert months_later(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert months_later(dt.date(2026, 11, 20), 12) == dt.date(2027, 11, 20)
    assert months_later(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)
