"""Words and columns of a page's list over the API: who may use which, and what is refused."""

import base64
import json

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import Client, ClientGroup

pytestmark = pytest.mark.django_db
CLIENTS, GROUPS = "/api/v1/clients/", "/api/v1/client-groups/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_a_column_of_the_list_orders_with_its_ties_and_gaps(anna):
    for name, city in (("А", "Тверь"), ("Б", ""), ("В", "Омск"), ("Г", "Тверь"), ("Д", "Омск")):
        Client.objects.create(name=name, city=city, channel="dealer", manager=anna)
    client, place, seen = api(anna), f"{CLIENTS}?ordering=city&limit=2", []
    while place:
        answer = client.get(place)
        seen += names(answer)
        place = answer.json()["next"]
    assert seen == ["Б", "В", "Д", "А", "Г"]
    assert names(client.get(CLIENTS, {"ordering": "-city"})) == ["Г", "А", "Д", "В", "Б"]


def test_what_a_column_hides_no_order_finds_out(anna, timur):
    ClientGroup.objects.create(name="Холдинг", credit_limit=100)
    assert api(anna).get(GROUPS, {"ordering": "credit_limit"}).status_code == 200
    assert api(timur).get(GROUPS, {"ordering": "name"}).status_code == 200
    refused = api(timur).get(GROUPS, {"ordering": "credit_limit"})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "ordering")


def test_a_spoilt_cursor_of_a_column_is_a_problem(anna):
    def cursor(*parts):
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    token = base64.urlsafe_b64encode(b'["x"]').decode().rstrip("=")
    for spoilt in ("мусор", cursor("city"), cursor("city", "мусор"), cursor("city", token), cursor("-city", token)):
        answer = api(anna).get(CLIENTS, {"ordering": "city", "cursor": spoilt})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor"), spoilt


def test_words_are_those_that_people_type(anna, vera):
    for manager, name in ((anna, "Ромашка"), (anna, "Василёк"), (vera, "Ромашковое поле")):
        Client.objects.create(name=name, channel="dealer", manager=manager)
    assert names(api(anna).get(CLIENTS, {"q": "ромаш"})) == ["Ромашка"]
    assert names(api(anna).get(CLIENTS, {"q": "ВАСИЛЕК"})) == ["Василёк"]
    for text in ("я" * 201, "а\x00"):
        refused = api(anna).get(CLIENTS, {"q": text})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "q")
    assert api(anna).get("/api/v1/key-rates/", {"q": "x"}).status_code == 400
