import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kam.actions.api_tokens import make_token
from kam.actions.users import change_user, create_user
from kam.models import ApiToken, SignIn, TrailEntry, User
from kam.refusals import Forbidden, Refused

pytestmark = pytest.mark.django_db
GOOD = "synie kity plyvut"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def codes(caught):
    return {refusal.code for refusal in caught.value.refusals}


def new(by, **given):
    fields = {"email": "New@DCM.example", "last_name": "Новиков", "first_name": "Никита", "roles": ["kam"]}
    return create_user(by=by, password=GOOD, **{**fields, **given})


def test_the_administrator_adds_people(admin, boris):
    user = new(admin, manager=boris)
    assert (user.email, set(user.roles), user.manager) == ("new@dcm.example", {"kam"}, boris)
    assert user.check_password(GOOD)
    assert TrailEntry.objects.of(user).get().changes == {"roles": [None, "kam"]}


def test_nobody_else_does(boris, galina):
    for person in (boris, galina):
        with pytest.raises(Forbidden):
            new(person)
        with pytest.raises(Forbidden):
            change_user(boris.pk, by=person, position="x")
    assert User.objects.count() == 2


def test_what_is_refused(admin, anna):
    with pytest.raises(Refused) as caught:
        new(admin, email=anna.email.upper())
    assert codes(caught) == {"unique"}
    with pytest.raises(Refused) as caught:
        create_user(by=admin, email="x@dcm.example", last_name="А", first_name="Б", password="12345", roles=["boss"])
    assert codes(caught) == {"password", "unknown_role"}
    assert not User.objects.filter(email="x@dcm.example").exists()


def test_roles_and_what_changed_are_in_the_trail(admin, anna):
    change_user(anna.pk, by=admin, roles=["trainer"], position="Тренер")
    anna = User.objects.get(pk=anna.pk)
    assert set(anna.roles) == {"trainer"}
    assert TrailEntry.objects.of(anna).get().changes == {"position": ["", "Тренер"], "roles": ["kam", "trainer"]}


def test_nobody_locks_themselves_out(admin):
    with pytest.raises(Refused) as caught:
        change_user(admin.pk, by=admin, is_active=False, roles=["kam"])
    assert codes(caught) == {"own_account", "own_role"}
    admin.refresh_from_db()
    assert admin.is_active


def test_heads_form_no_ring(admin, anna, boris):
    with pytest.raises(Refused) as caught:
        change_user(boris.pk, by=admin, manager=anna)
    assert codes(caught) == {"ring"}


def test_a_closed_account_ends_tokens_and_sessions(client, admin, anna):
    make_token(by=anna, name="x", days=1)
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    assert client.get(reverse("kam:today")).status_code == 200
    change_user(anna.pk, by=admin, is_active=False)
    assert ApiToken.objects.count() == 0
    assert client.get(reverse("kam:today")).status_code == 302


def test_a_new_password_signs_out_everywhere(client, admin, anna):
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    change_user(anna.pk, by=admin, password=GOOD)
    assert client.get(reverse("kam:today")).status_code == 302
    assert "•••" in str(TrailEntry.objects.of(anna).get().changes)
    assert GOOD not in str(TrailEntry.objects.of(anna).get().changes)


def test_the_form_of_a_person(client, admin, anna):
    client.force_login(admin, backend="kam.sign_in.RoleBackend")
    address = reverse("kam:user_edit", args=[anna.pk])
    assert client.get(address).status_code == 200
    fields = {
        "last_name": "Аннина", "first_name": "Анна", "email": anna.email, "language": "en", "is_active": "on",
        "time_zone": "Europe/Samara", "discount_limit": "7,5", "roles": ["kam", "trainer"], "manager": "",
    }  # fmt: skip
    assert client.post(address, fields).status_code == 303
    anna = User.objects.get(pk=anna.pk)
    assert (anna.language, str(anna.discount_limit), set(anna.roles)) == ("en", "7.50", {"kam", "trainer"})
    assert anna.check_password("correct horse battery")


class TestSignIn:
    def enter(self, client, password="correct horse battery", email="anna@dcm.example"):
        return client.post(reverse("kam:sign_in"), {"username": email, "password": password})

    def test_every_attempt_is_written_down(self, client, anna):
        assert self.enter(client, "wrong").status_code == 200
        assert self.enter(client).status_code == 302
        client.post(reverse("kam:sign_out"))
        assert list(SignIn.objects.order_by("pk").values_list("outcome", "user")) == [
            ("refused", anna.pk), ("in", anna.pk), ("out", anna.pk),
        ]  # fmt: skip

    def test_after_five_wrong_passwords_the_right_one_waits_too(self, client, anna):
        codes = [self.enter(client, "wrong").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 200, 429]
        answer = self.enter(client)
        assert answer.status_code == 429
        assert client.get(reverse("kam:today")).status_code == 302
        assert SignIn.objects.order_by("-pk").first().outcome == "locked"
        # Somebody else at the same address is not locked with them.
        assert self.enter(client, email="nobody@dcm.example").status_code == 200

    def test_people_see_their_own_attempts_only(self, anna, vera, admin):
        for user in (anna, vera):
            SignIn.objects.create(user=user, email=user.email, outcome="in")
        assert [entry.user_id for entry in SignIn.objects.visible_to(anna)] == [anna.pk]
        assert SignIn.objects.visible_to(admin).count() == 2


class TestProfile:
    def test_settings_and_tokens(self, client, anna, vera):
        client.force_login(anna, backend="kam.sign_in.RoleBackend")
        address = reverse("kam:profile")
        form = {"language": "en", "time_zone": "Asia/Omsk", "theme": "dark", "phone": ""}
        assert client.post(address, form).status_code == 303
        anna.refresh_from_db()
        assert (anna.language, anna.time_zone, anna.theme) == ("en", "Asia/Omsk", "dark")
        assert client.post(address, {**form, "language": "de"}).status_code == 422
        made = client.post(address, {"make_token": "1", "name": "Сверка", "days": "30"})
        assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
        token = ApiToken.objects.get()
        assert token.token_key in made.content.decode()
        revoke = reverse("kam:token_revoke", args=[token.token_key])
        client.force_login(vera, backend="kam.sign_in.RoleBackend")
        assert client.post(revoke).status_code == 404
        client.force_login(anna, backend="kam.sign_in.RoleBackend")
        assert client.post(revoke).status_code == 303
        assert ApiToken.objects.count() == 0


def test_a_new_password_of_ones_own_ends_other_sessions_and_every_token(anna):
    anna.set_password(GOOD)
    anna.save()
    make_token(by=anna, name="Сверка", days=5)
    here, there = (signed_in_with_password(anna) for _each in range(2))
    form = {"old_password": GOOD, "new_password1": "drugie kity plyvut", "new_password2": "drugie kity plyvut"}
    weak = {**form, "new_password1": "12345", "new_password2": "12345"}
    assert here.post(reverse("kam:password"), weak).status_code == 200
    assert ApiToken.objects.count() == 1
    answer = here.post(reverse("kam:password"), form, follow=True)
    assert "1 API token is revoked" in answer.content.decode()
    assert here.get(reverse("kam:profile")).status_code == 200
    assert there.get(reverse("kam:profile")).status_code == 302
    assert ApiToken.objects.count() == 0
    anna.refresh_from_db()
    assert anna.check_password("drugie kity plyvut")
    entry = TrailEntry.objects.of(anna).filter(verb="change_password").get()
    assert (entry.by, entry.changes) == (anna, {"tokens_revoked": [None, 1]})


def signed_in_with_password(user) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    browser = Client(headers={"Accept-Language": "en"})
    assert browser.post(reverse("kam:sign_in"), {"username": user.email, "password": GOOD}).status_code == 302
    return browser
