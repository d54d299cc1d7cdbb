"""How clients paid up to a day: as measured and kept, or measured now. One statement for any number of clients.

Only what is dated on or before the day counts, so a past day gives the same result whenever it is asked. What was open
then is what is open now and what has happened since, taken back: sums are linear, so nothing is added up per invoice.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import connection

from orders.models import PaymentDiscipline
from orders.queries.movements import SETTLED_SINCE
from orders.rules.discipline import WINDOW_DAYS, Discipline

# What foreign money is worth on the day; documents of a currency without a rate are left out.
RATES = """rates AS (
    SELECT 'RUB' AS currency, 1.000000 AS rate
    UNION ALL SELECT * FROM (
        SELECT DISTINCT ON (currency) currency, rate FROM orders_exchangerate WHERE day <= %(day)s
        ORDER BY currency, day DESC
    ) dated
)"""
MEASURED = f"""WITH {RATES}, parts AS (
    SELECT i.client_id, i.currency, a.amount, coalesce(p.paid_on, p.received_on) - i.due_on AS days
    FROM orders_allocation a
    JOIN orders_payment p ON p.id = a.payment_id
    JOIN orders_invoice i ON i.id = a.invoice_id
    WHERE a.allocated_on > %(since)s AND a.allocated_on <= %(day)s
        AND (a.undone_on IS NULL OR a.undone_on > %(day)s) {{joined}}
    UNION ALL
    SELECT client_id, currency, open_amount, %(day)s::date - due_on FROM orders_invoice
    WHERE open_amount > 0 AND due_on < %(day)s AND issued_on <= %(day)s {{own}}
    UNION ALL
    SELECT i.client_id, i.currency, m.amount, %(day)s::date - i.due_on FROM ({SETTLED_SINCE}) m
    JOIN orders_invoice i ON i.id = m.invoice_id
    WHERE i.due_on < %(day)s AND i.issued_on <= %(day)s {{joined}}
), sums AS (
    SELECT client_id, currency, sum(amount) AS judged, sum(amount) FILTER (WHERE days > 0) AS late,
        sum(amount * days) FILTER (WHERE days > 0) AS weighted
    FROM parts GROUP BY client_id, currency
), roubles AS (
    SELECT client_id, sum(judged * rate) AS judged, coalesce(sum(late * rate), 0) AS late,
        coalesce(sum(weighted * rate), 0) AS weighted
    FROM sums JOIN rates USING (currency) GROUP BY client_id HAVING sum(judged) > 0
)
SELECT roubles.client_id, round(judged, 2) AS judged, round(late, 2) AS late,
    least(round(weighted / judged, 2), 999999.99) AS average_days_late, round(late * 100 / judged, 2) AS late_percent,
    coalesce(broken.promises, 0) AS promises_broken
FROM roubles LEFT JOIN (
    SELECT client_id, count(*) AS promises FROM orders_paymentpromise
    WHERE broken_on > %(since)s AND broken_on <= %(day)s {{own}} GROUP BY client_id
) broken USING (client_id)"""


def measuring(day: date, client_ids: Collection[int] | None = None) -> tuple[str, dict[str, Any]]:
    """The statement that measures the discipline of these clients (of all without ids) on a day, and its values."""
    own = joined = ""
    values: dict[str, Any] = {"day": day, "since": day - timedelta(days=WINDOW_DAYS)}
    if client_ids is not None:
        own, joined = "AND client_id = ANY(%(clients)s::bigint[])", "AND i.client_id = ANY(%(clients)s::bigint[])"
        values["clients"] = sorted(client_ids)
    return MEASURED.format(own=own, joined=joined), values


def measured_discipline(client_ids: Collection[int], day: date) -> dict[int, Discipline]:
    """The discipline of these clients measured now as of a day; a client that had nothing to pay is missing."""
    sql, values = measuring(day, client_ids)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0]: Discipline(day, *row[1:]) for row in cursor.fetchall()}


def discipline_of(client_ids: Collection[int], day: date) -> dict[int, Discipline]:
    """The discipline of each client as last kept on or before a day; a client that was never measured is missing."""
    rows = PaymentDiscipline.objects.filter(client__in=list(client_ids), day__lte=day)
    rows = rows.order_by("client_id", "-day").distinct("client_id")
    names = ("client_id", "day", "judged", "late", "average_days_late", "late_percent", "promises_broken")
    return {row[0]: Discipline(*row[1:]) for row in rows.values_list(*names)}
