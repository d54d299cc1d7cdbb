"""The forecasts kept so far, by KAM."""

from django.db import migrations

PLACES = "INSERT INTO reports_expectedplace (client_id, manager_id) SELECT id, manager_id FROM accounts_client"
FILL = """
INSERT INTO reports_expectedtotal (day, currency, week_on, manager_id, due, expected)
SELECT day, currency, week_on, manager_id, sum(due), sum(expected)
FROM reports_expectedcash LEFT JOIN reports_expectedplace USING (client_id) GROUP BY 1, 2, 3, 4"""
NOTHING = ["DELETE FROM reports_expectedtotal", "DELETE FROM reports_expectedplace"]


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_forecasts_by_manager")]
    operations = [migrations.RunSQL([PLACES, FILL], NOTHING)]
