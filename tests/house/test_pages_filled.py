"""Every declared page with rows in it: opens in both languages, asks the database the same number of times for one row
and for many, and gives every link it shows.
"""

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kam.pages import PAGES
from kam.pages.lists import Listing
from kam.pages.paging import token_of
from tests.factories import system_user

LIST_QUERIES = 12


@pytest.fixture
def root(client, company):
    """The browser of somebody who may do everything."""
    user = system_user()
    client.force_login(user, backend="kam.sign_in.RoleBackend")
    return client


def opened(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer


@pytest.mark.django_db
def test_every_list_opens_sorts_and_filters(root, monkeypatch):
    grown, user = {}, system_user()
    for page in PAGES:
        opened(root, page.list_url())
        for column in page.table.columns.values():
            for word in (column.name, f"-{column.name}") if column.sort_paths else ():
                listing = Listing(page, user, QueryDict(f"sort={word}"))
                token = token_of(listing.rows[-1], listing.keys) if listing.rows and not listing.more else ""
                assert not Listing(page, user, QueryDict(f"sort={word}&after={token}")).rows or not token
        if page.model._default_manager.count() < 2:
            continue
        counts = []
        for size in (1, 50):
            monkeypatch.setattr("kam.pages.lists.PAGE_SIZE", size)
            with CaptureQueriesContext(connection) as seen:
                opened(root, page.list_url())
            counts.append(len(seen))
        if counts[0] != counts[1] or counts[1] > LIST_QUERIES:
            grown[page.key()] = counts
    assert not grown


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_document_opens(root, language):
    user = system_user()
    user.language = language
    user.save(update_fields=["language"])
    for page in PAGES:
        document = page.rows(user).order_by("pk").first()
        if document is None:
            continue
        opened(root, page.detail_url(document.pk))
        for tab in page.tabs:
            opened(root, f"{page.detail_url(document.pk)}?tab={tab.name}")
        if page.can_change() and page.editable(document, user):
            opened(root, page.url("edit", document.pk))
        if page.can_create():
            opened(root, page.url("new"))
        if page.flow is not None:
            for step in page.flow.steps_for(document, user):
                opened(root, page.url("step", document.pk, step.name))
        if page.exportable:
            assert root.get(page.url("export") + "?format=csv").status_code == 200, page.key()


@pytest.mark.django_db
def test_every_choice_is_offered(root):
    cache.clear()
    for page in PAGES:
        meta = page.model._meta
        opened(root, f"/choices/{meta.app_label}.{meta.model_name}/?q=а")
    opened(root, "/search/?q=на")
    opened(root, "/counters/")
