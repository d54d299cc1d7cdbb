"""Sums, days, numbers of taxpayers and names as banks write them."""

import re
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from kam.files import CellRefused, cells
from kam.folding import single_spaced

_PLAIN = re.compile(r"\d{1,14}(?:\.\d{1,2})?", re.A)
_WITH_DASH = re.compile(r"(\d{1,14})[-=](\d\d)", re.A)
_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})", re.A)
_INN = re.compile(r"(?<![A-ZА-Яa-zа-я])(?:ИНН|INN|TIN|КИО)\W{0,3}(\d{12}|\d{10}|\d{5})(?!\d)", re.I)
_KPP = re.compile(r"(?<![A-ZА-Яa-zа-я])(?:КПП|KPP)\W{0,3}(\d{4}[\dA-Z]{2}\d{3})(?!\d)", re.I)
_NAME_HEAD = re.compile(
    r"^\W*(?:ИНН|INN)\W{0,3}\d{5,12}\W*(?:(?:/|\\|КПП|KPP)\W{0,3}\d{9}\W*)?(?:(?:КПП|KPP)\W{0,3}\d{9}\W*)?", re.I
)
_CURRENCIES = {"RUR": "RUB", "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "": ""}


class Skipped(Exception):
    """A document that cannot be taken: which field, what value, why."""

    def __init__(self, field: str, value: str, text: str):
        super().__init__(text)
        self.field, self.value, self.text = field, value, text


def amount_of(value: str, field: str, *, zero: bool = False) -> Decimal:
    """A sum in whole kopecks above zero (`zero`: any sign, for balances); raises Skipped."""
    value = value.strip()
    if _PLAIN.fullmatch(value):
        amount = Decimal(value)
    else:
        dashed = _WITH_DASH.fullmatch(value)
        try:
            amount = cells.money(".".join(dashed.groups()) if dashed else value)
        except CellRefused as refused:
            raise Skipped(field, value, str(refused)) from refused
    if amount is None:
        raise Skipped(field, value, _("There is no sum."))
    if not zero and amount <= 0:
        raise Skipped(field, value, _("The sum is not above zero."))
    return amount


def balance_of(value: str, field: str) -> Decimal | None:
    """A balance; None where it is not given. Raises Skipped."""
    return amount_of(value, field, zero=True) if value.strip() else None


@lru_cache(maxsize=4096)
def day_of(value: str, field: str) -> date | None:
    """A day; None where it is not given. Raises Skipped."""
    value = value.strip()
    if not value or value.strip("0.-/: ") == "":
        return None
    plain = _DAY.match(value)
    try:
        return date(int(plain[3]), int(plain[2]), int(plain[1])) if plain else cells.day(value)
    except (CellRefused, ValueError) as refused:
        raise Skipped(field, value, _("“%(value)s” is not a day.") % {"value": value[:50]}) from refused


def short_day(digits: str, field: str) -> date:
    """A day written as YYMMDD; raises Skipped.

    Banks that count months of 30 days write 29 and 30 February in every year: they mean its last day.
    """
    try:
        year, month, day = (int(digits[place : place + 2]) for place in (0, 2, 4))
        year += 2000 if year < 80 else 1900
        if month == 2 and day in (29, 30):
            day = monthrange(year, month)[1]
        return date(year, month, day)
    except ValueError as error:
        raise Skipped(field, digits, _("“%(value)s” is not a day.") % {"value": digits}) from error


def nearest_year(month_day: str, to: date) -> date | None:
    """The day MMDD that lies nearest to another day: an entry of 0102 for a value of 31 December is of the next year.

    None for what is no day.
    """
    found = []
    for year in (to.year - 1, to.year, to.year + 1):
        try:
            found.append(date(year, int(month_day[:2]), int(month_day[2:])))
        except ValueError:
            continue
    nearest = min(found, key=lambda each: abs(each - to), default=None)
    return nearest if nearest and abs(nearest - to) < timedelta(days=184) else None


def currency_of(code: str) -> str:
    """Three letters of a currency; the old code of the rouble and figures are understood."""
    code = code.strip().upper()
    return _CURRENCIES.get(code, code[:3])


def squeezed(text: str) -> str:
    """One line with single spaces."""
    return single_spaced(text)


def digits_of(text: str, *lengths: int) -> str:
    """The text where it is so many digits (zeros alone are none), else nothing."""
    text = text.strip()
    return text if text.isdigit() and len(text) in lengths and text.strip("0") else ""


def inn_in(text: str) -> str:
    """The INN a text names after the word."""
    found = _INN.search(text)
    return found[1] if found else ""


def kpp_in(text: str) -> str:
    """The KPP a text names after the word."""
    found = _KPP.search(text)
    return found[1] if found else ""


@lru_cache(maxsize=8192)
def name_of(text: str) -> str:
    """A party's name without the INN and KPP that banks put before it."""
    return squeezed(_NAME_HEAD.sub("", text, count=1))


def account_of(text: str) -> str:
    """An account number without blanks and dots."""
    return text if text.isalnum() else re.sub(r"[\s.\-]", "", text)
