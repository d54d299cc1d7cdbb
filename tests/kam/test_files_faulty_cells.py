"""Errors of formulas and formulas without results in a workbook: told, never taken for empty cells."""

from decimal import Decimal

import pytest
import xlsxwriter

from kam.files import Column, FileRefused, cells, faulty_cells, open_table, workbooks

COLUMNS = (
    Column("sku", "SKU", cells.code, required=True, synonyms=("Артикул",)),
    Column("name", "Name", synonyms=("Название",)),
    Column("price", "Price", cells.money, synonyms=("Цена",)),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Обложка").write(0, 0, "Добрый день")
        sheet = book.add_worksheet("Прайс")
        sheet.write_row(0, 0, ["Артикул", "Название", "Цена"])
        sheet.write_row(1, 0, ["A", "Чехол"])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["B", "Сумка"])
        sheet.write_formula(2, 2, "=1+1", None, "")
        sheet.write_row(3, 0, ["C"])
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")
        sheet.write_number(3, 2, 5)
        sheet.write_blank(4, 0, None, book.add_format({"bold": True}))
        sheet.write_row(5, 0, ["D", "Ремень"])
        sheet.write_formula(5, 2, "=2*3", None, 6)
    return path


@pytest.mark.parametrize("large", [1, workbooks.LARGE])
def test_faults_are_errors_of_their_rows(path, monkeypatch, large):
    monkeypatch.setattr(workbooks, "LARGE", large)
    table = open_table(path, COLUMNS)
    rows = list(table.rows())
    assert [(row.number, *row.values) for row in rows] == [
        (2, "A", "Чехол", None),
        (3, "B", "Сумка", None),
        (4, "C", None, Decimal(5)),
        (6, "D", "Ремень", Decimal(6)),
    ]
    assert [[(error.column, error.value) for error in row.errors] for row in rows] == [
        [("Цена", "#DIV/0!")], [("Цена", "#FORMULA!")], [("Название", "#N/A")], []]  # fmt: skip


def test_a_sound_workbook_is_not_looked_at_twice(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["Артикул", "A", "#N/A is a text"])
    assert not isinstance(open_table(path, COLUMNS).source, faulty_cells.RowsWithFaults)


def test_too_many_faults_refuse_the_file(path, monkeypatch):
    monkeypatch.setattr(faulty_cells, "_MOST", 2)
    with pytest.raises(FileRefused) as refused:
        open_table(path, COLUMNS)
    assert refused.value.code == "formulas"
