import pytest
from django.core.cache import cache

from accounts.models import Client
from kam.pages import PAGES
from tests.pages.trial import TrialPage


@pytest.fixture(autouse=True)
def _trial_urls(settings, db):
    """The trial page has addresses, and stands for clients, while a test of this folder runs."""
    settings.ROOT_URLCONF = "tests.pages.trial"
    cache.clear()
    PAGES.insert(0, TrialPage)
    yield
    PAGES.remove(TrialPage)


@pytest.fixture
def browser(client):
    """Sign somebody in and get their browser: `browser(anna)`."""

    def signed_in(user):
        client.force_login(user, backend="kam.sign_in.RoleBackend")
        return client

    return signed_in


@pytest.fixture
def companies(anna, vera):
    """Sixty clients of Anna and one of Vera's."""
    rows = [
        Client(
            name=f"Клиент {number:02}", sort_key=f"клиент {number:02}", search=f"клиент {number:02}", channel="dealer",
            status="active" if number % 2 else "prospect", city="Москва" if number % 3 else "Тверь",
            manager=anna, version=number,
        )
        for number in range(1, 61)
    ]  # fmt: skip
    rows.append(Client(name="Чужой", sort_key="чужой", search="чужой", channel="dealer", status="active", manager=vera))
    return Client.objects.bulk_create(rows)
