"""When what is open of each invoice last changed, from the documents that there are."""

from django.db import migrations

TELL = """
UPDATE orders_invoice i SET moved_on = m.day FROM (
    SELECT invoice_id, max(day) AS day FROM (
        SELECT invoice_id, greatest(allocated_on, undone_on) AS day FROM orders_allocation
        UNION ALL SELECT invoice_id, issued_on FROM orders_creditnote
    ) d GROUP BY 1
) m WHERE m.invoice_id = i.id"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_day_of_last_movement")]
    operations = [migrations.RunSQL(TELL, migrations.RunSQL.noop)]
