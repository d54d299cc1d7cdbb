"""Lines pasted from a spreadsheet: article (SKU or EAN) and quantity, perhaps a price."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from kam.money import rounded
from orders.models import Product

CELLS = re.compile(r"\t|;| {2,}")
BLANKS = re.compile(r"[\s\u00a0\u202f]")
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row that was understood: `row` counts from 1 in the pasted text."""

    row: int
    product_id: int
    sku: str
    quantity: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PastedError:
    """A row that was not, as it stood, and why."""

    row: int
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text came to."""

    lines: tuple[PastedRow, ...]
    errors: tuple[PastedError, ...]


def read_pasted(text: str) -> Pasted:
    """Read rows `SKU<tab>quantity[<tab>price]`; semicolons or several blanks part cells as well.

    Numbers may have blanks between thousands and a comma or a point; a heading without a number is an error of
    its row only.
    """
    rows = [(number, raw.strip()) for number, raw in enumerate(text.splitlines(), 1) if raw.strip()]
    cells = {number: [cell.strip() for cell in CELLS.split(raw) if cell.strip()] for number, raw in rows[:MOST_ROWS]}
    products = products_by_code({row[0].upper() for row in cells.values() if row})
    lines, errors = [], []
    for number, raw in rows:
        if number not in cells:
            errors.append(PastedError(number, raw, _("At most %(most)d rows are read.") % {"most": MOST_ROWS}))
            continue
        try:
            lines.append(_row(number, cells[number], products))
        except ValueError as error:
            errors.append(PastedError(number, raw, str(error)))
    return Pasted(tuple(lines), tuple(errors))


def _row(number: int, cells: list[str], products: dict[str, tuple[int, str]]) -> PastedRow:
    found = products.get(cells[0].upper())
    if found is None:
        raise ValueError(_("No product has the article “%(sku)s”.") % {"sku": cells[0]})
    if len(cells) < 2:
        raise ValueError(_("The quantity is missing."))
    quantity = _number(cells[1])
    # The bounds come first: a number with a huge exponent is not to be written out.
    if quantity is None or not 0 < quantity <= 10_000_000 or quantity != int(quantity):
        raise ValueError(_("“%(text)s” is not a quantity.") % {"text": cells[1]})
    price = _number(cells[2]) if len(cells) > 2 else None
    if len(cells) > 2 and (price is None or not 0 < price < 10**13):
        raise ValueError(_("“%(text)s” is not a price.") % {"text": cells[2]})
    return PastedRow(number, *found, int(quantity), None if price is None else rounded(price))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(BLANKS.sub("", text).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def products_by_code(codes: set[str]) -> dict[str, tuple[int, str]]:
    """Products by upper-case SKU and EAN; an SKU wins over an EAN that looks the same."""
    rows = (
        Product.objects.orderable()
        .annotate(code=Upper("sku"))
        .filter(Q(code__in=codes) | Q(ean__in=codes))
        .values_list("pk", "sku", "ean")
    )
    found: dict[str, tuple[int, str]] = {}
    for pk, sku, ean in rows:
        if ean:
            found.setdefault(ean, (pk, sku))
    for pk, sku, _ean in rows:
        found[sku.upper()] = (pk, sku)
    return found
