"""A signed-in person in the tests of pages, and how much an address asks of the database."""

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kam.models import User


def visitor(user: User) -> Client:
    """A browser of this person, whose rights are read anew, speaking English."""
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=user.pk), backend="kam.sign_in.RoleBackend")
    return client


def queries_of(client: Client, address: str, **data) -> int:
    """How many queries an answer takes with nothing kept from before: what is kept for seconds ends at any moment."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, data).status_code == 200
    return len(asked)
