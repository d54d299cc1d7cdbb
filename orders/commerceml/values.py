"""Single values of CommerceML: amounts, quantities, currencies, VAT, marks of deletion."""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

import orders.commerceml.nodes as nodes
from kam.files import cells
from orders.commerceml.nodes import type_of_node

_CURRENCIES = {
    "руб": "RUB", "руб.": "RUB", "р.": "RUB", "р": "RUB", "rur": "RUB", "643": "RUB", "810": "RUB", "₽": "RUB",
    "рубль": "RUB", "российский рубль": "RUB", "рубли": "RUB", "": "RUB",
    "usd": "USD", "$": "USD", "840": "USD", "долл": "USD", "долл.": "USD", "дол": "USD", "доллар сша": "USD",
    "eur": "EUR", "€": "EUR", "978": "EUR", "евро": "EUR", "kzt": "KZT", "398": "KZT", "тенге": "KZT",
    "byn": "BYN", "933": "BYN", "byr": "BYN", "cny": "CNY", "156": "CNY", "юань": "CNY", "uah": "UAH", "980": "UAH",
}  # fmt: skip
_UNITS = {
    "796": "шт", "778": "упак", "715": "пара", "839": "компл", "704": "набор", "166": "кг", "163": "г", "168": "т",
    "006": "м", "055": "м2", "113": "м3", "112": "л", "625": "лист", "736": "рул", "728": "пач", "812": "ящ",
    "868": "бут", "876": "усл. ед", "642": "ед", "798": "тыс. шт", "616": "боб", "356": "ч", "362": "мес",
}  # fmt: skip
_TRUE = frozenset({"true", "1", "да", "истина", "yes"})
_DELETED = frozenset({"удален", "удалён", "удалено", "удаление"})
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d+)?)\s*%?(?:\s*/\s*1\d\d)?")


class Skipped(Exception):
    """An element that cannot be taken; becomes an ERROR finding."""

    def __init__(self, code: str, text: str, value: str = ""):
        super().__init__(text)
        self.code, self.text, self.value = code, text, value


def truth(value: str) -> bool:
    """Whether 1C says yes."""
    return value.strip().lower() in _TRUE


def is_deleted(node: type_of_node, found: dict[str, type_of_node]) -> bool:
    """Whether the element carries a mark of deletion in any of the ways 1C puts it."""
    status = nodes.attribute(node, "Статус") or nodes.text(found, "Статус")
    return status.lower() in _DELETED or truth(nodes.text(found, "ПометкаУдаления"))


def amount_of(value: str, what: str) -> Decimal:
    """A number with a point or a comma; raises Skipped naming ``what``."""
    try:
        amount = cells.number(value)
    except cells.CellRefused as refused:
        raise Skipped("number", f"{what}: {refused}", value) from refused
    if amount is None:
        raise Skipped("number", _("%(what)s: the number is missing.") % {"what": what}, value)
    if abs(amount) >= 10**14:
        raise Skipped("number", _("%(what)s: the number is too large.") % {"what": what}, value)
    return amount


def money_of(value: str, what: str) -> Decimal:
    """An amount rounded half-up to two places: 1C computes prices with more."""
    return amount_of(value, what).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def quantity_of(value: str, what: str) -> int:
    """Whole units; raises Skipped for parts of a unit."""
    if value.isdecimal() and value.isascii() and len(value) < 10:
        return int(value)
    quantity = amount_of(value, what)
    if quantity != quantity.to_integral_value():
        raise Skipped("not_whole", _("%(what)s: %(value)s is not a whole number of units.") % {
            "what": what, "value": value}, value)  # fmt: skip
    if abs(quantity) > 2_000_000_000:
        raise Skipped("number", _("%(what)s: the number is too large.") % {"what": what}, value)
    return int(quantity)


def coefficient_of(value: str) -> Decimal:
    """How many base units a unit has; one where the file says nothing usable."""
    if value in ("", "1"):
        return Decimal(1)
    try:
        coefficient = cells.number(value)
    except cells.CellRefused:
        return Decimal(1)
    return coefficient if coefficient and coefficient > 0 else Decimal(1)


@lru_cache(maxsize=256)
def currency_of(value: str) -> str:
    """The ISO letters of a currency; raises Skipped for one we cannot name."""
    folded = value.strip().lower()
    if folded in _CURRENCIES:
        return _CURRENCIES[folded]
    if len(folded) == 3 and folded.isascii() and folded.isalpha():
        return folded.upper()
    raise Skipped("currency", _("The currency “%(value)s” is not known.") % {"value": value}, value)


def vat_rate_of(value: str) -> Decimal | None:
    """A rate in percent: “20”, “20%”, “НДС20”, “20/120”; nought for “Без НДС”; None when nothing is said."""
    line = value.strip().lower()
    if not line:
        return None
    if "без" in line or "не облагается" in line:
        return Decimal(0)
    found = _RATE.fullmatch(line.replace("ндс", "").strip())
    if not found:
        raise Skipped("vat", _("The VAT rate “%(value)s” is not understood.") % {"value": value}, value)
    return Decimal(found.group(1).replace(",", ".")).normalize() + 0


def vat_included_of(tax: type_of_node | None) -> bool | None:
    """Whether VAT is inside the sum, by an element Налог; None when it is not said or the tax is another."""
    if tax is None:
        return None
    found = nodes.children(tax)
    name = nodes.text(found, "Наименование").lower()
    if name and "ндс" not in name and "vat" not in name:
        return None
    included = nodes.text(found, "УчтеноВСумме")
    return truth(included) if included else None


def day_of(value: str, what: str) -> datetime.date:
    """A date, with or without a time; raises Skipped."""
    try:
        found = cells.day(value)
    except cells.CellRefused as refused:
        raise Skipped("date", f"{what}: {refused}", value) from refused
    if found is None:
        raise Skipped("date", _("%(what)s: the date is missing.") % {"what": what}, value)
    return found


def unit_of(node: type_of_node | None, units: dict[str, str]) -> tuple[str, str, Decimal]:
    """Short name, code of ОКЕИ and coefficient of БазоваяЕдиница or Единица, in all its spellings."""
    if node is None:
        return "", "", Decimal(1)
    code = nodes.attribute(node, "Код")
    name = nodes.attribute(node, "НаименованиеКраткое") or nodes.text_of(node)
    found = nodes.children(node)
    code = code or nodes.text(found, "Код", "Ид")
    name = name or nodes.text(found, "НаименованиеКраткое", "Наименование")
    if name.isdecimal() and len(name) <= 4:
        code, name = code or name, ""
    coefficient = Decimal(1)
    conversion = found.get("Пересчет")
    if conversion is not None:
        coefficient = coefficient_of(nodes.text(nodes.children(conversion), "Коэффициент"))
    name = name or units.get(code, "") or _UNITS.get(code.zfill(3), "") if code else name
    return name or nodes.attribute(node, "НаименованиеПолное"), code, coefficient


def digits_of(value: str) -> str:
    """A requisite without spaces and dashes."""
    return re.sub(r"[\s\u00a0-]", "", value)


def split_id(value: str) -> tuple[str, str]:
    """``product#variant`` -> both; a trailing ``#`` or an empty guid means the product itself."""
    product, _mark, variant = value.strip().partition("#")
    if not variant.strip("0-"):
        variant = ""
    return product, variant
