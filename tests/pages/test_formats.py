"""How figures and dates are written, in both languages, and how typed ones are read."""

from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kam import formats
from kam.pages import Tile
from kam.pages.dashboards import sparkline
from kam.pages.fields import day_of, decimal_of

N = "\u00a0"


@pytest.mark.parametrize(
    "amount, ru, en",
    [
        (D("1234567.89"), f"1{N}234{N}567,89{N}₽", "₽1,234,567.89"),
        (D("-1234.5"), f"−1{N}234,50{N}₽", "−₽1,234.50"),
        (D("0.01"), f"0,01{N}₽", "₽0.01"),
        (D("999.99"), f"999,99{N}₽", "₽999.99"),
        (D("0.00"), "0", "0"),
        (None, "—", "—"),
    ],
)
def test_money(amount, ru, en):
    assert formats.money(amount, "RUB", "ru") == ru
    assert formats.money(amount, "RUB", "en") == en


def test_other_currencies():
    assert formats.money(D("10"), "USD", "en") == "$10.00"
    assert formats.money(D("10"), "CHF", "ru") == f"10,00{N}CHF"
    assert formats.money(D("10"), "CHF", "en") == f"CHF{N}10.00"


@pytest.mark.parametrize(
    "amount, ru, en",
    [(12345, f"12{N}345", "12,345"), (-3, "−3", "−3"), (0, "0", "0"), (None, "—", "—"), (D("2.50"), "2,5", "2.5"),
     (D("1E+3"), f"1{N}000", "1,000")],
)  # fmt: skip
def test_quantity(amount, ru, en):
    assert formats.quantity(amount, "ru") == ru
    assert formats.quantity(amount, "en") == en


@pytest.mark.parametrize(
    "amount, ru, en",
    [
        (D("12.5"), f"12,5{N}%", "12.5%"),
        (D("20.00"), f"20{N}%", "20%"),
        (D("-0.05"), f"−0,1{N}%", "−0.1%"),
        (None, "—", "—"),
    ],
)
def test_percent(amount, ru, en):
    assert formats.percent(amount, "ru") == ru
    assert formats.percent(amount, "en") == en


@pytest.mark.parametrize(
    "amount, ru, en",
    [
        (D("999"), f"999{N}₽", "₽999"),
        (D("1000"), f"1{N}тыс.{N}₽", "₽1K"),
        (D("1234567"), f"1,2{N}млн{N}₽", "₽1.2M"),
        (D("-2500000000"), f"−2,5{N}млрд{N}₽", "−₽2.5B"),
        (D("0"), "0", "0"),
        (None, "—", "—"),
    ],
)
def test_short_money(amount, ru, en):
    assert formats.short_money(amount, "RUB", "ru") == ru
    assert formats.short_money(amount, "RUB", "en") == en


def test_days_and_moments():
    assert formats.day(date(2026, 11, 2), "ru") == "02.11.2026"
    assert formats.day(date(2026, 11, 2), "en") == f"2{N}Nov{N}2026"
    late = datetime(2026, 11, 1, 22, 30, tzinfo=ZoneInfo("UTC"))
    with timezone.override("Europe/Moscow"):
        assert formats.day(late, "ru") == "02.11.2026"
        assert formats.moment(late, "ru") == f"02.11.2026{N}01:30"
    assert formats.day(None) == formats.moment(None) == "—"


@pytest.mark.parametrize(
    "typed, value",
    [
        ("1 234,50", "1234.50"), ("1234.50", "1234.50"), (f"1{N}234{N}567,89 ₽", "1234567.89"), ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"), ("1.234.567,00", "1234567.00"), ("1,234,567", "1234567"), ("−5", "-5"), ("12%", "12"),
    ],
)  # fmt: skip
def test_typed_figures(typed, value):
    assert decimal_of(typed) == D(value)


@pytest.mark.parametrize("typed", ["", "abc", "1-2", "NaN", "Infinity", "1,2.3,4x"])
def test_typed_nonsense(typed):
    with pytest.raises(ValueError):
        decimal_of(typed)


@pytest.mark.parametrize("typed", ["21.11.2026", "2026-11-21", "21.11.26", "21/11/2026", " 21.11.2026 г."])
def test_typed_days(typed):
    assert day_of(typed) == date(2026, 11, 21)


@pytest.mark.parametrize("typed", ["31.02.2026", "11.21.2026", "вчера", ""])
def test_typed_days_that_are_none(typed):
    with pytest.raises(ValueError):
        day_of(typed)


def test_tiles_colour_growth_by_what_it_means():
    assert Tile("", D(1), change=D("4.2")).change_tone == "done"
    assert Tile("", D(1), change=D("4.2"), good=False).change_tone == "wrong"
    assert Tile("", D(1), change=D("0")).change_tone == "draft"


def test_sparklines():
    assert sparkline([1]) == ""
    assert sparkline([1, 3, 2]).count(",") == 3
    assert "nan" not in sparkline([2, 2, 2])
