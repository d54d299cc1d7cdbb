"""Changing the lines of a confirmed order in the browser, and how its trail reads."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock
from kam.models import TrailEntry
from orders.actions.orders import set_lines
from orders.models import Reservation
from tests.factories import DAY, OrderLineInput, buyer, confirmed_order, draft_order, stocked_product
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def goods(anna):
    return stocked_product(10, sku="NAV-700")


@pytest.fixture
def order(anna, goods):
    return confirmed_order(buyer(anna), anna, {goods: 2})


def url(order):
    return reverse("orders:order_amend", args=[order.pk])


def sent(order, quantity, price="1000.00", many="", **fields):
    line = order.lines.get()
    return {f"quantity_{line.pk}": quantity, f"price_{line.pk}": price, "many": many, "reason": "",
            "version": order.version, **fields}  # fmt: skip


def test_more_units_and_a_further_product(anna, order):
    stocked_product(3, sku="CAB-1")
    page = visitor(anna).get(reverse("orders:order_detail", args=[order.pk])).content.decode()
    assert url(order) in page
    answer = visitor(anna).post(url(order), sent(order, "5", many="CAB-1\t3"))
    assert (answer.status_code, answer["Location"]) == (303, reverse("orders:order_detail", args=[order.pk]))
    order.refresh_from_db()
    assert order.total == Decimal("8000.00")
    assert sorted(Reservation.objects.live().values_list("product__sku", "quantity")) == [
        ("CAB-1", 3), ("NAV-700", 2), ("NAV-700", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "more", "told"),
    [
        ("2", {}, "Nothing was changed."),
        ("3", {"many": "NO\t1"}, "No product has the article “NO”."),
        ("3", {"price": "500.00"}, ""),
    ],
)
def test_a_refusal_changes_nothing(anna, order, quantity, more, told):
    answer = visitor(anna).post(url(order), sent(order, quantity, **more))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    order.refresh_from_db()
    assert (order.total, order.lines.get().quantity) == (Decimal("2000.00"), 2)


def test_somebody_was_faster(anna, order):
    answer = visitor(anna).post(url(order), sent(order, "3", version=order.version - 1))
    assert answer.status_code == 422
    assert "was changed by somebody else" in answer.content.decode()
    assert order.lines.get().quantity == 2


def test_a_stranger_and_a_draft(anna, vera, order, goods):
    assert visitor(vera).get(url(order)).status_code == 404
    draft = draft_order(buyer(anna), anna, {goods: 2})
    assert visitor(anna).post(url(draft), sent(draft, "3")).status_code == 422
    assert draft.lines.get().quantity == 2


def test_what_was_saved_as_typed_is_one_entry_of_the_trail(anna, boris, goods):
    draft = draft_order(buyer(anna), anna, {goods: 1})
    for person, units in ((anna, 2), (anna, 3), (boris, 4), (anna, 5), (anna, 6)):
        set_lines(draft.pk, by=person, day=DAY, lines=[OrderLineInput(goods.pk, units)])
    assert TrailEntry.objects.of(draft).filter(verb="lines").count() == 5
    page = visitor(anna).get(reverse("orders:order_detail", args=[draft.pk])).content.decode()
    assert page.count("Lines changed") == 3
    assert "<s>4,000.00</s> → 6,000.00" in page
