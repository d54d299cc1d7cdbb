import threading
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Client
from kam.api.idempotency import KEPT, forget_keys
from kam.clock import now
from kam.models import ApiToken, IdempotencyKey, SignIn, TrailEntry
from orders.models import Intake

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kam.api_urls")]
CLIENTS = "/api/v1/clients/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def client_of(manager, name="Рассвет", **fields):
    return Client.objects.create(name=name, channel="dealer", manager=manager, **fields)


def test_rows_are_those_the_person_sees(anna, vera):
    mine = client_of(anna)
    client_of(vera, "Закат")
    assert [row["id"] for row in api(anna).get(CLIENTS).json()["results"]] == [mine.pk]


def test_unseen_is_404_and_a_problem(anna, vera):
    hers = client_of(vera)
    for answer in (api(anna).get(f"{CLIENTS}{hers.pk}/"), api(anna).patch(f"{CLIENTS}{hers.pk}/", {"name": "x"})):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:kam:problem:not_found"
    hers.refresh_from_db()
    assert hers.name == "Рассвет"


def test_an_address_that_is_none_is_a_problem_too(anna):
    answer = api(anna).get("/api/v1/nowhere/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


def test_without_a_token_it_is_401():
    answer = api().get(CLIENTS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


def test_a_forbidden_verb_is_403(timur, anna):
    theirs = client_of(anna)
    assert api(timur).post(CLIENTS, {"name": "x"}, format="json").status_code == 403
    assert api(timur).patch(f"{CLIENTS}{theirs.pk}/", {"name": "x"}, format="json").status_code == 403
    assert Client.objects.count() == 1


def test_create_goes_through_the_action(anna):
    answer = api(anna).post(CLIENTS, {"name": "Рассвет"}, format="json")
    assert answer.status_code == 201
    made = Client.objects.get()
    assert answer["Location"].endswith(f"{CLIENTS}{made.pk}/")
    assert answer["ETag"] == '"1"'
    assert TrailEntry.objects.get().verb == "create"


def test_what_is_not_valid_points_to_its_place(anna):
    answer = api(anna).post(CLIENTS, {"city": "Тверь"}, format="json")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/name"]


def test_an_unknown_field_or_parameter_is_said_not_swallowed(anna):
    answer = api(anna).post(CLIENTS, {"name": "x", "nmae": "y"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/nmae")
    answer = api(anna).get(CLIENTS, {"citty": "Тверь"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "citty")
    assert api(anna).get(CLIENTS, {"city": "Тверь"}).status_code == 200


def test_a_foreign_id_in_a_field_is_as_one_that_is_not_there(anna, vera):
    hers = client_of(vera)
    answer = api(anna).post(CLIENTS, {"name": "x", "group_id": hers.pk}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/group_id"


def test_refusals_come_all_at_once_with_their_fields(anna):
    mine = client_of(anna)
    answer = api(anna).patch(f"{CLIENTS}{mine.pk}/", {"name": " "}, format="json")
    assert answer.status_code == 400
    answer = api(anna).post(f"/api/v1/intakes/{intake_of(mine, anna, status='entered').pk}/resend/", {}, format="json")
    assert answer.status_code == 409
    assert [(r["code"], r["field"], r["line"]) for r in answer.json()["refusals"]] == [("wrong_state", "", None)]


def test_an_edit_conflict_is_409_and_412_where_a_version_was_named(anna):
    mine = client_of(anna)
    url = f"{CLIENTS}{mine.pk}/"
    etag = api(anna).get(url)["ETag"]
    assert api(anna).patch(url, {"name": "Восход"}, format="json", headers={"If-Match": etag}).status_code == 200
    answer = api(anna).patch(url, {"name": "Полдень"}, format="json", headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["type"]) == (412, "urn:kam:problem:edit_conflict")
    mine.refresh_from_db()
    assert mine.name == "Восход"


def intake_of(client, author, number="И-1", **fields):
    return Intake.objects.create(number=number, client=client, author=author, **fields)


def test_steps_are_verbs(anna, sonya):
    intake = intake_of(client_of(anna), anna)
    url = f"/api/v1/intakes/{intake.pk}/"
    assert api(anna).post(url + "take/").status_code == 403
    assert api(sonya).post(url + "take/", {"reason": ""}, format="json").json()["status"] == "taken"
    answer = api(sonya).post(url + "return/", {}, format="json")
    assert (answer.status_code, answer.json()["refusals"][0]["field"]) == (409, "reason")
    assert api(sonya).post(url + "enter/").status_code == 404  # taken only through the order
    intake.refresh_from_db()
    assert intake.status == "taken"


def test_a_further_verb_calls_its_action(anna):
    intake = intake_of(client_of(anna), anna)
    assert api(anna).post(f"/api/v1/intakes/{intake.pk}/note/", {"text": "срочно"}, format="json").status_code == 200
    intake.refresh_from_db()
    assert intake.text == "срочно"


def test_pages_are_stable_while_rows_are_added(anna):
    for number in range(7):
        client_of(anna, f"Клиент {number}")
    for ordering in ("-id", "id", "sort_key", "-sort_key"):
        seen, query = [], {"limit": 3, "ordering": ordering}
        before = set(Client.objects.values_list("pk", flat=True))
        while query:
            page = api(anna).get(CLIENTS, query).json()
            seen += [row["id"] for row in page["results"]]
            client_of(anna, "Клиент 3")
            query = dict(parse_qsl(urlsplit(page["next"] or "").query))
            assert len(seen) < 30, ordering
        assert len(seen) == len(set(seen)), ordering
        assert before <= set(seen), ordering


def test_a_spoilt_cursor_is_a_problem_not_a_fault(anna):
    for query in ({"cursor": "мусор"}, {"cursor": "eyJh"}, {"limit": "0"}, {"limit": "201"}, {"ordering": "comment"}):
        assert api(anna).get(CLIENTS, query).status_code == 400, query


def test_a_list_asks_as_much_for_one_row_as_for_fifty(anna):
    def count():
        del anna.standings  # as in a request of its own
        with CaptureQueriesContext(connection) as asked:
            assert api(anna).get("/api/v1/intakes/").status_code == 200
        return len(asked)

    client = client_of(anna)
    intake_of(client, anna, "И-0")
    assert anna.standings
    once = count()
    for number in range(1, 50):
        intake_of(client_of(anna), anna, f"И-{number}")
    assert count() == once


class TestIdempotency:
    def post(self, user, key, **body):
        return api(user).post(CLIENTS, body, format="json", headers={"Idempotency-Key": key})

    def test_the_same_request_gets_the_same_answer(self, anna):
        first = self.post(anna, "k1", name="Рассвет")
        second = self.post(anna, "k1", name="Рассвет")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert first["Location"] == second["Location"]
        assert second["Idempotency-Replayed"] == "true"
        assert Client.objects.count() == 1

    def test_another_request_under_the_key_is_refused(self, anna):
        self.post(anna, "k1", name="Рассвет")
        answer = self.post(anna, "k1", name="Закат")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:kam:problem:key_reused")
        assert Client.objects.count() == 1

    def test_a_key_belongs_to_its_person(self, anna, dasha):
        self.post(anna, "k1", name="Рассвет")
        assert self.post(dasha, "k1", name="Рассвет").status_code == 201
        assert Client.objects.count() == 2

    def test_a_refused_write_leaves_no_key(self, anna):
        assert self.post(anna, "k1", city="Тверь").status_code == 400
        assert IdempotencyKey.objects.count() == 0
        assert self.post(anna, "k1", name="Рассвет", city="Тверь").status_code == 201

    def test_keys_are_forgotten_after_their_time(self, anna):
        self.post(anna, "k1", name="Рассвет")
        assert forget_keys(now() + KEPT / 2) == 0
        assert forget_keys(now() + KEPT * 2) == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_under_way_is_409(anna):
    """A first request holds its key in a transaction of its own; one killed there leaves nothing behind."""
    held, done = threading.Event(), threading.Event()

    def first():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", ["k1", anna.pk])
            held.set()
            done.wait(10)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)
    try:
        answer = api(anna).post(CLIENTS, {"name": "x"}, format="json", headers={"Idempotency-Key": "k1"})
        assert (answer.status_code, answer["Retry-After"]) == (409, "1")
        assert Client.objects.count() == 0
    finally:
        done.set()
        thread.join()
    assert api(anna).post(CLIENTS, {"name": "x"}, format="json", headers={"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_rows_held_by_another_are_503(anna, monkeypatch):
    monkeypatch.setattr("kam.writing.LOCK_TIMEOUT_MS", 50)
    mine = client_of(anna)
    held, done = threading.Event(), threading.Event()

    def other():
        with transaction.atomic():
            Client.objects.select_for_update().get(pk=mine.pk)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    held.wait(10)
    try:
        answer = api(anna).patch(f"{CLIENTS}{mine.pk}/", {"name": "x"}, format="json")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2"), answer.content
    finally:
        done.set()
        thread.join()


class TestTokens:
    url = "/api/v1/tokens/"

    def make(self, email="anna@dcm.example", password="correct horse battery", **more):
        body = {"email": email, "password": password, "name": "Сверка", **more}
        return api().post(self.url, body, format="json")

    def test_a_token_opens_the_api_until_revoked(self, anna):
        made = self.make(days=5).json()
        carrier = APIClient()
        carrier.credentials(HTTP_AUTHORIZATION=f"Token {made['token']}")
        assert carrier.get(CLIENTS).status_code == 200
        assert [row["name"] for row in carrier.get(self.url).json()] == ["Сверка"]
        assert "token" not in carrier.get(self.url).json()[0]
        assert carrier.delete(f"{self.url}{made['id']}/").status_code == 204
        assert carrier.get(CLIENTS).status_code == 401
        assert list(TrailEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["make_token", "revoke_token"]

    def test_an_expired_token_opens_nothing(self, anna):
        made = self.make().json()
        ApiToken.objects.update(expiry=now())
        carrier = APIClient()
        carrier.credentials(HTTP_AUTHORIZATION=f"Token {made['token']}")
        assert carrier.get(CLIENTS).status_code == 401

    def test_another_persons_token_is_404(self, anna, vera):
        made = self.make().json()
        assert api(vera).delete(f"{self.url}{made['id']}/").status_code == 404
        assert ApiToken.objects.count() == 1

    def test_wrong_passwords_are_401_then_429_and_written_down(self, anna):
        codes = [self.make(password="wrong horse").status_code for _ in range(6)]
        assert codes == [401, 401, 401, 401, 429, 429]
        locked = self.make()
        assert (locked.status_code, locked["Content-Type"]) == (429, "application/problem+json")
        assert ApiToken.objects.count() == 0
        assert set(SignIn.objects.values_list("outcome", flat=True)) == {"refused", "locked"}
        assert set(SignIn.objects.values_list("user", flat=True)) == {anna.pk}


def test_too_many_requests_are_429(anna, monkeypatch):
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.rate", "2/min", raising=False)
    codes = [api(anna).get(CLIENTS).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
