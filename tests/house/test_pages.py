"""Every declared page and screen, for every role: what they may open opens, else 403; an unseen row is 404.

A new page is covered by being declared; nothing has to be added here.
"""

import pytest
from django.test import Client

from kam.pages import PAGES, SCREENS
from kam.roles import ROLES
from tests.conftest import person

UNSEEN = {"int": 2**40, "str": "nothing-like-this", "slug": "nothing-like-this"}


@pytest.fixture(scope="module")
def clients(django_db_setup, django_db_blocker):
    """A signed-in browser for one person of every role: role -> (user, client)."""
    with django_db_blocker.unblock():
        found = {}
        for role in ROLES:
            user, client = person(f"house-{role}", "Домов", "Иван", role), Client()
            client.force_login(user, backend="kam.sign_in.RoleBackend")
            found[role] = (user, client)
        yield found
        for user, _client in found.values():
            user.delete()


def answers(clients, address):
    """The status of an address for every role."""
    return {role: client.get(address).status_code for role, (_user, client) in clients.items()}


def expected(clients, allowed, yes=200, no=403):
    return {role: yes if allowed(user) else no for role, (user, _client) in clients.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key())
class TestPage:
    def test_list(self, clients, page):
        assert answers(clients, page.list_url()) == expected(clients, lambda user: page.may(user, "view"))

    def test_unseen_row(self, clients, page):
        found = answers(clients, page.detail_url(UNSEEN[page.pk_converter]))
        assert found == dict.fromkeys(ROLES, 404)

    def test_new(self, clients, page):
        if not page.can_create():
            pytest.skip("made elsewhere")
        both = expected(clients, lambda user: page.may(user, "view") and page.may(user, "add"))
        assert answers(clients, page.url("new")) == both

    def test_stranger(self, client, page):
        answer = client.get(page.list_url())
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/")


@pytest.mark.django_db
@pytest.mark.parametrize("screen", [s for s in SCREENS if "<" not in s.path], ids=lambda s: f"{s.app}.{s.name}")
def test_screen(clients, screen):
    allowed = expected(clients, lambda user: not screen.permission or user.has_perm(screen.permission))
    assert answers(clients, screen.url()) == allowed
