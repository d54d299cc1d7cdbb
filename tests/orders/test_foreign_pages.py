"""Documents in another currency are shown in it, line by line and in their sums."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from kam import clock
from kam.pages import Column
from kam.pages.paging import summary_of
from kam.pages.panels import shared_currency
from orders.actions.exchange import set_exchange_rate
from orders.models import Order
from tests.factories import DAY, buyer, price_column, shipped_order, stocked_product, system_user
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


def test_order_shipment_and_invoice(anna):
    set_exchange_rate(by=system_user(), currency="USD", day=DAY, rate=Decimal("90.00"))
    column = price_column("usd", currency="USD")
    goods = stocked_product(price="10.00", cost=None, column=column)
    order = shipped_order(buyer(anna, price_column=column), anna, {goods: 2})
    shipment = order.shipments.get()
    client = visitor(anna)
    for name, pk in (("order", order.pk), ("shipment", shipment.pk), ("invoice", shipment.invoice.pk)):
        with clock.at(DAY):
            page = client.get(reverse(f"orders:{name}_detail", args=[pk])).content.decode()
        cells = re.findall(r'<td[^>]*class="[^"]*num[^"]*"[^>]*>(.*?)</td>', page, re.S)
        sums = [cell for cell in cells if "$" in cell or "USD" in cell or "₽" in cell]
        assert sums and not [cell for cell in sums if "₽" in cell], (name, sums)


def test_a_tab_never_adds_two_currencies(anna):
    """Roubles of a client that bought in both; its dollars where those are all there is."""
    set_exchange_rate(by=system_user(), currency="USD", day=DAY, rate=Decimal("90.00"))
    column = price_column("usd", currency="USD")
    client = buyer(anna, price_column=column)
    order = shipped_order(client, anna, {stocked_product(price="10.00", cost=None, column=column): 2})
    total = Column("", "money", "total", currency="currency", total=True)
    assert summed(total, Order.objects.filter(client=client)) == ("USD", Decimal("20.00"))
    other = shipped_order(buyer(anna), anna, {stocked_product(price="700.00", cost=None): 3})
    assert summed(total, Order.objects.filter(pk__in=(order.pk, other.pk))) == ("RUB", Decimal("2100.00"))


def summed(column, rows):
    currency = shared_currency(column, rows)
    return currency, summary_of(rows, {"total": column.total_in(currency)}).totals["total"]


@pytest.mark.parametrize("name", ["order", "shipment"])
def test_a_list_sums_roubles_only(anna, name):
    set_exchange_rate(by=system_user(), currency="USD", day=DAY, rate=Decimal("90.00"))
    column = price_column("usd", currency="USD")
    dollars = stocked_product(price="10.00", cost=None, column=column)
    shipped_order(buyer(anna, price_column=column), anna, {dollars: 2})
    shipped_order(buyer(anna), anna, {stocked_product(price="700.00", cost=None): 3})
    with clock.at(DAY):
        page = visitor(anna).get(reverse(f"orders:{name}_list")).content.decode()
    foot = re.search(r"<tfoot.*?</tfoot>", page, re.S).group()
    assert re.findall(r"[\d.,\s\u00a0]+₽|₽[\d.,]+|\$[\d.,]+", foot) == ["₽2,100.00"], foot
