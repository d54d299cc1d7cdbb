"""The sums of the days kept so far, by KAM."""

from django.db import migrations

FIGURES = "not_due, days_1_30, days_31_60, days_61_90, over_90, on_account, sales, received"
SUMS = ", ".join(f"sum({name})" for name in FIGURES.split(", "))
EMPTY = "DELETE FROM orders_ageingtotal"
PLACES = "INSERT INTO orders_ageingplace (client_id, manager_id) SELECT id, manager_id FROM accounts_client"
FILL = f"""
INSERT INTO orders_ageingtotal (day, currency, manager_id, {FIGURES})
SELECT day, currency, manager_id, {SUMS} FROM orders_ageingsnapshot LEFT JOIN orders_ageingplace USING (client_id)
GROUP BY 1, 2, 3"""
BACK = f"""
INSERT INTO orders_ageingtotal (day, currency, {FIGURES})
SELECT day, currency, {SUMS} FROM orders_ageingsnapshot GROUP BY 1, 2"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0020_ageing_by_manager")]
    operations = [
        migrations.RunSQL([EMPTY, PLACES, FILL], [EMPTY, BACK, "DELETE FROM orders_ageingplace"]),
    ]
