import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.money import rounded
from orders.rules.aging import Settled, open_as_of
from orders.rules.penalty import AgreedPenalty, Basis, KeyRates, Rate, days_in_year, penalty_for

D = Decimal
DUE = dt.date(2025, 1, 20)
RATES = KeyRates([Rate(dt.date(2024, 10, 28), D(21)), Rate(dt.date(2025, 6, 9), D(20))])


def by_contract(amount, settled, as_of, percent="0.1", cap=None, grace=0, due_on=DUE):
    agreed = AgreedPenalty(D(percent), None if cap is None else D(cap), grace)
    return penalty_for(D(amount), due_on, settled, as_of, agreed=agreed)


def lines(penalty):
    return [
        (f"{each.first:%d.%m.%y}", f"{each.last:%d.%m.%y}", each.days, str(each.base), str(each.amount))
        for each in penalty.lines
    ]


@pytest.mark.parametrize(
    ("as_of", "amount"),
    [
        (DUE - dt.timedelta(days=1), "0.00"),
        (DUE, "0.00"),  # due today is not late
        (DUE + dt.timedelta(days=1), "100.00"),  # 100 000 × 0.1 % × 1
        (DUE + dt.timedelta(days=10), "1000.00"),
    ],
)
def test_delay_begins_on_the_day_after(as_of, amount):
    assert by_contract("100000.00", (), as_of).amount == D(amount)


def test_the_day_of_payment_is_part_of_the_delay():
    paid = [Settled(dt.date(2025, 1, 25), D("100000.00"))]
    penalty = by_contract("100000.00", paid, dt.date(2025, 3, 1))
    assert lines(penalty) == [("21.01.25", "25.01.25", 5, "100000.00", "500.00")]
    assert penalty.amount == D("500.00")


def test_a_partial_payment_on_the_due_date_lowers_the_debt_from_the_first_day():
    paid = [Settled(DUE, D("40000.00"))]
    penalty = by_contract("100000.00", paid, dt.date(2025, 1, 30))
    assert lines(penalty) == [("21.01.25", "30.01.25", 10, "60000.00", "600.00")]


def test_partial_payments_make_lines():
    paid = [Settled(dt.date(2025, 1, 22), D("30000.00")), Settled(dt.date(2025, 1, 30), D("70000.00"))]
    penalty = by_contract("100000.00", paid, dt.date(2025, 2, 28))
    assert lines(penalty) == [
        ("21.01.25", "22.01.25", 2, "100000.00", "200.00"),
        ("23.01.25", "30.01.25", 8, "70000.00", "560.00"),
    ]
    assert penalty.amount == D("760.00")


@pytest.mark.parametrize(
    ("paid_on", "amount"),
    [
        (dt.date(2025, 1, 25), "0.00"),  # the last day of grace
        (dt.date(2025, 1, 26), "100.00"),  # the first after it: the days of grace stay free
    ],
)
def test_days_of_grace_are_free(paid_on, amount):
    penalty = by_contract("100000.00", [Settled(paid_on, D("100000.00"))], dt.date(2025, 3, 1), grace=5)
    assert penalty.amount == D(amount)


@pytest.mark.parametrize(
    ("as_of", "amount", "computed", "capped"),
    [
        (dt.date(2025, 4, 29), "9900.00", "9900.00", False),
        (dt.date(2025, 4, 30), "10000.00", "10000.00", False),
        (dt.date(2025, 5, 1), "10000.00", "10100.00", True),
    ],
)
def test_the_cap_of_the_contract(as_of, amount, computed, capped):
    penalty = by_contract("100000.00", (), as_of, cap=10)
    assert (penalty.amount, penalty.computed, penalty.cap) == (D(amount), D(computed), D("10000.00"))
    assert ("capped" in [each.code for each in penalty.reasons]) is capped


def test_the_cap_is_of_what_was_late_at_first():
    penalty = by_contract("100000.00", [Settled(DUE, D("50000.00"))], dt.date(2026, 1, 20), cap=10)
    assert penalty.amount == D("5000.00")


def test_the_law_counts_a_leap_year_by_itself():
    # 100 000 × 21 % × 15 / 366 = 860.6557…; × 20 / 365 = 1150.6849…; 60 000 × 21 % × 21 / 365 = 724.9315…
    paid = [Settled(dt.date(2025, 1, 20), D("40000.00"))]
    penalty = penalty_for(D("100000.00"), dt.date(2024, 12, 16), paid, dt.date(2025, 2, 10), rates=RATES)
    assert lines(penalty) == [
        ("17.12.24", "31.12.24", 15, "100000.00", "860.66"),
        ("01.01.25", "20.01.25", 20, "100000.00", "1150.68"),
        ("21.01.25", "10.02.25", 21, "60000.00", "724.93"),
    ]
    assert (penalty.basis, penalty.amount) == (Basis.LAW, D("2736.27"))
    assert [each.year_days for each in penalty.lines] == [366, 365, 365]


def test_the_29th_of_february_is_a_day():
    rates = KeyRates([Rate(dt.date(2023, 12, 18), D(16))])
    penalty = penalty_for(D("36600.00"), dt.date(2024, 2, 27), (), dt.date(2024, 3, 1), rates=rates)
    # 28 and 29 February and 1 March: 36 600 × 16 % × 3 / 366 = 48.00
    assert lines(penalty) == [("28.02.24", "01.03.24", 3, "36600.00", "48.00")]


def test_the_rate_of_each_period():
    penalty = penalty_for(D("73000.00"), dt.date(2025, 6, 5), (), dt.date(2025, 6, 12), rates=RATES)
    # 73 000 × 21 % × 3 / 365 = 126.00; × 20 % × 4 / 365 = 160.00
    assert lines(penalty) == [
        ("06.06.25", "08.06.25", 3, "73000.00", "126.00"),
        ("09.06.25", "12.06.25", 4, "73000.00", "160.00"),
    ]


def test_two_usual_years_are_one_line():
    rates = KeyRates([Rate(dt.date(2022, 9, 19), D("7.5"))])
    penalty = penalty_for(D("73000.00"), dt.date(2022, 12, 21), (), dt.date(2023, 1, 10), rates=rates)
    assert lines(penalty) == [("22.12.22", "10.01.23", 20, "73000.00", "300.00")]


def test_half_a_kopeck_goes_up_once_a_line():
    assert by_contract("50.00", (), DUE + dt.timedelta(days=1), percent="0.01").amount == D("0.01")
    assert by_contract("49.00", (), DUE + dt.timedelta(days=1), percent="0.01").amount == D("0.00")


def test_never_both():
    agreed = AgreedPenalty(D("0.1"))
    penalty = penalty_for(D("100000.00"), DUE, (), dt.date(2025, 1, 21), agreed=agreed, rates=RATES)
    assert (penalty.basis, penalty.amount) == (Basis.CONTRACT, D("100.00"))
    nothing = penalty_for(D("100000.00"), DUE, (), dt.date(2025, 1, 21), agreed=AgreedPenalty(D(0)), rates=RATES)
    assert (nothing.basis, nothing.amount) == (Basis.CONTRACT, D("0.00"))


def test_days_before_the_first_known_rate_are_named_and_bear_nothing():
    penalty = penalty_for(D("36500.00"), dt.date(2024, 10, 25), (), dt.date(2024, 10, 28), rates=RATES)
    assert lines(penalty) == [("28.10.24", "28.10.24", 1, "36500.00", "20.94")]
    assert ("no_key_rate", dt.date(2024, 10, 26)) in [(r.code, r.values.get("first_on")) for r in penalty.reasons]


@pytest.mark.parametrize(("days", "codes"), [(92, ["by_law"]), (93, ["by_law", "rate_carried"])])
def test_an_old_last_rate_is_carried_on_and_said_to_be(days, codes):
    last = RATES.rates[-1]
    due = last.starts_on
    penalty = penalty_for(D("100000.00"), due, (), due + dt.timedelta(days=days), rates=RATES)
    assert [each.code for each in penalty.reasons] == codes
    assert {line.percent for line in penalty.lines} == {last.percent}


def test_a_debt_paid_before_the_last_rate_grew_old_is_beyond_doubt():
    due = RATES.rates[-1].starts_on
    paid = [Settled(due + dt.timedelta(days=30), D("100000.00"))]
    penalty = penalty_for(D("100000.00"), due, paid, due + dt.timedelta(days=300), rates=RATES)
    assert [each.code for each in penalty.reasons] == ["by_law"]


def test_the_law_is_not_asked_for_foreign_money():
    penalty = penalty_for(D("100.00"), DUE, (), dt.date(2025, 3, 1), rates=RATES, currency="USD")
    assert (penalty.amount, [each.code for each in penalty.reasons]) == (D("0.00"), ["another_currency"])


def test_years():
    assert [days_in_year(year) for year in (1900, 2000, 2023, 2024)] == [365, 366, 365, 366]


DAYS = st.integers(-10, 500).map(lambda n: DUE + dt.timedelta(days=n))
PARTS = st.lists(st.tuples(DAYS, st.integers(1, 3_000_000)), max_size=4)


@given(PARTS, DAYS, st.integers(0, 20))
def test_a_line_for_every_late_day_of_the_debt(parts, as_of, grace):
    """Counted day by day, without lines: the sum of each day's exact penalty differs by rounding only."""
    settled = [Settled(on, D(kopecks) / 100) for on, kopecks in parts]
    amount = D("120000.00")
    found = by_contract(amount, settled, as_of, grace=grace)
    exact, day = D(0), DUE + dt.timedelta(days=1 + grace)
    late = 0
    while day <= as_of:
        base = open_as_of(amount, settled, day - dt.timedelta(days=1))
        late += base > 0
        exact += max(base, D(0)) * D("0.001")
        day += dt.timedelta(days=1)
    assert sum(each.days for each in found.lines) == late
    assert abs(found.amount - exact) <= D("0.005") * len(found.lines)
    assert found.amount == sum((each.amount for each in found.lines), D("0.00"))
    assert all(each.amount == rounded(each.base * D("0.001") * each.days) for each in found.lines)


@given(PARTS, DAYS, st.lists(st.tuples(DAYS, st.integers(1, 30)), max_size=4, unique_by=lambda each: each[0]))
def test_the_law_counts_every_late_day_at_the_rate_of_that_day(parts, as_of, rates):
    """Counted day by day: each late day lies in one line, which has the debt, the rate and the year of that day."""
    settled = [Settled(on, D(kopecks) / 100) for on, kopecks in parts]
    amount, due = D("120000.00"), DUE - dt.timedelta(days=40)
    found = penalty_for(
        amount, due, settled, as_of, rates=KeyRates(Rate(on, D(percent)) for on, percent in rates)
    )  # fmt: skip
    expected, unknown = [], 0
    for number in range(1, (as_of - due).days + 1):
        day = due + dt.timedelta(days=number)
        base = open_as_of(amount, settled, day - dt.timedelta(days=1))
        known = [percent for on, percent in sorted(rates) if on <= day]
        if base > 0 and known:
            expected.append((day, base, D(known[-1]), days_in_year(day.year)))
        unknown += base > 0 and not known
    told = [
        (each.first + dt.timedelta(days=number), each.base, each.percent, each.year_days)
        for each in found.lines
        for number in range(each.days)
    ]
    assert told == expected
    bearing_nothing = [each.values for each in found.reasons if each.code == "no_key_rate"]
    assert sum((each["last_on"] - each["first_on"]).days + 1 for each in bearing_nothing) == unknown
    assert all(
        each.amount == rounded(each.base * each.percent * each.days / 100 / each.year_days) for each in found.lines
    )
    assert found.amount == sum((each.amount for each in found.lines), D("0.00"))
