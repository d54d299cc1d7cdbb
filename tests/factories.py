"""What tests start from, built by the actions that people use."""

import datetime as dt
from decimal import Decimal
from itertools import count

from accounts import actions
from accounts.models import Client, PriceColumn
from accounts.rules.invented import invented_requisites
from kam.models import User
from kam.money import vat_within
from orders.actions.invoices import enter_open_invoice
from orders.actions.payments import receive_payment

DAY = dt.date(2026, 11, 20)  # a Friday, working
_numbers = count(1)


def requisites(number: int | None = None, sole_trader: bool = False) -> dict[str, str]:
    """Valid requisites of an invented company, as the fields of a client; new ones each time without a number."""
    found = invented_requisites(next(_numbers) if number is None else number, sole_trader=sole_trader)
    return {
        "inn": found.inn,
        "kpp": found.kpp,
        "ogrn": found.ogrn,
        "bik": found.bik,
        "account": found.account,
        "correspondent_account": found.correspondent_account,
    }


def system_user() -> User:
    """Somebody who may do everything, for what the test is not about."""
    found = User.objects.filter(email="root@dcm.example").first()
    return found or User.objects.create_superuser("root@dcm.example", None, last_name="Корнев", first_name="Роман")


def client_of(manager: User | None, **fields) -> Client:
    """An active dealer of this KAM with valid requisites; `fields` win."""
    number = next(_numbers)
    defaults = {"name": f"Навигатор {number}", "channel": "dealer", "status": "active", "city": "Тула"}
    fields = {**defaults, **requisites(number), **fields}
    return actions.create_client(by=system_user(), day=DAY, manager=manager, **fields)


def price_column(code: str = "dealer", **fields) -> PriceColumn:
    """A column of the price list, the same for the same code."""
    found = PriceColumn.objects.filter(code=code).first()
    return found or actions.create_price_column(by=system_user(), code=code, **{"name": f"Колонка {code}", **fields})


def terms_of(client: Client, **fields):
    """Credit terms of a client from the start of 2024: a million roubles for 30 calendar days."""
    defaults = {
        "starts_on": dt.date(2024, 1, 1),
        "credit_limit": Decimal("1000000.00"),
        "days": 30,
        "price_column": fields.get("price_column") or price_column(),
    }
    return actions.set_terms(client.pk, by=system_user(), **{**defaults, **fields})


def outlet_of(client: Client, manager: User | None = None, **fields):
    """An outlet of a client, perhaps with a KAM of its own."""
    fields = {"name": f"Магазин {next(_numbers)}", "city": "Тула", **fields}
    return actions.create_outlet(by=system_user(), client=client, manager=manager, **fields)


def activity_of(client: Client, owner: User, **fields):
    """Something planned with a client, due on DAY."""
    fields = {"subject": "Обсудить заказ", "due_on": DAY, "kind": "call", **fields}
    return actions.create_activity(by=system_user(), client=client, owner=owner, **fields)


def open_invoice(client: Client, amount="1200.00", due_on: dt.date | None = None, **fields):
    """A debt of a client entered from its old books, with VAT of 20 % inside, shipped a month before it is due."""
    due_on = due_on or DAY
    amount = Decimal(amount)
    fields = {
        "number": f"СТ-{next(_numbers)}",
        "shipped_on": due_on - dt.timedelta(days=30),
        "vat": vat_within(amount, 20),
        **fields,
    }
    return enter_open_invoice(client_id=client.pk, amount=amount, due_on=due_on, by=system_user(), **fields)


def overdue_invoice(client: Client, amount="1200.00", days: int = 1, day: dt.date = DAY, **fields):
    """A debt that was due so many days before the day."""
    return open_invoice(client, amount, due_on=day - dt.timedelta(days=days), **fields)


def payment_of(client: Client, amount="500.00", received_on: dt.date = DAY, **fields):
    """Money of a client, on account unless told to allocate it."""
    fields = {"allocate": False, **fields}
    return receive_payment(
        client_id=client.pk, amount=Decimal(amount), received_on=received_on, by=system_user(), **fields
    )
