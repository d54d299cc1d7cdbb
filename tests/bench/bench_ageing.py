"""Ageing of receivables beside raw SQL that gives the same table on the same rows in the same run.

Both give names, buckets, total and money on account of every client. The raw side reads open amounts for today; for a
past day it does what anybody would write first: invoices less settled sums, joined and grouped. A past day is asked
twice: as nobody kept it, and as the night kept it, when money of one client in a hundred came late.
"""

import statistics
import time
from datetime import timedelta

from django.db import connection

from kam.terminal import say
from orders.actions.snapshots import take_ageing_snapshot
from orders.queries.receivables import ageing
from tests.bench.books import CLIENTS, PAID, generate  # noqa: F401
from tests.factories import DAY

ROUNDS, WITHIN, FASTER = 7, 1.5, 5
PAST = DAY - timedelta(days=45)

# Entered today, dated before the past day: for one client in a hundred.
LATE = """
WITH came AS (
    INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, undo_reason)
    SELECT DISTINCT ON (c.id) p.id, i.id, 1, %(past)s::date - 5, 'stated', ''
    FROM accounts_client c JOIN orders_payment p ON p.client_id = c.id AND p.unallocated > 0
    JOIN orders_invoice i ON i.client_id = c.id AND i.open_amount > 0 AND i.issued_on < %(past)s::date - 5
    WHERE c.id %% 100 = 0 RETURNING invoice_id, payment_id, amount
), paid AS (
    UPDATE orders_payment p SET unallocated = unallocated - a.amount FROM came a WHERE a.payment_id = p.id
)
UPDATE orders_invoice i SET open_amount = open_amount - a.amount, moved_on = greatest(moved_on, %(past)s::date - 5)
FROM came a WHERE a.invoice_id = i.id"""

SUMS = """
    sum({open}) FILTER (WHERE due_on >= %(day)s) AS a,
    sum({open}) FILTER (WHERE due_on < %(day)s AND due_on >= %(day)s - 30) AS b,
    sum({open}) FILTER (WHERE due_on < %(day)s - 30 AND due_on >= %(day)s - 60) AS c,
    sum({open}) FILTER (WHERE due_on < %(day)s - 60 AND due_on >= %(day)s - 90) AS d,
    sum({open}) FILTER (WHERE due_on < %(day)s - 90) AS e, sum({open}) AS total"""
RAW_TODAY = f"""
SELECT c.id, c.name, a, b, c, d, e, total, m.money
FROM (SELECT client_id, {SUMS.format(open="open_amount")} FROM orders_invoice WHERE open_amount > 0 GROUP BY 1) g
JOIN accounts_client c ON c.id = g.client_id
LEFT JOIN (SELECT client_id, sum(unallocated) AS money FROM orders_payment WHERE unallocated > 0 GROUP BY 1) m
    ON m.client_id = c.id
ORDER BY total DESC""".replace("a, b, c, d, e, total, m.money", "a, b, g.c, d, e, total, m.money")
RAW_PAST = f"""
SELECT c.id, c.name, a, b, g.c, d, e, total, m.money
FROM (SELECT client_id, {SUMS.format(open="i.amount - coalesce(s.amount, 0)")} FROM orders_invoice i
    LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM (
        SELECT invoice_id, amount FROM orders_allocation
            WHERE allocated_on <= %(day)s AND (undone_on IS NULL OR undone_on > %(day)s)
        UNION ALL SELECT invoice_id, amount FROM orders_creditnote WHERE issued_on <= %(day)s) x GROUP BY 1) s
    ON s.invoice_id = i.id WHERE i.issued_on <= %(day)s GROUP BY 1) g
JOIN accounts_client c ON c.id = g.client_id
LEFT JOIN (SELECT p.client_id, sum(p.amount - coalesce(s.amount, 0)) AS money FROM orders_payment p
    LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM orders_allocation
        WHERE allocated_on <= %(day)s AND (undone_on IS NULL OR undone_on > %(day)s) GROUP BY 1) s
    ON s.payment_id = p.id WHERE p.received_on <= %(day)s GROUP BY 1) m ON m.client_id = c.id
WHERE total > 0 ORDER BY total DESC"""


def run(quick: bool) -> None:
    """Print ours and raw in milliseconds, and their ratio, for today and a past day, by client and by KAM."""
    for invoices, clients in ((300_000, 1_500),) if quick else ((300_000, 1_500), (3_000_000, 15_000)):
        user = generate(invoices, clients)
        say(f"{invoices} invoices of {clients} clients; medians of {ROUNDS}, ms")
        for label, day, raw in (("today", DAY, RAW_TODAY), ("45 days ago", PAST, RAW_PAST)):
            calls = {"raw": lambda day=day, raw=raw: fetched(raw, day)}
            for by in ("client", "manager"):
                calls[by] = lambda user=user, day=day, by=by: ageing(user, day, by)
            medians, found = timed_in_turn(calls)
            whole = sum(row[7] for row in found["raw"])
            for by in ("client", "manager"):
                assert found[by].total.total == whole
                ratio = medians[by] / medians["raw"]
                figures = f"ours {medians[by]:8.1f}  raw {medians['raw']:8.1f}  ratio {ratio:.2f} (at most {WITHIN})"
                say(f"  {label:<12} by {by:<8} {figures}")
        kept(user)


def kept(user) -> None:
    """The past day again, kept by its night: without late documents, then with them."""
    began = time.perf_counter()
    rows = take_ageing_snapshot(day=PAST)
    took = time.perf_counter() - began
    size = f"{pg_size('orders_ageingsnapshot') / max(rows, 1):.0f} bytes a row"
    say(f"  kept {PAST}: {rows} rows in {took:.1f} s, {size}")
    for label in ("kept", "kept, late"):
        if label != "kept":
            with connection.cursor() as cursor:
                cursor.execute(LATE, {"past": PAST})
                say(f"  late documents of {cursor.rowcount} clients")
        calls = {"raw": lambda: fetched(RAW_PAST, PAST)}
        for by in ("client", "manager"):
            calls[by] = lambda by=by: ageing(user, PAST, by)
        medians, found = timed_in_turn(calls)
        for by in ("client", "manager"):
            assert found[by].total.total == sum(row[7] for row in found["raw"])
            assert found[by].total.on_account == sum(row[8] for row in found["raw"])
            ratio = medians["raw"] / medians[by]
            figures = (
                f"ours {medians[by]:8.1f}  raw {medians['raw']:8.1f}  {ratio:.0f} times faster (at least {FASTER})"
            )
            say(f"  {label:<12} by {by:<8} {figures}")
    began = time.perf_counter()
    take_ageing_snapshot(day=PAST + timedelta(days=1))
    say(f"  the next day, with the late documents put into the kept one: {time.perf_counter() - began:.1f} s")


def pg_size(table: str) -> int:
    """Bytes of a table with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        return cursor.fetchone()[0]


def fetched(raw: str, day) -> list:
    """The rows of a raw statement."""
    with connection.cursor() as cursor:
        cursor.execute(raw, {"day": day})
        return cursor.fetchall()


def timed_in_turn(calls: dict) -> tuple[dict, dict]:
    """Median times of the calls in milliseconds, one after another in each round, and what each returned.

    A busy machine then slows all of them alike. The first round only warms up.
    """
    found = {name: call() for name, call in calls.items()}
    times = {name: [] for name in calls}
    for _round in range(ROUNDS):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}, found
