"""Money of the last days as the bank tells it: certain payments, doubtful ones, strangers, fees, a refund."""

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from accounts.models import Client
from accounts.rules.invented import invented_requisites
from kam import clock
from kam.imports import Upload
from orders.actions.bank_accounts import create_bank_account
from orders.actions.import_statements import StatementsImporter
from orders.actions.placements import assign_line, park_line, propose_placement
from orders.actions.refunds import refund_payment
from orders.models import BankStatementLine, Company, Invoice, Payment
from reports.demo.debts import debtors_on
from reports.demo.moments import midday

STRANGER = 98_000  # the first number of invented companies that nobody knows
DAYS = 4


def tell_bank(*, finance, second, day: dt.date, rng: random.Random) -> None:
    """Statements of the last weekdays; what they leave open is proposed, parked or left for people to place."""
    company = Company.objects.get()
    create_bank_account(by=finance, number=company.account, bank_name=company.bank_name, bik=company.bik)
    balance = Decimal("4_850_000.00")
    for told in _weekdays_before(day, DAYS):
        documents = list(_documents(company, told, rng))
        with clock.at(midday(told)):
            balance = _take(company, documents, told, balance, by=finance)
    waiting = list(BankStatementLine.objects.waiting().filter(kind="client").order_by("pk"))
    for line in waiting[:2]:
        if line.client_id:
            propose_placement(line.pk, by=second, day=day, reason="Сверено с клиентом по телефону")
    strangers = [line for line in waiting if line.client_id is None]
    for line, debtor in zip(strangers[:1], debtors_on(day), strict=False):
        assign_line(line.pk, by=second, day=day, client_id=debtor.client.pk, reason="Платит дочерняя компания клиента")
    for line in strangers[1:2]:
        if line.status == BankStatementLine.Status.TO_PLACE:
            park_line(line.pk, by=finance, day=day, reason="Ждём письма от плательщика")
    spare = Payment.objects.on_account().filter(currency="RUB").order_by("-received_on", "pk").first()
    if spare is not None:
        amount = (spare.unallocated / 2).quantize(Decimal("1.00"))
        refund_payment(spare.pk, by=finance, day=day, amount=amount, reason="Клиент просит вернуть переплату")


def _weekdays_before(day: dt.date, count: int) -> list[dt.date]:
    days = [day - dt.timedelta(days=back) for back in range(1, count * 2 + 3)]
    return sorted([each for each in days if each.weekday() < 5][:count])


def _documents(company: Company, day: dt.date, rng: random.Random) -> Iterator[tuple[Decimal, bool, dict]]:
    """What the bank booked on a day: amount, whether it came in, the keys of the document."""
    awaited = Invoice.objects.filter(
        currency="RUB", open_amount__gt=0, issued_on__lt=day, due_on__gte=day - dt.timedelta(days=7)
    )
    soonest = list(awaited.select_related("client").order_by("due_on", "pk")[:20])
    chosen = rng.sample(soonest, min(5, len(soonest)))
    for number, invoice in enumerate(chosen):
        purpose = f"Оплата по счёту № {invoice.number} от {invoice.issued_on:%d.%m.%Y}, в т.ч. НДС"
        amount = invoice.open_amount
        if number == 3:  # half of it, and nothing said of what for
            amount, purpose = (amount / 2).quantize(Decimal("1.00")), "Оплата за товар по договору поставки"
        if number == 4:  # paid by somebody else of the same name
            purpose = f"Оплата за {invoice.client.name} по счёту {invoice.number}"
            yield amount, True, _party(invoice.client, inn=invented_requisites(STRANGER + 7).inn, purpose=purpose)
            continue
        yield amount, True, _party(invoice.client, purpose=purpose)
    stranger = invented_requisites(STRANGER + day.day)
    yield Decimal(rng.randint(20, 900) * 137), True, {
        "Плательщик1": f"ООО «Новый путь {day:%d}»", "ПлательщикИНН": stranger.inn, "ПлательщикКПП": stranger.kpp,
        "ПлательщикСчет": stranger.account, "ПлательщикБИК": stranger.bik,
        "НазначениеПлатежа": "Предоплата за навигаторы по счёту",
    }  # fmt: skip
    yield Decimal(rng.randint(5, 30) * 100 + 50), False, {
        "Получатель1": company.bank_name, "ПолучательСчет": f"70601810{stranger.account[8:]}",
        "ПолучательБИК": company.bik, "НазначениеПлатежа": f"Комиссия за ведение счёта за {day:%d.%m.%Y}",
    }  # fmt: skip
    supplier = invented_requisites(STRANGER + 50)
    yield Decimal(rng.randint(300, 900) * 1000), False, {
        "Получатель1": "АО «Завод-изготовитель»", "ПолучательИНН": supplier.inn, "ПолучательСчет": supplier.account,
        "ПолучательБИК": supplier.bik, "НазначениеПлатежа": "Оплата за товар по контракту 12/К",
    }  # fmt: skip


def _party(client: Client, *, purpose: str, inn: str = "") -> dict:
    return {
        "Плательщик1": client.legal_name or client.name, "ПлательщикИНН": inn or client.inn,
        "ПлательщикКПП": "" if inn else client.kpp, "ПлательщикСчет": "" if inn else client.account,
        "ПлательщикБИК": "" if inn else client.bik, "НазначениеПлатежа": purpose,
    }  # fmt: skip


def _take(company: Company, documents: list, day: dt.date, opening: Decimal, *, by) -> Decimal:
    """Write the bank's file of a day and take it in as a person would; returns the closing balance."""
    came = sum((amount for amount, is_incoming, _keys in documents if is_incoming), Decimal(0))
    went = sum((amount for amount, is_incoming, _keys in documents if not is_incoming), Decimal(0))
    closing = opening + came - went
    lines = [
        "1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", f"Отправитель={company.bank_name}",
        f"ДатаНачала={day:%d.%m.%Y}", f"ДатаКонца={day:%d.%m.%Y}", f"РасчСчет={company.account}", "СекцияРасчСчет",
        f"ДатаНачала={day:%d.%m.%Y}", f"ДатаКонца={day:%d.%m.%Y}", f"РасчСчет={company.account}",
        f"НачальныйОстаток={opening:.2f}", f"ВсегоПоступило={came:.2f}", f"ВсегоСписано={went:.2f}",
        f"КонечныйОстаток={closing:.2f}", "КонецРасчСчет",
    ]  # fmt: skip
    for number, (amount, is_incoming, keys) in enumerate(documents, start=1):
        ours = "Получатель" if is_incoming else "Плательщик"
        lines += [
            "СекцияДокумент=Платежное поручение", f"Номер={day:%d%m}{number:02}", f"Дата={day:%d.%m.%Y}",
            f"Сумма={amount:.2f}", f"{'ДатаПоступило' if is_incoming else 'ДатаСписано'}={day:%d.%m.%Y}",
            f"{ours}Счет={company.account}", f"{ours}ИНН={company.inn}", f"{ours}1={company.name}",
            *(f"{key}={value}" for key, value in keys.items()), "КонецДокумента",
        ]  # fmt: skip
    text = "\r\n".join([*lines, "КонецФайла", ""])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"kl_to_1c_{day:%d%m%Y}.txt"
        path.write_bytes(text.encode("cp1251", errors="replace"))
        StatementsImporter().commit(Upload(((path.name, path),), by, day))
    return closing
