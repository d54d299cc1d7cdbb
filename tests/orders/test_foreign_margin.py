"""Costs are kept in roubles and judged beside foreign prices in the currency of these."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.actions.exchange import set_exchange_rate
from orders.actions.order_steps import submit_order
from orders.queries.progress import progress_of, with_cost
from tests.factories import DAY, buyer, draft_order, price_column, product, system_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(anna):
    """Three units at $10.00 net each, which cost 600 roubles each."""
    column = price_column("usd", currency="USD")
    goods = product(price="12.20", cost="600.00", column=column)
    return draft_order(buyer(anna, price_column=column), anna, {goods: 3})


def rate(value: str, day: dt.date = DAY) -> None:
    set_exchange_rate(by=system_user(), currency="USD", day=day, rate=Decimal(value))


def test_a_cost_counts_at_the_rate_of_the_day(anna, draft):
    rate("45.00", DAY - dt.timedelta(days=9))
    rate("90.00", DAY - dt.timedelta(days=1))
    rate("10.00", DAY + dt.timedelta(days=1))
    assert with_cost(draft.lines.all(), DAY).get().known_cost == Decimal("6.67")
    assert progress_of([draft], DAY)[draft.pk].margin_percent == Decimal("33.30")
    order = submit_order(draft.pk, by=anna, day=DAY)
    assert (order.status, order.approval, order.lines.get().unit_cost) == ("submitted", [], Decimal("6.67"))
    assert progress_of([order])[order.pk].margin_percent == Decimal("33.30")


def test_what_brings_less_than_it_costs_waits_for_approval(anna, draft):
    rate("59.00")
    order = submit_order(draft.pk, by=anna, day=DAY)
    assert order.status == "approval"
    assert [each["code"] for each in order.approval] == ["margin_below_least"]
    assert order.lines.get().unit_cost == Decimal("10.17")


def test_without_a_rate_the_cost_is_unknown(anna, draft):
    assert with_cost(draft.lines.all(), DAY).get().known_cost is None
    assert progress_of([draft], DAY)[draft.pk].margin_percent is None
    order = submit_order(draft.pk, by=anna, day=DAY)
    assert (order.status, order.approval, order.lines.get().unit_cost) == ("submitted", [], None)
