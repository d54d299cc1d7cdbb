"""The queue of held orders: who sees it, what it tells, one and many decided."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse, reverse_lazy
from rest_framework.test import APIClient

from accounts.actions import create_contract, place_hold
from accounts.models import Contract
from kam import clock
from kam.refusals import Refused
from orders.actions.confirming import confirm_order
from orders.actions.order_steps import send_back_order
from orders.models import Order
from orders.queries.credit import check_credit
from orders.queries.held import held_orders, told
from tests.factories import DAY, buyer, overdue_invoice, stocked_product, submitted_order, system_user
from tests.orders.visits import queries_of, visitor

D = Decimal
days = dt.timedelta
pytestmark = pytest.mark.django_db
QUEUE = reverse_lazy("orders:held")


def held(manager, goods, by=None, units=2):
    client = buyer(manager, credit_limit=D("3000.00"))
    overdue_invoice(client, "1500.00", days=4)
    order = submitted_order(client, by or manager, {goods: units})
    return confirm_order(order.pk, by=manager, day=DAY)


def test_it_tells_every_reason_and_the_effect(anna, boris):
    order = held(anna, stocked_product(price="1000.00"))
    (found,) = told(list(held_orders(boris)), boris, DAY)
    assert [each.code for each in found.verdict.reasons] == ["over_limit", "overdue"]
    effect = found.effect
    assert (effect.exposure_before, effect.exposure_after) == (D("1500.00"), D("3500.00"))
    assert (effect.headroom_before, effect.headroom_after, effect.overdue) == (
        D("1500.00"),
        D("-500.00"),
        D("1500.00"),
    )
    assert (found.order, found.may_release) == (order, True)


def test_orders_under_different_contracts_are_each_judged_as_release_does(anna, boris, settings):
    settings.CONTRACT_REQUIRED = True
    client, goods, by = buyer(anna, credit_limit=D("1.00")), stocked_product(), system_user()
    Contract.objects.filter(client=client).delete()
    ended = create_contract(by=by, client=client, number="Д-1", signed_on=DAY - days(400), ends_on=DAY - days(1))
    valid = create_contract(by=by, client=client, number="Д-2", signed_on=DAY - days(300))
    orders = [submitted_order(client, anna, {goods: 1}) for _n in range(3)]
    for order, contract in zip(orders, (ended, valid, None), strict=True):
        Order.objects.filter(pk=order.pk).update(contract=contract)
        confirm_order(order.pk, by=anna, day=DAY)
    found = told(list(held_orders(boris)), boris, DAY)
    expected = [["contract_expired", "over_limit"], ["over_limit"], ["over_limit"]]
    assert [[each.code for each in one.verdict.reasons] for one in found] == expected
    alone = [[each.code for each in check_credit(one.order, DAY)[1].reasons] for one in found]
    assert alone == expected


def test_who_submitted_does_not_release(anna, boris):
    order = held(anna, stocked_product(), by=boris)
    assert [each.may_release for each in told(list(held_orders(boris)), boris, DAY)] == [False]
    assert order.status == "held"


def test_only_orders_one_may_decide_on(anna, vera, boris, fedor):
    goods = stocked_product()
    ours, theirs = held(anna, goods), held(vera, goods)
    assert set(held_orders(boris)) == {ours}
    assert set(held_orders(fedor)) == {ours, theirs}
    assert not held_orders(anna)
    with clock.at(DAY):
        text = visitor(boris).get(QUEUE).content.decode()
        assert ours.number in text and theirs.number not in text
        assert "Overdue: " in text
        assert visitor(anna).get(QUEUE).status_code == 403


def test_many_at_once_each_with_its_own_result(anna, boris):
    goods = stocked_product(units=3)
    orders = [held(anna, goods, units=2), held(anna, goods, units=2)]
    Order.objects.filter(pk=orders[1].pk).update(allow_partial=False)
    with clock.at(DAY):
        page = visitor(boris).post(
            reverse("orders:order_bulk"),
            {
                "step": "release",
                "pk": [each.pk for each in orders],
                "sure": "1",
                "reason": "оплата идёт",
                "back": QUEUE,
            },
        )
    assert page.status_code == 200
    assert [Order.objects.get(pk=each.pk).status for each in orders] == ["confirmed", "held"]
    assert Order.objects.get(pk=orders[0].pk).released_by == boris


def test_a_held_order_is_sent_back_with_a_reason(anna, boris):
    order = held(anna, stocked_product())
    with pytest.raises(Refused):
        send_back_order(order.pk, by=boris, day=DAY, reason="")
    assert Order.objects.get().status == "held"
    assert send_back_order(order.pk, by=boris, day=DAY, reason="половину").status == "draft"


def test_the_api_tells_and_releases_the_same(anna, boris, vera):
    goods = stocked_product(price="1000.00")
    order, foreign = held(anna, goods), held(vera, goods)
    api = APIClient()
    api.force_authenticate(boris)
    with clock.at(DAY):
        (row,) = api.get("/api/v1/orders/held/").data
        assert (row["order"], row["exposure_after"], row["headroom_after"]) == (order.pk, "3500.00", "-500.00")
        assert [each["code"] for each in row["reasons"]] == ["over_limit", "overdue"]
        sent = {"orders": [order.pk, foreign.pk], "reason": "договорились"}
        answer = api.post("/api/v1/orders/release-held/", sent, format="json")
        assert answer.data == [{"order": order.pk, "released": True, "refusals": []}]
        other = APIClient()
        other.force_authenticate(anna)
        assert other.get("/api/v1/orders/held/").status_code == 403
    assert Order.objects.get(pk=foreign.pk).status == "held"


def test_the_queue_asks_as_much_for_many(anna, boris):
    goods = stocked_product()
    held(anna, goods)
    one = queries_of(visitor(boris), QUEUE)
    for _each in range(3):
        held(anna, goods)
    assert queries_of(visitor(boris), QUEUE) == one


def test_a_hold_of_a_person_is_named_in_the_queue(anna, boris, fedor):
    client = buyer(anna)
    place_hold(client.pk, by=fedor, reason="спор о браке")
    order = submitted_order(client, anna, {stocked_product(): 1})
    confirm_order(order.pk, by=system_user(), day=DAY)
    with clock.at(DAY):
        assert "спор о браке" in visitor(boris).get(QUEUE).content.decode()


def test_the_question_of_a_release_shows_what_it_would_do(anna, boris):
    order = held(anna, stocked_product(price="1000.00"))
    question = reverse("orders:order_step", args=[order.pk, "release"])
    with clock.at(DAY):
        asked = visitor(boris).get(question, headers={"HX-Request": "true"}).content.decode()
        many = visitor(boris).post(reverse("orders:order_bulk"), {"step": "release", "pk": order.pk, "back": QUEUE})
        back = visitor(boris).get(
            reverse("orders:order_step", args=[order.pk, "send_back"]), headers={"HX-Request": "true"}
        )
    for text in (asked, many.content.decode()):
        assert '<span class="wait-before">₽1,500.00</span> → ₽3,500.00' in text
        assert "−₽500.00" in text
        assert str(order.client) in text
    assert "wait-before" not in back.content.decode()
    assert Order.objects.get().status == "held"


def test_one_decided_order_leads_back_to_the_queue(anna, boris):
    order = held(anna, stocked_product())
    sent = {"step": "release", "pk": order.pk, "sure": "1", "reason": "оплата идёт", "back": str(QUEUE)}
    with clock.at(DAY):
        page = visitor(boris).post(reverse("orders:order_bulk"), sent)
    assert (page.status_code, page.headers["Location"]) == (303, str(QUEUE))
    assert Order.objects.get().status == "confirmed"
