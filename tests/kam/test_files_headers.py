"""Which row of a list is its header and which heading means which column, as people and their programs write them."""

import pytest

from kam.files import Column, cells, header_of

COLUMNS = (
    Column("sku", "SKU", cells.code, required=True, synonyms=("Артикул", "Part number", "Код")),
    Column("name", "Name", synonyms=("Наименование", "Номенклатура"), unless=("производ",)),
    Column("unit", "Unit", synonyms=("Ед", "Ед. изм.")),
    Column("price", "Price", cells.money, synonyms=("Цена с НДС", "Цена", "РРЦ"), unless=("закуп", "без", "usd", "$")),
)


def understood(*rows, at=None):
    header = header_of(rows, COLUMNS, at=at)
    return header.row, dict(header.mapping.places)


@pytest.mark.parametrize(
    ("headings", "places"),
    [
        (["Код", "Артикул"], {"sku": 1}),
        (["part_number", "price"], {"sku": 0, "price": 1}),
        (["Номенклатура.Код", "Номенклатура.Артикул ", "Номенклатура"], {"sku": 1, "name": 2}),
        (["Артикул", "Ценовая группа/ Номенклатура/ Характеристика"], {"sku": 0, "name": 1}),
        (["Артикул*", "Номенклатура, Характеристика", "Ед.изм."], {"sku": 0, "name": 1, "unit": 2}),
        (["Артикул", "Наименование производителя"], {"sku": 0}),
        (["Артикул", "Розничная\nцена, руб."], {"sku": 0, "price": 1}),
        (["Артикул", "Интернет цена"], {"sku": 0, "price": 1}),
        (["Артикул", "цена без НДС,руб", "цена с НДС,руб"], {"sku": 0, "price": 2}),
        (["Артикул", "Цена (без НДС)"], {"sku": 0}),
        (["Артикул", "Цена закупки (шт)", "Цена реализации"], {"sku": 0, "price": 2}),
        (["Артикул", "Цена, USD", "Цена, $"], {"sku": 0}),
    ],
)
def test_headings_as_people_write_them(headings, places):
    assert understood(headings) == (1, places)


def test_a_heading_that_fits_no_worse_is_told():
    mapping = header_of([["Артикул", "Оптовая цена", "Розничная цена"]], COLUMNS).mapping
    assert (mapping.places["price"], mapping.doubtful) == (1, {"price": ("Розничная цена",)})
    assert header_of([["Артикул", "Цена", "Розничная цена"]], COLUMNS).mapping.doubtful == {}


def test_two_lines_are_one_header_where_the_second_parts_the_first():
    above = ["Номенклатура", "Артикул", "Розница", "", "Остаток"]
    below = ["", "", "Цена", "Ед.", ""]
    data = ["Навигатор", "A-1", 10.0, "шт", 3.0]
    row, places = understood(["Прайс-лист"], above, below, data)
    assert (row, places) == (3, {"sku": 1, "name": 0, "price": 2})
    assert header_of([above, below], COLUMNS).mapping.headers == (
        "Номенклатура", "Артикул", "Розница Цена", "Розница Ед.", "Остаток")  # fmt: skip


@pytest.mark.parametrize(
    "below",
    [["A-1", "Навигатор", "шт"], ["A-1", "", "шт"], ["", "Ед", "7"], ["", "Группа товаров", ""]],
)
def test_a_row_of_data_is_no_second_line(below):
    assert understood(["Артикул", "Наименование", "Ед"], below)[0] == 1


def test_a_title_above_is_no_first_line():
    assert understood(["Прайс-лист", "", "Розница"], ["Артикул", "Наименование", "Цена"]) == (
        2, {"sku": 0, "name": 1, "price": 2})  # fmt: skip


def test_the_row_can_be_said_and_may_be_none():
    rows = [["Артикул", "Цена"], ["Код", "Цена"], ["A", "1"]]
    assert understood(*rows)[0] == 1
    assert understood(*rows, at=2) == (2, {"sku": 0, "price": 1})
    assert understood(*rows, at=0) == (0, {})
    assert header_of(rows, COLUMNS, at=0).mapping.headers == ("", "")
    assert understood(["x", "y", "z"], ["x"]) == (1, {}), "the fullest row where nothing is known"
