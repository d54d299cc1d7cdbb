"""The statements of the night: what is kept of each day, all clients at once."""

from orders.queries.exchange import sum_in_roubles
from orders.queries.movements import open_invoices

# -------------------------------------------------------------------- how clients stand with their credit

PAYER = "CASE payer WHEN 'client' THEN client_id ELSE distributor_id END"
# As the credit check counts: foreign documents at the rate of the day, those without a rate left out.
CREDIT = f"""
INSERT INTO reports_keyfigure
    (day, client_id, exposure, "limit", covered, held_orders, held_total, promised, promises)
SELECT %(day)s, client_id, coalesce(sum(exposure), 0), sum("limit"), coalesce(sum(covered), 0), sum(held_orders),
    coalesce(sum(held_total), 0), sum(promised), sum(promises)
FROM (
    SELECT client_id, {sum_in_roubles("i", "open_amount")}, NULL::numeric, 0, 0, 0, 0, 0 FROM orders_invoice i
    WHERE open_amount > 0 GROUP BY 1
    UNION ALL
    SELECT s.payer_id, {sum_in_roubles("s", "uninvoiced_total", "o")}, NULL, 0, 0, 0, 0, 0 FROM orders_shipment s
    JOIN orders_order o ON o.id = s.order_id WHERE s.uninvoiced_total > 0 GROUP BY 1
    UNION ALL
    SELECT {PAYER}, {sum_in_roubles("o", "unshipped_total")}, NULL, 0, 0, 0, 0, 0
    FROM orders_order o WHERE unshipped_total > 0 GROUP BY 1
    UNION ALL
    SELECT {PAYER}, 0, NULL, 0, count(*), {sum_in_roubles("o", "total")}, 0, 0
    FROM orders_order o WHERE status = 'held' GROUP BY 1
    UNION ALL
    SELECT client_id, 0, credit_limit, 0, 0, 0, 0, 0 FROM accounts_creditterms
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
    UNION ALL
    SELECT client_id, 0, NULL, {sum_in_roubles("v", "amount")}, 0, 0, 0, 0 FROM accounts_creditcover v
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s) GROUP BY 1
    UNION ALL
    SELECT client_id, 0, NULL, 0, 0, 0, sum(amount), count(*) FROM orders_paymentpromise WHERE status = 'open'
    GROUP BY 1
) parts (client_id, exposure, "limit", covered, held_orders, held_total, promised, promises)
GROUP BY client_id"""

# -------------------------------------------------------------------- what was open, by week and by brand

OPEN = f"({open_invoices()})"

# A debt comes as much later than it is due as its client was last measured to pay; what is over 90 days late is not
# expected at all. What should have come by now is expected in the week after the day. Weeks are counted from a Monday.
EXPECTED = f"""
INSERT INTO reports_expectedcash (day, client_id, currency, week_on, due, expected)
SELECT %(day)s, client_id, currency, on_day - (on_day - date '1900-01-01') %% 7, sum(due), sum(expected)
FROM (
    SELECT o.client_id, o.currency, greatest(v.on_day, %(day)s::date + 1) AS on_day, v.due, v.expected
    FROM {OPEN} o LEFT JOIN (
        SELECT DISTINCT ON (client_id) client_id, round(average_days_late)::int AS late FROM orders_paymentdiscipline
        WHERE day <= %(day)s AND day > %(day)s::date - 31 ORDER BY client_id, day DESC
    ) d USING (client_id),
    LATERAL (VALUES
        (o.due_on, o.amount, 0),
        (o.due_on + coalesce(d.late, 0), 0, CASE WHEN o.due_on >= %(day)s::date - 90 THEN o.amount ELSE 0 END)
    ) v (on_day, due, expected) WHERE v.due > 0 OR v.expected > 0
) o GROUP BY 2, 3, 4"""

# The forecast by KAM. Clients that have another KAM than the totals count them under go over, in every forecast.
EXPECTED_ALONE = "LOCK TABLE reports_expectedplace IN SHARE ROW EXCLUSIVE MODE"
EXPECTED_TOTALS = """
INSERT INTO reports_expectedtotal AS t (day, currency, week_on, manager_id, due, expected)
SELECT day, currency, week_on, {manager}, sum({sign} due), sum({sign} expected) FROM {rows} GROUP BY 1, 2, 3, 4
ON CONFLICT (day, currency, week_on, coalesce(manager_id, 0))
DO UPDATE SET due = t.due + excluded.due, expected = t.expected + excluded.expected"""
EXPECTED_OF_DAY = EXPECTED_TOTALS.format(
    manager="manager_id",
    sign="",
    rows="reports_expectedcash LEFT JOIN reports_expectedplace USING (client_id) WHERE day = %(day)s",
)
HANDED = """
FROM accounts_client c LEFT JOIN reports_expectedplace p ON p.client_id = c.id
WHERE p.manager_id IS DISTINCT FROM c.manager_id"""
EXPECTED_HANDED = EXPECTED_TOTALS.format(
    manager="h.manager_id",
    sign="h.sign *",
    rows=f"""(
    SELECT c.id AS client_id, -1 AS sign, p.manager_id {HANDED} UNION ALL SELECT c.id, 1, c.manager_id {HANDED}
) h JOIN reports_expectedcash USING (client_id)""",
)
EXPECTED_PLACES = f"""
INSERT INTO reports_expectedplace (client_id, manager_id) SELECT c.id, c.manager_id {HANDED}
ON CONFLICT (client_id) DO UPDATE SET manager_id = excluded.manager_id"""

# Each brand's part of what is open, exact for each line and rounded down once for each client: the brand that lost most
# by it takes what rounding leaves.
BRANDS = f"""
INSERT INTO reports_brandfigure (day, client_id, brand_id, currency, total, overdue)
SELECT %(day)s, client_id, brand_id, currency,
    CASE WHEN place = 1 THEN round(sum(total) OVER whole, 2) - sum(trunc(total, 2)) OVER whole ELSE 0 END
        + trunc(total, 2),
    CASE WHEN place_late = 1 THEN round(sum(overdue) OVER whole, 2) - sum(trunc(overdue, 2)) OVER whole ELSE 0 END
        + trunc(overdue, 2)
FROM (
    SELECT *, row_number() OVER (PARTITION BY client_id, currency ORDER BY total %% 0.01 DESC, brand_id) AS place,
        row_number() OVER (PARTITION BY client_id, currency ORDER BY overdue %% 0.01 DESC, brand_id) AS place_late
    FROM (
        SELECT o.client_id, o.currency, p.brand_id, sum(share) AS total,
            coalesce(sum(share) FILTER (WHERE o.due_on < %(day)s), 0) AS overdue
        FROM {OPEN} o LEFT JOIN orders_invoiceline l ON l.invoice_id = o.id
        LEFT JOIN orders_product p ON p.id = l.product_id,
        LATERAL (SELECT CASE WHEN l.id IS NULL THEN o.amount ELSE o.amount * l.total / o.whole END) s (share)
        GROUP BY 1, 2, 3
    ) of_brand
) placed WINDOW whole AS (PARTITION BY client_id, currency)"""

OUTDATED = """
DELETE FROM {table} WHERE day < %(before)s AND extract(isodow FROM day) <> 7
    AND extract(day FROM day + 1) <> 1"""
