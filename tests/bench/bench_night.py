"""A night over a million open invoices beside the bare statements that it cannot do without, in the same run.

The bare side writes the same figures into tables of its own: no deletion of former rows, no notes of parts done, no
marks, no locks. Parts that find nothing to do here (promises, stops, letters, held orders) count on our side only. The
first night of a company writes a letter to every client that is late: it is told by itself, and the ratio is that of
the nights after it, each beside the bare statements run just before.

Neither side gets helpers of the server: a table made of a query may have them, rows put into a table that is there may
not, and a machine that others use too has none to give. So the seconds of processor tell of both sides alike.
"""

import resource
import statistics
import time
from collections.abc import Callable

from django.db import connection

from kam.staging import execute
from kam.terminal import say
from orders.actions.catalogue import create_brand
from orders.queries.discipline import measuring
from reports.actions.nightly import run_night
from reports.models import NightlyRun
from tests.bench.bench_ageing import CLIENTS, PAID, SUMS
from tests.bench.bench_import import busy_seconds
from tests.factories import DAY, product, system_user

ROUNDS, WITHIN = 5, 1.5

INVOICES = """
INSERT INTO orders_invoice (created_at, updated_at, version, number, client_id, issued_on, shipped_on, due_on, currency,
    net, vat, amount, open_amount, terms, comment, search)
SELECT now(), now(), 1, 'Н' || n, %(first)s + n %% %(clients)s, day, day, day + 30, 'RUB', 1000, 220, 1220,
    CASE WHEN n %% 11 = 0 THEN 0 WHEN n %% 40 = 0 THEN 720 ELSE 1220 END, '{}', '', ''
FROM (SELECT n, (n * 7919::bigint) %% 120 AS age FROM generate_series(1, %(invoices)s * 11 / 10) n) g,
    LATERAL (SELECT %(day)s::date - age::int AS day) d"""
LINES = """
INSERT INTO orders_invoiceline (invoice_id, product_id, quantity, returned, price, vat_rate, net, vat, total)
SELECT i.id, %(product)s + (i.id + part) %% 4, 1, 0, 610, 22, 500, 110, 610
FROM orders_invoice i CROSS JOIN generate_series(0, 1) part"""
PAYMENTS = """
INSERT INTO orders_payment (created_at, updated_at, version, number, client_id, kind, received_on, currency, amount,
    unallocated, purpose, search)
SELECT now(), now(), 1, 'П' || c.id, c.id, 'money', %(day)s::date - 100, 'RUB', 1000000000, 500, '', ''
FROM accounts_client c"""
ALLOCATIONS = """
INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, undo_reason)
SELECT p.id, i.id, i.amount - i.open_amount, greatest(i.issued_on, %(day)s::date - i.id::int %% 60), 'stated', ''
FROM orders_invoice i JOIN orders_payment p ON p.client_id = i.client_id WHERE i.open_amount < i.amount"""

# Every statement of the bare side makes a table of what it finds.
BARE = {
    "ageing": f"SELECT client_id, currency, {SUMS.format(open='open_amount')} FROM orders_invoice "
              "WHERE open_amount > 0 GROUP BY 1, 2",
    "sales": "SELECT client_id, sum(amount) FROM orders_invoice WHERE issued_on >= date_trunc('month', %(day)s::date) "
             "GROUP BY 1",
    "figures": "SELECT client_id, sum(open_amount) FROM orders_invoice WHERE open_amount > 0 GROUP BY 1",
    "forecast": """SELECT client_id, date_trunc('week', due_on)::date AS week, sum(due) AS due,
            sum(expected) AS expected
        FROM (SELECT client_id, greatest(due_on, %(day)s) AS due_on, open_amount AS due, 0 AS expected
            FROM orders_invoice WHERE open_amount > 0
            UNION ALL SELECT client_id, greatest(due_on + coalesce(round(average_days_late)::int, 0), %(day)s), 0,
                open_amount
            FROM orders_invoice LEFT JOIN orders_paymentdiscipline d USING (client_id)
            WHERE open_amount > 0) t GROUP BY 1, 2""",
    "brands": """SELECT client_id, brand_id, sum(part) AS total, sum(part) FILTER (WHERE due_on < %(day)s) AS late
        FROM (
        SELECT i.client_id, i.due_on, p.brand_id, i.open_amount * sum(l.total) / sum(sum(l.total)) OVER whole AS part
        FROM orders_invoice i JOIN orders_invoiceline l ON l.invoice_id = i.id
            JOIN orders_product p ON p.id = l.product_id
        WHERE i.open_amount > 0 GROUP BY i.id, p.brand_id WINDOW whole AS (PARTITION BY i.id)) t GROUP BY 1, 2""",
}  # fmt: skip


def run(quick: bool) -> None:
    """Print how long the night and the bare statements take, and each part of the night."""
    invoices, clients = (100_000, 1_000) if quick else (1_000_000, 10_000)
    generate(invoices, clients)
    first = run_night(day=DAY)
    letters = first.parts.get(name="letters")
    say(f"  the first night: {letters.count} letters in {letters.seconds:.1f} s")
    rounds = []
    execute("SET max_parallel_workers_per_gather = 0")
    for _number in range(ROUNDS):
        bare = taken(bare_statements)
        rounds.append((*taken(lambda: run_night(day=DAY, again=True)), *bare))
    for part in NightlyRun.objects.get(day=DAY).parts.all():
        say(f"  {part.name:<12} {part.seconds:8.2f} s  {part.count}")
    ours, ours_busy, bare, bare_busy = (min(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(clock / bare_clock for clock, _busy, bare_clock, _bare_busy in rounds)
    busy = statistics.median(busy / bare_busy for _clock, busy, _bare_clock, bare_busy in rounds)
    say(f"{invoices} open invoices: night {ours:.2f} s ({ours_busy:.2f} of processor), bare {bare:.2f} s "
        f"({bare_busy:.2f}) at best of {ROUNDS}; median ratio {ratio:.2f}, of processor {busy:.2f} (at most {WITHIN}); "
        f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")  # fmt: skip


def taken(work: Callable) -> tuple[float, float]:
    """Seconds of the clock and of processor, ours and the server's, that work takes."""
    busy, began = busy_seconds(), time.perf_counter()
    work()
    return time.perf_counter() - began, busy_seconds() - busy


def generate(invoices: int, clients: int) -> None:
    """Open invoices with two lines of two brands each; one in eleven more is paid."""
    values = {"by": system_user().pk, "clients": clients, "invoices": invoices, "day": DAY}
    brands = [create_brand(by=system_user(), name=f"Бренд {n}") for n in range(4)]
    values["product"] = min(product(cost=None, price=None, brand=brand).pk for brand in brands)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the rows fit; nothing checks them one by one
        cursor.execute(CLIENTS, values)
        cursor.execute("SELECT min(id) FROM accounts_client")
        values["first"] = cursor.fetchone()[0]
        for statement in (INVOICES, LINES, PAYMENTS, ALLOCATIONS, PAID):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE orders_invoice, orders_invoiceline, orders_allocation, orders_payment")


def bare_statements() -> None:
    """The bare statements, one after another."""
    discipline, values = measuring(DAY)
    with connection.cursor() as cursor:
        for name, statement, given in (
            ("discipline", discipline, values),
            *((name, statement, {"day": DAY}) for name, statement in BARE.items()),
        ):
            cursor.execute(f"DROP TABLE IF EXISTS bare_{name}")
            began = time.perf_counter()
            cursor.execute(f"CREATE TABLE bare_{name} AS {statement}", given)
            say(f"  bare {name:<12} {time.perf_counter() - began:8.2f} s")
