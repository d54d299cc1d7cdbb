"""Days before the nights began: kept by a command, seen while it lasts, gone on with after a death."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from kam.models import Run
from kam.refusals import Refused
from kam.runs import carry_out, claim, rescue_runs
from orders.actions import old_days
from orders.actions.old_days import keep_days, plan_keeping
from orders.actions.payments import receive_payment
from orders.actions.snapshots import take_ageing_snapshot
from orders.models import AgeingDay, AgeingSnapshot
from orders.tasks import TAKEN_UP
from tests.factories import DAY, client_of, overdue_invoice

D = Decimal
ONE_DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def ago(days):
    return DAY - days * ONE_DAY


@pytest.fixture(autouse=True)
def this_day(monkeypatch):
    monkeypatch.setattr("orders.management.commands.keep_days.today", lambda: DAY)


def kept_days():
    return sorted(AgeingDay.objects.values_list("day", flat=True))


def command(*words):
    told = io.StringIO()
    call_command("keep_days", *map(str, words), stdout=told)
    return told.getvalue().splitlines()


def test_the_command_keeps_the_days_and_says_how_far_it_is(anna, fedor):
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    receive_payment(client_id=client.pk, amount=D("60.00"), received_on=ago(2), by=fedor)
    lines = command(ago(4), ago(1))
    assert kept_days() == [ago(4), ago(3), ago(2), ago(1)]
    owed = dict(AgeingSnapshot.objects.values_list("day", "days_1_30"))
    assert owed == {ago(4): D("100.00"), ago(3): D("100.00"), ago(2): D("40.00"), ago(1): D("40.00")}
    assert lines[0] == "0 из 4 дней" and lines[-2] == "4 из 4 дней"
    assert lines[-1].startswith("Сохранено дней: 4")
    run = Run.objects.get()
    assert (run.kind, run.status, run.done, run.total, run.counts) == ("keep_days", "done", 4, 4, {"days_kept": 4})


def test_what_is_kept_is_passed_over_and_taken_anew_when_asked(anna, monkeypatch):
    overdue_invoice(client_of(anna), "100.00", days=20)
    command(ago(3), ago(2))
    taken = []
    monkeypatch.setattr(old_days, "take_ageing_snapshot", lambda *, day: taken.append(day))
    assert command(ago(4), ago(1))[0] == "2 из 4 дней"
    assert taken == [ago(1), ago(4)], "the latest first"
    taken.clear()
    command(ago(3), ago(2), "--again")
    assert taken == [ago(2), ago(3)]


def test_what_was_cut_off_is_gone_on_with_by_a_worker(anna, monkeypatch):
    overdue_invoice(client_of(anna), "100.00", days=20)
    run = plan_keeping(ago(4), ago(1), today=DAY)
    claim(run.pk)
    for day in (ago(1), ago(2)):
        take_ageing_snapshot(day=day)  # so far it came when it died
    with pytest.raises(Refused) as refused:
        plan_keeping(ago(4), ago(1), today=DAY)
    assert refused.value.refusals[0].code == "going_on"
    Run.objects.update(seen_at=run.created_at - dt.timedelta(minutes=5))
    sent = []
    monkeypatch.setattr("kam.runs.send", lambda each: sent.append(each.pk))
    assert (rescue_runs(), sent, TAKEN_UP) == (1, [run.pk], ("keep_days",))
    assert carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts, run.counts) == ("done", 2, {"days_kept": 2})
    assert kept_days() == [ago(4), ago(3), ago(2), ago(1)]


@pytest.mark.parametrize(("first", "last"), [(3, 0), (1, 3), (0, 0)])
def test_days_that_are_not_over_or_the_wrong_way_round(db, first, last):
    with pytest.raises(CommandError):
        command(ago(first), ago(last))
    assert not Run.objects.exists() and not AgeingDay.objects.exists()


def test_a_kept_range_taken_twice_is_the_same(anna):
    overdue_invoice(client_of(anna), "100.00", days=20)
    assert [keep_days(ago(3), ago(1)), keep_days(ago(3), ago(1)), keep_days(ago(3), ago(1), again=True)] == [3, 0, 3]
    assert AgeingSnapshot.objects.count() == 3
