"""Confirming orders of ten lines, beside a raw transaction of four statements on the same rows in the same run.

Ours does all that a confirm does: locks, credit facts and verdict, reservation plan, counters, reservations, status,
trail. The raw twin locks the stock rows in key order, moves the counters by one UPDATE … FROM unnest, inserts an order
and its lines. Clients are processes with a connection each. People have signed in: their rights are read before.
"""

import multiprocessing
import random
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta

import psycopg2
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from kam.models import User
from kam.refusals import Refused
from kam.terminal import say
from orders.actions.confirming import confirm_order
from orders.models import Order, Reservation, StockLevel
from tests.conftest import person
from tests.factories import DAY, buyer, catalogue, warehouse

LINES = 10
SPREAD, HOT = 2_000, 20
CLIENTS = 200
ENOUGH = 1_000_000_000

ORDERS = """
INSERT INTO orders_order (created_at, updated_at, version, number, client_id, manager_id, author_id, status,
    warehouse_id, payer, price_column_id, currency, ordered_on, customer_number, allow_partial, comment, net, vat,
    total, unshipped_total, submitted_by_id, approval, credit, search)
SELECT now(), now(), 1, %(series)s || n, (%(clients)s::bigint[])[1 + n %% %(count)s], %(by)s, %(by)s, 'submitted',
    %(warehouse)s, 'client', %(column)s, 'RUB', %(day)s, '', true, '', 1000, 220, 1220, 0, %(by)s, '[]', '{}', ''
FROM generate_series(1, %(orders)s) n RETURNING id"""

ORDER_LINES = """
INSERT INTO orders_orderline (order_id, position, product_id, quantity, list_price, discount_percent, price,
    price_source, vat_rate, net, vat, total, shipped, cancelled)
SELECT o, p, product, 1 + p %% 3, 122, 0, 122, '{}', 22, 100, 22, 122, 0, 0
FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) AS l(o, p, product)"""

RAW_LOCK = "SELECT id, on_hand, reserved FROM orders_stocklevel WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
RAW_MOVE = """UPDATE orders_stocklevel t SET reserved = t.reserved + m.units
    FROM unnest(%s::bigint[], %s::int[]) m(id, units) WHERE t.id = m.id"""


@dataclass(frozen=True)
class Ground:
    """The rows both sides work on."""

    products: list[int]
    levels: dict[int, int]  # by product
    clients: list[int]
    user: int
    warehouse: int
    column: int


def run(quick: bool) -> None:
    """Print orders a second of both sides, medians of the rounds, and what the rest of the promise says."""
    ground = _prepare()
    say(f"{_statements(ground)} statements a confirmed order of {LINES} lines, of 60 lines {_statements(ground, 60)}")
    say(f"{'clients':>8} {'SKUs':>7} {'raw/s':>8} {'ours/s':>8} {'share':>7} {'median ms':>10} {'p95 ms':>8}  refused")
    rounds = 3 if quick else 7
    for skus, pool in (("spread", ground.products), ("20 hot", ground.products[:HOT])):
        for clients in (1, 4, 16):
            _compare(ground, pool, skus, clients, rounds, orders=120 if quick else 320)
    _prove()


def _compare(ground: Ground, pool: list[int], skus: str, clients: int, rounds: int, orders: int) -> None:
    raw, ours, shares, latencies, refused = [], [], [], [], 0
    for turn in range(rounds):
        baskets = [random.sample(pool, LINES) for _each in range(orders)]
        pks = _submitted(ground, baskets, f"{skus}-{clients}-{turn}-")
        jobs = [(pks[n::clients], baskets[n::clients]) for n in range(clients)]
        # The side that goes first changes, so that neither always meets the colder cache.
        for side in ("raw", "ours") if turn % 2 else ("ours", "raw"):
            seconds, found = _race(ground, jobs, side)
            rate = orders / seconds
            (raw if side == "raw" else ours).append(rate)
            if side == "ours":
                latencies += [each for worker in found for each in worker[0]]
                refused += sum(worker[1] for worker in found)
        shares.append(ours[-1] / raw[-1])
    median, p95 = statistics.median(latencies) * 1000, statistics.quantiles(latencies, n=20)[-1] * 1000
    say(
        f"{clients:>8} {skus:>7} {statistics.median(raw):>8.0f} {statistics.median(ours):>8.0f}"
        f" {statistics.median(shares):>7.2f} {median:>10.2f} {p95:>8.2f}  {refused}"
    )


def _race(ground: Ground, jobs, side: str) -> tuple[float, list]:
    """Let every client do its share at once; the seconds from the common start to the last end."""
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(len(jobs) + 1), context.Queue()
    connections.close_all()
    work = _confirm_all if side == "ours" else _raw_all
    people = [context.Process(target=work, args=(ground, *job, barrier, results)) for job in jobs]
    for each in people:
        each.start()
    barrier.wait()
    started = time.perf_counter()
    found = [results.get(timeout=120) for _each in people]
    seconds = max(ended for *_rest, ended in found) - started
    for each in people:
        each.join()
    return seconds, found


def _confirm_all(ground: Ground, pks, _baskets, barrier, results) -> None:
    user = User.objects.get(pk=ground.user)
    assert user.standings
    latencies, refused = [], 0
    barrier.wait()
    for pk in pks:
        before = time.perf_counter()
        try:
            confirm_order(pk=pk, by=user, day=DAY)
        except Refused:
            refused += 1
        latencies.append(time.perf_counter() - before)
    results.put((latencies, refused, time.perf_counter()))
    connections.close_all()


def _raw_all(ground: Ground, pks, baskets, barrier, results) -> None:
    raw = psycopg2.connect(**connection.get_connection_params())
    units = [1 + position % 3 for position in range(1, LINES + 1)]
    cursor = raw.cursor()
    barrier.wait()
    for pk, basket in zip(pks, baskets, strict=True):
        levels = [ground.levels[product] for product in basket]
        cursor.execute(RAW_LOCK, [levels])
        cursor.fetchall()
        cursor.execute(RAW_MOVE, [levels, units])
        cursor.execute(
            ORDERS, _order_values(ground, f"raw-{pk}-{random.randrange(10**9)}-", 1, [random.choice(ground.clients)])
        )
        order = cursor.fetchone()[0]
        cursor.execute(ORDER_LINES, [[order] * LINES, list(range(1, LINES + 1)), basket])
        raw.commit()
    results.put(([], 0, time.perf_counter()))
    raw.close()


def _prepare() -> Ground:
    """Products with endless stock; clients with terms, a contract, history and an open debt each."""
    kam = person("bench", "Быстров", "Борис", "kam", discount_limit=5)
    client = buyer(kam, credit_limit=ENOUGH)
    made = catalogue(1, units=1)
    with connection.cursor() as cursor:
        _multiply(cursor, made[0].pk, client.pk)
        cursor.execute("UPDATE orders_stocklevel SET on_hand = %s", [ENOUGH])
        cursor.execute("ANALYZE")
    levels = dict(StockLevel.objects.order_by("pk").values_list("product_id", "pk"))
    terms = client.terms.get()
    clients = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    return Ground(list(levels), levels, clients, kam.pk, warehouse().pk, terms.price_column_id)


def _multiply(cursor, product: int, client: int) -> None:
    """Set-based copies of one product with its level and of one client with its terms, contract and debts."""
    copies = (
        ("orders_product", {"sku": "'S' || n", "id": "n + 1000000"}, f"id = {product}", SPREAD),
        ("orders_stocklevel", {"id": "n + 1000000", "product_id": "n + 1000000"}, f"product_id = {product}", SPREAD),
        ("accounts_client", {"id": "n + 1000000"}, f"id = {client}", CLIENTS),
        ("accounts_creditterms", {"id": "n + 1000000", "client_id": "n + 1000000"}, f"client_id = {client}", CLIENTS),
        ("accounts_contract", {"id": "n + 1000000", "client_id": "n + 1000000"}, f"client_id = {client}", CLIENTS),
    )
    for table, new, where, count in copies:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        columns = [row[0] for row in cursor.fetchall()]
        values = ", ".join(new.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
            f" SELECT {values} FROM {table}, generate_series(1, {count}) n WHERE {where}"
        )
    cursor.execute(
        """INSERT INTO orders_invoice (created_at, updated_at, version, number, client_id, issued_on, shipped_on,
               due_on, currency, net, vat, amount, open_amount, terms, comment, search)
           SELECT now(), now(), 1, 'I' || c.id || '-' || n, c.id, %(day)s, %(day)s, %(due)s, 'RUB', 100, 22, 122, 122,
               '{}', '', '' FROM accounts_client c, generate_series(1, 20) n""",
        {"day": DAY, "due": DAY + timedelta(days=30)},
    )


def _order_values(ground: Ground, series: str, orders: int, clients: list[int]) -> dict:
    return {
        "series": series,
        "clients": clients,
        "count": len(clients),
        "by": ground.user,
        "warehouse": ground.warehouse,
        "column": ground.column,
        "day": DAY,
        "orders": orders,
    }


def _submitted(ground: Ground, baskets: list[list[int]], series: str) -> list[int]:
    """Submitted orders with these products, written set-based."""
    shuffled = random.sample(ground.clients, len(ground.clients))
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, _order_values(ground, series, len(baskets), shuffled))
        pks = [row[0] for row in cursor.fetchall()]
        rows = [
            (pk, position, product)
            for pk, basket in zip(pks, baskets, strict=True)
            for position, product in enumerate(basket, 1)
        ]
        cursor.execute(ORDER_LINES, list(map(list, zip(*rows, strict=True))))
    return pks


def _statements(ground: Ground, lines: int = LINES) -> int:
    """How many statements one confirm takes, BEGIN and COMMIT among them."""
    pk = _submitted(ground, [ground.products[:lines]], f"count-{lines}-")[0]
    user = User.objects.get(pk=ground.user)
    assert user.standings
    with CaptureQueriesContext(connection) as caught:
        confirm_order(pk=pk, by=user, day=DAY)
    return len(caught)


def _prove() -> None:
    """Say whether the counters stand for what was promised and nothing beyond what is on hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_stocklevel WHERE reserved > on_hand")
        oversold = cursor.fetchone()[0]
        cursor.execute(
            """SELECT sum(l.quantity) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
               WHERE o.number LIKE 'raw-%%' OR o.status = 'confirmed'"""
        )
        ordered = cursor.fetchone()[0]
        cursor.execute("SELECT sum(reserved) FROM orders_stocklevel")
        counted = cursor.fetchone()[0]
    confirmed = Order.objects.filter(status="confirmed").count()
    live = Reservation.objects.live().count()
    say(f"oversold levels: {oversold}; units counted {counted}, ordered {ordered}")
    say(f"{confirmed} orders confirmed with {live} reservations")
