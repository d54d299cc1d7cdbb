from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules.parts import Sums, added, part_of, sums_at_rate, sums_of_amount, sums_of_part

D = Decimal
money = st.integers(0, 10**9).map(lambda kopecks: D(kopecks).scaleb(-2))


@pytest.mark.parametrize(
    ("whole", "quantity", "cuts", "parts"),
    [
        ("100.00", 3, (1, 1, 1), ("33.33", "33.34", "33.33")),
        ("0.01", 3, (1, 1, 1), ("0.00", "0.01", "0.00")),
        ("300.00", 3, (2, 1), ("200.00", "100.00")),
        ("0.05", 2, (1, 1), ("0.03", "0.02")),
        ("7.77", 1, (1,), ("7.77",)),
    ],
)
def test_parts_taken_one_after_another(whole, quantity, cuts, parts):
    gone, found = 0, []
    for units in cuts:
        found.append(part_of(D(whole), quantity, gone, units))
        gone += units
    assert found == [D(part) for part in parts]


@given(total=money, vat_share=st.integers(0, 30), cuts=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_parts_add_up_to_the_line_however_it_is_cut(total, vat_share, cuts):
    vat = (total * vat_share / 100).quantize(D("0.01"))
    whole = Sums(total - vat, vat, total)
    gone, parts = 0, []
    for units in cuts:
        parts.append(sums_of_part(whole, sum(cuts), gone, units))
        gone += units
    assert added(parts) == whole
    assert all(part.net + part.vat == part.total and part.vat >= 0 and part.total >= 0 for part in parts)


@pytest.mark.parametrize(("quantity", "before", "units"), [(0, 0, 0), (3, 2, 2), (3, -1, 1), (3, 0, -1)])
def test_units_that_are_not_there_are_refused(quantity, before, units):
    with pytest.raises(ValueError):
        part_of(D("1.00"), quantity, before, units)


def test_another_rate_keeps_what_the_price_promised():
    part = Sums(D("100.00"), D("20.00"), D("120.00"))
    assert sums_at_rate(part, D(22), vat_included=True) == Sums(D("98.36"), D("21.64"), D("120.00"))
    assert sums_at_rate(part, D(22), vat_included=False) == Sums(D("100.00"), D("22.00"), D("122.00"))


@given(total=money, first=money)
def test_an_amount_and_the_rest_take_all_the_vat(total, first):
    whole = Sums(total - total // 6, total // 6, total)
    first = min(first, total)
    part = sums_of_amount(whole, first)
    rest = Sums(whole.net - part.net, whole.vat - part.vat, whole.total - part.total)
    assert added((part, sums_of_amount(rest, rest.total))) == whole
    with pytest.raises(ValueError):
        sums_of_amount(whole, total + D("0.01"))
