"""Clients over the API."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from accounts.actions import place_hold
from accounts.models import Activity, Client, CreditHold, CreditTerms, Outlet
from kam.models import User
from tests.factories import activity_of, client_of, outlet_of, price_column, requisites

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def api(user) -> APIClient:
    """A program of this person."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def codes(answer):
    return [refusal["code"] for refusal in answer.json()["refusals"]]


def test_a_client_is_entered_read_and_changed(anna):
    program = api(anna)
    sent = {"name": "Компас", "channel": "dealer", "external_id": "1c-7", **requisites()}
    made = program.post(f"{V1}/clients/", sent, format="json")
    assert made.status_code == 201
    pk = made.json()["id"]
    read = program.get(f"{V1}/clients/{pk}/")
    assert (read.json()["manager"], read.json()["manager_name"]) == (anna.pk, "Аннина А.")
    assert read.headers["ETag"] == '"1"'
    changed = program.patch(f"{V1}/clients/{pk}/", {"city": "Орёл"}, format="json", headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["city"], changed.json()["version"]) == (200, "Орёл", 2)
    behind = program.patch(f"{V1}/clients/{pk}/", {"city": "Ливны"}, format="json", headers={"If-Match": '"1"'})
    assert behind.status_code == 412
    assert Client.objects.get().city == "Орёл"


def test_refusals_carry_their_codes_and_warnings_are_confirmed_by_them(anna):
    program = api(anna)
    sent = {"name": "Музей", "channel": "dealer", **requisites(), "inn": "0000000000"}
    refused = program.post(f"{V1}/clients/", sent, format="json")
    assert refused.status_code == 409
    assert codes(refused) == ["inn_zeros"]
    sent = {"name": "Музей", "channel": "dealer", **requisites(), "account": "03100643000000011700"}
    refused = program.post(f"{V1}/clients/", sent, format="json")
    assert (refused.status_code, codes(refused)) == (409, ["treasury_account"])
    assert not Client.objects.exists()
    made = program.post(f"{V1}/clients/", {**sent, "confirmed_warnings": ["treasury_account"]}, format="json")
    assert made.status_code == 201


def test_filters_and_search(anna):
    compass = client_of(anna, name="Компас")
    client_of(anna, name="Маяк", status="prospect")
    activity_of(compass, anna)
    program = api(anna)

    def found(query):
        return [row["name"] for row in program.get(f"{V1}/clients/?{query}").json()["results"]]

    assert found("q=комп") == ["Компас"]
    assert found("status=prospect") == ["Маяк"]
    assert found("no_next_step=true") == ["Маяк"]
    assert found("ordering=sort_key") == ["Компас", "Маяк"]
    assert program.get(f"{V1}/clients/?colour=red").status_code == 400


def test_steps_and_the_hand_over(anna, boris, dasha, vera):
    client = client_of(anna, status="prospect")
    assert api(anna).post(f"{V1}/clients/{client.pk}/activate/", {}, format="json").json()["status"] == "active"
    refused = api(anna).post(f"{V1}/clients/{client.pk}/pause/", {}, format="json")
    assert codes(refused) == ["reason_missing"]
    given = {"to_manager": dasha.pk, "reason": "отпуск"}
    address = f"{V1}/clients/{client.pk}/hand-over/"
    assert api(anna).post(address, given, format="json").status_code == 403
    assert api(vera).post(address, given, format="json").status_code == 404
    assert Client.objects.get().manager == anna
    assert api(boris).post(address, given, format="json").json()["manager"] == dasha.pk


def test_many_are_handed_over_or_none(anna, boris, dasha, vera):
    first, second, theirs = client_of(anna), client_of(anna), client_of(vera)
    address, given = f"{V1}/clients/hand-over/", {"to_manager": dasha.pk, "reason": "отпуск"}
    refused = api(boris).post(address, {**given, "clients": [first.pk, theirs.pk]}, format="json")
    assert refused.status_code == 404
    assert api(anna).post(address, {**given, "clients": [first.pk]}, format="json").status_code == 403
    assert not Client.objects.filter(manager=dasha).exists()
    handed = api(boris).post(address, {**given, "clients": [first.pk, second.pk]}, format="json")
    assert (handed.status_code, handed.json()) == (200, {"handed_over": 2})
    assert set(Client.objects.filter(manager=dasha)) == {first, second}


def test_nothing_is_added_to_a_strangers_client(anna, vera):
    client = client_of(anna)
    program = api(vera)
    for kind, sent in (
        ("outlets", {"name": "Моё"}),
        ("contacts", {"name": "Мой"}),
        ("contracts", {"number": "1", "signed_on": "2026-01-01"}),
        ("activities", {"subject": "Моё", "due_on": "2026-11-20"}),
    ):
        answer = program.post(f"{V1}/{kind}/", {"client": client.pk, **sent}, format="json")
        assert answer.status_code == 400, kind
        assert answer.json()["errors"][0]["pointer"] == "/client"
    assert not Outlet.objects.exists()
    assert not Activity.objects.exists()


def test_outlets_contacts_contracts(anna):
    client, program = client_of(anna), api(anna)
    outlet = program.post(f"{V1}/outlets/", {"client": client.pk, "name": "Ленина, 1"}, format="json").json()
    sent = {"client": client.pk, "name": "Пётр", "role": "buyer", "outlet": outlet["id"]}
    contact = program.post(f"{V1}/contacts/", sent, format="json").json()
    assert contact["outlet"] == outlet["id"]
    other = outlet_of(client_of(anna))
    refused = program.patch(f"{V1}/contacts/{contact['id']}/", {"outlet": other.pk}, format="json")
    assert codes(refused) == ["of_another_client"]
    sent = {"client": client.pk, "number": "7", "signed_on": "2026-01-01", "ends_on": "2025-01-01"}
    assert program.post(f"{V1}/contracts/", sent, format="json").status_code == 409


def test_terms_and_holds(anna, boris):
    client, column = client_of(anna), price_column()
    sent = {"client": client.pk, "starts_on": "2026-03-01", "credit_limit": "100.50", "days": 14,
            "price_column": column.pk}  # fmt: skip
    assert api(anna).post(f"{V1}/credit-terms/", sent, format="json").status_code == 403
    made = api(boris).post(f"{V1}/credit-terms/", sent, format="json")
    assert (made.status_code, made.json()["credit_limit"]) == (201, "100.50")
    assert CreditTerms.objects.get().credit_limit == Decimal("100.50")
    refused = api(boris).post(f"{V1}/credit-terms/", {**sent, "credit_limit": "-1"}, format="json")
    assert refused.status_code == 400
    placed = api(boris).post(f"{V1}/holds/", {"client": client.pk, "reason": "спор"}, format="json")
    assert placed.status_code == 201
    address = f"{V1}/holds/{placed.json()['id']}/lift/"
    assert api(anna).post(address, {"reason": "пора"}, format="json").status_code == 403
    assert CreditHold.objects.get().lifted_at is None
    assert api(boris).post(address, {"reason": "решили"}, format="json").json()["lifted_by"] == boris.pk


def test_an_activity_is_done_over_the_api(anna):
    call = activity_of(client_of(anna), anna)
    address = f"{V1}/activities/{call.pk}/complete/"
    assert codes(api(anna).post(address, {"result": "Да", "next_subject": "Счёт"}, format="json")) == ["day_missing"]
    assert Activity.objects.get().done_at is None
    sent = {"result": "Да", "next_subject": "Счёт", "next_due_on": "2026-11-25"}
    assert api(anna).post(address, sent, format="json").json()["result"] == "Да"
    assert Activity.objects.filter(done_at=None).count() == 1


def test_the_same_key_writes_once(anna, boris):
    client = client_of(anna)
    sent = {"client": client.pk, "reason": "спор"}
    headers = {"Idempotency-Key": "hold-1"}
    first = api(boris).post(f"{V1}/holds/", sent, format="json", headers=headers)
    again = api(boris).post(f"{V1}/holds/", sent, format="json", headers=headers)
    assert first.json() == again.json()
    assert CreditHold.objects.count() == 1
    place_hold(client.pk, by=boris, reason="ещё спор")
    assert CreditHold.objects.count() == 2
