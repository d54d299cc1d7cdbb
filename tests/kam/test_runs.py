import datetime as dt
import io
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse

from kam import runs
from kam.clock import now
from kam.models import ExportLog, Notification, Run
from kam.pages.registry import page_named
from kam.refusals import Forbidden, Refusal, Refused
from tests.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of work of this test alone."""
    monkeypatch.setattr(runs, "WORKS", dict(runs.WORKS))
    monkeypatch.setattr(runs, "_sent", sent.append)
    sent.clear()


sent: list[int] = []


def test_a_run_is_sent_after_the_commit(kinds, anna, django_capture_on_commit_callbacks):
    runs.work("sums")(lambda run, watch: None)
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.start_run("sums", "Суммы", by=anna)
        assert sent == []
    assert sent == [run.pk]


def test_every_process_knows_the_broker():
    """A web process imports no task, yet sends them: asked of a fresh interpreter that only sets Django up."""
    ask = "import django; django.setup(); from celery import current_app; print(current_app.conf.broker_url)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kam.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip().splitlines()[-1] == settings.CELERY_BROKER_URL


def test_work_is_done_once_and_its_result_kept(kinds, anna):
    done = []

    @runs.work("sums")
    def perform(run, watch):
        done.append(run.pk)
        watch.tell(3, 3)
        run.counts = {"сумм": 3}
        run.report.save("sums.txt", ContentFile(b"3"), save=False)

    run = runs.start_run("sums", "Суммы", by=anna)
    assert runs.carry_out(run.pk)
    assert not runs.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.done, run.total, run.attempts, run.counts) == ("done", 3, 3, 1, {"сумм": 3})
    assert run.report.read() == b"3"
    assert done == [run.pk]
    assert Notification.objects.get().user_id == anna.pk
    run.report.delete(save=False)


def test_the_work_speaks_the_language_of_its_person(kinds, anna):
    anna.language = "en"
    anna.save()

    @runs.work("fails")
    def perform(run, watch):
        raise ValueError("inside")

    run = runs.start_run("fails", "x", by=anna)
    assert not runs.carry_out(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.error == "A fault of the program stopped the work. It is written down; tell the administrator."
    assert "inside" not in run.error
    assert Notification.objects.get().urgency == "act"


def test_a_refusal_is_told_as_it_is(kinds, anna):
    @runs.work("refuses")
    def perform(run, watch):
        raise Refused(Refusal("no", "Не тот файл."))

    run = runs.start_run("refuses", "x", by=anna)
    runs.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "Не тот файл.")


def test_a_natural_key_makes_one_run(kinds):
    runs.work("nightly")(lambda run, watch: None)
    first = runs.start_run("nightly", "Ночь", natural_key="nightly 1")
    assert runs.start_run("nightly", "Ночь", natural_key="nightly 1").pk == first.pk
    runs.carry_out(first.pk)
    assert runs.start_run("nightly", "Ночь", natural_key="nightly 1").status == "done"
    Run.objects.update(status="failed", attempts=3)
    again = runs.start_run("nightly", "Ночь", natural_key="nightly 1")
    assert (again.pk, again.status, again.attempts) == (first.pk, "waiting", 0)


def test_a_run_of_a_lost_worker_is_finished_by_the_next(kinds, anna, django_capture_on_commit_callbacks):
    """A killed worker leaves the run RUNNING with a stopped heart; a living one is left alone."""
    done = []
    runs.work("sums")(lambda run, watch: done.append(run.attempts))
    run = runs.start_run("sums", "Суммы", by=anna)
    assert runs.claim(run.pk) is not None  # the worker that dies now
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.rescue_runs() == 0
    later = now() + runs.LOST_AFTER + dt.timedelta(seconds=1)
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.rescue_runs(later) == 1
    assert sent == [run.pk]
    assert runs.claim(run.pk) is None  # its heart is not old enough by our clock
    Run.objects.update(seen_at=now() - runs.LOST_AFTER - dt.timedelta(seconds=1))
    assert runs.carry_out(run.pk)
    assert done == [2]


def test_a_run_that_keeps_dying_fails_in_the_end(kinds, anna):
    runs.work("sums", attempts=2)(lambda run, watch: None)
    run = runs.start_run("sums", "Суммы", by=anna)
    Run.objects.update(status="running", attempts=2, seen_at=now() - dt.timedelta(hours=1))
    assert runs.rescue_runs() == 0
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("failed", 2)
    assert Notification.objects.filter(user=anna, urgency="act").count() == 1


def test_a_cancelled_run_stops_and_keeps_nothing(kinds, anna, vera):
    @runs.work("long")
    def perform(run, watch):
        with pytest.raises(Forbidden):
            runs.cancel_run(run.pk, by=vera)
        runs.cancel_run(run.pk, by=anna)
        watch.beat()
        watch.tell(1)
        raise AssertionError("not reached")

    run = runs.start_run("long", "x", by=anna)
    assert not runs.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.counts) == ("cancelled", {})
    with pytest.raises(Refused):
        runs.cancel_run(run.pk, by=anna)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_a_run_once(kinds):
    anna = person("anna", "Аннина", "Анна", "kam")
    done, gate = [], threading.Barrier(2)
    runs.work("sums")(lambda run, watch: done.append(run.pk))
    run = runs.start_run("sums", "x", by=anna)

    def worker():
        gate.wait()
        runs.carry_out(run.pk)
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert done == [run.pk]


def test_old_files_are_forgotten(kinds, anna):
    runs.work("sums")(lambda run, watch: run.report.save("x.txt", ContentFile(b"1"), save=False))
    run = runs.start_run("sums", "x", by=anna)
    runs.carry_out(run.pk)
    run.refresh_from_db()
    storage, name = run.report.storage, run.report.name
    assert runs.forget_files() == 0
    assert storage.exists(name)
    assert runs.forget_files(now() + runs.FILES_KEPT + dt.timedelta(days=1)) == 1
    assert not storage.exists(name)


class TestExport:
    def started(self, monkeypatch):
        monkeypatch.setattr("kam.pages.exports.EXPORT_INLINE", 2)
        monkeypatch.setattr(runs, "_sent", runs.carry_out)
        return page_named("kam.user")

    def test_a_long_export_is_made_in_the_background(
        self, client, admin, anna, vera, monkeypatch, django_capture_on_commit_callbacks
    ):
        page = self.started(monkeypatch)
        client.force_login(admin, backend="kam.sign_in.RoleBackend")
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.get(page.url("export"), {"format": "csv"})
        assert answer.status_code == 303, answer
        run = Run.objects.get()
        assert answer["Location"] == page_named("kam.run").detail_url(run.pk)
        assert run.status == "done"
        assert (ExportLog.objects.get().rows, ExportLog.objects.get().by_id) == (5, admin.pk)
        file = client.get(reverse("kam:run_file", args=[run.pk, "report"]))
        body = io.BytesIO(b"".join(file.streaming_content)).read().decode()
        assert body.startswith("\ufeff")
        assert len(body.splitlines()) == 6
        assert file["Content-Disposition"].startswith("attachment")
        client.force_login(vera, backend="kam.sign_in.RoleBackend")
        assert client.get(reverse("kam:run_file", args=[run.pk, "report"])).status_code == 404
        assert client.get(reverse("kam:run_progress", args=[run.pk])).status_code == 404
        assert client.post(reverse("kam:run_cancel", args=[run.pk])).status_code == 404

    def test_a_right_that_ended_meanwhile_makes_no_file(self, anna, monkeypatch):
        run = Run.objects.create(
            kind="export", title="x", by=anna,
            parameters={"page": "kam.user", "query": "", "format": "csv", "report_name": "x.csv"},
        )  # fmt: skip
        anna.groups.clear()
        assert not runs.carry_out(run.pk)
        run.refresh_from_db()
        assert (run.status, bool(run.report), ExportLog.objects.count()) == ("failed", False, 0)
