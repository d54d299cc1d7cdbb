"""Lists of what the nights left open with the last night, and show another or all on demand."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from reports.models import ExpectedCash, NightlyRun
from tests.factories import DAY, client_of

pytestmark = pytest.mark.django_db
BEFORE = DAY - dt.timedelta(days=1)


@pytest.fixture
def nights(anna):
    client = client_of(anna, name="Азимут")
    for day, status in ((BEFORE, "done"), (DAY, "done"), (DAY + dt.timedelta(days=1), "running")):
        began = dt.datetime.combine(day, dt.time(1), dt.UTC)
        ended = began if status == "done" else None
        NightlyRun.objects.create(day=day, status=status, started_at=began, finished_at=ended)
        amount = Decimal(day.day)
        ExpectedCash.objects.create(client=client, day=day, week_on=day, currency="RUB", due=amount, expected=amount)


@pytest.mark.parametrize(
    ("asked", "days"),
    [("", [DAY]), (f"?day={BEFORE.isoformat()}", [BEFORE]), ("?all=1", [DAY + dt.timedelta(days=1), DAY, BEFORE])],
)
def test_a_list_opens_with_the_last_night_that_is_done(client, fedor, nights, asked, days):
    client.force_login(fedor, backend="kam.sign_in.RoleBackend")
    answer = client.get(reverse("reports:expectedcash_list") + asked)
    assert sorted((row.day for row in answer.context["listing"].rows), reverse=True) == days


@pytest.mark.parametrize("name", ["keyfigure", "brandfigure", "expectedcash"])
def test_before_the_first_night_it_opens_with_nothing_chosen(client, fedor, name):
    client.force_login(fedor, backend="kam.sign_in.RoleBackend")
    answer = client.get(reverse(f"reports:{name}_list"))
    assert (answer.status_code, answer.context["listing"].rows) == (200, [])
