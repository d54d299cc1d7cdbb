"""Tables written as markup under the name of a workbook: web pages and the XML Spreadsheet of Excel 2003."""

import datetime as dt
from decimal import Decimal

import pytest

from kam.files import Column, FileRefused, Limits, cells, kind_of, open_table

COLUMNS = (
    Column("sku", "SKU", cells.code, required=True, synonyms=("Артикул",)),
    Column("price", "Price", cells.money, synonyms=("Цена",)),
    Column("starts_on", "From", cells.day, synonyms=("Дата",)),
)


@pytest.fixture
def opened(tmp_path):
    def write(text, encoding="utf-8", **fields):
        path = tmp_path / "list.xls"
        path.write_bytes(text.encode(encoding))
        return open_table(path, COLUMNS, **fields)

    return write


def values_of(table):
    return [(row.number, *row.values) for row in table.rows()]


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="windows-1251">
<style>td {{ color: red }}</style></head><body>
<table border=1><tr><td colspan=3>Прайс-лист &laquo;Весна&raquo;</td></tr>
<tr><th>Артикул<th><b>Цена</b>,<br>руб.<th>Дата</tr>
<tr><td>0012</td><td align=right>1&nbsp;234,50</td><td rowspan="2">01.02.2026</td></tr>
<tr><td>A &amp; B<br/>2</td><td>5</td></tr>
<tr><td colspan="2">C</td><td>03.02.2026</td></tr>{more}</table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_web_page_is_read_as_the_table_it_shows(opened, encoding):
    table = opened(PAGE.format(more=""), encoding)
    assert (table.kind.value, table.header.row, table.header.mapping.headers[1]) == ("html", 2, "Цена, руб.")
    assert values_of(table) == values_of(table) == [
        (3, "0012", Decimal("1234.50"), dt.date(2026, 2, 1)),
        (4, "A & B 2", Decimal(5), None),
        (5, "C", None, dt.date(2026, 2, 3)),
    ]  # fmt: skip


def test_a_long_page_is_read_to_its_end_and_one_cut_short_refused(opened):
    with pytest.raises(FileRefused) as refused:
        opened(PAGE.format(more="")[:-120])
    assert refused.value.code == "cut_short"
    many = "".join(f"<tr><td>N{number}<td>1<td></tr>" for number in range(5_000))
    assert len(values_of(opened(PAGE.format(more=many)))) == 5_003


def test_a_page_without_a_table_or_too_wide_is_refused(opened):
    with pytest.raises(FileRefused) as refused:
        opened("<html><body><form>Sign in</form></body></html>")
    assert refused.value.code == "other_kind"
    with pytest.raises(FileRefused) as refused:
        opened(PAGE.format(more="<tr><td colspan=999999>x</td></tr>"), limits=Limits(columns=50))
    assert refused.value.code == "too_wide"


BOOK = """<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Обложка"><Table><Row>
<Cell><Data ss:Type="String">Добрый день</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Прайс"><Table>
<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="String">Артикул</Data></Cell>
<Cell><Data ss:Type="String">Цена</Data></Cell><Cell><Data ss:Type="String">Дата</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="Number">460</Data></Cell><Cell><Data ss:Type="Number">12.5</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-02-01T00:00:00.000</Data></Cell></Row>
<Row><Cell ss:Index="2" ss:MergeAcross="1"><Data ss:Type="String">B</Data></Cell>
<Cell><Data ss:Type="String">02.02.2026</Data></Cell></Row>
<Row ss:Index="8"><Cell ss:Index="2"><Data ss:Type="String">C</Data></Cell>
<Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_an_xml_spreadsheet_is_read_with_its_values_and_places(opened):
    table = opened(BOOK)
    assert (table.kind.value, table.sheet, table.sheets, table.header.row) == (
        "xml spreadsheet", "Прайс", ("Обложка", "Прайс"), 3)  # fmt: skip
    rows = list(table.rows())
    assert [(row.number, *row.values) for row in rows] == [
        (4, "460", Decimal("12.5"), dt.date(2026, 2, 1)),
        (5, "B", None, dt.date(2026, 2, 2)),
        (8, "C", None, None),
    ]
    assert [(error.row, error.column, error.value) for error in rows[2].errors] == [(8, "Цена", "#N/A")]


def test_a_damaged_or_dangerous_spreadsheet_is_refused(opened):
    with pytest.raises(FileRefused) as refused:
        opened(BOOK[:-200])
    assert refused.value.code == "broken_table"
    with pytest.raises(FileRefused) as refused:
        opened(BOOK.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook', 1))
    assert refused.value.code == "dtd"
    with pytest.raises(FileRefused) as refused:
        opened(BOOK, sheet="Нет такого")
    assert refused.value.code == "no_rows"


def test_other_readers_still_refuse_a_page(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(PAGE.format(more=""))
    with pytest.raises(FileRefused, match="HTML"):
        kind_of(path)
