"""Who looks after one outlet of a client takes its orders, and learns nothing of what the whole client owes and may."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from kam import clock
from kam.models import User
from kam.refusals import Refused
from orders.actions.amending import LineChange, amend_order
from orders.models import Order
from orders.wording import BRIEFLY, CREDIT
from tests.factories import (
    DAY,
    buyer,
    confirmed_order,
    draft_order,
    outlet_of,
    overdue_invoice,
    stocked_product,
)
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db
LIMIT = Decimal("7777.00")


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def goods(anna):
    return stocked_product(10)


@pytest.fixture
def order(anna, vera, goods):
    """An order of Vera's outlet of Anna's client: within the limit by little."""
    client = buyer(anna, credit_limit=LIMIT)
    return confirmed_order(client, vera, {goods: 7}, outlet_id=outlet_of(client, vera).pk)


def figures_in(text: str) -> set[str]:
    return set(re.findall(r"7,777\.00|777\.00", text))


def test_the_credit_tab(anna, vera, order):
    address = reverse("orders:order_detail", args=[order.pk])
    mine, hers = (visitor(each).get(address, {"tab": "credit"}).content.decode() for each in (anna, vera))
    assert figures_in(mine) == {"7,777.00", "777.00"}
    assert figures_in(hers) == set()
    assert "Nothing against it" in hers and "those who look after the whole client" in hers


def test_the_entry_of_a_draft(anna, vera, order, goods):
    draft = draft_order(order.client, vera, {goods: 1}, outlet_id=order.outlet_id)
    address = reverse("orders:order_entry", args=[draft.pk])
    mine, hers = (visitor(each).get(address).content.decode() for each in (anna, vera))
    assert figures_in(mine) and not figures_in(hers)
    assert "Over the credit limit by" in mine
    assert "Over the credit limit by" not in hers and "Over the credit limit." in hers


def test_the_page_of_the_client(anna, vera, order):
    overdue_invoice(order.client, "7777.00", days=400)
    address = reverse("accounts:client_detail", args=[order.client_id])
    for tab in ("", "ageing"):
        assert figures_in(visitor(vera).get(address, {"tab": tab}).content.decode()) == set(), tab
    assert figures_in(visitor(anna).get(address, {"tab": "ageing"}).content.decode())


def test_the_api(anna, vera, order):
    def credit(user):
        reader = APIClient()
        reader.force_authenticate(User.objects.get(pk=user.pk))
        return reader.get(f"/api/v1/orders/{order.pk}/").json()["credit"]

    assert credit(anna)["headroom_after"] == "777.00"
    assert credit(vera) == {"allowed": True, "reasons": []}


def test_a_refusal(vera, order):
    line = order.lines.get()
    with pytest.raises(Refused) as caught:
        amend_order(order.pk, by=vera, day=DAY, changes=[LineChange(9, line_id=line.pk)])
    assert [str(each) for each in caught.value.refusals] == ["Over the credit limit."]
    assert order.lines.get().quantity == 7
    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_every_text_with_money_has_one_without():
    telling = {code for code, text in CREDIT.items() if re.search(r"%\((amount|over_by|limit|exposure)\)", str(text))}
    assert telling <= set(BRIEFLY)
    assert not any("%(" in str(text) for text in BRIEFLY.values())
