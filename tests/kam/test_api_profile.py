"""One's own settings and password, and the people, over the API."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from kam.actions.api_tokens import make_token
from kam.clock import today
from kam.models import ApiToken, IdempotencyKey, SignIn, Substitution, TrailEntry, User

pytestmark = pytest.mark.django_db
PROFILE, PASSWORD, USERS = "/api/v1/profile/", "/api/v1/profile/password/", "/api/v1/users/"
OLD, NEW = "correct horse battery", "synie kity plyvut"
NIKITA = {"email": "New@DCM.example", "last_name": "Новиков", "first_name": "Никита", "roles": ["kam"], "password": NEW}


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def pointers(answer):
    return [error["pointer"] for error in answer.json()["errors"]]


def test_who_i_am(anna, vera, boris):
    Substitution.objects.create(absent=vera, deputy=anna, starts_on=today(), ends_on=today(), arranged_by=vera)
    SignIn.objects.create(user=anna, email=anna.email, outcome="in", address="10.0.0.1")
    SignIn.objects.create(user=vera, email=vera.email, outcome="in")
    told = api(anna).get(PROFILE).json()
    assert (told["id"], told["roles"], told["manager"]) == (anna.pk, ["kam"], boris.pk)
    assert (told["language"], told["time_zone"], told["theme"]) == ("ru", "Europe/Moscow", "auto")
    assert told["stands_in_for"] == [vera.pk]
    assert [(each["user"], each["address"]) for each in told["sign_ins"]] == [(anna.pk, "10.0.0.1")]


def test_own_settings_are_set_and_what_is_not_sent_stays(anna, vera):
    answer = api(anna).patch(PROFILE, {"language": "en", "time_zone": "Asia/Omsk"}, format="json")
    assert (answer.status_code, answer.json()["time_zone"]) == (200, "Asia/Omsk")
    anna.refresh_from_db()
    vera.refresh_from_db()
    assert (anna.language, anna.time_zone, anna.theme) == ("en", "Asia/Omsk", "auto")
    assert vera.language == "ru"


def test_settings_that_are_none_are_refused(anna):
    for sent, where in (
        ({"language": "fr"}, "language"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"roles": []}, "roles"),
    ):
        answer = api(anna).patch(PROFILE, {"phone": "1", **sent}, format="json")
        assert (answer.status_code, pointers(answer)) == (400, [f"/{where}"])
    anna.refresh_from_db()
    assert anna.phone == ""


def test_a_new_password_ends_every_token(anna):
    make_token(by=anna, name="Касса", days=5)
    _token, text = make_token(by=anna, name="Эта", days=5)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    answer = client.post(PASSWORD, {"old_password": OLD, "new_password": NEW}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"tokens_revoked": 2})
    anna.refresh_from_db()
    assert anna.check_password(NEW)
    assert not ApiToken.objects.exists()
    assert not SignIn.objects.exists()
    assert client.get(PROFILE).status_code == 401


def test_the_session_that_asks_goes_on(anna):
    client = APIClient()
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    assert client.post(PASSWORD, {"old_password": OLD, "new_password": NEW}, format="json").status_code == 200
    assert client.get(PROFILE).status_code == 200


def test_a_wrong_or_weak_password_changes_nothing(anna):
    before = anna.password
    wrong = api(anna).post(PASSWORD, {"old_password": "x", "new_password": NEW}, format="json")
    assert (wrong.status_code, pointers(wrong)) == (400, ["/old_password"])
    assert SignIn.objects.get().outcome == SignIn.Outcome.REFUSED
    weak = api(anna).post(PASSWORD, {"old_password": OLD, "new_password": "12345"}, format="json")
    assert (weak.status_code, {each["field"] for each in weak.json()["refusals"]}) == (409, {"new_password"})
    anna.refresh_from_db()
    assert anna.password == before


def test_who_holds_a_token_cannot_guess_the_password(anna):
    tries = [api(anna).post(PASSWORD, {"old_password": "x", "new_password": NEW}, format="json") for _try in range(12)]
    assert tries[-1].status_code == 429
    assert api(anna).post(PASSWORD, {"old_password": OLD, "new_password": NEW}, format="json").status_code == 429
    anna.refresh_from_db()
    assert anna.check_password(OLD)


def test_the_administrator_writes_people(admin, boris):
    answer = api(admin).post(USERS, {**NIKITA, "manager": boris.pk, "discount_limit": "7.50"}, format="json")
    assert answer.status_code == 201
    user = User.objects.get(email="new@dcm.example")
    assert (user.manager, set(user.roles), str(user.discount_limit)) == (boris, {"kam"}, "7.50")
    assert user.check_password(NEW)
    assert "password" not in answer.json()
    place = f"{USERS}{user.pk}/"
    sent = {"roles": ["trainer"], "manager": None}
    assert api(admin).patch(place, sent, format="json", headers={"If-Match": "1"}).json()["roles"] == ["trainer"]
    user.refresh_from_db()
    assert (user.manager, user.last_name) == (None, "Новиков")
    assert {entry.verb for entry in TrailEntry.objects.of(user)} == {"create", "change"}


def test_nobody_else_writes_people(boris, anna):
    assert api(boris).post(USERS, NIKITA, format="json").status_code == 403
    assert api(boris).patch(f"{USERS}{anna.pk}/", {"position": "x"}, format="json").status_code == 403
    anna.refresh_from_db()
    assert (User.objects.count(), anna.position) == (2, "")


def test_what_is_refused_of_people(admin, anna):
    weak = api(admin).post(USERS, {**NIKITA, "password": "12345"}, format="json")
    assert (weak.status_code, {each["field"] for each in weak.json()["refusals"]}) == (409, {"password"})
    unknown = api(admin).post(USERS, {**NIKITA, "roles": ["boss"]}, format="json")
    assert unknown.status_code == 400
    assert api(admin).post(USERS, {**NIKITA, "email": anna.email}, format="json").status_code == 409
    assert not User.objects.filter(last_name="Новиков").exists()


def test_a_key_of_a_write_does_not_tell_a_password(admin):
    sent = {**NIKITA}
    first, again = (api(admin).post(USERS, sent, format="json", headers={"Idempotency-Key": "a"}) for _time in range(2))
    assert (first.status_code, again["Idempotency-Replayed"]) == (201, "true")
    kept = IdempotencyKey.objects.get()
    assert NEW not in kept.body
    assert User.objects.filter(email="new@dcm.example").count() == 1


def test_sign_ins_are_for_who_looks_after_people(admin, anna, vera):
    SignIn.objects.create(user=anna, email=anna.email, outcome="refused")
    SignIn.objects.create(user=vera, email=vera.email, outcome="in")
    found = api(admin).get("/api/v1/sign-ins/", {"outcome": "refused"}).json()["results"]
    assert [(each["user"], each["email"]) for each in found] == [(anna.pk, anna.email)]
    assert api(anna).get("/api/v1/sign-ins/").status_code == 403


def test_substitutions_by_where_they_stand(anna, vera):
    now = Substitution.objects.create(absent=anna, deputy=vera, starts_on=today(), ends_on=today(), arranged_by=anna)
    for state, found in (("active", [now.pk]), ("ended", []), ("planned", [])):
        rows = api(anna).get("/api/v1/substitutions/", {"state": state}).json()["results"]
        assert [row["id"] for row in rows] == found, state
