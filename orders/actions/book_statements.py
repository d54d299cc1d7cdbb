"""Judged lines of statements are written: the lines, the payments of certain ones, their allocations, the trail."""

from django.db import transaction

from kam import clock
from kam.access import Authority
from kam.imports import Report
from kam.judging import NOTHING_MORE, tell_trail
from kam.staging import derive, execute, rows_of
from orders.actions.ledger import ask_again

_COPIED = (
    "is_incoming", "booked_on", "amount", "document_kind", "document_number", "document_on", "other_name", "other_inn",
    "other_kpp", "other_account", "other_bik", "other_bank", "purpose", "reference", "search",
)  # fmt: skip


# Who paid and pays for a held order, is of one group with who does, or has its shipping stopped by the program.
WATCHED = """
WITH held AS MATERIALIZED (
    SELECT DISTINCT h.id, h.group_id FROM orders_order o
    JOIN accounts_client h ON h.id = CASE WHEN o.payer = 'distributor' THEN o.distributor_id ELSE o.client_id END
    WHERE o.status = 'held'
)
SELECT DISTINCT p.client_id FROM bank_paid p JOIN accounts_client c ON c.id = p.client_id
WHERE c.id IN (SELECT id FROM held) OR c.group_id IN (SELECT group_id FROM held WHERE group_id IS NOT NULL)
    OR c.id IN (SELECT client_id FROM orders_shippingstop WHERE lifted_on IS NULL)
ORDER BY 1"""


def book_lines(who: Authority, report: Report, day) -> None:
    """Write `bank_new` as `bank_matched` judged it; ends with a look at the orders and the shipping that debts hold."""
    _write_lines()
    _write_payments(who, report)
    _write_allocations(who, report)
    clients = [pk for (pk,) in rows_of(WATCHED)]
    if clients:
        transaction.on_commit(lambda: ask_again(clients, day), robust=True)


def _write_lines() -> None:
    now = clock.now()
    copied = ", ".join(_COPIED)
    execute(
        f"""INSERT INTO orders_bankstatementline (id, created_at, updated_at, version, statement_id, key, place,
                currency, kind, status, confidence, client_id, invoices, why, {copied})
            SELECT n.line_id, %s, %s, 1, s.id, n.key, t.line, n.money, m.kind, m.status, m.confidence, m.client_id,
                m.invoices, m.why, {", ".join(f"t.{each}" for each in _COPIED)}
            FROM bank_new n JOIN bank_in t USING (row) JOIN bank_matched m USING (row)
            JOIN bank_statements s ON s.section = n.section""",
        [now, now],
    )
    # A payment that a person entered before gets the line as its proof.
    execute(
        """UPDATE orders_payment p SET bank_line_id = n.line_id, version = p.version + 1, updated_at = %s
           FROM bank_entered e JOIN bank_matched m USING (row) JOIN bank_new n USING (row)
           WHERE m.status = 'placed' AND e.payment_id = p.id""",
        [now],
    )


def _write_payments(who: Authority, report: Report) -> None:
    now = clock.now()
    derive(
        "bank_paid",
        """SELECT n.row, n.line_id, m.client_id, nextval('orders_payment_id_seq') AS payment_id, n.booked_on,
               n.amount, n.money, n.key,
               coalesce(nullif(left(n.document_number, 40), ''), 'БВ-' || n.line_id) AS number,
               coalesce(p.taken, 0) AS taken
           FROM bank_new n JOIN bank_matched m USING (row)
           LEFT JOIN (SELECT row, sum(amount) AS taken FROM bank_parts GROUP BY row) p USING (row)
           LEFT JOIN bank_entered e USING (row)
           WHERE m.status = 'placed' AND m.kind = 'client' AND e.payment_id IS NULL""",
    )
    made = execute(
        """INSERT INTO orders_payment (id, created_at, updated_at, version, number, client_id, kind, received_on,
               currency, amount, unallocated, purpose, entered_by_id, bank_line_id, external_id, search)
           SELECT p.payment_id, %s, %s, 1, p.number, p.client_id, 'money', p.booked_on, p.money, p.amount,
               p.amount - p.taken, left(t.purpose, 400), %s, p.line_id, 'bank:' || p.key, t.payment_search
           FROM bank_paid p JOIN bank_in t USING (row)""",
        [now, now, who.by.pk],
    )
    report.count("payments_created", made)
    if made:
        tell_trail("create", "orders.payment", "payment_id", "bank_paid", who, changes=NOTHING_MORE, each_row=True)


# What the history of a payment and of an invoice says of an allocation.
_INVOICES_PAID = "jsonb_object_agg(number, jsonb_build_array(before::text, after::text))"
_PAID_BY = """jsonb_build_object('open_amount', jsonb_build_array(before::text, after::text),
    'payment', jsonb_build_array(null, payment_number))"""


def _write_allocations(who: Authority, report: Report) -> None:
    _plan_allocations()
    made = execute(
        """INSERT INTO orders_allocation (payment_id, invoice_id, amount, allocated_on, rule, by_id, undo_reason)
           SELECT payment_id, invoice_id, amount, allocated_on, rule, %s, '' FROM bank_allocated
           ORDER BY payment_id, place""",
        [who.by.pk],
    )
    report.count("allocations_created", made)
    if not made:
        return
    execute(
        """UPDATE orders_invoice i SET open_amount = i.open_amount - a.amount, moved_on = greatest(i.moved_on, a.day),
               version = i.version + 1, updated_at = %s
           FROM (
               SELECT invoice_id, sum(amount) AS amount, max(allocated_on) AS day FROM bank_allocated
               GROUP BY invoice_id
           ) a
           WHERE a.invoice_id = i.id""",
        [clock.now()],
    )
    tell_trail("allocate", "orders.payment", "payment_id", "bank_allocated", who, changes=_INVOICES_PAID)
    tell_trail("allocate", "orders.invoice", "invoice_id", "bank_allocated", who, changes=_PAID_BY, each_row=True)


def _plan_allocations() -> None:
    """`bank_allocated`. Dates keep the past true, as in the ledger: never before payment, invoice or last undoing."""
    derive(
        "bank_allocated",
        """SELECT t.payment_id, t.number AS payment_number, p.invoice_id, p.amount, p.rule, p.place, i.number,
               greatest(t.booked_on, i.issued_on, u.undone_on) AS allocated_on,
               i.open_amount - sum(p.amount) OVER w + p.amount AS before, i.open_amount - sum(p.amount) OVER w AS after
           FROM bank_parts p JOIN bank_paid t USING (row) JOIN orders_invoice i ON i.id = p.invoice_id
           LEFT JOIN (
               SELECT a.invoice_id, max(a.undone_on) AS undone_on FROM orders_allocation a
               WHERE a.undone_on IS NOT NULL AND a.invoice_id IN (SELECT invoice_id FROM bank_parts) GROUP BY 1
           ) u ON u.invoice_id = i.id
           WINDOW w AS (PARTITION BY p.invoice_id ORDER BY t.payment_id, p.place)""",
    )
