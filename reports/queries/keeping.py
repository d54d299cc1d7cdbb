"""The statements of the night: what is kept of each day, all clients at once."""

from orders.queries.movements import open_invoices

# -------------------------------------------------------------------- how clients stand with their credit

CREDIT = """
INSERT INTO reports_keyfigure
    (day, client_id, exposure, "limit", covered, held_orders, held_total, promised, promises)
SELECT %(day)s, client_id, sum(exposure), sum("limit"), sum(covered), sum(held_orders), sum(held_total), sum(promised),
    sum(promises)
FROM (
    SELECT client_id, sum(open_amount), NULL::numeric, 0, 0, 0, 0, 0 FROM orders_invoice
    WHERE open_amount > 0 AND currency = 'RUB' GROUP BY 1
    UNION ALL
    SELECT s.payer_id, sum(s.uninvoiced_total), NULL, 0, 0, 0, 0, 0 FROM orders_shipment s
    JOIN orders_order o ON o.id = s.order_id WHERE s.uninvoiced_total > 0 AND o.currency = 'RUB' GROUP BY 1
    UNION ALL
    SELECT CASE payer WHEN 'client' THEN client_id ELSE distributor_id END, sum(unshipped_total), NULL, 0, 0, 0, 0, 0
    FROM orders_order WHERE unshipped_total > 0 AND currency = 'RUB' GROUP BY 1
    UNION ALL
    SELECT CASE payer WHEN 'client' THEN client_id ELSE distributor_id END, 0, NULL, 0, count(*), sum(total), 0, 0
    FROM orders_order WHERE status = 'held' AND currency = 'RUB' GROUP BY 1
    UNION ALL
    SELECT client_id, 0, credit_limit, 0, 0, 0, 0, 0 FROM accounts_creditterms
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
    UNION ALL
    SELECT client_id, 0, NULL, sum(amount), 0, 0, 0, 0 FROM accounts_creditcover
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s) AND currency = 'RUB' GROUP BY 1
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
