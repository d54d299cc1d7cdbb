"""Triggers that mark what documents of receivables change, whoever writes them and however many at once.

They are of statements, not of rows: an import of a hundred thousand payments leaves one mark a client. Derived columns
(open amounts, money on account) are not watched.
"""

from django.db import migrations

# table -> (columns whose change matters, how a changed row becomes clients and days)
INVOICE = "SELECT r.client_id, r.issued_on FROM {rows} r"
CREDIT_NOTE = "SELECT i.client_id, r.issued_on FROM {rows} r JOIN orders_invoice i ON i.id = r.invoice_id"
PAYMENT = "SELECT r.client_id, r.received_on FROM {rows} r"
ALLOCATION = """
    SELECT i.client_id, r.allocated_on FROM {rows} r JOIN orders_invoice i ON i.id = r.invoice_id
    UNION ALL SELECT p.client_id, r.allocated_on FROM {rows} r JOIN orders_payment p ON p.id = r.payment_id"""
REFUND = "SELECT p.client_id, r.refunded_on FROM {rows} r JOIN orders_payment p ON p.id = r.payment_id"
TABLES = {
    "orders_invoice": (("client_id", "currency", "issued_on", "due_on", "amount"), INVOICE),
    "orders_creditnote": (("invoice_id", "issued_on", "amount"), CREDIT_NOTE),
    "orders_payment": (("client_id", "currency", "kind", "received_on", "amount"), PAYMENT),
    "orders_allocation": (("payment_id", "invoice_id", "amount", "allocated_on"), ALLOCATION),
    "orders_refund": (("payment_id", "amount", "refunded_on"), REFUND),
}
# An undoing changes the days from the undoing on, not those since the allocation or the refund was made.
UNDONE = "(SELECT n.*, least(o.undone_on, n.undone_on) AS since FROM gone o JOIN came n USING (id) "
UNDONE += "WHERE o.undone_on IS DISTINCT FROM n.undone_on)"
UNDONE_OF = {
    "orders_allocation": ALLOCATION.replace("r.allocated_on", "r.since"),
    "orders_refund": REFUND.replace("r.refunded_on", "r.since"),
}


def function(name: str, body: str) -> str:
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{body}
    RETURN NULL;
END $$;"""


def marks(source: str, rows: str) -> str:
    return f"""
    INSERT INTO orders_ageingdoubt (client_id, since_on)
    SELECT client_id, min(day) FROM ({source.format(rows=rows)}) t (client_id, day) GROUP BY 1;"""


def changed(table: str, columns) -> str:
    """The old and the new image of rows in which a watched column changed."""
    old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("o", "n"))
    differ = f"FROM gone o JOIN came n USING (id) WHERE ({old}) IS DISTINCT FROM ({new})"
    return f"(SELECT o.* {differ} UNION ALL SELECT n.* {differ})"


def statements():
    for table, (columns, source) in TABLES.items():
        yield function(f"{table}_came", marks(source, "came"))
        yield function(f"{table}_gone", marks(source, "gone"))
        body = marks(source, changed(table, columns))
        if table in UNDONE_OF:
            body += marks(UNDONE_OF[table], UNDONE)
        yield function(f"{table}_changed", body)
        for event, images, name in (
            ("INSERT", "NEW TABLE AS came", "came"),
            ("DELETE", "OLD TABLE AS gone", "gone"),
            ("UPDATE", "OLD TABLE AS gone NEW TABLE AS came", "changed"),
        ):
            yield f"""
CREATE TRIGGER {table}_{name} AFTER {event} ON {table} REFERENCING {images}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}();"""


def undoing():
    for table in TABLES:
        for name in ("came", "gone", "changed"):
            yield f"DROP TRIGGER {table}_{name} ON {table}; DROP FUNCTION {table}_{name}();"


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_kept_days")]
    operations = [migrations.RunSQL("".join(statements()), "".join(undoing()))]
