"""Saved views over the API: one's own, the same as the tabs of a list."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from rest_framework.test import APIClient

from kam.actions.lists import choose_columns
from kam.models import ColumnChoice, SavedView
from kam.pages.preferences import preferences_of
from kam.pages.registry import page_named

pytestmark = pytest.mark.django_db
VIEWS = "/api/v1/saved-views/"
PAGE = "accounts.client"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def kept(user, name="Живые", query="status=active", page=PAGE, **fields):
    return SavedView.objects.create(user=user, page=page, name=name, query=query, **fields)


def test_a_view_is_kept_and_stands_in_the_list_of_the_workspace(anna):
    answer = api(anna).post(
        VIEWS, {"page": PAGE, "name": " Живые ", "query": "?status=active&sort=-city"}, format="json"
    )
    view = SavedView.objects.get(user=anna)
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"{VIEWS}{view.pk}/")
    address = f"/clients/?status=active&sort=-city&view={view.pk}"
    told = {"id": view.pk, "page": PAGE, "name": "Живые", "query": "status=active&sort=-city", "position": 0}
    assert answer.json() == {**told, "address": address}
    browser = Browser()
    browser.force_login(anna, backend="kam.sign_in.RoleBackend")
    assert address.replace("&", "&amp;") in browser.get("/clients/").content.decode()


def test_the_same_name_again_puts_the_filters_into_that_view(anna):
    view = kept(anna)
    answer = api(anna).post(VIEWS, {"page": PAGE, "name": "Живые", "query": "status=closed"}, format="json")
    assert (answer.status_code, answer.json()["id"]) == (201, view.pk)
    assert SavedView.objects.get().query == "status=closed"


def test_a_list_forgets_what_it_remembered(anna):
    page = page_named(PAGE)
    assert preferences_of(page, anna)["views"] == []
    made = api(anna).post(VIEWS, {"page": PAGE, "name": "А"}, format="json").json()
    assert preferences_of(page, anna)["views"] == [(made["id"], "А", "")]
    api(anna).patch(f"{VIEWS}{made['id']}/", {"name": "Б", "query": "city=Тверь"}, format="json")
    assert preferences_of(page, anna)["views"] == [(made["id"], "Б", "city=%D0%A2%D0%B2%D0%B5%D1%80%D1%8C")]
    api(anna).delete(f"{VIEWS}{made['id']}/")
    assert preferences_of(page, anna)["views"] == []
    choose_columns(by=anna, page=PAGE, names=["name", "city"])
    assert preferences_of(page, anna)["columns"] == ["name", "city"] == ColumnChoice.objects.get().columns


def test_only_what_is_sent_is_changed(anna):
    view = kept(anna)
    assert api(anna).patch(f"{VIEWS}{view.pk}/", {"name": "Другие"}, format="json").status_code == 200
    view.refresh_from_db()
    assert (view.name, view.query) == ("Другие", "status=active")


def test_a_name_is_needed_and_taken_once_in_a_list(anna):
    first, second = kept(anna), kept(anna, "Другие")
    kept(anna, "Третьи", page="orders.order")
    for name, status in (("Живые", 409), ("  ", 400), ("я" * 61, 400)):
        assert api(anna).patch(f"{VIEWS}{second.pk}/", {"name": name}, format="json").status_code == status
    assert api(anna).post(VIEWS, {"page": PAGE, "name": " "}, format="json").status_code == 400
    second.refresh_from_db()
    assert second.name == "Другие"
    assert api(anna).patch(f"{VIEWS}{first.pk}/", {"name": "Третьи"}, format="json").status_code == 200


def test_anothers_view_is_not_there(anna, vera):
    hers = kept(vera)
    mine = kept(anna)
    client = api(anna)
    assert [row["id"] for row in client.get(VIEWS).json()["results"]] == [mine.pk]
    place = f"{VIEWS}{hers.pk}/"
    answers = (client.get(place), client.patch(place, {"name": "x"}, format="json"), client.delete(place))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    hers.refresh_from_db()
    assert hers.name == "Живые"


def test_a_list_that_is_closed_to_me_has_no_views(timur):
    lost = kept(timur, page="orders.invoice")
    client = api(timur)
    assert client.get(VIEWS).json()["results"] == []
    assert client.get(f"{VIEWS}{lost.pk}/").status_code == 404
    for page in ("orders.invoice", "orders.nothing"):
        answer = client.post(VIEWS, {"page": page, "name": "Мои"}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/page")
    assert SavedView.objects.get() == lost


def test_views_of_one_list_are_asked_for(anna):
    view = kept(anna, page="orders.order")
    kept(anna)
    assert [row["id"] for row in api(anna).get(VIEWS, {"page": "orders.order"}).json()["results"]] == [view.pk]


def test_a_write_may_be_repeated(anna):
    client = api(anna)
    sent = {"page": PAGE, "name": "Живые"}
    first, again = (client.post(VIEWS, sent, format="json", headers={"Idempotency-Key": "a"}) for _time in range(2))
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    place = f"{VIEWS}{first.json()['id']}/"
    gone = [client.delete(place, headers={"Idempotency-Key": "b"}).status_code for _time in range(2)]
    assert gone == [204, 204]
    assert client.delete(place).status_code == 404
