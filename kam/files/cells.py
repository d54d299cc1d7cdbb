"""Cells as people write them: numbers, money, dates, yes and no.

Every parser takes what a cell holds (text, or a native number, date or truth of a workbook) and returns a
value, or None for an empty cell. What cannot be understood raises CellRefused, whose text says what is
wrong and how to mend it; nothing is guessed when two readings are possible.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils.translation import gettext as _

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f\u200b\u200c\u200d\ufeff]+")
_CURRENCY = re.compile(r"(?:₽|руб(?:лей|ля|ль)?\.?|р\.|rub|rur|\$|usd|€|eur)\s*$|^\s*(?:₽|\$|€)", re.I)
_PLAIN = re.compile(r"-?\d{1,18}(?:\.\d{1,10})?", re.A)
_GROUPED = re.compile(r"\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*", re.A)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eEеЕ]\+?\d{1,2}", re.A)
_CODE_AS_EXPONENT = re.compile(r"\d[.,]\d+[eEеЕ]\+\d{1,3}", re.A)
# A thousand or more with its groups apart, or less with three decimals.
_DOUBTFUL = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.A)
_NONE_LEFT = frozenset({"нет", "нет в наличии", "отсутствует", "-", "—", "–", "ноль", "no", "none", "out of stock"})
_SOME_LEFT = re.compile(
    r"(?:[<>≥≤~≈]|более |больше |менее |меньше |свыше |до |от |over |more |less |under ).*|.*\d\s*\+|\++|"
    r"есть|имеется|в наличии|много|мало|достаточно|под заказ|на заказ|ожидается.*|в пути|in stock|yes|да|available",
    re.S,
)
_PIECES = re.compile(r"(?<=\d)\s*(?:шт(?:ук[аи]?)?|ед|pcs?|pieces?|units?)\.?\s*$", re.I)
_UNPRICED = re.compile(
    r"[-–—]+|(?:цена )?по запросу|(?:цена )?договорная|(?:под|на) заказ|звоните|уточн\w+.*|нет(?: цены)?|"
    r"on request|call|tbd|n/?a|poa",
    re.S,
)
UNWORKED = "#FORMULA!"  # what a formula without its result says here
_FAULTS = frozenset(
    {
        UNWORKED,
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#Н/Д",
        "#ССЫЛКА!",
        "#ЗНАЧ!",
        "#ДЕЛ/0!",
        "#ИМЯ?",
        "#ПУСТО!",
        "#ЧИСЛО!",
    }
)
_YES = frozenset({"да", "yes", "y", "true", "истина", "1", "+", "д", "x", "х", "v", "on", "✓", "есть"})
_NO = frozenset({"нет", "no", "n", "false", "ложь", "0", "-", "н", "off", "—", "–"})
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"), 1
    )
} | {"май": 5}
_NUMERIC_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:\s*г\.?)?(?:[ T,]+\d{1,2}:\d{2}(?::\d{2})?)?")
_ISO_DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?")
_WORDED_DAY = re.compile(r"(\d{1,2})\s+([а-яё]{3,8})\.?\s+(\d{4})(?:\s*г(?:ода|\.)?)?", re.I)
_EXACT = 2**53  # a float holds every whole number up to here
_EPOCH = datetime.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 91_313  # 1950-01-01 … 2149-12-31


class CellRefused(ValueError):
    """A cell that cannot be understood; the text is for the person who mends the file."""


def as_seen(value) -> str:
    """What a workbook shows in the cell: an ИНН without `.0`, a day as it is written here; an empty cell is nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return value.strftime("%d.%m.%Y") if type(value) is datetime.date else str(value)


def text(value) -> str | None:
    """A line of text with single spaces. A whole number of a workbook loses its ``.0`` (codes, EAN, ИНН)."""
    if type(value) is str:
        if not value.isascii() or "  " in value or value[:1] <= "#" or value[-1:] <= " " or "\n" in value:
            value = _SPACES.sub(" ", value).strip()
            if value[:1] == "#" and value.upper() in _FAULTS:
                raise _faulty(value)
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


def _faulty(value: str) -> CellRefused:
    if value == UNWORKED:
        return CellRefused(_("The cell has a formula without its result. Open the workbook in Excel and save it."))
    return CellRefused(_("The cell has the error %(value)s. Mend its formula.") % {"value": value})


def code(value) -> str | None:
    """A code (SKU, EAN, ИНН): text in which Excel has not replaced digits by ``4.6E+12`` or ``1-2`` by a date."""
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise CellRefused(
            _("The workbook has a date in place of this code. Format the column as text and write the code anew.")
        )
    line = text(value)
    if line and "+" in line and _CODE_AS_EXPONENT.fullmatch(line):
        raise CellRefused(_("Excel has shortened this code and its digits are lost. Format the column as text."))
    # Excel's own mark of a text, which some programs write into the cell.
    return line[1:] or None if line and line[0] == "'" else line


@lru_cache(maxsize=65_536)
def _number_of_text(value: str) -> Decimal | None:
    line = _SPACES.sub(" ", value).strip()
    if not line:
        return None
    line = _CURRENCY.sub("", line).strip().replace("’", "'").replace("\u2212", "-").replace("–", "-")
    sign = ""
    if line.startswith("(") and line.endswith(")"):
        sign, line = "-", line[1:-1].strip()
    elif line.startswith(("-", "+")):
        sign, line = line[0].strip("+"), line[1:].strip()
    elif line.endswith("-"):
        sign, line = "-", line[:-1].strip()
    try:
        return Decimal(sign + _with_point(line))
    except InvalidOperation as error:
        if line.upper() in _FAULTS:
            raise _faulty(line) from error
        raise CellRefused(_("“%(value)s” is not a number.") % {"value": value[:50]}) from error


def _with_point(line: str) -> str:
    """A number without groups and with a point, or something Decimal refuses."""
    if _PLAIN.fullmatch(line):
        return line
    if _EXPONENT.fullmatch(line):
        return line.replace(",", ".").replace("е", "e").replace("Е", "e")
    cut = max(line.rfind(","), line.rfind("."))
    whole, fraction = (line[:cut], line[cut + 1 :]) if cut >= 0 else (line, "")
    if cut >= 0 and line.count(line[cut]) > 1:  # 1.234.567 has groups and no fraction
        whole, fraction = line, ""
    if (fraction and not (fraction.isascii() and fraction.isdigit())) or len(line) > 30:
        return "?"
    if whole and not (whole.isascii() and whole.isdigit()) and not _GROUPED.fullmatch(whole):
        return "?"
    digits = re.sub(r"[ '.,]", "", whole)
    return f"{digits or 0}.{fraction or 0}" if digits or fraction else "?"


def number(value) -> Decimal | None:
    """A number: ``1 234,50``, ``1234.50``, ``1'234.50``, ``1.234,50``, ``(12)``, with or without a currency
    sign.
    """
    kind = type(value)
    if kind is str:
        return _number_of_text(value)
    if value is None:
        return None
    if kind is bool:
        raise CellRefused(_("A number is expected, not yes or no."))
    if kind is int:
        return Decimal(value)
    if kind is float:
        # Fifteen digits is what Excel itself keeps; more shows 0.1 + 0.2 = 0.30000000000000004.
        if value != value or value in (float("inf"), float("-inf")):
            raise CellRefused(_("“%(value)s” is not a number.") % {"value": value})
        return Decimal(format(value, ".15g"))
    if kind is Decimal:
        return value
    raise CellRefused(_("A number is expected, the cell has a date. Format the column as a number."))


def money(value) -> Decimal | None:
    """An amount of at most two decimals. ``1,234`` is refused: it may be 1234 or 1.234, and ``1,000`` is no better."""
    amount = number(value)
    if amount is None:
        return None
    exponent = amount.as_tuple().exponent
    if exponent < -2:
        shortened = amount.quantize(Decimal("0.01"))
        if isinstance(value, str) and _DOUBTFUL.fullmatch(value.strip()) and (shortened != amount or "," in value):
            raise CellRefused(
                _("“%(value)s” can be read in two ways. Write it with two decimals.") % {"value": value.strip()}
            )
        if shortened != amount:
            raise CellRefused(_("The amount %(value)s has more than two decimals.") % {"value": str(value)[:50]})
        amount = shortened
    if abs(amount) >= 10**14:
        raise CellRefused(_("The amount %(value)s is too large.") % {"value": str(value)[:50]})
    return amount


def whole(value) -> int | None:
    """A whole number of units."""
    if type(value) is str and value.isdecimal() and value.isascii() and len(value) < 10:
        return int(value)
    amount = number(value)
    if amount is None:
        return None
    if type(value) is str and "," in value and _DOUBTFUL.fullmatch(value.strip()):
        raise CellRefused(
            _("“%(value)s” can be read in two ways. Write it without a fraction.") % {"value": value.strip()}
        )
    if amount != amount.to_integral_value():
        raise CellRefused(_("%(value)s is not a whole number of units.") % {"value": str(value).strip()[:50]})
    if abs(amount) > 2_000_000_000:
        raise CellRefused(_("%(value)s is too large a quantity.") % {"value": str(value).strip()[:50]})
    return int(amount)


def units(value) -> int | None:
    """Units in a warehouse: a whole number, ``12 шт`` or a word for none; ``> 100`` and “есть” are refused."""
    if type(value) is not str or (value.isdecimal() and value.isascii()):
        return whole(value)
    line = (text(value) or "").casefold()
    if line in _NONE_LEFT:
        return 0
    if _SOME_LEFT.fullmatch(line):
        raise CellRefused(_("“%(value)s” is no exact quantity. Write how many units there are.") % {"value": line[:50]})
    return whole(_PIECES.sub("", value))


def is_unpriced(value) -> bool:
    """Whether a cell for a price says that there is none to be named: “по запросу”, a dash."""
    return type(value) is str and bool(_UNPRICED.fullmatch((text(value) or "").casefold()))


def percent(value) -> Decimal | None:
    """A percentage as a number of percents: ``20``, ``20 %``; a native 0.2 is a cell that shows 20 %."""
    amount = number(value.replace("%", "")) if isinstance(value, str) else number(value)
    if isinstance(value, float) and 0 < value < 1:
        return (amount * 100).normalize()
    return amount


def truth(value) -> bool | None:
    """Yes or no, in Russian or English."""
    if isinstance(value, bool):
        return value
    line = (text(value) or "").casefold()
    if not line:
        return None
    if line in _YES:
        return True
    if line in _NO:
        return False
    raise CellRefused(_("“%(value)s” is neither yes nor no.") % {"value": line[:50]})


def day(value) -> datetime.date | None:
    """A date: native, ``dd.mm.yyyy``, ISO, ``5 марта 2026 г.`` or the serial number of a workbook."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if value is None:
        return None
    if isinstance(value, bool | datetime.time | datetime.timedelta):
        raise CellRefused(_("A date is expected."))
    if isinstance(value, int | float | Decimal):
        return _day_of_serial(value, value)
    return _day_of_text(value)


def _day_of_serial(serial, value) -> datetime.date:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        raise _not_a_day(value)
    return _EPOCH + datetime.timedelta(days=int(serial))


def _not_a_day(value) -> CellRefused:
    return CellRefused(_("“%(value)s” is not a date. Write it as 31.12.2026.") % {"value": str(value).strip()[:50]})


@lru_cache(maxsize=16_384)
def _day_of_text(value: str) -> datetime.date | None:
    line = _SPACES.sub(" ", value).strip()
    if not line:
        return None
    if line.isdecimal() and line.isascii():
        if len(line) == 8:
            return _made_day(line[:4], line[4:6], line[6:], value)
        return _day_of_serial(int(line) if len(line) < 8 else 0, value)
    if found := _ISO_DAY.fullmatch(line):
        return _made_day(*found.groups(), value)
    if found := _NUMERIC_DAY.fullmatch(line):
        first, _mark, second, year = found.groups()
        return _made_day(year if len(year) == 4 else f"20{year}", second, first, value)
    if found := _WORDED_DAY.fullmatch(line):
        month = _MONTHS.get(found.group(2).lower()[:3])
        if month:
            return _made_day(found.group(3), month, found.group(1), value)
    raise _not_a_day(value)


def _made_day(year, month, number_in_month, value) -> datetime.date:
    try:
        made = datetime.date(int(year), int(month), int(number_in_month))
    except ValueError as error:
        raise _not_a_day(value) from error
    if not 1950 <= made.year <= 2149:
        raise _not_a_day(value)
    return made
