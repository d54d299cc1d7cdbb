"""The statements that keep a day's ageing and that tell a client's days anew; docs/algorithms/receivables.md explains.

Two ways to the same figures: a whole day for all clients starts from what is open now and takes back what happened
since; many days of few clients add up every document from the first one on, once.
"""

from orders.models.late_debts import DUE
from orders.queries.movements import SETTLED_SINCE, SPENT_SINCE, sums_by_age
from orders.rules.aging import BUCKETS

AGES = tuple(each.bucket.value for each in BUCKETS)
MONEY = ("on_account", "sales", "received")
FIGURES = (*AGES, *MONEY)
KEPT_FIGURES = (*FIGURES, "late_due_days")  # what a row of a client holds; sums of KAMs hold the figures alone


def _ages_of(amount: str) -> str:
    """The sums of a part by age, nothing for money, and what was late by the days it was due."""
    late = f"coalesce(sum({amount} * {DUE}) FILTER (WHERE due_on < %(day)s), 0)"
    return ", ".join((sums_by_age(amount), *("0" for _name in MONEY), late))


def _only(name: str, amount: str) -> str:
    """One of the money figures, nothing for the others."""
    return ", ".join(amount if each == name else "0" for each in KEPT_FIGURES)


# -------------------------------------------------------------------- a whole day

MONTH = "date_trunc('month', %(day)s::date)::date AND %(day)s"


def whole_day() -> str:
    """INSERT of all clients' rows of %(day)s."""
    named = ", ".join(KEPT_FIGURES)
    parts = (
        f"""SELECT client_id, currency, {_ages_of("open_amount")} FROM orders_invoice
        WHERE open_amount > 0 AND issued_on <= %(day)s GROUP BY 1, 2""",
        f"""SELECT i.client_id, i.currency, {_ages_of("m.amount")} FROM ({SETTLED_SINCE}) m
        JOIN orders_invoice i ON i.id = m.invoice_id WHERE i.issued_on <= %(day)s GROUP BY 1, 2""",
        f"""SELECT client_id, currency, {_only("on_account", "sum(unallocated)")} FROM orders_payment
        WHERE unallocated > 0 AND received_on <= %(day)s GROUP BY 1, 2""",
        f"""SELECT p.client_id, p.currency, {_only("on_account", "sum(m.amount)")} FROM ({SPENT_SINCE}) m
        JOIN orders_payment p ON p.id = m.payment_id WHERE p.received_on <= %(day)s GROUP BY 1, 2""",
        f"""SELECT client_id, currency, {_only("sales", "sum(amount)")} FROM orders_invoice
        WHERE issued_on BETWEEN {MONTH} GROUP BY 1, 2""",
        f"""SELECT i.client_id, i.currency, {_only("sales", "-sum(c.amount)")} FROM orders_creditnote c
        JOIN orders_invoice i ON i.id = c.invoice_id WHERE c.issued_on BETWEEN {MONTH} GROUP BY 1, 2""",
        f"""SELECT client_id, currency, {_only("received", "sum(amount)")} FROM orders_payment
        WHERE kind = 'money' AND received_on BETWEEN {MONTH} GROUP BY 1, 2""",
        f"""SELECT p.client_id, p.currency, {_only("received", "sum(m.amount)")} FROM (
            SELECT payment_id, -amount FROM orders_refund WHERE refunded_on BETWEEN {MONTH}
            UNION ALL SELECT payment_id, amount FROM orders_refund WHERE undone_on BETWEEN {MONTH}
        ) m (payment_id, amount) JOIN orders_payment p ON p.id = m.payment_id WHERE p.kind = 'money' GROUP BY 1, 2""",
    )
    return f"""
INSERT INTO orders_ageingsnapshot (day, client_id, currency, {named})
SELECT %(day)s, client_id, currency, {", ".join(f"sum({name})" for name in KEPT_FIGURES)}
FROM ({" UNION ALL ".join(parts)}) parts (client_id, currency, {named})
GROUP BY client_id, currency HAVING {" OR ".join(f"sum({name}) <> 0" for name in FIGURES)}"""


# -------------------------------------------------------------------- days of some clients

# Every change of a debt: on a day, so much more (or less) is open of what is due then.
DEBTS = """
    SELECT i.client_id, i.currency, i.due_on, i.issued_on AS day, i.amount
    FROM orders_invoice i WHERE i.client_id = ANY(%(doubted)s::bigint[])
    UNION ALL
    SELECT i.client_id, i.currency, i.due_on, greatest(c.issued_on, i.issued_on), -c.amount
    FROM orders_invoice i JOIN orders_creditnote c ON c.invoice_id = i.id WHERE i.client_id = ANY(%(doubted)s::bigint[])
    UNION ALL
    SELECT i.client_id, i.currency, i.due_on, greatest(m.day, i.issued_on), m.amount
    FROM orders_invoice i JOIN orders_allocation a ON a.invoice_id = i.id,
        LATERAL (VALUES (a.allocated_on, -a.amount), (a.undone_on, a.amount)) m (day, amount)
    WHERE i.client_id = ANY(%(doubted)s::bigint[]) AND m.day IS NOT NULL"""
# Every change of the other figures; sales and receipts end with their month.
FLOWS = """
    SELECT p.client_id, p.currency, 'on_account' AS name, p.received_on AS day, NULL::date AS until, p.amount
    FROM orders_payment p WHERE p.client_id = ANY(%(doubted)s::bigint[])
    UNION ALL
    SELECT p.client_id, p.currency, 'on_account', greatest(m.day, p.received_on), NULL, m.amount
    FROM orders_payment p JOIN orders_allocation a ON a.payment_id = p.id,
        LATERAL (VALUES (a.allocated_on, -a.amount), (a.undone_on, a.amount)) m (day, amount)
    WHERE p.client_id = ANY(%(doubted)s::bigint[]) AND m.day IS NOT NULL
    UNION ALL
    SELECT p.client_id, p.currency, 'on_account', greatest(m.day, p.received_on), NULL, m.amount
    FROM orders_payment p JOIN orders_refund r ON r.payment_id = p.id,
        LATERAL (VALUES (r.refunded_on, -r.amount), (r.undone_on, r.amount)) m (day, amount)
    WHERE p.client_id = ANY(%(doubted)s::bigint[]) AND m.day IS NOT NULL
    UNION ALL
    SELECT client_id, currency, name, day, (date_trunc('month', day) + interval '1 month')::date, amount FROM (
        SELECT client_id, currency, 'received' AS name, received_on AS day, amount FROM orders_payment
        WHERE kind = 'money' AND client_id = ANY(%(doubted)s::bigint[])
        UNION ALL SELECT p.client_id, p.currency, 'received', m.day, m.amount
        FROM orders_payment p JOIN orders_refund r ON r.payment_id = p.id,
            LATERAL (VALUES (r.refunded_on, -r.amount), (r.undone_on, r.amount)) m (day, amount)
        WHERE p.kind = 'money' AND p.client_id = ANY(%(doubted)s::bigint[]) AND m.day IS NOT NULL
        UNION ALL SELECT client_id, currency, 'sales', issued_on, amount FROM orders_invoice
        WHERE client_id = ANY(%(doubted)s::bigint[])
        UNION ALL SELECT i.client_id, i.currency, 'sales', c.issued_on, -c.amount
        FROM orders_invoice i JOIN orders_creditnote c ON c.invoice_id = i.id
        WHERE i.client_id = ANY(%(doubted)s::bigint[])
    ) monthly"""


def days_of_clients(wanted: str, days: str) -> str:
    """SELECT of client, currency, day and what is kept (an empty row too) of the clients in %(doubted)s.

    `wanted` selects client_id and since (the first day asked of it), `days` the days of which some are asked.
    """
    bounds = ", ".join(
        f"('{each.bucket.value}', {'NULL' if each.first is None else each.first}, "
        f"{'NULL' if each.last is None else each.last}, false)"
        for each in BUCKETS
    )
    bounds += ", ('late_due_days', 1, NULL, true)"
    sums = ", ".join(f"coalesce(sum(amount) FILTER (WHERE name = '{name}'), 0) AS {name}" for name in KEPT_FIGURES)
    running = ", ".join(f"sum({name}) OVER past AS {name}" for name in KEPT_FIGURES)
    return f"""
WITH wanted AS ({wanted}), kept AS ({days}),
lasting AS (
    SELECT d.client_id, d.currency, b.name, greatest(d.day, d.due_on + b.first, w.since) AS day,
        d.due_on + b.last + 1 AS until, CASE WHEN b.by_due THEN d.amount * {DUE} ELSE d.amount END AS amount
    FROM ({DEBTS}) d JOIN wanted w USING (client_id) CROSS JOIN (VALUES {bounds}) b (name, first, last, by_due)
    UNION ALL
    SELECT f.client_id, f.currency, f.name, greatest(f.day, w.since), f.until, f.amount
    FROM ({FLOWS}) f JOIN wanted w USING (client_id)
),
steps AS (
    SELECT client_id, currency, name, day, amount FROM lasting WHERE until IS NULL OR day < until
    UNION ALL SELECT client_id, currency, name, until, -amount FROM lasting WHERE day < until
),
daily AS (
    SELECT client_id, currency, day, {sums} FROM (
        SELECT * FROM steps WHERE day <= (SELECT max(day) FROM kept)
        UNION ALL
        SELECT c.client_id, c.currency, NULL, k.day, 0 FROM (SELECT DISTINCT client_id, currency FROM lasting) c
        JOIN wanted w USING (client_id) JOIN kept k ON k.day >= w.since
    ) s GROUP BY 1, 2, 3
)
SELECT client_id, currency, day, {", ".join(KEPT_FIGURES)} FROM (
    SELECT client_id, currency, day, {running} FROM daily WINDOW past AS (PARTITION BY client_id, currency ORDER BY day)
) told WHERE day IN (SELECT day FROM kept)"""


# -------------------------------------------------------------------- reading a kept day

# The last day kept up to the one asked, and the clients of whom something came late by then.
STANDING = """
WITH last AS (SELECT max(day) AS day FROM orders_ageingday WHERE day BETWEEN %(first)s AND %(day)s)
SELECT (SELECT day FROM last), ARRAY(
    SELECT DISTINCT client_id FROM orders_ageingdoubt WHERE since_on <= (SELECT day FROM last) ORDER BY 1)"""
# As kept, but for the clients of whom something came late: these stand beside, told from documents.
KEPT_DAY = """
SELECT client_id, {names}, on_account AS money FROM orders_ageingsnapshot
WHERE day = %(kept)s AND currency = %(currency)s AND NOT client_id = ANY(%(doubted)s::bigint[]) {own}"""
