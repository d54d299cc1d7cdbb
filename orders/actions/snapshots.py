"""Keeps the ageing of each day; a day taken again comes out the same, with documents that came late in it."""

from datetime import date

from django.db import connection

from kam import clock
from kam.writing import writes
from orders.models import AgeingDay
from orders.queries.snapshots import FIGURES, KEPT_FIGURES, days_of_clients, whole_day

CLIENTS_AT_ONCE = 500

# One taking at a time; readers go on reading.
ALONE = "LOCK TABLE orders_ageingday IN SHARE ROW EXCLUSIVE MODE"
# Marks that are seen here are taken away here; one that another transaction is writing stays for the next time.
TAKE_MARKS = """
WITH seen AS (
    DELETE FROM orders_ageingdoubt
    WHERE since_on <= greatest((SELECT max(day) FROM orders_ageingday), %(day)s::date) RETURNING client_id, since_on
)
SELECT client_id, greatest(since, first) FROM (SELECT client_id, min(since_on) AS since FROM seen GROUP BY 1) s,
    (SELECT min(day) AS first, max(day) AS last FROM orders_ageingday WHERE day <> %(day)s) d
WHERE since <= last ORDER BY 1"""
WANTED = "SELECT client_id, since FROM unnest(%(doubted)s, %(since)s::date[]) w (client_id, since)"
KEPT = "SELECT day FROM orders_ageingday WHERE day <> %(day)s AND day >= %(first)s"
NAMED = ", ".join(FIGURES)
# Totals move by what their rows move by: a late document of one client adds up no others.
TOTALS = f"""
INSERT INTO orders_ageingtotal AS t (day, currency, manager_id, {NAMED})
SELECT day, currency, {{manager}}, {", ".join(f"sum({{sign}}{name})" for name in FIGURES)}
FROM {{moved}} GROUP BY 1, 2, 3
ON CONFLICT (day, currency, coalesce(manager_id, 0))
DO UPDATE SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in FIGURES)}"""
PLACED = "LEFT JOIN orders_ageingplace USING (client_id)"
# Clients that have another KAM than the totals count them under: their rows go from the one to the other.
HANDED = """
SELECT c.id, p.manager_id, c.manager_id FROM accounts_client c LEFT JOIN orders_ageingplace p ON p.client_id = c.id
WHERE p.manager_id IS DISTINCT FROM c.manager_id ORDER BY 1"""
HANDED_OVER = TOTALS.format(
    sign="h.sign * ",
    manager="h.manager_id",
    moved="""(
    SELECT client_id, -1 AS sign, was AS manager_id
    FROM unnest(%(clients)s::bigint[], %(was)s::bigint[]) w (client_id, was)
    UNION ALL SELECT client_id, 1, now FROM unnest(%(clients)s::bigint[], %(now)s::bigint[]) n (client_id, now)
) h JOIN orders_ageingsnapshot s USING (client_id)""",
)
PLACES = """
INSERT INTO orders_ageingplace (client_id, manager_id)
SELECT * FROM unnest(%(clients)s::bigint[], %(now)s::bigint[])
ON CONFLICT (client_id) DO UPDATE SET manager_id = excluded.manager_id"""
GONE = f"""
WITH gone AS (
    DELETE FROM orders_ageingsnapshot s USING ({WANTED}) w
    WHERE s.client_id = w.client_id AND s.day >= w.since AND s.day <> %(day)s RETURNING s.*
){TOTALS.format(sign="-", manager="manager_id", moved=f"gone {PLACED}")}"""
ANEW = f"""
WITH anew AS (
    INSERT INTO orders_ageingsnapshot (client_id, currency, day, {", ".join(KEPT_FIGURES)})
    SELECT * FROM ({days_of_clients(WANTED, KEPT)}) told WHERE {" OR ".join(f"{name} <> 0" for name in FIGURES)}
    RETURNING *
){TOTALS.format(sign="", manager="manager_id", moved=f"anew {PLACED}")}"""
OF_THE_DAY = TOTALS.format(sign="", manager="manager_id", moved=f"orders_ageingsnapshot {PLACED} WHERE day = %(day)s")


@writes
def take_ageing_snapshot(*, day: date) -> int:
    """Keep what every client owed at the end of a day; returns how many rows (client and currency) that made.

    Documents that were entered since the last time for earlier days are put into the kept days from theirs on. Safe to
    run again: a day comes out the same whenever it is taken, by the documents dated up to it.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        _follow_hand_overs(cursor)
        cursor.execute(TAKE_MARKS, {"day": day})
        doubted = cursor.fetchall()
        for table in ("orders_ageingsnapshot", "orders_ageingtotal"):
            cursor.execute(f"DELETE FROM {table} WHERE day = %s", [day])
        cursor.execute(whole_day(), {"day": day})
        rows = cursor.rowcount
        cursor.execute(OF_THE_DAY, {"day": day})
        for start in range(0, len(doubted), CLIENTS_AT_ONCE):
            clients, since = zip(*doubted[start : start + CLIENTS_AT_ONCE], strict=True)
            values = {"day": day, "doubted": list(clients), "since": list(since), "first": min(since)}
            cursor.execute(GONE, values)
            cursor.execute(ANEW, values)
    AgeingDay.objects.update_or_create(day=day, defaults={"taken_at": clock.now(), "rows": rows})
    return rows


def _follow_hand_overs(cursor) -> None:
    """Count each client under the KAM it has now, on every kept day."""
    cursor.execute(HANDED)
    handed = cursor.fetchall()
    for start in range(0, len(handed), CLIENTS_AT_ONCE):
        clients, was, now = map(list, zip(*handed[start : start + CLIENTS_AT_ONCE], strict=True))
        values = {"clients": clients, "was": was, "now": now}
        cursor.execute(HANDED_OVER, values)
        cursor.execute(PLACES, values)
