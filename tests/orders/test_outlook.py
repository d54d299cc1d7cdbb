"""What pages show before an order is confirmed, and who sees its margin."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.queries.credit import credit_facts
from orders.queries.outlook import margin_for, outlook_of
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    draft_order,
    open_invoice,
    overdue_invoice,
    payment_of,
    stocked_product,
    submitted_order,
    supply,
    terms_of,
)

pytestmark = pytest.mark.django_db
NEXT_WEEK = DAY + dt.timedelta(days=7)


def test_a_draft_shows_headroom_and_what_is_short_until_when(anna):
    one = stocked_product(3, price="100.00")
    supply({one: 20}, NEXT_WEEK)
    order = draft_order(buyer(anna, credit_limit=Decimal("1500.00")), anna, {one: 10}, wanted_on=DAY)
    found = outlook_of(order, DAY)
    assert (found.headroom_before, found.headroom_after) == (Decimal("1500.00"), Decimal("500.00"))
    plan = found.lines[order.lines.get().pk]
    assert (plan.reserved, plan.short, plan.rest_on) == (3, 7, NEXT_WEEK)


def test_a_confirmed_order_is_not_counted_twice(anna):
    one = stocked_product(10, price="100.00", cost="10.00")
    order = confirmed_order(buyer(anna, credit_limit=Decimal("1500.00")), anna, {one: 10})
    found = outlook_of(order, DAY)
    assert (found.headroom_before, found.headroom_after, found.lines) == (Decimal("1500.00"), Decimal("500.00"), {})


def test_exposure_adds_each_document_once_and_overdue_is_judged(anna):
    client, one = buyer(anna, credit_limit=Decimal("5000.00")), stocked_product(10, price="100.00", cost="10.00")
    confirmed_order(client, anna, {one: 2})
    open_invoice(client, "300.00", due_on=DAY)
    overdue_invoice(client, "50.00", days=3)
    credit = credit_facts([client.pk], DAY)[client.pk]
    assert (credit.exposure.confirmed_not_shipped, credit.exposure.open_invoices) == (200, Decimal("350.00"))
    assert (credit.headroom, credit.overdue) == (Decimal("4450.00"), Decimal("50.00"))
    held = confirmed_order(client, anna, {one: 1})
    assert [each["code"] for each in held.credit["reasons"]] == ["overdue"]


def test_forgiven_days_and_sums_do_not_hold(anna):
    client, one = client_of(anna), stocked_product(10, price="100.00", cost="10.00")
    terms_of(client, overdue_days_allowed=3)
    overdue_invoice(client, "50.00", days=3)
    order = submitted_order(client, anna, {one: 1})
    assert [each.code for each in outlook_of(order, DAY).verdict.reasons] == ["contract_missing"]
    reasons = outlook_of(order, DAY + dt.timedelta(days=1)).verdict.reasons
    assert [each.code for each in reasons] == ["contract_missing", "overdue"]


def test_money_on_account_prepays_one_order_only(anna):
    client, one = buyer(anna, credit_limit=Decimal("0.00")), stocked_product(10, price="100.00", cost="10.00")
    assert confirmed_order(client, anna, {one: 1}).status == "held"
    payment_of(client, "100.00")
    assert confirmed_order(client, anna, {one: 1}).status == "confirmed"
    assert confirmed_order(client, anna, {one: 1}).status == "held"


def test_margin_only_with_the_right(anna, sonya):
    one = stocked_product(10, price="122.00", cost="60.00")
    order = submitted_order(buyer(anna), anna, {one: 2})
    assert margin_for(order, sonya) is None
    margin = margin_for(order, anna).known
    assert (margin.net, margin.cost, margin.amount, margin.percent) == (
        Decimal("200.00"), Decimal("120.00"), Decimal("80.00"), Decimal("40.00"),
    )  # fmt: skip
