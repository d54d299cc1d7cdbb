from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules.aging import (
    BUCKETS,
    Bucket,
    Debt,
    Settled,
    bucket_of,
    days_overdue,
    open_as_of,
    totals_by_bucket,
)

TODAY = date(2026, 11, 21)
D = Decimal


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-400, Bucket.NOT_DUE),
        (-1, Bucket.NOT_DUE),
        (0, Bucket.NOT_DUE),
        (1, Bucket.DAYS_1_30),
        (30, Bucket.DAYS_1_30),
        (31, Bucket.DAYS_31_60),
        (60, Bucket.DAYS_31_60),
        (61, Bucket.DAYS_61_90),
        (90, Bucket.DAYS_61_90),
        (91, Bucket.OVER_90),
        (4000, Bucket.OVER_90),
    ],
)
def test_bucket_edges(days, bucket):
    due_on = TODAY - timedelta(days=days)
    assert days_overdue(due_on, TODAY) == days
    assert bucket_of(due_on, TODAY) is bucket


@given(st.integers(-1000, 1000))
def test_every_day_falls_in_exactly_one_bucket_of_the_list(days):
    within = [
        each.bucket
        for each in BUCKETS
        if (each.first is None or days >= each.first) and (each.last is None or days <= each.last)
    ]
    assert within == [bucket_of(TODAY - timedelta(days=days), TODAY)]


def test_open_amount_counts_what_is_dated_on_or_before_the_day():
    settled = [
        Settled(date(2026, 11, 20), D("10.00")),
        Settled(date(2026, 11, 21), D("20.00")),
        Settled(date(2026, 11, 22), D("30.00")),
    ]
    assert open_as_of(D("100.00"), settled, date(2026, 11, 19)) == D("100.00")
    assert open_as_of(D("100.00"), settled, date(2026, 11, 20)) == D("90.00")
    assert open_as_of(D("100.00"), settled, TODAY) == D("70.00")
    assert open_as_of(D("100.00"), settled, date(2026, 11, 22)) == D("40.00")


def test_totals_keep_empty_buckets():
    debts = [Debt(TODAY, D("1.10")), Debt(date(2026, 11, 20), D("2.20")), Debt(date(2026, 1, 1), D("3.30"))]
    assert totals_by_bucket(debts, TODAY) == {
        Bucket.NOT_DUE: D("1.10"),
        Bucket.DAYS_1_30: D("2.20"),
        Bucket.DAYS_31_60: D("0.00"),
        Bucket.DAYS_61_90: D("0.00"),
        Bucket.OVER_90: D("3.30"),
    }


@given(st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 10**9)), max_size=30))
def test_buckets_add_up_to_the_debt(rows):
    debts = [Debt(due_on, D(kopecks).scaleb(-2)) for due_on, kopecks in rows]
    assert sum(totals_by_bucket(debts, TODAY).values()) == sum(each.amount for each in debts)
