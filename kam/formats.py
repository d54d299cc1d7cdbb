"""How figures and dates are written for a person: one place, two languages.

Every function takes the language as an optional last parameter ("ru" or "en"; by default the one the page is
answered in) and returns plain text with no-break spaces, so a figure never wraps. Unknown (None) is "—", zero is "0",
a negative figure starts with the true minus sign.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

NBSP = "\u00a0"
MINUS = "\u2212"
UNKNOWN = "—"
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥", "KZT": "₸", "BYN": "Br"}
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORT_STEPS = (
    (Decimal(10) ** 9, {"ru": "млрд", "en": "B"}),
    (Decimal(10) ** 6, {"ru": "млн", "en": "M"}),
    (Decimal(10) ** 3, {"ru": "тыс.", "en": "K"}),
)


def spoken(language: str | None = None) -> str:
    """The language figures are written in: "ru" or "en"."""
    return "ru" if (language or get_language() or "en").startswith("ru") else "en"


def _grouped(amount: Decimal | int, places: int, language: str) -> str:
    """The absolute value with its thousands apart."""
    text = f"{abs(amount):,.{places}f}"
    if language == "ru":
        return text.replace(",", NBSP).replace(".", ",")
    return text


def _signed(amount: Decimal | int, text: str) -> str:
    return MINUS + text if amount < 0 else text


def money(amount: Decimal | None, currency: str = "RUB", language: str | None = None) -> str:
    """An amount of money with its currency: `1 234 567,89 ₽` or `₽1,234,567.89`."""
    if amount is None:
        return UNKNOWN
    if not amount:
        return "0"
    language = spoken(language)
    sign = SIGNS.get(currency, currency)
    text = _grouped(amount, 2, language)
    if language == "ru":
        return _signed(amount, f"{text}{NBSP}{sign}")
    return _signed(amount, f"{sign}{text}" if len(sign) == 1 else f"{sign}{NBSP}{text}")


def sum_of_money(amount: Decimal | None, language: str | None = None) -> str:
    """An amount of money as papers write it in a table, without its currency: `1 234 567,89`, zero is `0,00`."""
    if amount is None:
        return UNKNOWN
    return _signed(amount, _grouped(amount, 2, spoken(language)))


def quantity(amount: Decimal | int | None, language: str | None = None) -> str:
    """A number of units; a fraction is shown only where there is one."""
    if amount is None:
        return UNKNOWN
    if not amount:
        return "0"
    places = 0
    if isinstance(amount, Decimal | float):
        amount = Decimal(amount).normalize()
        places = min(3, max(0, -int(amount.as_tuple().exponent)))
    return _signed(amount, _grouped(amount, places, spoken(language)))


def exact(amount: Decimal | None, language: str | None = None) -> str:
    """A rate or a mean with the places it has, ending noughts included: `16,00` or `16.00`."""
    if amount is None:
        return UNKNOWN
    return _signed(amount, _grouped(amount, max(0, -int(amount.as_tuple().exponent)), spoken(language)))


def percent(amount: Decimal | int | None, language: str | None = None) -> str:
    """A share given in percents (12.5 means `12,5 %`), at most one place after the point."""
    if amount is None:
        return UNKNOWN
    language = spoken(language)
    value = Decimal(amount).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = _signed(value, _grouped(value, 0 if value == value.to_integral_value() else 1, language))
    return f"{text}{NBSP}%" if language == "ru" else f"{text}%"


def plain_percent(amount: Decimal | None, language: str | None = None) -> str:
    """A rate as it is agreed, with all its places and without the sign of per cent: `0,05`, `16`."""
    if amount is None:
        return UNKNOWN
    text = f"{Decimal(amount).normalize():f}"
    return text.replace(".", ",") if spoken(language) == "ru" else text


def days(amount: Decimal | int | None, language: str | None = None) -> str:
    """A number of days, at most one place after the point: `45,3 дн.` or `45.3 days`."""
    if amount is None:
        return UNKNOWN
    language = spoken(language)
    return f"{quantity(amount, language)}{NBSP}{'дн.' if language == 'ru' else 'days'}"


def short_money(amount: Decimal | None, currency: str = "RUB", language: str | None = None) -> str:
    """Money for a tile, in thousands, millions or milliards: `1,2 млн ₽` or `₽1.2M`."""
    if amount is None:
        return UNKNOWN
    language = spoken(language)
    sign = SIGNS.get(currency, currency)
    text = short(amount, language)
    if not amount:
        return text
    if language == "ru":
        return f"{text}{NBSP}{sign}"
    return f"{MINUS}{sign}{text[1:]}" if text.startswith(MINUS) else f"{sign}{text}"


def short(amount: Decimal | int | None, language: str | None = None) -> str:
    """A figure for a tile, shortened to thousands, millions or milliards with one place after the point."""
    if amount is None:
        return UNKNOWN
    language = spoken(language)
    for step, words in SHORT_STEPS:
        if abs(amount) >= step:
            value = (Decimal(amount) / step).quantize(Decimal("0.1"), ROUND_HALF_UP)
            text = _signed(value, _grouped(value, 0 if value == value.to_integral_value() else 1, language))
            return f"{text}{NBSP}{words[language]}" if language == "ru" else f"{text}{words[language]}"
    return quantity(Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP), language)


def day(value: date | None, language: str | None = None) -> str:
    """A date: `21.11.2026` or `21 Nov 2026`. A moment is first brought to the reader's time zone."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        value = _local(value)
    if spoken(language) == "ru":
        return f"{value.day:02}.{value.month:02}.{value.year}"
    return f"{value.day}{NBSP}{MONTHS_EN[value.month - 1]}{NBSP}{value.year}"


def moment(value: datetime | None, language: str | None = None) -> str:
    """A moment in the reader's time zone: `21.11.2026 14:05` or `21 Nov 2026 14:05`."""
    if value is None:
        return UNKNOWN
    local = _local(value)
    return f"{day(local, language)}{NBSP}{local.hour:02}:{local.minute:02}"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
