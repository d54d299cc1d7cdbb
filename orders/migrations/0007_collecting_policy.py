"""The key rates of the Bank of Russia that are known, and a first policy of letters and stops, to be edited."""

import datetime as dt
from decimal import Decimal

from django.db import migrations

# From which day on, % a year. Later rates are entered on the page of key rates.
RATES = """
2014-12-16 17.00
2015-02-02 15.00
2015-03-16 14.00
2015-05-05 12.50
2015-06-16 11.50
2015-08-03 11.00
2016-06-14 10.50
2016-09-19 10.00
2017-03-27 9.75
2017-05-02 9.25
2017-06-19 9.00
2017-09-18 8.50
2017-10-30 8.25
2017-12-18 7.75
2018-02-12 7.50
2018-03-26 7.25
2018-09-17 7.50
2018-12-17 7.75
2019-06-17 7.50
2019-07-29 7.25
2019-09-09 7.00
2019-10-28 6.50
2019-12-16 6.25
2020-02-10 6.00
2020-04-27 5.50
2020-06-22 4.50
2020-07-27 4.25
2021-03-22 4.50
2021-04-26 5.00
2021-06-15 5.50
2021-07-26 6.50
2021-09-13 6.75
2021-10-25 7.50
2021-12-20 8.50
2022-02-14 9.50
2022-02-28 20.00
2022-04-11 17.00
2022-05-04 14.00
2022-05-27 11.00
2022-06-14 9.50
2022-07-25 8.00
2022-09-19 7.50
2023-07-24 8.50
2023-08-15 12.00
2023-09-18 13.00
2023-10-30 15.00
2023-12-18 16.00
2024-07-29 18.00
2024-09-16 19.00
2024-10-28 21.00
2025-06-09 20.00
2025-07-28 18.00
2025-09-15 17.00
2025-10-27 16.50
2025-12-22 16.00
"""

GREETING = "Здравствуйте, {contact}!\n\n"
CLOSING = "\n\nЕсли Вы уже оплатили, считайте это письмо недействительным.\n\nС уважением,\n{manager}\n{company}"
LEVELS = (
    {
        "level": 1, "name": "Напоминание о сроке оплаты", "days": -3, "min_amount": 1000,
        "subject": "{company}: напоминаем об оплате {amount}",
        "text": GREETING + "Напоминаем, что подходит срок оплаты наших счетов на сумму {amount}:\n\n{invoices}" + CLOSING,
    },
    {
        "level": 2, "name": "Первое письмо о просрочке", "days": 3, "min_amount": 1000,
        "subject": "{company}: просрочена оплата {overdue}",
        "text": GREETING + "На {day} не оплачены в срок счета на сумму {overdue}:\n\n{invoices}\n\n"
        "Просим оплатить долг или сообщить, когда это будет сделано." + CLOSING,
    },
    {
        "level": 3, "name": "Повторное письмо о просрочке", "days": 14, "min_amount": 1000, "with_penalty": True,
        "subject": "{company}: повторно о просроченной оплате {overdue}",
        "text": GREETING + "Оплата наших счетов просрочена на {days} дн., долг на {day} — {overdue}:\n\n{invoices}\n\n"
        "За просрочку на эту дату начислено {penalty}. Отгрузки могут быть остановлены. Просим оплатить долг в течение "
        "трёх рабочих дней." + CLOSING,
    },
    {
        "level": 4, "name": "Претензия", "days": 30, "min_amount": 10000, "with_penalty": True, "channel": "claim",
        "contact_role": "director",
        "subject": "{company}: претензия об оплате {overdue}",
        "text": GREETING + "Направляем претензию об оплате просроченного долга {overdue} и начисленных на {day} "
        "{penalty}. Оригинал направлен почтой. Просим оплатить долг в срок, указанный в претензии." + CLOSING,
    },
)  # fmt: skip


def seed(apps, schema_editor):
    rate = apps.get_model("orders", "KeyRate")
    rows = [line.split() for line in RATES.split("\n") if line]
    rate.objects.bulk_create([rate(starts_on=dt.date.fromisoformat(day), rate=Decimal(each)) for day, each in rows])
    level = apps.get_model("orders", "LetterLevel")
    level.objects.bulk_create([level(**fields) for fields in LEVELS])
    policy = apps.get_model("orders", "StopPolicy")
    policy.objects.create(name="Просрочка больше 30 дней", days=30, amount=Decimal(10000))


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_collecting")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
