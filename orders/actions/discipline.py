"""Keeps how clients paid, day by day."""

from datetime import date

from django.db import connection

from kam.writing import writes
from orders.queries.discipline import measuring
from orders.rules.discipline import WINDOW_DAYS

KEPT = ("judged", "late", "average_days_late", "late_percent", "promises_broken")
KEEP = f"""
WITH fresh AS ({{measured}}), gone AS (
    DELETE FROM orders_paymentdiscipline kept WHERE day = %(day)s
        AND NOT EXISTS (SELECT FROM fresh WHERE fresh.client_id = kept.client_id)
)
INSERT INTO orders_paymentdiscipline (client_id, day, window_days, {", ".join(KEPT)})
SELECT client_id, %(day)s, %(window)s, {", ".join(KEPT)} FROM fresh
ON CONFLICT (client_id, day) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in KEPT)}"""


@writes
def measure_discipline(*, day: date) -> int:
    """Measure and keep every client's payment discipline as of a day; returns the number of clients measured.

    One statement. Run twice it writes the same; a past day gives what it gave then, from facts dated by then.
    """
    sql, values = measuring(day)
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(measured=sql), {**values, "window": WINDOW_DAYS})
        return cursor.rowcount
