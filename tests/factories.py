"""What tests start from, built by the actions that people use."""

import datetime as dt
from decimal import Decimal
from itertools import count

from accounts import actions
from accounts.models import Client, PriceColumn
from accounts.rules.invented import invented_requisites
from kam.models import User

DAY = dt.date(2026, 11, 20)  # a Friday, working
_numbers = count(1)


def requisites(number: int | None = None, sole_trader: bool = False) -> dict[str, str]:
    """Valid requisites of an invented company, as the fields of a client; new ones each time without a number."""
    found = invented_requisites(next(_numbers) if number is None else number, sole_trader=sole_trader)
    return {
        "inn": found.inn,
        "kpp": found.kpp,
        "ogrn": found.ogrn,
        "bik": found.bic,
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
