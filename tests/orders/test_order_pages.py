"""The pages of orders and reservations: what they show, to whom, and what they do."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock
from kam.models import TrailEntry
from kam.pages.trails import verb_label
from orders.models import Order, Reservation
from orders.queries.effects import effects_of
from tests.factories import (
    DAY,
    buyer,
    catalogue,
    client_of,
    confirmed_order,
    draft_order,
    outlet_of,
    stocked_product,
    submitted_order,
    supply,
    warehouse,
)
from tests.orders.visits import queries_of, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    """Pages ask the clock once; here it answers DAY."""
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def client_of_anna(anna):
    return buyer(anna)


def url(name, *args):
    return reverse(f"orders:order_{name}", args=args)


def test_list_shows_what_is_short_and_reserved(anna, client_of_anna):
    plenty, scanty = stocked_product(10), stocked_product(3)
    order = confirmed_order(client_of_anna, anna, {plenty: 2, scanty: 5})
    page = visitor(anna).get(url("list")).content.decode()
    assert order.number in page
    assert '<td class="num" data-label="Short, units">2</td>' in page, "two units of the second product are short"


def test_filters_by_trouble(anna, client_of_anna):
    plenty, scanty = stocked_product(10), stocked_product(3)
    whole = confirmed_order(client_of_anna, anna, {plenty: 2})
    short = confirmed_order(client_of_anna, anna, {scanty: 5})
    asked = visitor(anna)
    page = asked.get(url("list"), {"attention": "short"}).content.decode()
    assert short.number in page and whole.number not in page
    assert whole.number not in asked.get(url("list"), {"attention": "expiring"}).content.decode()
    Reservation.objects.filter(line__order=whole).update(expires_on=DAY)
    page = asked.get(url("list"), {"attention": "expiring"}).content.decode()
    assert whole.number in page and short.number not in page


def test_filter_by_brand_shows_an_order_once(anna, client_of_anna):
    first, second = catalogue(2)
    order = draft_order(client_of_anna, anna, {first: 1, second: 1})
    page = visitor(anna).get(url("list"), {"brand": first.brand_id}).content.decode()
    assert page.count(f'id="row-{order.pk}"') == 1


def test_a_strangers_order_is_nowhere(anna, vera, client_of_anna):
    order = confirmed_order(client_of_anna, anna, {stocked_product(5): 1})
    reservation = Reservation.objects.get()
    stranger = visitor(vera)
    assert order.number not in stranger.get(url("list")).content.decode()
    for name in ("detail", "edit", "entry", "entry_products"):
        assert stranger.get(url(name, order.pk)).status_code == 404, name
    assert stranger.post(url("step", order.pk, "cancel"), {"reason": "no"}).status_code == 404
    assert stranger.post(url("copy", order.pk)).status_code == 404
    for name in ("detail", "release", "transfer", "prolong"):
        assert stranger.get(reverse(f"orders:reservation_{name}", args=[reservation.pk])).status_code == 404, name
    assert Order.objects.count() == 1


def test_margin_is_seen_by_those_who_may(anna, sonya, client_of_anna):
    order = submitted_order(client_of_anna, anna, {stocked_product(5): 1})
    assert "Margin" in visitor(anna).get(url("detail", order.pk)).content.decode()
    assert "Margin" not in visitor(sonya).get(url("detail", order.pk)).content.decode()
    assert "Margin" not in visitor(sonya).get(url("list")).content.decode()


def test_a_new_order_leads_to_its_lines(anna, client_of_anna):
    warehouse()
    answer = visitor(anna).post(url("new"), {"client": client_of_anna.pk, "payer": "client", "allow_partial": "on"})
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("entry", order.pk))
    assert (order.client, order.manager, order.author) == (client_of_anna, anna, anna)
    assert order.price_column.code == "dealer"


def test_a_strangers_client_cannot_be_chosen(vera, client_of_anna):
    warehouse()
    answer = visitor(vera).post(url("new"), {"client": client_of_anna.pk, "payer": "client"})
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_the_head_of_a_submitted_order_is_only_wishes(anna, client_of_anna):
    order = submitted_order(client_of_anna, anna, {stocked_product(5): 1})
    asked = visitor(anna)
    page = asked.get(url("edit", order.pk)).content.decode()
    assert 'name="comment"' in page and 'name="warehouse"' not in page
    data = {"comment": "позвонить", "version": order.version, "customer_number": "", "wanted_on": ""}
    assert asked.post(url("edit", order.pk), data).status_code == 303
    order.refresh_from_db()
    assert order.comment == "позвонить"


def test_held_order_says_every_reason_and_is_released_with_one(anna, boris, client_of_anna):
    client = buyer(anna, credit_limit=Decimal("1000.00"))
    order = confirmed_order(client, anna, {stocked_product(5): 3})
    assert order.status == "held"
    page = visitor(anna).get(url("detail", order.pk)).content.decode()
    assert "Why the order is held" in page and "Over the credit limit" in page
    check = visitor(anna).get(url("detail", order.pk), {"tab": "credit"}).content.decode()
    assert "₽1,000.00" in check and "₽3,000.00" in check
    assert visitor(boris).post(url("step", order.pk, "release"), {"reason": ""}).status_code == 422
    assert visitor(boris).post(url("step", order.pk, "release"), {"reason": "known"}).status_code == 303
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_bulk_confirm_tells_each_result(anna, client_of_anna):
    goods = stocked_product(5)
    first = submitted_order(client_of_anna, anna, {goods: 1})
    other = draft_order(client_of_anna, anna, {goods: 1})
    page = visitor(anna).post(url("bulk"), {"step": "confirm", "pk": [first.pk, other.pk]}).content.decode()
    assert "Done: 1 of 2." in page
    assert {*Order.objects.values_list("pk", "status")} == {(first.pk, "confirmed"), (other.pk, "draft")}


def test_copy_takes_lines_at_todays_prices(anna, client_of_anna):
    order = submitted_order(client_of_anna, anna, {stocked_product(5): (2, Decimal("900.00"))})
    answer = visitor(anna).post(url("copy", order.pk))
    copied = Order.objects.exclude(pk=order.pk).get()
    assert answer["Location"] == url("entry", copied.pk)
    assert list(copied.lines.values_list("quantity", "price")) == [(2, Decimal("1000.00"))]


def test_detail_asks_as_much_for_thirty_lines_as_for_one(anna, client_of_anna):
    few = confirmed_order(client_of_anna, anna, dict.fromkeys(catalogue(1), 1))
    many = confirmed_order(client_of_anna, anna, dict.fromkeys(catalogue(30), 1))
    asked = visitor(anna)
    asked.get(url("detail", few.pk))
    assert queries_of(asked, url("detail", few.pk)) == queries_of(asked, url("detail", many.pk))


def test_list_asks_as_much_for_ten_orders_as_for_one(anna, client_of_anna):
    goods = stocked_product(100)
    confirmed_order(client_of_anna, anna, {goods: 1})
    asked = visitor(anna)
    asked.get(url("list"))
    once = queries_of(asked, url("list"))
    for _each in range(9):
        confirmed_order(client_of_anna, anna, {goods: 1})
    assert queries_of(asked, url("list")) == once


class TestReservations:
    def url(self, name):
        return reverse(f"orders:reservation_{name}", args=[Reservation.objects.get().pk])

    def test_release_needs_a_reason(self, anna, client_of_anna):
        order = confirmed_order(client_of_anna, anna, {stocked_product(5): 2})
        asked = visitor(anna)
        assert asked.post(self.url("release"), {"reason": ""}).status_code == 422
        assert Reservation.objects.live().count() == 1
        answer = asked.post(self.url("release"), {"reason": "client waits"})
        assert answer["Location"] == f"{url('detail', order.pk)}?tab=reservations"
        assert not Reservation.objects.live().exists()
        assert TrailEntry.objects.of(order).first().reason == "client waits"

    def test_transfer_to_an_order_that_lacks(self, anna, client_of_anna):
        goods = stocked_product(2)
        giving = confirmed_order(client_of_anna, anna, {goods: 2})
        lacking = confirmed_order(client_of_anna, anna, {goods: 1, stocked_product(1): 1})
        pk = Reservation.objects.get(line__order=giving).pk
        address = reverse("orders:reservation_transfer", args=[pk])
        refused = visitor(anna).post(address, {"to_order": lacking.pk, "quantity": 3})
        assert refused.status_code == 409
        assert Reservation.objects.get(pk=pk).quantity == 2
        assert visitor(anna).post(address, {"to_order": lacking.pk, "quantity": 1}).status_code == 303
        assert Reservation.objects.get(pk=pk).quantity == 1
        assert Reservation.objects.filter(line__order=lacking, product=goods).get().quantity == 1

    def test_prolong_refuses_an_earlier_day(self, anna, client_of_anna):
        confirmed_order(client_of_anna, anna, {stocked_product(5): 2})
        answer = visitor(anna).post(self.url("prolong"), {"expires_on": "01.01.2026"})
        assert answer.status_code == 409
        assert "Choose a day after the present one." in answer.content.decode()
        assert visitor(anna).post(self.url("prolong"), {"expires_on": "30.11.2026"}).status_code == 303
        assert Reservation.objects.get().expires_on.isoformat() == "2026-11-30"


def test_effects_name_money_credit_and_what_is_usual(anna, client_of_anna, django_assert_num_queries):
    goods = stocked_product(100)
    confirmed_order(client_of_anna, anna, {goods: 10})
    supply({goods: 5})
    order = submitted_order(client_of_anna, anna, {goods: (4, Decimal("960.00"))})
    one = effects_of([Order.objects.select_related("manager").get(pk=order.pk)], DAY)[order.pk]
    assert (one.total, one.exposure_before, one.exposure_after) == (
        Decimal("3840.00"), Decimal("10000.00"), Decimal("13840.00"))  # fmt: skip
    assert (one.headroom_before, one.headroom_after) == (Decimal("990000.00"), Decimal("986160.00"))
    assert (one.largest_discount, one.discount_limit) == (Decimal("4.00"), Decimal("5"))
    assert (one.usual_total, one.overdue) == (Decimal("10000.00"), Decimal("0"))
    orders = list(Order.objects.select_related("manager"))
    with django_assert_num_queries(5):
        effects_of(orders, DAY)


def test_the_margin_of_a_draft_is_that_of_todays_cost_for_those_who_may_see_it(anna, sonya, client_of_anna):
    draft = draft_order(client_of_anna, anna, {stocked_product(5): 2})  # 1000.00 with 22 % VAT inside, cost 600.00
    assert draft.lines.get().unit_cost is None
    mine = visitor(anna).get(url("detail", draft.pk)).content.decode()
    assert mine.count(">26.8%<") == 2  # of the order and of its line
    other = visitor(sonya).get(url("detail", draft.pk)).content.decode()
    assert "Margin" not in other and "26.8%" not in other


def test_the_trail_says_what_was_done_not_what_to_do(anna, client_of_anna):
    order = confirmed_order(client_of_anna, anna, {stocked_product(5): 1})
    page = visitor(anna).get(url("detail", order.pk)).content.decode()
    heads = re.findall(r'<div class="trail-head"><b>([^<]+)</b>', page)
    assert heads == ["Confirmed", "Submitted", "Created"]
    with translation.override("ru"):
        assert [verb_label("orders.order", step) for step in ("submit", "confirm", "ship", "cancel")] == [
            "Отправлен", "Подтверждён", "Отгружен", "Отменён",
        ]  # fmt: skip
        assert [str(Order.Status(name).label) for name in ("shipped", "cancelled")] == ["Отгружен", "Отменён"]


def test_outlets_and_contracts_offered_are_of_the_client(anna, client_of_anna):
    other = buyer(anna)
    mine, foreign = outlet_of(client_of_anna), outlet_of(other)
    form = visitor(anna).get(url("new")).content.decode()
    assert form.count('data-follows="client"') == 2
    draft = draft_order(client_of_anna, anna, {stocked_product(5): 1})
    edit = visitor(anna).get(url("edit", draft.pk)).content.decode()
    (address,) = re.findall(r'data-remote="([^"]*accounts/outlet[^"]*|[^"]*accounts\.outlet[^"]*)"', edit)
    offered = visitor(anna).get(address.replace("&amp;", "&")).json()["items"]
    assert {int(each["value"]) for each in offered} == {mine.pk}
    assert foreign.pk != mine.pk


def test_a_clients_page_begins_an_order_and_tells_that_terms_are_missing(anna, vera):
    ready, new = buyer(anna), client_of(anna)
    with clock.at(DAY):
        page = visitor(anna).get(reverse("accounts:client_detail", args=[ready.pk]))
        assert f'<a class="btn btn-primary" href="/orders/new/?client={ready.pk}">' in page.content.decode()
        figures = {each["label"]: each for each in page.context["showing"].figures}
        assert (figures["Headroom"]["href"], figures["Headroom"]["hint"]) == ("?tab=ageing", "")
        page = visitor(anna).get(reverse("accounts:client_detail", args=[new.pk]))
        figures = {each["label"]: each for each in page.context["showing"].figures}
        assert "—" in figures["Headroom"]["html"]
        shown = figures["Headroom"]
        assert (shown["href"], shown["hint"]) == ("?tab=terms", "no credit terms: agree them")
