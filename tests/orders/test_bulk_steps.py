"""A step on many orders: few are done at once, many in the background with the same rights and refusals."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from kam import runs
from kam.clock import now, today
from kam.desk import bulk
from kam.models import Run
from kam.pages.bulk import BULK_INLINE
from orders.actions.order_steps import cancel_order
from orders.models import Order
from tests.factories import buyer, draft_order, stocked_product
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db

MANY = BULK_INLINE + 1


@pytest.fixture
def sent(monkeypatch):
    """The runs handed to a worker, which the test carries out itself."""
    keys = []
    monkeypatch.setattr(runs, "_sent", keys.append)
    # The heart beats on a connection of its own, which sees nothing of a test's transaction.
    monkeypatch.setattr(runs, "BEAT_SECONDS", 3600)
    return keys


@pytest.fixture
def drafts(anna):
    """One draft more than is done at once; the second one was cancelled meanwhile."""
    client, goods = buyer(anna), stocked_product(100)
    made = [draft_order(client, anna, {goods: 1}, day=today()) for _ in range(MANY)]
    cancel_order(made[1].pk, by=anna, day=today(), reason="Передумали")
    return made


def asked(user, orders, step="submit", **more):
    """The answer to the step on these orders, its runs handed over."""
    keys = [order.pk for order in orders]
    return visitor(user).post(reverse("orders:order_bulk"), {"step": step, "pk": keys, **more})


def statuses():
    return sorted(Order.objects.values_list("status", flat=True))


@pytest.fixture
def run(sent, anna, drafts, django_capture_on_commit_callbacks):
    """The run of Anna's submitting them all, not begun."""
    with django_capture_on_commit_callbacks(execute=True):
        answer = asked(anna, drafts, back="/orders/?status=draft")
    made = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("kam:run_detail", args=[made.pk]))
    assert sent == [made.pk]
    return made


def test_few_are_done_at_once(sent, anna, drafts):
    page = asked(anna, drafts[:BULK_INLINE]).content.decode()
    assert f"Done: {BULK_INLINE - 1} of {BULK_INLINE}." in page
    assert statuses() == ["cancelled", "draft", *["submitted"] * (BULK_INLINE - 1)]
    assert not Run.objects.exists()


def test_many_are_done_by_a_worker_who_tells_each_refusal(anna, drafts, run):
    assert statuses() == ["cancelled", *["draft"] * BULK_INLINE], "nothing is done in the request"
    watched = visitor(anna).get(reverse("kam:run_progress", args=[run.pk])).content.decode()
    assert "Waits for a free worker." in watched
    assert runs.carry_out(run.pk)
    assert statuses() == ["cancelled", *["submitted"] * BULK_INLINE]
    run.refresh_from_db()
    assert (run.status, run.done, run.total) == ("done", MANY, MANY)
    assert run.counts == {"steps_done": BULK_INLINE, "steps_refused": 1}
    (finding,) = run.findings
    assert (finding["label"], finding["href"]) == (
        str(drafts[1]), reverse("orders:order_detail", args=[drafts[1].pk]),
    )  # fmt: skip
    page = visitor(anna).get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert finding["text"] and finding["text"] in page
    assert finding["href"] in page and "/orders/?status=draft" in page


def test_the_refusal_is_the_one_of_few(anna, drafts, run):
    runs.carry_out(run.pk)
    run.refresh_from_db()
    page = asked(anna, drafts[1:2]).content.decode()
    assert run.findings[0]["text"] in page


def test_a_reason_is_asked_for_before_the_work_begins(sent, anna, drafts):
    page = asked(anna, drafts, "cancel").content.decode()
    assert "26 rows selected" in page and not Run.objects.exists()
    with transaction.atomic():
        assert asked(anna, drafts, "cancel", sure="1", reason="Магазин закрыт").status_code == 303
    runs.carry_out(Run.objects.get().pk)
    assert statuses() == ["cancelled"] * MANY
    assert Order.objects.filter(pk=drafts[0].pk, status="cancelled").exists()
    assert Run.objects.get().counts == {"steps_done": BULK_INLINE, "steps_refused": 1}


def test_a_right_that_ended_meanwhile_refuses_every_row(anna, drafts, run):
    anna.groups.clear()
    runs.carry_out(run.pk)
    run.refresh_from_db()
    assert run.counts == {"steps_done": 0, "steps_refused": MANY}
    assert {finding["text"] for finding in run.findings} == {"It is not in your sight any more."}
    assert statuses() == ["cancelled", *["draft"] * BULK_INLINE]


def test_a_stranger_moves_nothing_and_starts_nothing(vera, drafts):
    page = asked(vera, drafts).content.decode()
    assert "No row was selected." in page
    assert not Run.objects.exists()
    assert statuses() == ["cancelled", *["draft"] * BULK_INLINE]


class Killed(BaseException):
    """The end of a worker's process."""


def dying_after(monkeypatch, rows):
    """Let the worker die after so many rows."""
    taken = []
    take = bulk.take_on

    def take_until_death(*given, **known):
        if len(taken) == rows:
            raise Killed
        taken.append(given)
        return take(*given, **known)

    monkeypatch.setattr(bulk, "take_on", take_until_death)


def test_a_killed_worker_is_followed_by_one_who_goes_on(monkeypatch, anna, drafts, run):
    with monkeypatch.context() as patched:
        dying_after(patched, 10)
        with pytest.raises(Killed):
            runs.carry_out(run.pk)
    assert statuses().count("submitted") == 9
    Run.objects.update(seen_at=now() - dt.timedelta(minutes=5))
    assert runs.carry_out(run.pk)
    run.refresh_from_db()
    assert run.counts == {"steps_done": BULK_INLINE, "steps_refused": 1}
    assert statuses() == ["cancelled", *["submitted"] * BULK_INLINE]


def test_what_was_done_before_a_cancellation_stays_and_is_told(monkeypatch, anna, drafts, run):
    with monkeypatch.context() as patched:
        dying_after(patched, 10)
        with pytest.raises(Killed):
            runs.carry_out(run.pk)
    runs.cancel_run(run.pk, by=anna)
    page = visitor(anna).get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert "Cancelled after 10 of 26; what was done before stays." in page
    assert str(drafts[1]) in page
    assert statuses().count("submitted") == 9
