"""The API of orders, rough orders and reservations."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from rest_framework.test import APIClient

from kam import clock
from kam.models import User
from orders.models import Intake, Order, Reservation
from tests.factories import DAY, buyer, catalogue, confirmed_order, draft_order, stocked_product, warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY), translation.override("en"):
        yield


@pytest.fixture
def dealer(anna):
    warehouse()
    return buyer(anna)


def api(user) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def post(user, path, data=None, **headers):
    return api(user).post(f"/api/v1/{path}", data or {}, format="json", headers=headers)


def new_order(dealer, *lines, **fields):
    return {"client": dealer.pk, "lines": list(lines), **fields}


class TestDrafting:
    def test_lines_by_id_and_by_sku_are_priced(self, anna, dealer):
        first, second = stocked_product(5), stocked_product(5, sku="CAB-1", ean="4600000000017")
        sent = new_order(
            dealer, {"product": first.pk, "quantity": 2}, {"sku": "cab-1", "quantity": 1, "price": "950.00"},
            customer_number="PO-7",
        )  # fmt: skip
        answer = post(anna, "orders/", sent)
        assert answer.status_code == 201, answer.json()
        order = answer.json()
        assert [(line["sku"], line["price"], line["total"]) for line in order["lines"]] == [
            (first.sku, "1000.00", "2000.00"), (second.sku, "950.00", "950.00"),
        ]  # fmt: skip
        assert (order["total"], order["status"], order["customer_number"]) == ("2950.00", "draft", "PO-7")
        assert "cost" not in str(order["lines"])

    def test_the_same_key_drafts_one_order(self, anna, dealer):
        sent = new_order(dealer, {"product": stocked_product(5).pk, "quantity": 2})
        first = post(anna, "orders/", sent, **{"Idempotency-Key": "k1"})
        again = post(anna, "orders/", sent, **{"Idempotency-Key": "k1"})
        assert first.json() == again.json()
        assert Order.objects.count() == 1

    def test_every_line_in_trouble_is_told(self, anna, dealer):
        sent = new_order(dealer, {"sku": "NO", "quantity": 1}, {"quantity": 1}, {"product": 1, "quantity": 0})
        answer = post(anna, "orders/", sent)
        assert answer.status_code == 400
        assert {error["pointer"].split("/")[2] for error in answer.json()["errors"]} == {"1", "2"}
        answer = post(anna, "orders/", new_order(dealer, {"sku": "NO", "quantity": 1}))
        assert answer.json()["errors"][0]["code"] == "unknown_product"
        answer = post(anna, "orders/", new_order(dealer, {"product": 2**40, "quantity": 1}))
        assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (409, "unknown_product")
        assert not Order.objects.exists()

    def test_a_strangers_client_is_refused(self, vera, dealer):
        assert post(vera, "orders/", new_order(dealer)).status_code == 400
        assert not Order.objects.exists()

    def test_lines_are_set_at_the_version_seen(self, anna, dealer):
        goods = stocked_product(5)
        order = draft_order(dealer, anna, {goods: 1})
        sent = {"lines": [{"product": goods.pk, "quantity": 4}], "version": order.version}
        assert post(anna, f"orders/{order.pk}/lines/", sent).json()["total"] == "4000.00"
        assert post(anna, f"orders/{order.pk}/lines/", sent).status_code in (409, 412)
        assert order.lines.get().quantity == 4


class TestSteps:
    def test_from_draft_to_reserved_goods(self, anna, dealer):
        order = draft_order(dealer, anna, {stocked_product(5): 2})
        assert post(anna, f"orders/{order.pk}/submit/").json()["status"] == "submitted"
        assert post(anna, f"orders/{order.pk}/confirm/").json()["status"] == "confirmed"
        found = api(anna).get("/api/v1/reservations/", {"order": order.pk}).json()["results"]
        assert [(each["order"], each["quantity"], each["status"]) for each in found] == [(order.pk, 2, "live")]

    def test_four_eyes_and_wrong_states_are_problems(self, anna, boris, dealer):
        order = draft_order(dealer, anna, {stocked_product(5): (2, Decimal("700.00"))})
        assert post(anna, f"orders/{order.pk}/confirm/").status_code == 409
        assert post(anna, f"orders/{order.pk}/submit/").json()["status"] == "approval"
        assert post(anna, f"orders/{order.pk}/approve/").status_code == 403
        answer = post(boris, f"orders/{order.pk}/return/")
        assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (409, "reason_missing")
        assert post(boris, f"orders/{order.pk}/approve/").json()["status"] == "submitted"

    def test_a_margin_reason_is_only_for_those_who_may(self, anna, sonya, dealer):
        order = draft_order(dealer, anna, {stocked_product(5): (2, Decimal("700.00"))})
        post(anna, f"orders/{order.pk}/submit/")
        codes = [each["code"] for each in api(anna).get(f"/api/v1/orders/{order.pk}/").json()["approval"]]
        assert "discount_over_limit" in codes
        seen = [each["code"] for each in api(sonya).get(f"/api/v1/orders/{order.pk}/").json()["approval"]]
        assert "margin_below_least" not in seen

    def test_amending_a_confirmed_order(self, anna, dealer):
        goods = stocked_product(5)
        order = confirmed_order(dealer, anna, {goods: 2})
        sent = {"changes": [{"line": order.lines.get().pk, "quantity": 3}], "version": order.version}
        answer = post(anna, f"orders/{order.pk}/amend/", sent)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["total"] == "3000.00"
        assert sum(Reservation.objects.live().values_list("quantity", flat=True)) == 3

    def test_copy(self, anna, dealer):
        order = draft_order(dealer, anna, {stocked_product(5): 2})
        answer = post(anna, f"orders/{order.pk}/copy/")
        assert answer.status_code == 201
        assert answer.json()["id"] != order.pk and answer.json()["total"] == order.total.__str__()


class TestReservations:
    def test_release_and_prolong(self, anna, dealer):
        confirmed_order(dealer, anna, {stocked_product(5): 2})
        pk = Reservation.objects.get().pk
        assert post(anna, f"reservations/{pk}/prolong/", {"expires_on": "2026-11-30"}).status_code == 200
        assert post(anna, f"reservations/{pk}/release/", {"reason": ""}).status_code == 400
        assert post(anna, f"reservations/{pk}/release/", {"reason": "no"}).json()["status"] == "released"
        assert post(anna, f"reservations/{pk}/release/", {"reason": "no"}).status_code == 409

    def test_transfer_to_a_strangers_order_is_refused(self, anna, vera, dealer):
        goods = stocked_product(2)
        confirmed_order(dealer, anna, {goods: 2})
        foreign = confirmed_order(buyer(vera), vera, {goods: 1, stocked_product(1): 1})
        pk = Reservation.objects.get(line__order__client=dealer).pk
        answer = post(anna, f"reservations/{pk}/transfer/", {"to_order": foreign.pk, "quantity": 1})
        assert answer.status_code == 400
        assert Reservation.objects.get(pk=pk).quantity == 2


class TestIntakes:
    def test_handed_over_taken_and_entered(self, anna, sonya, dealer):
        goods = stocked_product(5)
        lines = [{"product": goods.pk, "quantity": 3, "price": "980.00"}]
        made = post(anna, "intakes/", {"client": dealer.pk, "text": "как всегда", "lines": lines})
        assert made.status_code == 201, made.json()
        pk = made.json()["id"]
        assert post(anna, f"intakes/{pk}/take/").status_code == 403
        assert post(sonya, f"intakes/{pk}/take/").json()["status"] == "taken"
        order = post(sonya, f"intakes/{pk}/enter/")
        assert order.status_code == 201, order.json()
        assert (order.json()["intake"], order.json()["total"]) == (pk, "2940.00")
        assert Intake.objects.get().status == "entered"

    def test_words_alone_cannot_be_entered_without_lines(self, anna, sonya, dealer):
        pk = post(anna, "intakes/", {"client": dealer.pk, "text": "десять навигаторов"}).json()["id"]
        answer = post(sonya, f"intakes/{pk}/enter/")
        assert (answer.status_code, Order.objects.count()) == (409, 0)

    def test_a_part_may_be_changed(self, anna, dealer):
        pk = post(anna, "intakes/", {"client": dealer.pk, "text": "десять"}).json()["id"]
        answer = api(anna).patch(f"/api/v1/intakes/{pk}/", {"wanted_on": "2026-12-01"}, format="json")
        assert (answer.json()["text"], answer.json()["wanted_on"]) == ("десять", "2026-12-01")


def test_a_list_with_lines_asks_as_much_for_many_as_for_one(anna, dealer):
    goods = catalogue(12)
    draft_order(dealer, anna, dict.fromkeys(goods[:1], 1))

    def asked() -> int:
        client = api(anna)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/orders/").status_code == 200
        return len(queries)

    once = asked()
    for _each in range(5):
        draft_order(dealer, anna, dict.fromkeys(goods, 1))
    assert asked() == once
