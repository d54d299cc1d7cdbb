"""Order entry over the API, and how far orders have come: the figures of the grid and of the page."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from kam.clock import today
from kam.models import Substitution, User
from orders.models import Order
from orders.queries.entering import entry_of
from orders.queries.progress import progress_of
from tests import factories

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def goods(db):
    return factories.stocked_product(5, name="Навигатор Беркут", sku="NB-100")


@pytest.fixture
def draft(anna, goods):
    return factories.draft_order(factories.buyer(anna), anna, {goods: 8}, day=today())


def test_the_entry_tells_goods_margin_and_what_stands_in_the_way(anna, draft, goods):
    told = api(anna).get(f"{ORDERS}{draft.pk}/entry/").json()
    (line,) = told["lines"]
    entry = entry_of(Order.objects.get(pk=draft.pk), today())
    assert (line["product"], line["sku"], line["quantity"], line["available"]) == (goods.pk, "NB-100", 8, 5)
    assert (line["reserved"], line["short"]) == (5, 3)
    assert Decimal(told["margin_percent"]) == entry.margin.known.percent == Decimal(line["margin_percent"])
    assert Decimal(told["headroom_after"]) == Decimal(told["headroom_before"]) - draft.total
    assert (told["allowed"], told["reasons"], told["version"]) == (True, [], draft.version)


def test_margins_are_for_those_who_may_see_them(anna, sonya, draft):
    told = api(sonya).get(f"{ORDERS}{draft.pk}/entry/").json()
    assert (told["margin"], told["margin_percent"], told["lines"][0]["margin_percent"]) == (None, None, None)
    assert api(sonya).get(f"{ORDERS}{draft.pk}/").json()["progress"]["margin_percent"] is None
    assert api(anna).get(f"{ORDERS}{draft.pk}/").json()["progress"]["margin_percent"] is not None


def test_goods_are_found_for_the_client_of_the_order(anna, draft, goods):
    for text in ("NB-100", "nb-1", "беркут", ",thren"):
        (hit,) = api(anna).get(f"{ORDERS}{draft.pk}/goods/", {"q": text}).json()
        assert (hit["product"], hit["available"], hit["quota_left"]) == (goods.pk, 5, None), text
        assert Decimal(hit["price"]) == draft.lines.get().price
    assert api(anna).get(f"{ORDERS}{draft.pk}/goods/", {"q": "ничего"}).json() == []
    for query in ({}, {"q": ""}, {"q": "я" * 101}):
        assert api(anna).get(f"{ORDERS}{draft.pk}/goods/", query).status_code == 400


@pytest.mark.parametrize("part", ["entry", "goods"])
def test_who_may_enter_an_order_sees_its_entry(part, anna, vera, fedor, draft, goods):
    place = f"{ORDERS}{draft.pk}/{part}/?q=NB"
    assert api(vera).get(place).status_code == 404
    assert api(fedor).get(place).status_code == 403
    sent = factories.submitted_order(draft.client, anna, {goods: 1}, day=today())
    assert api(anna).get(f"{ORDERS}{sent.pk}/{part}/?q=NB").status_code == 409


def test_an_order_tells_how_far_it_has_come(anna, goods):
    order = factories.confirmed_order(factories.buyer(anna), anna, {goods: 4}, day=today())
    told = api(anna).get(f"{ORDERS}{order.pk}/").json()["progress"]
    known = progress_of([order], today())[order.pk]
    assert (told["units"], told["reserved"], told["shipped"], told["short"]) == (4, 4, 0, 0)
    assert told["expires_on"] == known.expires_on.isoformat()
    assert Decimal(told["margin_percent"]) == known.margin_percent
    assert api(anna).get(ORDERS).json()["results"][0]["progress"] == told


def test_a_debtor_tells_whom_to_ring_and_what_was_promised(anna):
    client = factories.client_of(anna, phone="+7 495 000-00-00")
    factories.overdue_invoice(client)
    told = api(anna).get(f"/api/v1/debtors/{client.pk}/").json()
    assert told["promise"] is None
    assert told["payer"]["phone"] == told["phone"] == "+7 495 000-00-00"


def test_the_months_of_count_back_add_up(fedor, anna):
    factories.overdue_invoice(factories.client_of(anna), "1200.00", days=40, day=today())
    told = api(fedor).get("/api/v1/key-figures/finance/").json()
    back = told["count_back"]
    total = sum(Decimal(each["amount"]) for each in back["taken"]) + Decimal(back["rest"])
    assert total == Decimal(told["receivables"]) == Decimal("1200.00")


def test_hand_overs_of_a_client_are_told(anna, boris, dasha, vera):
    client = factories.client_of(anna)
    sent = {"to_manager": dasha.pk, "reason": "Отпуск", "notes": "Звонить утром"}
    assert api(boris).post(f"/api/v1/clients/{client.pk}/hand-over/", sent, format="json").status_code == 200
    told, *_first = api(dasha).get("/api/v1/client-handovers/", {"client": client.pk}).json()["results"]
    assert (told["from_manager"], told["to_manager"], told["by"]) == (anna.pk, dasha.pk, boris.pk)
    assert (told["reason"], told["notes"]) == ("Отпуск", "Звонить утром")
    assert api(vera).get(f"/api/v1/client-handovers/{told['id']}/").status_code == 404


def test_accounts_are_for_who_looks_after_people(admin, anna):
    Substitution.objects.create(absent=anna, deputy=admin, starts_on=today(), ends_on=today(), arranged_by=anna)
    assert api(anna).get(f"/api/v1/users/{admin.pk}/").json()["account"] is None
    assert api(admin).get(f"/api/v1/users/{anna.pk}/").json()["account"]["discount_limit"] == "5.00"
    assert api(anna).get("/api/v1/substitutions/").json()["results"][0]["state"] == "active"
