"""A night whose process is really killed in the middle of a part is finished by the next process."""

import signal

import pytest
from django.db import connection, transaction

from orders.models import AgeingSnapshot
from reports.actions import nightly
from reports.models import BrandFigure, ExpectedCash, NightlyPart, NightlyRun
from tests.factories import DAY, client_of, overdue_invoice
from tests.processes import WAIT, started, waited_for

BLOCKED = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%reports_brandfigure%'"""


@pytest.mark.django_db(transaction=True)
def test_a_night_killed_in_the_middle_of_a_part_is_finished_by_the_next(anna):
    overdue_invoice(client_of(anna), "100.00", days=20)
    overdue_invoice(client_of(anna), "50.00", days=0)
    with transaction.atomic(), connection.cursor() as cursor:
        # The last part has written one table and stands before the other when it is killed.
        cursor.execute("LOCK TABLE reports_brandfigure IN SHARE MODE")
        process = started("tests.reports.night_process", DAY)
        pid = waited_for(BLOCKED)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.returncode == -signal.SIGKILL
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    night = NightlyRun.objects.get()
    names = [part.name for part in nightly.PARTS]
    assert (night.status, list(night.parts.values_list("name", flat=True))) == ("running", names[:-1])
    assert not ExpectedCash.objects.exists()
    assert not BrandFigure.objects.exists()
    before = dict(NightlyPart.objects.values_list("name", "done_at"))
    kept = list(AgeingSnapshot.objects.order_by("client").values())

    process = started("tests.reports.night_process", DAY)
    output = process.communicate(timeout=WAIT)[0]
    assert process.returncode == 0, output
    night.refresh_from_db()
    assert (night.status, NightlyRun.objects.count()) == ("done", 1)
    after = dict(NightlyPart.objects.values_list("name", "done_at"))
    assert {name: after[name] for name in before} == before
    assert set(after) == set(names)
    assert list(AgeingSnapshot.objects.order_by("client").values()) == kept
    assert sum(ExpectedCash.objects.values_list("due", flat=True)) == 150
