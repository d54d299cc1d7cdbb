import datetime as dt
from decimal import Decimal

import pytest

from orders.actions.letters import prepare_letters
from orders.actions.promises_to_pay import take_promise
from orders.actions.shipping_stops import roll_stops
from orders.actions.stop_list import stop_letters
from tests import factories

# One row or more of everything the factories can make, for the tests that open every page. A floor adds its own here.
BUILDERS = []


def builder(function):
    BUILDERS.append(function)
    return function


@builder
def clients_and_money(anna, boris):
    first, second, third = (factories.client_of(anna) for _number in range(3))
    for client in (first, second, third):
        factories.terms_of(client)
        factories.outlet_of(client)
        factories.activity_of(client, anna)
        factories.overdue_invoice(client)
        factories.overdue_invoice(client, "40000.00", days=31)
        factories.payment_of(client)
        take_promise(by=anna, day=factories.DAY, client_id=client.pk, amount=Decimal(100), due_on=factories.DAY)
        stop_letters(client_id=client.pk, by=anna, day=factories.DAY, reason="Спор", ends_on=factories.DAY)
    prepare_letters(day=factories.DAY + dt.timedelta(days=1))
    roll_stops(day=factories.DAY)


@builder
def goods_and_papers(anna, boris):
    factories.our_company()
    goods = factories.stocked_product(50)
    client = factories.buyer(anna)
    for units in (1, 2, 3):
        order = factories.shipped_order(client, anna, {goods: units})
        invoice = order.invoices.get()
        payment = factories.payment_of(client, "100.00", allocate=True)
        factories.return_of(invoice, anna)
        factories.credit_note_of(invoice)
        assert payment.unallocated == 0
    factories.confirmed_order(client, anna, {goods: 4})


@pytest.fixture
def company(anna, boris, vera, db):
    """A small company in which every page has something to show."""
    for build in BUILDERS:
        build(anna, boris)
    return dt.date(2026, 11, 20)
