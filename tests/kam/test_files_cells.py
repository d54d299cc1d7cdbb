import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from kam.files import CellRefused, cells


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("written", "number"), [
    ("1 234,50", "1234.50"), ("1234.50", "1234.50"), ("1'234.50", "1234.50"), ("1\u00a0234,50", "1234.50"),
    ("1\u202f234\u202f567,8", "1234567.8"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"),
    ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("(12,30)", "-12.30"), ("\u22125", "-5"), ("7-", "-7"),
    ("100 руб.", "100"), ("1 500,00 ₽", "1500.00"), ("$12.5", "12.5"), ("1,5E+3", "1500"), (",5", "0.5"), ("0", "0"),
    (12.1, "12.1"), (0.1 + 0.2, "0.3"), (7, "7"),
])  # fmt: skip
def test_numbers_as_people_write_them(written, number):
    assert cells.number(written) == Decimal(number)


@pytest.mark.parametrize("written", [
    "12 34", "1,2,3", "abc", "12a", "NaN", "Infinity", "1e999999", "--5", "1 23,5", True, float("nan"), "٣٤",
    "9" * 40, datetime.date(2026, 1, 1), "1,23.4,5",
])  # fmt: skip
def test_what_is_no_number_is_refused(written):
    with pytest.raises(CellRefused):
        cells.number(written)


@pytest.mark.parametrize("empty", [None, "", "  ", "\u00a0"])
def test_an_empty_cell_is_none_for_every_parser(empty):
    for parse in (cells.number, cells.money, cells.whole, cells.day, cells.truth, cells.text, cells.code):
        assert parse(empty) is None


def test_money_of_three_decimals_is_refused_rather_than_guessed():
    for written in ("1,234", "1.234", "1,000", "12,340"):
        with pytest.raises(CellRefused, match="two ways"):
            cells.money(written)
    with pytest.raises(CellRefused):
        cells.money("12,3456")
    assert cells.money("12.340") == Decimal("12.34")
    assert cells.money(1234.5) == Decimal("1234.5")
    with pytest.raises(CellRefused):
        cells.money("123456789012345")


def test_quantities_are_whole():
    assert cells.whole("1 200") == 1200
    assert cells.whole("12,0") == 12
    assert cells.whole(3.0) == 3
    for written in ("1,5", 2.5, "9999999999"):
        with pytest.raises(CellRefused):
            cells.whole(written)


@pytest.mark.parametrize("written", [
    "21.11.2026", "2026-11-21", "21/11/2026", "21-11-2026", "21.11.26", "21.11.2026 г.", "2026-11-21T10:00:00",
    "21 ноября 2026 г.", "20261121", "46347", 46347, 46347.5, "21.11.2026 10:30", datetime.date(2026, 11, 21),
    datetime.datetime(2026, 11, 21, 5, 30),
])  # fmt: skip
def test_dates_in_every_dress(written):
    assert cells.day(written) == datetime.date(2026, 11, 21)


@pytest.mark.parametrize(
    "written", ["31.02.2026", "2026-13-01", "11/21/2026", "вчера", 5, "00.00.0000", True, "1.1.1900"]
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(CellRefused):
        cells.day(written)


def test_yes_and_no():
    assert [cells.truth(each) for each in ("Да", "нет", "TRUE", 0, 1, "+", "истина", False)] == [
        True, False, True, False, True, True, True, False]  # fmt: skip
    with pytest.raises(CellRefused):
        cells.truth("наверное")


def test_codes_keep_their_digits_or_are_refused():
    assert cells.code(4601234567890.0) == "4601234567890"
    assert cells.code(" 007\u00a0A ") == "007 A"
    with pytest.raises(CellRefused, match="shortened"):
        cells.code("4,60123E+12")


def test_percents():
    assert cells.percent("20 %") == 20
    assert cells.percent(0.22) == 22
    assert cells.percent("7,5") == Decimal("7.5")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12", 12),
        (12.0, 12),
        ("12 шт.", 12),
        ("1 200 шт", 1200),
        ("нет", 0),
        ("-", 0),
        ("Нет в наличии", 0),
        ("", None),
    ],
)
def test_units_in_a_warehouse(written, meant):
    assert cells.units(written) == meant


@pytest.mark.parametrize(
    "written", ["> 5000", "более 10", "10+", "есть", "+", "много", "под заказ", "<5", "Ожидается 5.12"]
)
def test_words_that_are_no_exact_quantity(written):
    with pytest.raises(CellRefused, match="exact quantity"):
        cells.units(written)


def test_a_quantity_that_may_be_a_thousand_or_one_is_refused():
    for written in ("1,000", "12,000"):
        with pytest.raises(CellRefused, match="two ways"):
            cells.whole(written)
    assert (cells.whole("1.000"), cells.whole("1 000"), cells.whole("0,000")) == (1, 1000, 0)


@pytest.mark.parametrize(
    "written", ["по запросу", "Цена по запросу", "-", "—", "договорная", "под заказ", "уточняйте у менеджера"]
)
def test_a_price_that_is_not_named(written):
    assert cells.is_unpriced(written)
    assert not cells.is_unpriced("0") and not cells.is_unpriced("дорого") and not cells.is_unpriced(0)


def test_a_date_is_no_code():
    with pytest.raises(CellRefused, match="as text"):
        cells.code(datetime.date(2026, 5, 1))
