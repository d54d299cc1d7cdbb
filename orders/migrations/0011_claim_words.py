"""The words of the claim: they stand in its PDF, before the table of invoices."""

from django.db import migrations

WORDS = (
    "Между {company} (поставщик) и {client} (покупатель) сложились отношения по поставке товаров. Поставщик свои "
    "обязательства выполнил: товары, указанные в счетах, отгружены и приняты покупателем без замечаний.\n\n"
    "В нарушение условий об оплате по состоянию на {day} не оплачены в срок счета на сумму {overdue}; наибольшая "
    "просрочка составляет {days} дн."
)


def reword(apps, schema_editor):
    level = apps.get_model("orders", "LetterLevel")
    level.objects.filter(level=4, channel="claim", text__contains="Направляем претензию").update(text=WORDS)


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_listing_indexes")]
    operations = [migrations.RunPython(reword, migrations.RunPython.noop)]
