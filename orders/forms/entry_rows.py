"""What a person typed into the rows of an order, read into the lines an action takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kam.money import rounded
from kam.pages.fields import decimal_of
from kam.refusals import Refusal
from orders.actions.orders import OrderLineInput
from orders.queries.pasting import products_by_code

LARGEST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as it was typed: a chosen product or the text for one, and figures as text."""

    key: str
    product: int | None = None
    text: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""


@dataclass(slots=True)
class ReadRows:
    """Rows that became lines, with their keys in order, and the refusals of those that did not, by key."""

    lines: list[OrderLineInput] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    refusals: dict[str, list[Refusal]] = field(default_factory=dict)


def typed_rows(data: Any) -> list[TypedRow]:
    """The rows of a JSON body; raises ValueError for another shape."""
    if not isinstance(data, list):
        raise ValueError("rows")
    return [_typed(row) for row in data]


def _typed(row: Any) -> TypedRow:
    if not isinstance(row, Mapping) or not isinstance(row.get("key"), str):
        raise ValueError("row")
    product = row.get("product")
    texts = {name: _printable(row.get(name)) for name in ("text", "quantity", "price", "discount")}
    return TypedRow(row["key"][:40], product if type(product) is int else None, **texts)


def _printable(value: Any) -> str:
    """A value as text without signs that no database keeps and nobody sees."""
    return "".join(char for char in str(value or "")[:300] if char.isprintable() or char.isspace()).strip()


def read_rows(rows: Sequence[TypedRow]) -> ReadRows:
    """Read what was typed; articles not chosen from the list are looked up by SKU and EAN, all in one query."""
    codes = {row.text.upper() for row in rows if row.product is None and row.text}
    products = products_by_code(codes) if codes else {}
    found = ReadRows()
    for row in rows:
        line, wrong = _read(row, products)
        if line is None:
            found.refusals[row.key] = wrong
        else:
            found.lines.append(line)
            found.keys.append(row.key)
    return found


def _read(row: TypedRow, products: Mapping[str, tuple[int, str]]) -> tuple[OrderLineInput | None, list[Refusal]]:
    wrong: list[Refusal] = []
    product = row.product
    if product is None and row.text.upper() in products:
        product = products[row.text.upper()][0]
    if product is None:
        text = _("Say which product.")
        if row.text:
            text = _("No product has the article “%(sku)s”.") % {"sku": row.text}
        wrong.append(Refusal("unknown_product", text, "product"))
    quantity = _quantity(row.quantity, wrong)
    price = _figure(row.price, "price", _("“%(text)s” is not a price."), wrong)
    discount = _figure(row.discount, "discount", _("“%(text)s” is not a discount in percent."), wrong)
    if wrong or product is None or quantity is None:
        return None, wrong
    return OrderLineInput(product, quantity, price, discount), []


def _quantity(text: str, wrong: list[Refusal]) -> int | None:
    if not text:
        wrong.append(Refusal("no_quantity", _("The quantity is missing."), "quantity"))
        return None
    try:
        value = decimal_of(text)
    except ValueError:
        value = None
    if value is None or value != value.to_integral_value() or abs(value) >= LARGEST:
        wrong.append(Refusal("bad_quantity", _("“%(text)s” is not a quantity.") % {"text": text}, "quantity"))
        return None
    return int(value)


def _figure(text: str, name: str, complaint: str, wrong: list[Refusal]) -> Decimal | None:
    if not text:
        return None
    try:
        value = decimal_of(text)
    except ValueError:
        value = None
    if value is None or abs(value) >= LARGEST:
        wrong.append(Refusal(f"bad_{name}", complaint % {"text": text}, name))
        return None
    return rounded(value)


def joined(refusals: Iterable[Refusal]) -> str:
    """Several refusals of a row as one line of text."""
    return " ".join(str(each.text) for each in refusals)
