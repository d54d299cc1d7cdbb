import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_contract_penalties"),
        ("orders", "0018_payments_by_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shipments",
                to="accounts.client",
                verbose_name="client",
            ),
        ),
        # The check of the new key waits for the end of the transaction, and a table with checks waiting cannot be altered.
        migrations.RunSQL(
            """
            UPDATE orders_shipment s SET client_id = o.client_id FROM orders_order o WHERE o.id = s.order_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="shipment",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shipments",
                to="accounts.client",
                verbose_name="client",
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                fields=["client", "-shipped_on", "-id"],
                include=("total", "order"),
                name="shipment_of_client_listed",
            ),
        ),
    ]
