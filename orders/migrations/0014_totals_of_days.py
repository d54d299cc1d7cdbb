"""The sums of the days kept so far."""

from django.db import migrations

FIGURES = "not_due, days_1_30, days_31_60, days_61_90, over_90, on_account, sales, received"
SUMS = ", ".join(f"sum({name})" for name in FIGURES.split(", "))
FILL = f"""
INSERT INTO orders_ageingtotal (day, currency, {FIGURES})
SELECT day, currency, {SUMS} FROM orders_ageingsnapshot GROUP BY 1, 2"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_ageing_totals")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
