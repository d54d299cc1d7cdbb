"""Lists of who sees a part: rows are found by two ways (the KAM of the client, of the outlet), each shown once."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actions import hand_over_client
from kam import clock
from kam.access import arms_of
from kam.pages import paging
from orders.models import Order
from tests.factories import DAY, buyer, draft_order, outlet_of, product, system_user
from tests.orders.visits import queries_of, visitor

pytestmark = pytest.mark.django_db
LIST = "orders:order_list"


@pytest.fixture(autouse=True)
def on_day():
    """Pages ask the clock once; here it answers DAY."""
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def orders(anna, vera):
    """Of anna's client; of her client at an outlet of hers; of vera's client at anna's outlet; of vera's alone."""
    goods, mine, other = product(), buyer(anna), buyer(vera)
    own_outlet, her_outlet = outlet_of(mine, anna), outlet_of(other, anna)
    by = system_user()
    return [
        draft_order(mine, by, {goods: 1}),
        draft_order(mine, by, {goods: 2}, outlet_id=own_outlet.pk),
        draft_order(other, by, {goods: 4}, outlet_id=her_outlet.pk),
        draft_order(other, by, {goods: 8}),
    ]


def shown(answer):
    return re.findall(r'<a class="cell-link"[^>]*>([^<]+)</a>', answer.content.decode())


def test_each_row_is_shown_and_summed_once(anna, orders):
    answer = visitor(anna).get(reverse(LIST), {"sort": "number"})
    assert shown(answer) == [order.number for order in orders[:3]]
    found = Order.objects.visible_to(anna)
    assert len(arms_of(found)) == 2
    summary = paging.summary_of(found, {"total": "total"})
    assert (summary.count, summary.capped) == (3, False)
    assert summary.totals == {"total": sum((order.total for order in orders[:3]), Decimal(0))}


def test_filters_hold_on_every_way(anna, orders):
    Order.objects.filter(pk=orders[2].pk).update(status="submitted")
    answer = visitor(anna).get(reverse(LIST), {"status": "draft", "sort": "-number"})
    assert shown(answer) == [orders[1].number, orders[0].number]
    summary = paging.summary_of(Order.objects.visible_to(anna).filter(status="draft"), {"total": "total"})
    assert (summary.count, summary.totals["total"]) == (2, orders[0].total + orders[1].total)


def test_pages_go_on_over_both_ways(anna, orders, monkeypatch):
    monkeypatch.setattr("kam.pages.lists.PAGE_SIZE", 2)
    page = visitor(anna)
    first = page.get(reverse(LIST))
    following = re.search(r'<tr class="next-row">.*?href="([^"]+)"', first.content.decode(), re.S)[1]
    assert shown(first) == [orders[2].number, orders[1].number]
    assert shown(page.get(following.replace("&amp;", "&"))) == [orders[0].number]


def test_the_cap_counts_rows_of_all_ways(anna, orders, monkeypatch):
    found = Order.objects.visible_to(anna)
    monkeypatch.setattr(paging, "TOTALS_CAP", 3)
    assert paging.summary_of(found, {"total": "total"}).capped is False
    monkeypatch.setattr(paging, "TOTALS_CAP", 2)
    capped = paging.summary_of(found, {"total": "total"})
    assert (capped.count, capped.capped) == (2, True)


def test_nothing_is_counted_as_nothing(anna, orders):
    summary = paging.summary_of(Order.objects.visible_to(anna).none(), {"total": "total"})
    assert (summary.count, summary.capped, summary.totals) == (0, False, {"total": None})


def test_a_client_handed_over_is_gone_at_once(anna, vera, orders):
    hand_over_client(orders[0].client_id, vera, by=system_user(), day=DAY, reason="Территория")
    assert set(shown(visitor(anna).get(reverse(LIST)))) == {orders[1].number, orders[2].number}
    assert orders[0].number in shown(visitor(vera).get(reverse(LIST)))


def test_at_most_eight_queries(anna, boris, orders):
    for person in (anna, boris):
        page = visitor(person)
        page.get(reverse(LIST))
        assert queries_of(page, reverse(LIST)) <= 8


def test_a_blank_filter_forgets_what_was_chosen(anna, orders):
    page = visitor(anna)
    blank = page.get(reverse(LIST)).content.decode()
    chosen = page.get(reverse(LIST), {"status": "draft", "client": orders[0].client_id}).content.decode()
    assert '<option value="draft" selected>' in chosen and orders[0].client.name in chosen
    assert '<option value="draft" selected>' not in blank
    assert '<option value="draft" selected>' not in page.get(reverse(LIST)).content.decode()
