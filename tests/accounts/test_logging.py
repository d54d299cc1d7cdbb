"""A call or a visit that nobody planned is written down in one go."""

import pytest
from rest_framework.test import APIClient

from accounts.actions import log_activity
from accounts.models import Activity, Client
from kam.clock import today
from kam.refusals import Refused
from tests.factories import DAY, client_of
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


def test_the_form_writes_it_done_and_plans_the_next_step(anna):
    client = client_of(anna)
    browser = visitor(anna)
    address = f"/clients/{client.pk}/log/"
    assert address in browser.get(f"/clients/{client.pk}/").content.decode()
    assert browser.get(address).status_code == 200
    sent = {"kind": "visit", "result": "Showed the shelf", "next_subject": "Send prices", "next_due_on": "25.11.2026"}
    assert browser.post(address, sent).status_code in (302, 303)
    done = Activity.objects.get(client=client, done_at__isnull=False)
    assert (done.kind, done.subject, done.result, done.due_on) == ("visit", "Visit", "Showed the shelf", today())
    assert (done.owner, done.done_by) == (anna, anna)
    planned = Activity.objects.get(client=client, done_at=None)
    assert (planned.kind, planned.subject, f"{planned.due_on:%d.%m.%Y}") == ("visit", "Send prices", "25.11.2026")


@pytest.mark.parametrize("wrong", [{"result": " "}, {"next_subject": "Send prices"}, {"next_due_on": DAY}])
def test_nothing_stays_of_what_is_refused(anna, wrong):
    client = client_of(anna)
    before = Activity.objects.count()
    with pytest.raises(Refused):
        log_activity(client.pk, by=anna, day=DAY, **{"result": "Agreed", **wrong})
    assert Activity.objects.count() == before


def test_another_team_s_client_is_not_there(anna, vera):
    client = client_of(anna)
    assert visitor(vera).post(f"/clients/{client.pk}/log/", {"kind": "call", "result": "?"}).status_code == 404
    with pytest.raises(Client.DoesNotExist):
        log_activity(client.pk, by=vera, day=DAY, result="Agreed")
    assert not Activity.objects.filter(result="Agreed").exists()


def test_the_api_does_the_same(anna):
    client = client_of(anna)
    api = APIClient()
    visitor(anna)
    anna.refresh_from_db()
    api.force_authenticate(type(anna).objects.get(pk=anna.pk))
    answer = api.post(f"/api/v1/clients/{client.pk}/log/", {"result": "Ready to order"}, format="json")
    assert answer.status_code == 201, answer.data
    done = Activity.objects.get(pk=answer.data["id"])
    assert (done.kind, done.result, done.due_on, done.done_by) == ("call", "Ready to order", today(), anna)
