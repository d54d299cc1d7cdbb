"""What tests start from, built by the actions that people use."""

import datetime as dt
from decimal import Decimal
from itertools import count

from accounts import actions
from accounts.models import Client, PriceColumn
from accounts.rules.invented import invented_requisites
from kam.models import User
from kam.money import vat_within
from orders.actions.catalogue import create_brand, create_category, create_product, create_warehouse
from orders.actions.company import save_company
from orders.actions.confirming import confirm_order
from orders.actions.credit_notes import issue_credit_note
from orders.actions.invoices import enter_open_invoice
from orders.actions.order_steps import submit_order
from orders.actions.orders import OrderLineInput, create_order
from orders.actions.payments import receive_payment
from orders.actions.prices import set_costs, set_prices
from orders.actions.returns import request_return
from orders.actions.shipments import ship_order
from orders.actions.supplies import SupplyLineInput, create_supply, receive_supply
from orders.models import Brand, Category, CreditNote, Invoice, Order, Product, Return, Supply, Warehouse

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


def warehouse(name: str = "Склад Москва") -> Warehouse:
    """A warehouse of ours, the same for the same name."""
    return Warehouse.objects.filter(name=name).first() or create_warehouse(by=system_user(), name=name)


def product(price="1000.00", cost="600.00", column: PriceColumn | None = None, **fields) -> Product:
    """A product with a price in a column (the dealers' one) and a cost, both since the start of 2024."""
    number = next(_numbers)
    brand = fields.pop("brand", None) or Brand.objects.first() or create_brand(by=system_user(), name="Маяк")
    category = fields.pop("category", None) or Category.objects.first()
    category = category or create_category(by=system_user(), name="Навигаторы")
    fields = {"sku": f"NAV-{number:04}", "name": f"Навигатор {number}", "vat_kind": "standard", **fields}
    made = create_product(by=system_user(), brand=brand, category=category, **fields)
    since = dt.date(2024, 1, 1)
    if price is not None:
        column = column or price_column()
        set_prices(column_id=column.pk, amounts={made.pk: Decimal(price)}, starts_on=since, by=system_user())
    if cost is not None:
        set_costs(amounts={made.pk: Decimal(cost)}, starts_on=since, by=system_user())
    return made


def supply(units: dict, expected_on: dt.date = DAY, **fields) -> Supply:
    """An expected delivery of so many units of each product to the warehouse."""
    lines = [SupplyLineInput(each.pk, count) for each, count in units.items()]
    fields = {"number": f"S-{next(_numbers)}", "warehouse_id": warehouse().pk, **fields}
    return create_supply(by=system_user(), expected_on=expected_on, lines=lines, **fields)


def stocked_product(units: int = 100, **fields) -> Product:
    """A product of which so many units arrived in the warehouse."""
    made = product(**fields)
    if units:
        receive_supply(supply({made: units}).pk, by=system_user(), day=DAY)
    return made


def catalogue(count: int = 10, units: int = 100) -> list[Product]:
    """Products with prices and costs, each with units on hand."""
    made = [product() for _each in range(count)]
    receive_supply(supply(dict.fromkeys(made, units)).pk, by=system_user(), day=DAY)
    return made


def buyer(manager: User | None, **terms) -> Client:
    """An active client with credit terms and a contract, so that its orders can be confirmed."""
    client = client_of(manager)
    terms_of(client, **terms)
    actions.create_contract(by=system_user(), client=client, number="Д-1", signed_on=dt.date(2024, 1, 1))
    return client


def draft_order(client: Client, by: User, units: dict, day: dt.date = DAY, **fields) -> Order:
    """A draft of so many units of each product; a value may be an OrderLineInput's (quantity, price)."""
    warehouse()
    lines = [
        OrderLineInput(each.pk, *(asked if isinstance(asked, tuple) else (asked,))) for each, asked in units.items()
    ]
    return create_order(by=by, day=day, client_id=client.pk, lines=lines, **fields)


def submitted_order(client: Client, by: User, units: dict, day: dt.date = DAY, **fields) -> Order:
    """A draft that was submitted."""
    return submit_order(draft_order(client, by, units, day, **fields).pk, by=by, day=day)


def confirmed_order(client: Client, by: User, units: dict, day: dt.date = DAY, **fields) -> Order:
    """An order that was submitted and confirmed, its goods reserved as far as they lie there."""
    return confirm_order(submitted_order(client, by, units, day, **fields).pk, by=by, day=day)


def our_company(**fields):
    """Our own company with everything papers need."""
    number = requisites(99_000)
    defaults = {
        "name": "ООО «Дистрибуция»",
        "legal_address": "125009, Москва, ул. Тверская, д. 1",
        "phone": "+7 495 000-00-00",
        "bank_name": "АО «Банк», г. Москва",
        "director": "Директоров Д. Д.",
        "accountant": "Бухгалтерова Б. Б.",
        "storekeeper": "Кладовщиков К. К.",
    }
    return save_company(by=system_user(), **{**defaults, **number, **fields})


def shipped_order(client: Client, by: User, units: dict, day: dt.date = DAY, **fields) -> Order:
    """An order confirmed, shipped whole and invoiced on the day."""
    order = confirmed_order(client, by, units, day, **fields)
    ship_order(order.pk, by=system_user(), day=day)
    order.refresh_from_db()
    return order


def return_of(invoice: Invoice, by: User, units: int = 1, day: dt.date = DAY) -> Return:
    """Units of the first line of an invoice asked back as defective."""
    line = invoice.lines.order_by("pk").first()
    return request_return(invoice.pk, by=by, day=day, reason="defect", lines=[(line.pk, units, True)])


def credit_note_of(invoice: Invoice, amount="1.00", day: dt.date = DAY) -> CreditNote:
    """A small correction of an invoice's price."""
    return issue_credit_note(invoice.pk, by=system_user(), day=day, amount=Decimal(amount), reason="Скидка")
