"""The rule on the rows that a new database has: what the tax code said and says."""

from datetime import date
from decimal import Decimal

import pytest

from orders.queries.vat import dated_rates
from orders.rules.vat import DatedRate, NoRate, rate_on

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2018, 12, 31), 18),
        (date(2019, 1, 1), 20),
        (date(2025, 12, 31), 20),
        (date(2026, 1, 1), 22),
        (date(2030, 6, 1), 22),
    ],
)
def test_the_standard_rate_by_day(day, percent):
    assert rate_on(dated_rates(), "standard", day).rate == Decimal(percent)


def test_the_reduced_rate_did_not_change():
    assert rate_on(dated_rates(), "reduced", date(2025, 12, 31)).rate == Decimal(10)
    assert rate_on(dated_rates(), "reduced", date(2026, 1, 1)).rate == Decimal(10)


@pytest.mark.parametrize(("kind", "day"), [("standard", date(2003, 12, 31)), ("unheard of", date(2026, 1, 1))])
def test_a_gap_is_an_error_never_zero(kind, day):
    with pytest.raises(NoRate) as refusal:
        rate_on(dated_rates(), kind, day)
    assert (refusal.value.kind, refusal.value.day) == (kind, day)


def test_a_rate_tells_since_when_it_holds():
    assert rate_on(dated_rates(), "standard", date(2026, 3, 1)) == DatedRate("standard", Decimal(22), date(2026, 1, 1))
