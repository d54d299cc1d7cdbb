"""An import of a statement whose process is really killed leaves nothing, and the next one takes the whole file."""

import signal
from decimal import Decimal

import pytest
from django.db import connection

from kam.models import TrailEntry
from orders.models import Allocation, BankStatement, BankStatementLine, Invoice, Payment
from tests.factories import DAY, client_of, open_invoice, system_user
from tests.orders.statement_files import document, exchange, our_account
from tests.processes import WAIT, started, waited_for

D = Decimal
# Lines and payments are written when the allocations wait.
HALTED = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query LIKE 'INSERT INTO orders_allocation%'"""
HALT = """
CREATE FUNCTION halted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
CREATE TRIGGER halted BEFORE INSERT ON orders_allocation EXECUTE FUNCTION halted();
SELECT pg_advisory_lock(4711)"""
GO_ON = """
SELECT pg_advisory_unlock(4711);
DROP TRIGGER halted ON orders_allocation;
DROP FUNCTION halted()"""


def output_of(process):
    output = process.communicate(timeout=WAIT)[0]
    assert process.returncode == 0, output
    return output.splitlines()[-1]


def written():
    """How many rows of each kind there are, and what is open."""
    counts = [model.objects.count() for model in (BankStatement, BankStatementLine, Payment, Allocation)]
    return counts, sum(Invoice.objects.values_list("open_amount", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_and_the_next_takes_the_whole_file(anna, tmp_path):
    payer = client_of(anna)
    for amount in ("500.00", "300.00"):
        open_invoice(payer, amount)
    path = tmp_path / "bank.txt"
    path.write_text(
        exchange(*(document(each, number=each[0], payer=payer) for each in ("500.00", "300.00", "70.00"))),
        encoding="cp1251",
    )
    our_account()
    system_user()
    before = TrailEntry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(HALT)
        try:
            process = started("tests.orders.statement_process", path, DAY)
            pid = waited_for(HALTED)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.returncode == -signal.SIGKILL
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        finally:
            cursor.execute(GO_ON)
    assert written() == ([0, 0, 0, 0], D("800.00"))
    assert TrailEntry.objects.count() == before

    assert output_of(started("tests.orders.statement_process", path, DAY)) == "changes 9"
    assert written() == ([1, 3, 3, 2], D("0.00"))
    assert sum(Payment.objects.values_list("unallocated", flat=True)) == D("70.00")
    after = TrailEntry.objects.count()
    assert output_of(started("tests.orders.statement_process", path, DAY)) == "changes 0"
    assert written() == ([1, 3, 3, 2], D("0.00"))
    assert TrailEntry.objects.count() == after
