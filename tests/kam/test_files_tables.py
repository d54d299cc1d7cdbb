import datetime
from decimal import Decimal

import pytest
import xlsxwriter

from kam.files import Column, FileRefused, Limits, cells, open_table
from kam.files.texts import delimiter_of

COLUMNS = (
    Column("sku", "SKU", cells.code, required=True, synonyms=("Артикул", "Код товара"), longest=20),
    Column("price", "Price", cells.money, required=True, synonyms=("Цена", "Цена с НДС")),
    Column("starts_on", "From", cells.day, synonyms=("Дата", "Действует с")),
    Column("active", "Active", cells.truth, synonyms=("Активен",)),
)


def csv_file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def values_of(table):
    return [row.values for row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_one_list_in_every_encoding_and_with_every_delimiter(tmp_path, encoding, delimiter):
    price = "1 234.50" if delimiter == "," else "1 234,50"
    lines = [["Артикул", "Наименование", "Цена", "Действует с", "Активен"],
             ["Н-1", "Навигатор", price, "01.02.2026", "да"], ["Н-2", "Чехол", "10", "2026-02-03", "нет"]]  # fmt: skip
    table = open_table(csv_file(tmp_path, "\r\n".join(delimiter.join(line) for line in lines), encoding), COLUMNS)
    assert values_of(table) == [
        ("Н-1", Decimal("1234.50"), datetime.date(2026, 2, 1), True),
        ("Н-2", Decimal("10"), datetime.date(2026, 2, 3), False),
    ]
    assert table.header.mapping.unknown == ("Наименование",)


def test_a_title_above_and_totals_below_are_not_rows(tmp_path):
    text = "Прайс-лист на 21.11.2026;;\n;;\nКод товара;Товар;Цена с НДС (руб.)\nA;x;1,5\n\nИтого:;;1,5\n;Всего;2\n"
    table = open_table(csv_file(tmp_path, text), COLUMNS)
    assert table.header.row == 3
    assert [(row.number, row.values[:2]) for row in table.rows()] == [(4, ("A", Decimal("1.5")))]


def test_errors_name_row_column_value_and_the_way_out(tmp_path):
    text = "Артикул;Цена;Дата\nA;дорого;31.02.2026\n;5;\nB;;\nC;1;\n" + "D" * 21 + ";2;"
    rows = list(open_table(csv_file(tmp_path, text), COLUMNS).rows())
    assert [[(error.row, error.column, error.value) for error in row.errors] for row in rows] == [
        [(2, "Цена", "дорого"), (2, "Дата", "31.02.2026")], [(3, "Артикул", "")], [(4, "Цена", "")], [],
        [(6, "Артикул", "D" * 21)]]  # fmt: skip
    assert "31.12.2026" in rows[0].errors[1].text


def test_quotes_line_breaks_and_the_named_separator(tmp_path):
    text = 'sep=;\n"Артикул";"Цена"\n"A;1\n""x""";"1 000,00"\nB;2'
    rows = list(open_table(csv_file(tmp_path, text), COLUMNS).rows())
    assert [(row.number, row.values[:2]) for row in rows] == [(3, ('A;1 "x"', Decimal("1000"))), (4, ("B", 2))]


def test_a_quote_that_is_never_closed_is_refused_with_its_line(tmp_path):
    text = 'Артикул;Цена\nA;"1\n' + "x;1\n" * 60_000
    with pytest.raises(FileRefused) as refused:
        list(open_table(csv_file(tmp_path, text), COLUMNS).rows())
    assert refused.value.code == "broken_text"


def test_a_file_without_the_columns_is_refused_by_their_names(tmp_path):
    with pytest.raises(FileRefused, match="Price"):
        open_table(csv_file(tmp_path, "Артикул;Остаток\nA;1"), COLUMNS)


def test_a_remembered_mapping_wins_and_can_be_remembered_again(tmp_path):
    text = "Артикул;Наш код;Цена;Стоимость\nA;B;1;2"
    path = csv_file(tmp_path, text)
    table = open_table(path, COLUMNS, remembered={"наш код": "sku", "стоимость": "price"})
    assert values_of(table) == [("B", Decimal("2"), None, None)]
    assert table.header.mapping.remembered() == {"наш код": "sku", "стоимость": "price"}
    assert values_of(open_table(path, COLUMNS, places={"sku": 0, "price": 3})) == [("A", Decimal("2"), None, None)]


def test_a_workbook_gives_native_values_from_its_first_filled_sheet(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Пусто")
        sheet = book.add_worksheet("Прайс")
        shown = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(2, 1, ["Артикул", "Цена", "Дата", "Активен"])
        sheet.write_row(3, 1, [4601234567890, 12.1])
        sheet.write_datetime(3, 3, datetime.datetime(2026, 2, 1), shown)
        sheet.write_boolean(3, 4, True)
        sheet.write_row(4, 1, ["A", "1 234,50", "03.02.2026", "нет"])
        sheet.write_row(5, 1, ["B", 7, 46056])
    table = open_table(path, COLUMNS)
    assert (table.header.row, [row.number for row in table.rows()]) == (3, [4, 5, 6])
    assert values_of(table) == [
        ("4601234567890", Decimal("12.1"), datetime.date(2026, 2, 1), True),
        ("A", Decimal("1234.50"), datetime.date(2026, 2, 3), False),
        ("B", Decimal("7"), datetime.date(2026, 2, 3), None),
    ]


def test_more_rows_than_the_limit_are_refused(tmp_path):
    table = open_table(csv_file(tmp_path, "Артикул;Цена\n" + "A;1\n" * 5), COLUMNS, limits=Limits(rows=4))
    with pytest.raises(FileRefused) as refused:
        list(table.rows())
    assert refused.value.code == "too_many_rows"


def test_a_decimal_comma_is_not_taken_for_the_delimiter():
    assert delimiter_of(["Артикул;Цена\n", "A;1,5\n", "B;2,5\n", "C;3,75\n"]) == ";"
    assert delimiter_of(["один столбец\n", "A\n"]) == ";"


def test_a_quote_that_swallows_the_last_rows_is_refused_with_its_line(tmp_path):
    for first in ("", "sep=;\n"):
        path = csv_file(tmp_path, first + 'Артикул;Цена\nA;1\nB;"2\nC;3\nD;4')
        with pytest.raises(FileRefused, match="4" if first else "3") as refused:
            list(open_table(path, COLUMNS).rows())
        assert refused.value.code == "broken_text"


def test_a_list_of_blank_lines_has_no_rows(tmp_path):
    with pytest.raises(FileRefused) as refused:
        open_table(csv_file(tmp_path, "\r\n;;\r\n"), COLUMNS)
    assert refused.value.code == "no_rows"


def test_a_count_under_the_list_is_no_row(tmp_path):
    text = "Артикул;Цена\nA;1\nВсего позиций: 1;\nИтого по складу: 1 234,50 руб.;\nTotal 3D: модель;2\n"
    assert [row.values[0] for row in open_table(csv_file(tmp_path, text), COLUMNS).rows()] == ["A", "Total 3D: модель"]


def test_errors_of_formulas_are_told_wherever_they_stand(tmp_path):
    text = "Артикул;Цена\n#Н/Д;1\nB;#REF!\n'00123;2\n#1;3"
    rows = list(open_table(csv_file(tmp_path, text), COLUMNS).rows())
    assert [[(error.column, error.value) for error in row.errors] for row in rows] == [
        [("Артикул", "#Н/Д")], [("Цена", "#REF!")], [], []]  # fmt: skip
    assert [row.values[0] for row in rows] == [None, "B", "00123", "#1"]


def test_a_row_that_numbers_the_columns_is_no_data(tmp_path):
    text = "Артикул;Цена;Дата\n1;2;3\n1;2;03.03.2026\n"
    assert [row.number for row in open_table(csv_file(tmp_path, text), COLUMNS).rows()] == [3]


def test_a_workbook_is_what_its_content_says_and_not_its_name(tmp_path):
    path = tmp_path / "list.xls"
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["Артикул", "Цена"])
        book.worksheets()[0].write_row(1, 0, ["A", 5])
    (tmp_path / "list.xlsx").rename(path)
    assert [row.values[:2] for row in open_table(path, COLUMNS).rows()] == [("A", Decimal(5))]


@pytest.mark.parametrize("start", ["0900040000001000", "090406000000100000008000", "0908080000001000"])
def test_a_workbook_without_a_container_is_named(tmp_path, start):
    path = tmp_path / "list.xls"
    path.write_bytes(bytes.fromhex(start) + b"\x00" * 50)
    with pytest.raises(FileRefused) as refused:
        open_table(path, COLUMNS)
    assert refused.value.code == "old_workbook"
