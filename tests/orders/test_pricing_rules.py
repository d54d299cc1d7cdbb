from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.reasons import reason
from orders.rules.margin import Margin, Sold, margin_of, margin_of_lines
from orders.rules.pricing import (
    ColumnPrice,
    Priced,
    SpecialTerm,
    discount_verdict,
    line_total,
    net_price,
    price_for,
)

D = Decimal
DAY = date(2026, 11, 21)
START = date(2026, 1, 1)
PLAYER = Priced(product_id=1, brand_id=10, category_ids=(100, 101))
COLUMN = (ColumnPrice(1, D("1000.00"), START),)


def term(pk, *, since=START, until=None, **named):
    if "price" not in named:
        named.setdefault("discount_percent", D(pk))
    return SpecialTerm(pk, since, until, **named)


def codes(result):
    return [each.code for each in result.reasons]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (DAY, None, True),
        (DAY, DAY, True),
        (DAY - timedelta(days=1), DAY - timedelta(days=1), False),
        (DAY + timedelta(days=1), None, False),
    ],
)
def test_a_column_price_is_starts_on_and_to_its_days_included(since, until, found):
    result = price_for(PLAYER, DAY, [ColumnPrice(1, D("1000.00"), since, until)])
    assert result.found is found
    assert result.price == (D("1000.00") if found else None)
    assert codes(result) == (["column_price"] if found else ["no_column_price"])


def test_a_missing_price_says_so_and_is_never_zero():
    result = price_for(PLAYER, DAY, [], [term(5)])
    assert (result.price, result.list_price, result.term) == (None, None, None)
    assert result.reasons == (reason("no_column_price", day=DAY, term=5),)


def test_a_fixed_price_needs_no_column_price():
    result = price_for(PLAYER, DAY, [], [term(5, product_id=1, price=D("900.00"))])
    assert (result.price, result.list_price, result.term) == (D("900.00"), None, 5)


SPECIFIC_FIRST = [
    term(1, product_id=1),
    term(2, brand_id=10, category_id=100),
    term(3, brand_id=10, category_id=101),
    term(4, category_id=100),
    term(5, category_id=101),
    term(6, brand_id=10),
    term(7),
]


@pytest.mark.parametrize("winner", range(len(SPECIFIC_FIRST)))
def test_the_most_specific_term_wins(winner):
    rest = SPECIFIC_FIRST[winner:]
    for terms in (rest, rest[::-1]):
        result = price_for(PLAYER, DAY, COLUMN, terms)
        assert result.term == rest[0].pk
        assert result.price == D("1000.00") * (100 - rest[0].pk) / 100
        assert result.list_price == D("1000.00")
        assert result.reasons[-1].values["passed_over"] == tuple(each.pk for each in rest[1:])


def test_ties_go_to_the_latest_start_then_to_the_latest_entered():
    early, late, late_too = term(9, brand_id=10), term(2, brand_id=10, since=DAY), term(3, brand_id=10, since=DAY)
    assert price_for(PLAYER, DAY, COLUMN, [late, early]).term == 2
    assert price_for(PLAYER, DAY, COLUMN, [late_too, early, late]).term == 3


def test_terms_for_others_or_out_of_date_do_not_count():
    terms = [
        term(1, product_id=2),
        term(2, brand_id=11),
        term(3, category_id=102),
        term(4, brand_id=11, category_id=100),
        term(5, since=DAY + timedelta(days=1)),
        term(6, until=DAY - timedelta(days=1)),
    ]
    result = price_for(PLAYER, DAY, COLUMN, terms)
    assert (result.price, result.term) == (D("1000.00"), None)
    assert codes(result) == ["column_price"]


def test_a_discounted_price_is_rounded():
    result = price_for(PLAYER, DAY, [ColumnPrice(1, D("99.99"), START)], [term(1, discount_percent=D("12.5"))])
    assert result.price == D("87.49")  # 87.49125


def test_the_standing_discount_is_taken_where_no_special_term_speaks():
    plain = price_for(PLAYER, DAY, COLUMN, standing_percent=D("2.5"))
    assert (plain.price, plain.list_price, plain.term) == (D("975.00"), D("1000.00"), None)
    assert codes(plain) == ["column_price", "standing_discount"]
    special = price_for(PLAYER, DAY, COLUMN, [term(1)], standing_percent=D("2.5"))
    assert (special.price, codes(special)) == (D("990.00"), ["column_price", "special_discount"])
    assert not price_for(PLAYER, DAY, [], standing_percent=D("2.5")).found


@pytest.mark.parametrize("given_", [{}, {"price": D(1), "discount_percent": D(1)}])
def test_a_term_is_a_price_or_a_discount(given_):
    with pytest.raises(ValueError):
        SpecialTerm(1, START, **given_)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("90.01", []),
        ("90.00", []),
        ("89.99", ["discount_over_limit"]),
        ("75.00", ["discount_over_limit"]),
        ("74.99", ["discount_over_limit", "margin_below_least"]),
        ("110.00", []),
    ],
)
def test_exactly_on_a_limit_is_within_it(price, expected):
    verdict = discount_verdict(D("100.00"), D(price), D("60.00"), D(10), D(20))
    assert codes(verdict) == expected
    assert verdict.needs_approval is bool(expected)


def test_limits_are_compared_exactly_not_through_rounded_percents():
    verdict = discount_verdict(D("1000000.00"), D("899999.99"), None, D(10), None)
    assert verdict.discount_percent == D("10.00")
    assert verdict.needs_approval
    assert codes(verdict) == ["discount_over_limit", "cost_unknown"]


def test_an_unknown_cost_is_said_and_needs_no_approval():
    verdict = discount_verdict(D("100.00"), D("95.00"), None, D(10), D(20))
    assert (verdict.needs_approval, verdict.margin_percent, codes(verdict)) == (False, None, ["cost_unknown"])


def test_without_a_list_price_any_price_needs_approval():
    verdict = discount_verdict(None, D("95.00"), D("60.00"), D(10), D(20))
    assert (verdict.needs_approval, verdict.discount_percent) == (True, None)
    assert codes(verdict) == ["no_list_price"]


def test_a_gift_is_below_every_limit():
    verdict = discount_verdict(D("100.00"), D("0.00"), D("60.00"), D(10), D(0))
    assert codes(verdict) == ["discount_over_limit", "margin_below_least"]
    assert (verdict.discount_percent, verdict.margin_percent) == (D("100.00"), None)


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "included", "expected"),
    [
        ("99.99", 3, 22, True, ("245.88", "54.09", "299.97")),
        ("99.99", 3, 22, False, ("299.97", "65.99", "365.96")),
        ("100.00", 1, 20, True, ("83.33", "16.67", "100.00")),
        ("100.01", 1, 20, False, ("100.01", "20.00", "120.01")),
        ("0.01", 3, 22, False, ("0.03", "0.01", "0.04")),
        ("100.00", 2, 0, True, ("200.00", "0.00", "200.00")),
        ("33.3333", 3, 0, False, ("100.00", "0.00", "100.00")),
    ],
)
def test_a_line_is_rounded_once(price, quantity, rate, included, expected):
    total = line_total(D(price), quantity, D(rate), included)
    assert tuple(map(str, (total.net, total.vat, total.total))) == expected


prices = st.integers(0, 10**8).map(lambda n: D(n).scaleb(-2))
lines = st.builds(
    line_total, prices, st.integers(1, 10**4), st.sampled_from([D(0), D(10), D(20), D(22)]), st.booleans()
)


@given(lines)
def test_a_line_is_its_net_and_vat(line):
    assert line.net + line.vat == line.total


def test_a_net_price():
    assert net_price(D("122.00"), D(22), True) == D("100.00")
    assert net_price(D("122.00"), D(22), False) == D("122.00")


@pytest.mark.parametrize(
    ("net", "cost", "amount", "percent"),
    [
        ("100.00", "80.00", "20.00", "20.00"),
        ("100.00", "100.01", "-0.01", "-0.01"),
        ("3.00", "2.00", "1.00", "33.33"),
        ("0.00", "5.00", "-5.00", None),
    ],
)
def test_margin(net, cost, amount, percent):
    expected = Margin(D(net), D(cost), D(amount), None if percent is None else D(percent))
    assert margin_of(D(net), D(cost)) == expected


def test_lines_without_cost_stand_apart():
    total = margin_of_lines(
        [Sold(D("100.00"), 3, D("20.005")), Sold(D("50.00"), 1, None), Sold(D("10.00"), 1, D("0.00"))]
    )
    assert total.known == margin_of(D("110.00"), D("60.02"))
    assert (total.lines_without_cost, total.net_without_cost) == (1, D("50.00"))
