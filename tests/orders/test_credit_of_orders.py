"""What stands against an order before it is confirmed."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.queries.credit import check_credit, credit_facts
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    open_invoice,
    overdue_invoice,
    payment_of,
    stocked_product,
    submitted_order,
    terms_of,
)

pytestmark = pytest.mark.django_db


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
    assert [each.code for each in check_credit(order, DAY)[1].reasons] == ["contract_missing"]
    reasons = check_credit(order, DAY + dt.timedelta(days=1))[1].reasons
    assert [each.code for each in reasons] == ["contract_missing", "overdue"]


def test_money_on_account_prepays_one_order_only(anna):
    client, one = buyer(anna, credit_limit=Decimal("0.00")), stocked_product(10, price="100.00", cost="10.00")
    assert confirmed_order(client, anna, {one: 1}).status == "held"
    payment_of(client, "100.00")
    assert confirmed_order(client, anna, {one: 1}).status == "confirmed"
    assert confirmed_order(client, anna, {one: 1}).status == "held"
