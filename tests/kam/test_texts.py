from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.amount_in_words import amount_in_words
from kam.folding import folded, from_other_layout
from kam.reasons import as_stored, reason


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Ёлка   ЖУК ", "елка жук"),
        ("Мир\u00a0техники", "мир техники"),
        ("и\u0306од", "йод"),
        ("Е\u0308ж", "еж"),
        ("GARMIN nüvi", "garmin nüvi"),
        ("", ""),
    ],
)
def test_folding(text, key):
    assert folded(text) == key


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ghbdtn", "привет"), ("vfufpby '[j", "магазин эхо"), ("ьфклуе", "market"), ("ВР-500", "DH-500"),
     ("Ujhjl`r", "Городёк"), ("7707083893", "7707083893")],
)  # fmt: skip
def test_other_layout(typed, meant):
    assert from_other_layout(typed) == meant


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя", min_size=1))
def test_a_russian_word_survives_the_way_there_and_back(word):
    typed = from_other_layout(word)
    assert from_other_layout(typed) == word


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("100.05", "Сто рублей 05 копеек"),
        ("0", "Ноль рублей 00 копеек"),
        ("1.01", "Один рубль 01 копейка"),
        ("2.22", "Два рубля 22 копейки"),
        ("11.11", "Одиннадцать рублей 11 копеек"),
        ("99.995", "Сто рублей 00 копеек"),
        ("1112.14", "Одна тысяча сто двенадцать рублей 14 копеек"),
        ("21001.21", "Двадцать одна тысяча один рубль 21 копейка"),
        ("2000000.00", "Два миллиона рублей 00 копеек"),
    ],
)
def test_amounts_in_words(amount, words):
    assert amount_in_words(Decimal(amount)) == words


def test_a_negative_amount_is_not_put_into_words():
    with pytest.raises(ValueError):
        amount_in_words(Decimal("-0.01"))


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Tile:
    colour: Colour
    price: Decimal
    days: frozenset[date]


def test_an_explanation_is_kept_as_plain_data():
    why = reason("over_limit", limit=Decimal("100.00"), tile=Tile(Colour.RED, Decimal("1.10"), frozenset()))
    assert as_stored((why, date(2026, 11, 21), None, True, 3)) == [
        {
            "code": "over_limit",
            "values": {"limit": "100.00", "tile": {"colour": "red", "price": "1.10", "days": []}},
        },
        "2026-11-21",
        None,
        True,
        3,
    ]


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError):
        as_stored(0.1)
