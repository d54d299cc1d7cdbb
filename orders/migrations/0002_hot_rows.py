"""Leave room on the pages of rows whose counters move all day, so that an update stays on its page; seed VAT rates."""

import datetime as dt

from django.db import migrations

HOT = ("orders_stocklevel", "orders_supplyline", "orders_quota")

RATES = (
    ("standard", "18", dt.date(2004, 1, 1), dt.date(2018, 12, 31)),
    ("standard", "20", dt.date(2019, 1, 1), dt.date(2025, 12, 31)),
    ("standard", "22", dt.date(2026, 1, 1), None),
    ("reduced", "10", dt.date(2004, 1, 1), None),
    ("none", "0", dt.date(2004, 1, 1), None),
)


def seed(apps, schema_editor):
    rate = apps.get_model("orders", "VatRate")
    rate.objects.bulk_create([rate(kind=k, rate=r, starts_on=s, ends_on=e) for k, r, s, e in RATES])


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE {table} SET (fillfactor = 60)" for table in HOT],
            [f"ALTER TABLE {table} RESET (fillfactor)" for table in HOT],
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
