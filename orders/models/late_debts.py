"""What each client is late with today, from the last kept day and what happened since; docs/algorithms/receivables.md.

Every kept row of a client holds, of the debts that were late, the sum and the sum times the day each was due. Both only
move with documents and with debts that become late, so the weight of a day is told without looking at old debts.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

FIRST_DAY = date(2000, 1, 1)  # days that debts were due are counted from it
MOST_DAYS = 30  # with no kept day that near, documents are added up

STANDING = """
WITH last AS (SELECT max(day) AS day FROM orders_ageingday)
SELECT (SELECT day FROM last), ARRAY(
    SELECT DISTINCT client_id FROM orders_ageingdoubt WHERE since_on <= (SELECT day FROM last) ORDER BY 1)"""
DUE = f"(due_on - DATE '{FIRST_DAY.isoformat()}')"
# Clients of whom something came late are told from what is open, the others as kept with three changes: debts that
# became late, debts entered since that were late already, and what settled debts that had been late.
LATE = f"""
SELECT client_id, overdue, (overdue * {{days}} - due_days) AS weight FROM (
    SELECT client_id, coalesce(k.overdue, 0) + coalesce(c.overdue, 0) AS overdue,
        coalesce(k.due_days, 0) + coalesce(c.due_days, 0) AS due_days
    FROM (
        SELECT client_id, days_1_30 + days_31_60 + days_61_90 + over_90 AS overdue, late_due_days AS due_days
        FROM orders_ageingsnapshot WHERE day = {{kept}} AND currency = 'RUB' {{sure}}
    ) k FULL JOIN (
        SELECT client_id, sum(amount) AS overdue, sum(amount * {DUE}) AS due_days FROM (
            SELECT client_id, due_on, open_amount AS amount FROM orders_invoice
            WHERE open_amount > 0 AND currency = 'RUB' AND due_on >= {{kept}} AND due_on < {{day}}
            UNION ALL
            SELECT client_id, due_on, open_amount FROM orders_invoice
            WHERE open_amount > 0 AND currency = 'RUB' AND due_on < {{kept}} AND issued_on > {{kept}}
            UNION ALL
            SELECT i.client_id, i.due_on, m.amount FROM (
                SELECT invoice_id, -amount FROM orders_creditnote WHERE issued_on > {{kept}}
                UNION ALL SELECT invoice_id, -amount FROM orders_allocation WHERE allocated_on > {{kept}}
                UNION ALL SELECT invoice_id, amount FROM orders_allocation WHERE undone_on > {{kept}}
            ) m (invoice_id, amount) JOIN orders_invoice i ON i.id = m.invoice_id
            WHERE i.currency = 'RUB' AND i.due_on < {{kept}} AND i.issued_on <= {{kept}}
        ) changes WHERE true {{sure}} GROUP BY client_id
    ) c USING (client_id)
    UNION ALL
    SELECT client_id, sum(open_amount), sum(open_amount * {DUE}) FROM orders_invoice
    WHERE open_amount > 0 AND currency = 'RUB' AND due_on < {{day}} AND client_id = ANY({{doubted}}) GROUP BY client_id
) late WHERE overdue > 0"""


@dataclass(frozen=True, slots=True)
class LastKept:
    """The last kept day, and the clients of whom something dated up to it came later."""

    day: date
    doubted: list[int]


def last_kept(day: date) -> LastKept | None:
    """The last kept day, if a day can be told from it: it is not after that day and not long before it."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        kept, doubted = cursor.fetchone()
    near = kept is not None and timedelta() <= day - kept <= timedelta(days=MOST_DAYS)
    return LastKept(kept, doubted) if near else None


def late_debts(kept: LastKept, day: date) -> str:
    """SELECT of client_id, `overdue` and `weight`: every overdue rouble times its days late, as it is open now."""
    doubted = f"'{{{','.join(map(str, kept.doubted))}}}'::bigint[]"
    return LATE.format(
        day=f"DATE '{day.isoformat()}'",
        kept=f"DATE '{kept.day.isoformat()}'",
        days=(day - FIRST_DAY).days,
        doubted=doubted,
        sure=f"AND NOT client_id = ANY({doubted})" if kept.doubted else "",
    )
