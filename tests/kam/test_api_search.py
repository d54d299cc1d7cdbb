"""The search of the palette over the API."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Client
from tests import factories

pytestmark = pytest.mark.django_db
SEARCH = "/api/v1/search/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def found(user, text):
    answer = api(user).get(SEARCH, {"q": text})
    assert answer.status_code == 200
    return {group["kind"]: group["hits"] for group in answer.json()["groups"]}


@pytest.fixture
def company(anna):
    return factories.client_of(anna, name="Ромашка", inn="7707083893")


def test_a_client_is_found_by_name_and_number_and_in_the_wrong_layout(anna, vera, company):
    hit = {
        "kind": "accounts.client", "id": company.pk, "label": "Ромашка",
        "address": f"/clients/{company.pk}/", "url": f"http://testserver/api/v1/clients/{company.pk}/",
    }  # fmt: skip
    for text in ("ромаш", "РОМАШКА", "hjvfi", "770708", " ромаш "):
        hits = found(anna, text)["accounts.client"]
        assert [{name: each[name] for name in hit} for each in hits] == [hit], text
    assert "accounts.client" not in found(vera, "ромаш")


def test_it_finds_what_the_palette_finds_in_the_same_order(anna, company):
    for number in range(7):
        factories.client_of(anna, name=f"Ромашковое поле {number}")
    invoice = factories.overdue_invoice(company)
    browser = Browser()
    browser.force_login(anna, backend="kam.sign_in.RoleBackend")
    for text in ("ромаш", invoice.number, "заказ", "жжж", ""):
        palette = browser.get("/search/", {"q": text, "format": "json"}).json()["groups"]
        groups = api(anna).get(SEARCH, {"q": text}, headers={"Accept-Language": "ru"}).json()["groups"]
        seen = [[(item["label"], item["hint"], item["href"]) for item in group["items"]] for group in palette]
        told = [[(hit["label"], hit["hint"], hit["address"]) for hit in group["hits"]] for group in groups]
        assert told == seen, text
    assert len(found(anna, "ромаш")["accounts.client"]) == 5


def test_an_empty_text_gives_the_pages_and_one_letter_no_documents(anna, company):
    for answer in (api(anna).get(SEARCH), api(anna).get(SEARCH, {"q": ""}), api(anna).get(SEARCH, {"q": "  "})):
        groups = answer.json()["groups"]
        assert [group["kind"] for group in groups] == ["page"]
        assert {hit["id"] for hit in groups[0]["hits"]} == {None}
        by_address = {hit["address"]: hit["url"] for hit in groups[0]["hits"]}
        assert by_address["/clients/"] == "http://testserver/api/v1/clients/"
        assert by_address["/receivables/"] is None
    assert "accounts.client" not in found(anna, "р")


def test_what_cannot_be_searched_for_is_a_problem(anna):
    for text in ("я" * 101, "а\x00б"):
        assert api(anna).get(SEARCH, {"q": text}).status_code == 400
    assert found(anna, "я" * 100) == {}


def test_debts_are_not_for_those_who_do_not_deal_with_them(anna, timur, company):
    invoice = factories.overdue_invoice(company)
    assert [hit["label"] for hit in found(anna, invoice.number)["orders.invoice"]] == [invoice.number]
    assert "orders.invoice" not in found(timur, invoice.number)


def test_nobody_searches_unsigned():
    assert APIClient().get(SEARCH, {"q": "ромаш"}).status_code == 401


def test_it_asks_as_often_for_many_as_for_one(anna, company):
    def queries():
        client = api(type(anna).objects.get(pk=anna.pk))
        with CaptureQueriesContext(connection) as asked:
            hits = client.get(SEARCH, {"q": "ромаш"}).json()["groups"][0]["hits"]
        return len(asked), len(hits)

    once = queries()
    Client.objects.bulk_create(
        Client(name=f"Ромашка {number}", channel="dealer", manager=anna, search="ромашка") for number in range(30)
    )
    assert (once[1], queries()) == (1, (once[0], 5))
