"""The night: parts committed one by one, finished after a death, caught up in order, the same when run again."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from kam import clock
from kam.models import Notification, Run
from kam.refusals import Forbidden, Refused
from kam.runs import carry_out, claim
from orders.actions.exchange import set_exchange_rate
from orders.actions.payments import receive_payment
from orders.models import AgeingSnapshot
from orders.queries.credit import credit_facts
from reports.actions import nightly
from reports.actions.nightly import nights_due, run_again, run_night, run_nights
from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyPart, NightlyRun
from reports.tasks import close_days
from tests.factories import DAY, client_of, open_invoice, overdue_invoice, terms_of

D = Decimal
ONE_DAY = dt.timedelta(days=1)
NAMES = [part.name for part in nightly.PARTS]


def counts(day):
    return dict(NightlyPart.objects.filter(run__day=day).values_list("name", "count"))


def kept(model, day):
    """Rows of a day without their keys."""
    return [
        {k: v for k, v in row.items() if k != "id"}
        for row in model.objects.filter(day=day).order_by("client", "pk").values()
    ]


def everything(day):
    return [kept(model, day) for model in (AgeingSnapshot, KeyFigure, ExpectedCash, BrandFigure)]


def test_a_night_does_every_part_and_counts(anna):
    client = client_of(anna)
    terms_of(client, credit_limit=D("500.00"))
    overdue_invoice(client, "100.00", days=20)
    open_invoice(client, "50.00", DAY)
    run = run_night(day=DAY)
    assert (run.status, run.finished_at is not None) == ("done", True)
    assert list(run.parts.values_list("name", flat=True)) == NAMES
    found = counts(DAY)
    assert (found["ageing"], found["overdue"], found["figures"], found["forecast"]) == (1, 1, 1, 2)
    figure = KeyFigure.objects.get()
    assert (figure.exposure, figure.limit, figure.covered) == (D("150.00"), D("500.00"), D("0.00"))
    told = Notification.objects.get(kind="overdue")
    assert (told.user, told.values) == (anna, {"day": {"day": "2026-11-21"}, "count": 1})


def test_exposure_is_what_the_credit_check_counts(anna, fedor):
    ours, unpriced = client_of(anna), client_of(anna)
    open_invoice(ours, "150.00", DAY)
    open_invoice(ours, "10.00", DAY, currency="USD")
    open_invoice(unpriced, "10.00", DAY, currency="EUR")
    set_exchange_rate(by=fedor, currency="USD", day=DAY, rate=D("90.333333"), asked_on=DAY)
    run_night(day=DAY)
    kept = dict(KeyFigure.objects.filter(day=DAY).values_list("client", "exposure"))
    assert kept == {ours.pk: D("1053.33"), unpriced.pk: D("0.00")}
    facts = credit_facts([ours.pk, unpriced.pk], DAY)
    assert kept == {pk: each.exposure.total for pk, each in facts.items()}


def test_a_night_run_twice_changes_nothing(anna):
    overdue_invoice(client_of(anna), "100.00", days=20)
    run = run_night(day=DAY)
    before, moments = everything(DAY), list(run.parts.values_list("done_at", flat=True))
    again = run_night(day=DAY)
    assert (again.pk, list(again.parts.values_list("done_at", flat=True))) == (run.pk, moments)
    run_night(day=DAY, again=True)
    assert everything(DAY) == before
    assert NightlyRun.objects.count() == 1
    assert Notification.objects.filter(kind="overdue").count() == 0


def test_a_past_day_run_again_comes_out_the_same_and_leaves_the_present_alone(anna, fedor):
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    open_invoice(client, "40.00", DAY + 5 * ONE_DAY)
    run_nights(until=DAY - ONE_DAY)
    before = everything(DAY - ONE_DAY)
    receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY, by=fedor)
    run_nights(until=DAY)
    run_night(day=DAY - ONE_DAY, again=True, latest=False)
    assert everything(DAY - ONE_DAY) == before
    assert counts(DAY - ONE_DAY)["figures"] is None
    assert AgeingSnapshot.objects.get(day=DAY).days_1_30 == D("40.00")


def test_missed_nights_are_caught_up_in_order(anna):
    overdue_invoice(client_of(anna), "100.00", days=20)
    assert nights_due(DAY) == [DAY]
    run_night(day=DAY - 4 * ONE_DAY)
    NightlyRun.objects.create(day=DAY - 6 * ONE_DAY)  # begun and killed
    due = nights_due(DAY)
    assert due == [DAY - n * ONE_DAY for n in (6, 3, 2, 1, 0)]
    assert [run.day for run in run_nights(until=DAY)] == due
    assert nights_due(DAY) == []
    assert counts(DAY - 2 * ONE_DAY)["holds"] is None
    assert counts(DAY)["holds"] == 0
    assert AgeingSnapshot.objects.filter(days_1_30=100).count() == 6


def test_a_part_that_fails_stops_neither_the_others_nor_its_next_run(anna, monkeypatch):
    overdue_invoice(client_of(anna), "100.00", days=20)

    def broken(day):
        raise ZeroDivisionError

    parts = [
        nightly.Part(part.name, part.label, broken if part.name == "overdue" else part.perform, needs=part.needs)
        for part in nightly.PARTS
    ]
    with monkeypatch.context() as patched:
        patched.setattr(nightly, "PARTS", parts)
        with pytest.raises(nightly.NightUnfinished):
            run_nights(until=DAY)
    run = NightlyRun.objects.get()
    assert (run.status, "overdue" in counts(DAY), "forecast" in counts(DAY)) == ("running", False, True)
    run_nights(until=DAY)
    run.refresh_from_db()
    assert (run.status, set(counts(DAY))) == ("done", set(NAMES))


def test_the_task_starts_the_night_once(db, settings, monkeypatch):
    monkeypatch.setattr("reports.tasks.today", lambda: DAY + ONE_DAY)
    for _n in range(2):
        close_days()
    run = Run.objects.get()
    assert (run.kind, run.parameters) == ("night", {"until": str(DAY)})


def test_who_may_run_a_night_again(anna, fedor, monkeypatch):
    monkeypatch.setattr("reports.actions.nightly.today", lambda: DAY + ONE_DAY)
    with pytest.raises(Forbidden):
        run_again(day=DAY, by=anna)
    with pytest.raises(Refused):
        run_again(day=DAY + ONE_DAY, by=fedor)
    assert not Run.objects.exists()
    run_again(day=DAY, by=fedor, back="/nights/")
    assert Run.objects.get().parameters == {"day": str(DAY), "back": "/nights/"}


def test_whoever_runs_a_night_again_watches_it_and_comes_to_what_it_left(client, anna, fedor):
    night = run_night(day=DAY)
    client.force_login(fedor)
    form = client.get(reverse("reports:night_again"), {"day": str(DAY)}).content.decode()
    assert f'value="{DAY:%d.%m.%Y}"' in form
    with clock.at(DAY + ONE_DAY):
        answer = client.post(reverse("reports:night_again"), {"day": f"{DAY:%d.%m.%Y}"})
    run = Run.objects.get()
    assert answer.headers["Location"] == reverse("kam:run_detail", args=[run.pk])
    assert carry_out(run.pk)
    left = reverse("reports:nightlyrun_detail", args=[night.pk])
    assert f'href="{left}"' in client.get(answer.headers["Location"]).content.decode()


def test_the_worker_runs_a_past_day_again_with_the_same_result(anna, fedor, monkeypatch):
    monkeypatch.setattr("reports.actions.nightly.today", lambda: DAY + ONE_DAY)
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    open_invoice(client, "40.00", DAY + 5 * ONE_DAY)
    run_nights(until=DAY - ONE_DAY)
    receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY, by=fedor)
    run_nights(until=DAY)
    before = [everything(day) for day in (DAY - ONE_DAY, DAY)]
    done_at = dict(NightlyPart.objects.filter(run__day=DAY - ONE_DAY).values_list("name", "done_at"))
    run_again(day=DAY - ONE_DAY, by=fedor)
    run = Run.objects.get()
    assert carry_out(run.pk)
    run.refresh_from_db()
    night = NightlyRun.objects.get(day=DAY - ONE_DAY)
    assert (run.status, set(run.counts)) == ("done", {str(DAY - ONE_DAY)})
    assert (night.status, night.by) == ("done", fedor)
    assert all(part.done_at > done_at[part.name] for part in night.parts.all())
    assert [everything(day) for day in (DAY - ONE_DAY, DAY)] == before
    assert counts(DAY - ONE_DAY)["letters"] is None, "a day that is past writes no letters of today"
    assert Notification.objects.filter(kind="run", user=fedor).count() == 1
    assert not carry_out(run.pk), "a run is done once"


def test_a_night_run_again_that_was_killed_keeps_the_parts_it_had_done(anna, fedor, monkeypatch):
    monkeypatch.setattr("reports.actions.nightly.today", lambda: DAY + ONE_DAY)
    overdue_invoice(client_of(anna), "100.00", days=20)
    run_nights(until=DAY)
    before = everything(DAY)
    run_again(day=DAY, by=fedor)
    run = claim(Run.objects.get().pk)
    night = nightly._opened(DAY, True, fedor)  # it died when it had done the first part
    nightly._written(night, 1, nightly.PARTS[0], 1, 0.5)
    Run.objects.update(seen_at=run.seen_at - dt.timedelta(minutes=5))
    assert carry_out(run.pk)
    night.refresh_from_db()
    assert (night.status, list(night.parts.values_list("name", flat=True))) == ("done", NAMES)
    assert night.parts.get(name="ageing").seconds == D("0.500"), "what was done was not done again"
    assert everything(DAY) == before
