"""The KAM's week, the decreed days, and the small directories."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import (
    change_activity,
    change_price_column,
    change_territory,
    clear_decreed_day,
    complete_activity,
    create_activity,
    create_client_group,
    create_contract,
    create_segment,
    create_territory,
    drop_activity,
    set_decreed_day,
)
from accounts.models import Activity, Client, Contract, DecreedDay, Segment, Territory
from accounts.queries import calendar, next_steps, week_of, without_next_step
from kam import clock
from kam.models import TrailEntry, User
from kam.refusals import EditConflict, Forbidden, Refused
from tests.factories import DAY, activity_of, client_of, outlet_of, price_column

MONDAY = dt.date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_a_week_in_its_parts(anna, dasha):
    client = client_of(anna)
    late = activity_of(client, anna, due_on=DAY - dt.timedelta(1))
    now = activity_of(client, anna)
    soon = activity_of(client, anna, due_on=DAY + dt.timedelta(6))
    activity_of(client, anna, due_on=DAY + dt.timedelta(7))
    activity_of(client_of(dasha), dasha)
    with clock.at(DAY):
        done = complete_activity(activity_of(client, anna).pk, by=anna, result="Заказ согласован")
    week = week_of(anna, DAY)
    assert (week.overdue, week.today, week.soon, week.done) == ([late], [now], [soon], [done])
    assert week_of(anna, DAY + dt.timedelta(1)).done == []


def test_a_week_takes_the_same_queries_at_any_length(anna):
    client = client_of(anna)
    counts = []
    for more in (1, 10):
        for _ in range(more):
            activity_of(client, anna)
        user = fresh(anna)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert [each.client.name for each in week_of(user, DAY).today]
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_done_with_a_result_and_the_next_step(anna):
    client = client_of(anna)
    outlet = outlet_of(client)
    call = activity_of(client, anna, outlet=outlet)
    done = complete_activity(
        call.pk,
        by=anna,
        version=1,
        result="Ждёт счёт",
        next_subject="Выставить счёт",
        next_due_on=dt.date(2026, 11, 23),
    )
    assert (done.result, done.done_by) == ("Ждёт счёт", anna)
    step = next_steps([client.pk], anna)[client.pk]
    assert (step.subject, step.due_on, step.owner_id) == ("Выставить счёт", MONDAY, anna.pk)
    assert Activity.objects.get(pk=step.activity_id).outlet == outlet
    with pytest.raises(Refused) as caught:
        complete_activity(call.pk, by=anna, result="Ещё раз")
    assert [r.code for r in caught.value.refusals] == ["done_already"]
    with pytest.raises(Refused):
        change_activity(call.pk, by=anna, subject="Другое")
    assert Activity.objects.get(pk=call.pk).subject == "Обсудить заказ"


def test_done_needs_a_result_and_a_whole_next_step(anna):
    call = activity_of(client_of(anna), anna)
    with pytest.raises(Refused) as caught:
        complete_activity(call.pk, by=anna, result=" ", next_subject="Выставить счёт")
    assert [(r.code, r.field) for r in caught.value.refusals] == [
        ("result_missing", "result"),
        ("day_missing", "next_due_on"),
    ]
    with pytest.raises(Refused):
        drop_activity(call.pk, by=anna, reason="")
    assert Activity.objects.get().done_at is None


def test_conflicts_strangers_and_other_clients_parts(anna, vera):
    client, other = client_of(anna), client_of(anna)
    call = activity_of(client, anna)
    change_activity(call.pk, by=anna, version=1, due_on=DAY + dt.timedelta(1))
    with pytest.raises(EditConflict):
        change_activity(call.pk, by=anna, version=1, due_on=DAY)
    with pytest.raises(Activity.DoesNotExist):
        complete_activity(call.pk, by=vera, result="x")
    with pytest.raises(Refused):
        create_activity(by=anna, client=client, outlet=outlet_of(other), subject="x", due_on=DAY)
    with pytest.raises(Client.DoesNotExist):
        create_activity(by=vera, client=client, subject="x", due_on=DAY)
    stored = Activity.objects.get()
    assert (stored.due_on, stored.done_at) == (DAY + dt.timedelta(1), None)


def test_the_kam_of_an_outlet_plans_there(anna, vera):
    client = client_of(anna)
    outlet = outlet_of(client, vera)
    visit = create_activity(by=vera, client=client, outlet=outlet, subject="Выкладка", due_on=DAY, kind="visit")
    assert visit.owner == vera
    assert visit in Activity.objects.visible_to(anna)


def test_clients_without_a_next_step(anna):
    busy, idle = client_of(anna), client_of(anna)
    activity_of(busy, anna)
    assert list(without_next_step(Client.objects.visible_to(anna))) == [idle]


def test_a_decree_changes_the_calendar(fedor, anna):
    day = MONDAY
    assert calendar().is_working(day)
    with pytest.raises(Forbidden):
        set_decreed_day(day, is_working=False, by=anna)
    assert not DecreedDay.objects.exists()
    set_decreed_day(day, is_working=False, by=fedor, comment="Приказ 7")
    assert not calendar(day, day).is_working(day)
    set_decreed_day(day, is_working=False, by=fedor, comment="Приказ 7")
    assert DecreedDay.objects.count() == 1
    clear_decreed_day(day, by=fedor)
    assert calendar().is_working(day)


def test_territories_close_no_circle(admin):
    country = create_territory(by=admin, name="Россия")
    volga = create_territory(by=admin, name="Поволжье", parent=country)
    with pytest.raises(Refused) as caught:
        change_territory(country.pk, by=admin, parent=volga)
    assert [(r.code, r.field) for r in caught.value.refusals] == [("circle", "parent")]
    assert Territory.objects.get(pk=country.pk).parent is None


def test_directories_are_kept_by_who_may(admin, anna, boris):
    with pytest.raises(Forbidden):
        create_segment(by=anna, name="A")
    assert not Segment.objects.exists()
    create_segment(by=admin, name="A")
    with pytest.raises(Refused) as caught:
        create_segment(by=admin, name="A")
    assert caught.value.refusals[0].field == "name"
    group = create_client_group(by=boris, name="Холдинг", credit_limit=Decimal("5000000.00"))
    assert TrailEntry.objects.of(group).get().verb == "create"
    with pytest.raises(Refused):
        create_client_group(by=boris, name="Другой", credit_limit=Decimal(-1))
    column = price_column("retail")
    assert change_price_column(column.pk, by=admin, name="Розница").name == "Розница"


def test_contracts_have_numbers_and_sane_periods(anna):
    client = client_of(anna)
    create_contract(by=anna, client=client, number="7/26", signed_on=DAY)
    with pytest.raises(Refused):
        create_contract(by=anna, client=client, number="7/26", signed_on=DAY)
    with pytest.raises(Refused):
        create_contract(by=anna, client=client, number="8/26", signed_on=DAY, ends_on=DAY - dt.timedelta(1))
    assert Contract.objects.count() == 1
