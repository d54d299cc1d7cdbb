"""Lines that can only be matched in one way, all at once: one client by INN, one invoice named, and just its open sum.

The rule is orders.rules.matching; this is its plainest case as a statement, and a test holds the two together. A client
is taken here only with all of its incoming lines in a currency, each paying an invoice of its own: then their order
decides nothing, and what is left to the rule is not touched.
"""

from kam.imports import Report
from kam.staging import derive, execute
from orders.queries.allocations import PREPAID

# Whatever the rule holds for the same number has the same figures, but for the noughts before them, where a number is
# of letters, figures and strokes alone; a client with another number is left to the rule.
_FIGURES = "regexp_replace(regexp_replace({}, '[^0-9]+', '-', 'g'), '(^|-)0*', '', 'g')"
_NUMBERS = f"""
    SELECT client_id, currency, bare, min(id) AS invoice_id, min(open_amount) AS open_amount, min(named) AS named,
        array_agg(number) AS numbers, min(id) = max(id) AS alone,
        bool_and(number ~ '^[A-Za-zА-Яа-яЁё0-9/._-]+$') AS clear
    FROM (
        SELECT i.client_id, i.currency, i.id, i.open_amount, n.number,
            {_FIGURES.format("n.number")} AS bare,
            coalesce(nullif(i.number, ''), nullif(o.number, ''), s.number) AS named
        FROM orders_invoice i LEFT JOIN orders_order o ON o.id = i.order_id
        LEFT JOIN orders_shipment s ON s.id = i.shipment_id
        CROSS JOIN LATERAL (VALUES (i.number), (o.number), (s.number)) AS n (number)
        WHERE i.open_amount > 0 AND n.number <> '' AND i.client_id IN (SELECT client_id FROM bank_payers)
    ) n GROUP BY client_id, currency, bare"""

_PLAIN = f"""
    WITH lines AS (
        SELECT n.row, p.client_id, n.money AS currency, n.amount, n.other_inn, n.stated[1] AS stated,
            {_FIGURES.format("n.stated[1]")} AS bare,
            p.confidence IS NULL AND NOT n.twin AND cardinality(n.stated) = 1 AND o.row IS NULL AND e.row IS NULL
                AS plain
        FROM bank_new n JOIN bank_payers p USING (row) LEFT JOIN bank_own o USING (row)
        LEFT JOIN bank_entered e USING (row)
        WHERE n.is_incoming AND p.client_id IS NOT NULL
    ), found AS (
        SELECT l.*, n.invoice_id, n.named,
            coalesce(l.plain AND n.alone AND n.open_amount = l.amount AND l.stated = ANY (n.numbers), false) AS fits
        FROM lines l LEFT JOIN bank_numbers n USING (client_id, currency, bare)
    ), clients AS (
        SELECT client_id, currency FROM found
        WHERE client_id NOT IN (
            SELECT o.client_id FROM orders_order o
            WHERE o.status = ANY (%s) AND o.client_id IN (SELECT client_id FROM bank_payers)
                AND NOT EXISTS (SELECT 1 FROM orders_invoice i WHERE i.order_id = o.id)
        ) AND client_id NOT IN (SELECT client_id FROM bank_numbers WHERE NOT clear)
        GROUP BY client_id, currency HAVING bool_and(fits) AND count(*) = count(DISTINCT invoice_id)
    )
    SELECT f.row, f.client_id, f.amount, f.other_inn, f.invoice_id, f.named
    FROM found f JOIN clients USING (client_id, currency)"""


def find_plain_lines() -> None:
    """`bank_plain`: lines with the one invoice each pays whole. The clients must be locked already."""
    derive("bank_numbers", _NUMBERS)
    derive("bank_plain", _PLAIN, [list(PREPAID)])


def keep_plain_lines(report: Report) -> None:
    """Add the plain lines to `bank_matched` and `bank_parts`, as the rule would have them."""
    placed = execute(
        """INSERT INTO bank_matched (row, client_id, kind, status, confidence, why, invoices)
           SELECT row, client_id, 'client', 'placed', 'certain', jsonb_build_array(
                   jsonb_build_object('code', 'payer_by_inn', 'values', jsonb_build_object('inn', other_inn)),
                   jsonb_build_object('code', 'named_exact', 'values', jsonb_build_object(
                       'numbers', jsonb_build_array(named)))),
               ARRAY[invoice_id] FROM bank_plain"""
    )
    execute(
        """INSERT INTO bank_parts (row, place, invoice_id, amount, rule)
           SELECT row, 0, invoice_id, amount, 'stated' FROM bank_plain"""
    )
    execute("ANALYZE bank_matched")
    execute("ANALYZE bank_parts")
    if placed:
        report.count("placed_lines", placed)
