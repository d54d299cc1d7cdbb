"""A kept day carried forward to a day soon after it: what was kept, what happened since, and the debts that aged.

A debt changes its age between two days only if its due date lies in one of four short ranges, so nearly all of what is
open is never looked at. The figures are those that documents tell; docs/algorithms/receivables.md shows why.
"""

from datetime import date, timedelta

from orders.rules.aging import BUCKETS

MOST_DAYS = 30  # so that no debt passes two bounds of age at once

# Every change after the kept day of what is open of an invoice, and of what stands on account of a payment.
DEBTS_MOVED = """
    SELECT i.client_id, i.due_on, i.issued_on, m.day, m.amount FROM (
        SELECT invoice_id, issued_on, -amount FROM orders_creditnote WHERE issued_on > %(kept)s
        UNION ALL SELECT invoice_id, allocated_on, -amount FROM orders_allocation WHERE allocated_on > %(kept)s
        UNION ALL SELECT invoice_id, undone_on, amount FROM orders_allocation WHERE undone_on > %(kept)s
    ) m (invoice_id, day, amount) JOIN orders_invoice i ON i.id = m.invoice_id
    WHERE i.currency = %(currency)s AND i.issued_on <= %(day)s {own}"""
MONEY_MOVED = """
    SELECT i.client_id, i.received_on, m.day, m.amount FROM (
        SELECT payment_id, allocated_on, -amount FROM orders_allocation WHERE allocated_on > %(kept)s
        UNION ALL SELECT payment_id, undone_on, amount FROM orders_allocation WHERE undone_on > %(kept)s
        UNION ALL SELECT payment_id, refunded_on, -amount FROM orders_refund WHERE refunded_on > %(kept)s
        UNION ALL SELECT payment_id, undone_on, amount FROM orders_refund WHERE undone_on > %(kept)s
    ) m (payment_id, day, amount) JOIN orders_payment i ON i.id = m.payment_id
    WHERE i.currency = %(currency)s AND i.received_on <= %(day)s {own}"""
# Rows of a debt: so much more is open of what was due on `due_on`, by its age on `at`. What aged goes out of its age on
# the kept day and comes into that on the day; what is open now is taken back to the day it is asked for. Kept rows are
# one to a client: only what changed is grouped, then the two are put side by side.
CARRIED = """
WITH debts_moved AS MATERIALIZED ({debts_moved}),
money_moved AS MATERIALIZED ({money_moved}),
aged AS (
    SELECT i.client_id, i.due_on, i.open_amount AS amount FROM orders_invoice i
    WHERE i.open_amount > 0 AND i.currency = %(currency)s AND i.issued_on <= %(kept)s AND {crossed} {own}
    UNION ALL
    SELECT i.client_id, i.due_on, -i.amount FROM debts_moved i WHERE i.issued_on <= %(kept)s AND {crossed}
),
debts AS (
    SELECT client_id, due_on, %(day)s::date AS at, amount FROM aged
    UNION ALL SELECT client_id, due_on, %(kept)s::date, -amount FROM aged
    UNION ALL
    SELECT client_id, due_on, %(day)s, amount FROM debts_moved WHERE issued_on <= %(kept)s AND day <= %(day)s
    UNION ALL
    SELECT i.client_id, i.due_on, %(day)s, i.open_amount FROM orders_invoice i
    WHERE i.open_amount > 0 AND i.currency = %(currency)s AND i.issued_on > %(kept)s AND i.issued_on <= %(day)s {own}
    UNION ALL
    SELECT client_id, due_on, %(day)s, -amount FROM debts_moved WHERE issued_on > %(kept)s AND day > %(day)s
),
money AS (
    SELECT client_id, amount FROM money_moved WHERE received_on <= %(kept)s AND day <= %(day)s
    UNION ALL
    SELECT i.client_id, i.unallocated FROM orders_payment i
    WHERE i.unallocated > 0 AND i.currency = %(currency)s AND i.received_on > %(kept)s AND i.received_on <= %(day)s
        {own}
    UNION ALL SELECT client_id, -amount FROM money_moved WHERE received_on > %(kept)s AND day > %(day)s
)
SELECT client_id, {sums}, coalesce(k.money, 0) + coalesce(c.money, 0) AS money FROM ({kept}) k FULL JOIN (
    SELECT client_id, {by_age}, sum(money) AS money FROM (
        SELECT client_id, due_on, at, amount, 0 AS money FROM debts
        UNION ALL SELECT client_id, NULL, NULL, 0, amount FROM money  -- without an age
    ) changes GROUP BY client_id
) c USING (client_id)"""


def carried(kept_rows: str, kept: date, day: date, own: str) -> str:
    """SELECT of client, ages and money on `day`, from the rows of the day `kept` before it.

    Its values are %(day)s, %(kept)s and %(currency)s; `own` is a condition on the client of `i`. Raises ValueError for
    days further apart than MOST_DAYS.
    """
    if not 0 < (day - kept).days <= MOST_DAYS:
        raise ValueError(day - kept)
    names = [each.bucket.value for each in BUCKETS]
    return CARRIED.format(
        debts_moved=DEBTS_MOVED.format(own=own),
        money_moved=MONEY_MOVED.format(own=own),
        kept=kept_rows,
        crossed=f"i.due_on = ANY('{{{_due_days(kept, day)}}}'::date[])",  # one by one: the index alone tells of them
        by_age=", ".join(f"{_sum_of(each.first, each.last)} AS {each.bucket.value}" for each in BUCKETS),
        sums=", ".join(f"coalesce(k.{name}, 0) + coalesce(c.{name}, 0) AS {name}" for name in names),
        own=own,
    )


def _due_days(kept: date, day: date) -> str:
    """The due dates of debts that pass a bound of age: at most so many days late on the kept day, more on the day."""
    bounds = [each.last for each in BUCKETS if each.last is not None]
    passed = (kept + timedelta(days=after - bound) for bound in bounds for after in range((day - kept).days))
    return ",".join(each.isoformat() for each in passed)


def _sum_of(first: int | None, last: int | None) -> str:
    within = [f"at - due_on >= {first}"] if first is not None else []
    within += [f"at - due_on <= {last}"] if last is not None else []
    return f"coalesce(sum(amount) FILTER (WHERE {' AND '.join(within)}), 0)"
