"""Rows of any model of ours, enough of them to count queries and to knock on doors with.

What a test of the house needs is that a row exists and whose it is, not that it is sensible: rows are made
field by field. A model whose constraints want more says so in `SPECIAL`: values of its fields, by name.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models

from kam.models import User
from orders.models import Product, StockLevel, Warehouse

START = date(2026, 1, 12)
FIRST = 1000  # numbers begin here, so that rows made by hand keep theirs
# model label -> {field: value or function of (number, owner)}
SPECIAL: dict[str, dict] = {
    "kam.savedview": {"page": "accounts.client"},
    "kam.substitution": {"deputy": lambda number, owner: another_person()},
    "orders.bankstatementline": {"key": lambda number, owner: f"{number}-key"},
    "orders.creditnote": {"vat": Decimal(0)},
    "orders.creditreview": {"score": 50},
    "orders.invoice": {"vat": Decimal(0)},
    "orders.discrepancyactline": {
        "kind": "surplus",
        "expected": 1,
        "actual": 2,
        "quantity": 1,
        "product": lambda number, owner: make_row(Product, owner, number),
    },
    "orders.discrepancy": {"their_amount": Decimal(1)},
    "orders.invoiceline": {"vat": Decimal(0)},
    "orders.orderline": {"vat": Decimal(0)},
    "orders.reconciliationline": {"kind": "invoice", "debit": Decimal(1)},
    # Levels beyond those that the migration seeds.
    "orders.letterlevel": {"days": 5, "level": lambda number, owner: 100 + number},
    "orders.reservation": {
        "product": lambda number, owner: same_product(number),
        "level": lambda number, owner: make_row(StockLevel, owner, number, product=same_product(number)),
    },
    "orders.shipment": {"warehouse": lambda number, owner: make_row(Warehouse, owner, number)},
    "orders.shipmentline": {"vat": Decimal(0), "product": lambda number, owner: same_product(number)},
    "orders.specialterm": {
        "product": lambda number, owner: make_row(Product, owner, number),
        "discount_percent": Decimal(5),
    },
    # Days before the rates that the migration seeds.
    "orders.vatrate": {
        "starts_on": lambda number, owner: date(1992, 1, 1) + timedelta(days=number),
        "ends_on": lambda number, owner: date(1992, 1, 1) + timedelta(days=number),
    },
}


def another_person() -> User:
    """Somebody beside the owner, where a row needs two."""
    names = {"last_name": "Запасов", "first_name": "Захар"}
    return User.objects.get_or_create(email="another@dcm.example", defaults=names)[0]


def same_product(number: int) -> Product:
    """The product that was made with this number for another field of the row."""
    return Product.objects.get(sku=f"{number}-sku")


def make_row(model, owner, number: int, **given):
    """One row of the model whose manager is `owner`; rows it needs are made with it."""
    values = dict(given)
    special = SPECIAL.get(model._meta.label_lower, {})
    for field in model._meta.concrete_fields:
        if field.name in values or field.attname in values:
            continue
        if field.name in special:
            value = special[field.name]
            values[field.name] = value(number, owner) if callable(value) else value
        elif field.is_relation:
            related = related_row(field, owner, number)
            if related is not None:
                values[field.name] = related
        elif not (field.primary_key or field.null or field.has_default() or not field.editable):
            values[field.name] = plain_value(field, number)
    return model._default_manager.create(**values)


def related_row(field, owner, number):
    """The row a relation points to: the owner where it is a person, a new row where one is needed."""
    if field.related_model is User:
        return owner
    if field.null:
        return None
    return make_row(field.related_model, owner, number)


def plain_value(field, number: int):
    """A value of the field's kind; different for every number where it can be."""
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.EmailField):
        return f"row{number}@dcm.example"
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return START + timedelta(days=number)
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.IntegerField):
        return number
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.FileField):
        return ""
    if isinstance(field, models.CharField | models.TextField):
        return "" if field.blank and not field.unique else f"{number}-{field.name}"[: field.max_length]
    raise AssertionError(f"{field}: say in tests/house/rows.py what a row of {field.model} has here")


def make_rows(model, owner, count: int, first: int = FIRST) -> list:
    """So many rows of the model, all of this owner."""
    return [make_row(model, owner, first + number) for number in range(count)]
