"""What moved debts and money after a day: the parts from which every statement of a past day is built.

There is one way to a past day: what is open now, with what happened since taken back (docs/algorithms/receivables.md).
Ageing, kept days, letters, stops, discipline and the figures of the night use these parts, so that none of them can
tell another day than the rest.
"""

from orders.rules.aging import BUCKETS

# Movements of allocations after the day, to be taken back: what they gave and what undoing gave back.
ALLOCATED_SINCE = """
    SELECT invoice_id, payment_id, amount FROM orders_allocation WHERE allocated_on > %(day)s AND undone_on IS NULL
    UNION ALL SELECT invoice_id, payment_id, -amount FROM orders_allocation
        WHERE undone_on > %(day)s AND allocated_on <= %(day)s"""
REFUNDED_SINCE = """
    SELECT payment_id, amount FROM orders_refund WHERE refunded_on > %(day)s AND undone_on IS NULL
    UNION ALL SELECT payment_id, -amount FROM orders_refund WHERE undone_on > %(day)s AND refunded_on <= %(day)s"""
# By invoice: what was open of it on the day and is not any more.
SETTLED_SINCE = f"""
    SELECT invoice_id, amount FROM orders_creditnote WHERE issued_on > %(day)s
    UNION ALL SELECT invoice_id, amount FROM ({ALLOCATED_SINCE}) allocated"""
# By payment: what stood on account on the day and does not any more.
SPENT_SINCE = f"""
    SELECT payment_id, amount FROM ({ALLOCATED_SINCE}) allocated
    UNION ALL {REFUNDED_SINCE}"""


# Whether any debt was settled after the day. Mostly none was, as the night finds it, and then what is open now will do.
ANYTHING_SETTLED = """(EXISTS (SELECT FROM orders_allocation WHERE allocated_on > %(day)s)
    OR EXISTS (SELECT FROM orders_allocation WHERE undone_on > %(day)s)
    OR EXISTS (SELECT FROM orders_creditnote WHERE issued_on > %(day)s))"""


def open_invoices(condition: str = "", *, settled: bool = True) -> str:
    """SELECT of what was open at the end of %(day)s: id, client_id, currency, due_on, `whole` and `amount` (open).

    `condition` is SQL about the invoice `i`, beginning with AND. `settled` is what ANYTHING_SETTLED says of the day.
    """
    if not settled:
        return f"""
    SELECT i.id, i.client_id, i.currency, i.due_on, i.amount AS whole, i.open_amount AS amount FROM orders_invoice i
    WHERE i.open_amount > 0 AND i.issued_on <= %(day)s {condition}"""
    return f"""
    WITH since AS (SELECT invoice_id, sum(amount) AS amount FROM ({SETTLED_SINCE}) m GROUP BY 1)
    SELECT i.id, i.client_id, i.currency, i.due_on, i.amount AS whole, i.open_amount + coalesce(s.amount, 0) AS amount
    FROM orders_invoice i LEFT JOIN since s ON s.invoice_id = i.id
    WHERE i.open_amount > 0 AND i.issued_on <= %(day)s AND i.open_amount + coalesce(s.amount, 0) > 0 {condition}
    UNION ALL
    SELECT i.id, i.client_id, i.currency, i.due_on, i.amount, s.amount
    FROM since s JOIN orders_invoice i ON i.id = s.invoice_id
    WHERE i.open_amount = 0 AND i.issued_on <= %(day)s AND s.amount > 0 {condition}"""


def sums_by_age(amount: str = "amount") -> str:
    """The sums of a part by its age (`due_on`) on %(day)s, named as the buckets, with the bounds that the rule has."""
    sums = []
    for each in BUCKETS:
        within = [f"due_on <= %(day)s::date - {each.first}"] if each.first is not None else []
        within += [f"due_on >= %(day)s::date - ({each.last})"] if each.last is not None else []
        sums.append(f"coalesce(sum({amount}) FILTER (WHERE {' AND '.join(within)}), 0) AS {each.bucket.value}")
    return ", ".join(sums)
