from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.money import rounded, split, vat_on, vat_within

D = Decimal
kopecks = st.integers(-(10**15), 10**15).map(lambda n: D(n).scaleb(-2))
weights = st.lists(st.decimals(0, 10**9, places=3), min_size=1, max_size=30)
rates = st.sampled_from([D(0), D(10), D(18), D(20), D(22), D("16.67")])


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("-0.004", "0.00"),
        ("-0.005", "-0.01"),
        ("99.994999", "99.99"),
        ("99.995", "100.00"),
        ("12345678901234.565", "12345678901234.57"),
    ],
)
def test_halves_go_away_from_zero(amount, expected):
    assert str(rounded(D(amount))) == expected


def test_whole_numbers_get_two_places():
    assert str(rounded(7)) == "7.00"


@pytest.mark.parametrize("amount", [0.1, True, "1", None])
def test_what_is_not_money_is_refused(amount):
    with pytest.raises(TypeError):
        rounded(amount)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_is_refused(amount):
    with pytest.raises(ValueError):
        rounded(D(amount))


@pytest.mark.parametrize(
    ("total", "shares", "expected"),
    [
        ("100.00", (1, 1, 1), ("33.34", "33.33", "33.33")),
        ("-100.00", (1, 1, 1), ("-33.34", "-33.33", "-33.33")),
        ("0.01", (1, 1, 1), ("0.01", "0.00", "0.00")),
        ("0.02", (1, 2, 3), ("0.00", "0.01", "0.01")),
        ("10.00", (0, 5, 0), ("0.00", "10.00", "0.00")),
        ("10.00", (0, 0, 0), ("3.34", "3.33", "3.33")),
        ("0.00", (2, 3), ("0.00", "0.00")),
        ("99.99", (D("33.3"), D("66.7")), ("33.30", "66.69")),
        ("100.01", (1, 1), ("50.01", "50.00")),
    ],
)
def test_a_split_gives_the_odd_kopecks_to_the_largest_remainders(total, shares, expected):
    assert [str(each) for each in split(D(total), shares)] == list(expected)


@pytest.mark.parametrize(("total", "shares"), [("0.005", (1,)), ("1.00", ()), ("1.00", (1, -1)), ("0.00", ())])
def test_a_split_that_would_lose_something_is_refused(total, shares):
    with pytest.raises(ValueError):
        split(D(total), shares)


@given(kopecks, weights)
def test_shares_add_up_and_are_within_a_kopeck_of_their_due(total, parts):
    shares = split(total, parts)
    assert sum(shares) == total
    whole = sum(parts)
    for share, part in zip(shares, parts, strict=True):
        if whole:
            assert abs(share * whole - total * part) < D("0.01") * whole
            assert part or not share
        assert share * total >= 0


@given(kopecks, weights)
def test_a_reversal_mirrors_what_it_reverses(total, parts):
    assert split(-total, parts) == [-share for share in split(total, parts)]


@pytest.mark.parametrize(
    ("net", "rate", "vat"),
    [("100.00", 20, "20.00"), ("99.99", 22, "22.00"), ("100.01", 22, "22.00"), ("0.02", 22, "0.00"),
     ("0.03", 20, "0.01"), ("-100.00", 20, "-20.00"), ("100.00", 0, "0.00")],
)  # fmt: skip
def test_vat_on_a_net_amount(net, rate, vat):
    assert str(vat_on(D(net), rate)) == vat


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [("120.00", 20, "20.00"), ("122.00", 22, "22.00"), ("100.00", 20, "16.67"), ("118.00", 18, "18.00"),
     ("99.99", 20, "16.67"), ("100.01", 22, "18.03"), ("110.00", 10, "10.00"), ("5.00", 0, "0.00")],
)  # fmt: skip
def test_vat_within_a_gross_amount(gross, rate, vat):
    assert str(vat_within(D(gross), rate)) == vat


@given(kopecks, rates)
def test_vat_taken_out_and_put_back_is_the_whole(gross, rate):
    net = gross - vat_within(gross, rate)
    assert abs(net + vat_on(net, rate) - gross) <= D("0.01")


@given(kopecks, rates)
def test_vat_put_on_can_be_taken_out_again(net, rate):
    gross = net + vat_on(net, rate)
    assert vat_within(gross, rate) == vat_on(net, rate)


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError):
        vat_on(D(1), D(-1))
