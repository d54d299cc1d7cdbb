"""The last kept day gets what it lacks, so that lists need not wait for a night; earlier days are never asked for it."""

from django.db import migrations

FILLED = """
UPDATE orders_ageingsnapshot s SET late_due_days = late.due_days
FROM (SELECT max(day) AS day FROM orders_ageingday) k, LATERAL (
    SELECT i.client_id, i.currency, sum(d.amount * (i.due_on - DATE '2000-01-01')) AS due_days FROM (
        SELECT id, open_amount FROM orders_invoice WHERE open_amount > 0
        UNION ALL SELECT invoice_id, amount FROM orders_creditnote WHERE issued_on > k.day
        UNION ALL SELECT invoice_id, amount FROM orders_allocation WHERE allocated_on > k.day
        UNION ALL SELECT invoice_id, -amount FROM orders_allocation WHERE undone_on > k.day
    ) d (id, amount) JOIN orders_invoice i ON i.id = d.id
    WHERE i.issued_on <= k.day AND i.due_on < k.day GROUP BY 1, 2
) late
WHERE s.day = k.day AND s.client_id = late.client_id AND s.currency = late.currency"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0024_late_debts_by_due_day")]

    operations = [migrations.RunSQL(FILLED, migrations.RunSQL.noop)]
