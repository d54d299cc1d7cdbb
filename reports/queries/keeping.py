"""The statements of the night: what is kept of each day, all clients at once."""

from orders.queries.snapshots import ALLOCATED_SINCE

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

# What was open at the end of the day: open now with what happened since taken back, and what was paid since.
OPEN_THEN = f"""
CREATE TEMP TABLE open_then ON COMMIT DROP AS
WITH since AS (
    SELECT invoice_id, sum(amount) AS amount FROM (
        SELECT invoice_id, amount FROM orders_creditnote WHERE issued_on > %(day)s
        UNION ALL SELECT invoice_id, amount FROM ({ALLOCATED_SINCE}) a
    ) m GROUP BY 1
)
SELECT id, client_id, currency, due_on, open_amount + coalesce(s.amount, 0) AS amount
FROM orders_invoice i LEFT JOIN since s ON s.invoice_id = i.id
WHERE open_amount > 0 AND issued_on <= %(day)s AND open_amount + coalesce(s.amount, 0) > 0
UNION ALL
SELECT id, client_id, currency, due_on, s.amount FROM since s JOIN orders_invoice i ON i.id = s.invoice_id
WHERE open_amount = 0 AND issued_on <= %(day)s AND s.amount > 0"""

# A debt comes as much later than it is due as its client was last measured to pay; what is over 90 days late is not
# expected at all. What should have come by now is expected in the week after the day.
EXPECTED = """
INSERT INTO reports_expectedcash (day, client_id, currency, week_on, due, expected)
SELECT %(day)s, client_id, currency, date_trunc('week', greatest(on_day, %(day)s::date + 1))::date, sum(due),
    sum(expected)
FROM (
    SELECT client_id, currency, due_on AS on_day, amount AS due, 0 AS expected FROM open_then
    UNION ALL
    SELECT o.client_id, currency, due_on + coalesce(round(d.average_days_late)::int, 0), 0, amount FROM open_then o
    LEFT JOIN (
        SELECT DISTINCT ON (client_id) client_id, average_days_late FROM orders_paymentdiscipline
        WHERE day <= %(day)s AND day > %(day)s::date - 31 ORDER BY client_id, day DESC
    ) d USING (client_id)
    WHERE due_on >= %(day)s::date - 90
) o GROUP BY 2, 3, 4"""

# Each brand's share of what is open; the brand with the largest one takes what rounding leaves.
BRANDS = """
INSERT INTO reports_brandfigure (day, client_id, brand_id, currency, total, overdue)
SELECT %(day)s, client_id, brand_id, currency, sum(part), coalesce(sum(part) FILTER (WHERE due_on < %(day)s), 0)
FROM (
    SELECT client_id, currency, due_on, brand_id,
        CASE WHEN place = 1 THEN amount - coalesce(sum(share) OVER whole - share, 0) ELSE share END AS part
    FROM (
        SELECT *, row_number() OVER (PARTITION BY id ORDER BY cost DESC, brand_id) AS place,
            trunc(amount * cost / nullif(sum(cost) OVER (PARTITION BY id), 0), 2) AS share
        FROM (
            SELECT o.id, o.client_id, o.currency, o.due_on, o.amount, p.brand_id, sum(l.total) AS cost
            FROM open_then o LEFT JOIN orders_invoiceline l ON l.invoice_id = o.id
            LEFT JOIN orders_product p ON p.id = l.product_id GROUP BY 1, 2, 3, 4, 5, 6
        ) of_brand
    ) shared WINDOW whole AS (PARTITION BY id)
) parts GROUP BY client_id, brand_id, currency"""

OUTDATED = """
DELETE FROM {table} WHERE day < %(before)s AND extract(isodow FROM day) <> 7
    AND extract(day FROM day + 1) <> 1"""
