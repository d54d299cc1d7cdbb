"""A large set for benchmarks, made by set-based SQL with the invariants that the actions keep.

One unit of scale is 20 000 orders of five lines over two years, for 150 clients of 8 KAMs; a hundred units
are two million orders with ten million lines. Sums add up, open amounts equal amounts less allocations,
reserved counters equal live reservations; tests/reports holds a small one to all of it.
"""

import datetime as dt
import io

from django.db import transaction

from accounts.rules.requisites import with_inn_key
from kam.roles import ROLES
from reports.demo import scale_sql

ORDERS_PER_UNIT = 20_000
CLIENTS_PER_UNIT = 150
KAMS_PER_UNIT = 8
PRODUCTS_PER_UNIT = 600
MOST_PRODUCTS = 12_000
CHUNK = 100_000  # orders in one transaction
DAYS = 730


def build_large(connection, *, scale: int, end: dt.date, told) -> None:
    """Add the set to the database, in chunks that each commit whole; `told` gets a line of progress for each.

    Nothing else may write meanwhile. Rows of a former large set stay: their SKUs and numbers would collide,
    so the second run stops with an IntegrityError before it changes anything.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _without_row_triggers(cursor)
        facts = _add_nouns(cursor, scale, end)
    orders = scale * ORDERS_PER_UNIT
    for first in range(0, orders, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            _without_row_triggers(cursor)
            values = {**facts, "first": first, "last": min(first + CHUNK, orders) - 1, "orders": orders}
            for statement in scale_sql.CHUNK:
                cursor.execute(statement, values)
        told(f"{min(first + CHUNK, orders):,} of {orders:,} orders")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in scale_sql.FINISH:
            cursor.execute(statement, facts)
    with connection.cursor() as cursor:
        for table in scale_sql.TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _without_row_triggers(cursor):
    """Spare a foreign key check a row where we are the superuser: the statements keep the keys themselves."""
    cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _add_nouns(cursor, scale, end) -> dict:
    """People, goods and clients; returns the first ids and counts that the chunks pick from."""
    values = {
        "kams": KAMS_PER_UNIT * scale,
        "heads": max(1, KAMS_PER_UNIT * scale // 4),
        "products": min(PRODUCTS_PER_UNIT * scale, MOST_PRODUCTS),
        "clients": CLIENTS_PER_UNIT * scale,
        "start": end - dt.timedelta(days=DAYS),
        "end": end,
        "days": DAYS,
        "kam": "kam",
        "head": "head_of_sales",
    }
    assert {"kam", "head_of_sales"} <= ROLES.keys()
    for name, statement in scale_sql.NOUNS:
        cursor.execute(statement, values)
        if name:
            values[name] = cursor.fetchone()[0]
    _copy_clients(cursor, values)
    for name, statement in scale_sql.CLIENT_NOUNS:
        cursor.execute(statement, values)
        if name:
            values[name] = cursor.fetchone()[0]
    return values


def _copy_clients(cursor, values):
    """Clients with valid ИНН, streamed in; the check digit is counted here, not in SQL."""
    cursor.execute("CREATE TEMP TABLE big_client (n int, inn text) ON COMMIT DROP")
    rows = io.StringIO()
    for number in range(values["clients"]):
        rows.write(f"{number}\t{with_inn_key(f'{77 + number % 20:02d}{number:07d}')}\n")
    rows.seek(0)
    cursor.copy_expert("COPY big_client FROM STDIN", rows)
