"""A workbook of which one long text stands in very many cells is refused before it takes the memory."""

import zipfile

import pytest
import xlsxwriter

from kam.files import FileRefused, Limits, open_table
from kam.files.columns import Column

HEADINGS = (("A", "Артикул"), ("B", "Описание"))
COLUMNS = [Column("sku", "Артикул"), Column("about", "Описание")]
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LONG = "Очень длинное описание. " * 40  # 1 760 bytes
MOST = Limits(text_bytes=100_000)


def workbook(path, rows: str, strings: str, part="xl/sharedStrings.xml", first="A-1"):
    """A package with such rows and strings."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "x")
    with zipfile.ZipFile(path) as package:
        parts = {each.filename: package.read(each) for each in package.infolist()}
    heads = (f'<c r="{place}1" t="inlineStr"><is><t>{name}</t></is></c>' for place, name in HEADINGS)
    head = f'<row r="1">{"".join(heads)}</row>'
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet {SPACE}><sheetData>{head}{rows}</sheetData></worksheet>".encode()
    del parts["xl/sharedStrings.xml"]
    parts[part] = f"<sst {SPACE}><si><t>{first}</t></si>{strings}</sst>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def rows_of(cell: str, count: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c>{cell % n}</row>' for n in range(2, count + 2))


@pytest.mark.parametrize("cell", [
    '<c r="B%d" t="s"><v>1</v></c>', "<c r='B%d' t='s'><v>1</v></c>", '<c t="s" r="B%d"><v>1</v></c>',
    '<c r="B%d" t = "s" s="1"><v xml:space="preserve">1</v></c>', '<c r="B%d" t="s"><f>A1</f><v>1</v></c>',
    '<c r="B%d" t="s"><f/>\n<v>1</v></c>',
])  # fmt: skip
@pytest.mark.parametrize("string", [f"<si><t>{LONG}</t></si>", f"<si><r><t>si>{LONG}</t></r><r><t>si></t></r></si >"])
def test_one_text_in_many_cells_is_refused(tmp_path, cell, string):
    few = workbook(tmp_path / "few.xlsx", rows_of(cell, 50), string)
    table = open_table(few, COLUMNS, limits=MOST)
    found = [row.values for row in table.rows()]
    assert len(found) == 50 and all(row[0] == "A-1" and LONG.strip() in row[1] for row in found)
    many = workbook(tmp_path / "many.xlsx", rows_of(cell, 60), string)
    with pytest.raises(FileRefused) as refused:
        open_table(many, COLUMNS, limits=MOST)
    assert refused.value.code == "repeated_texts"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/SharedStrings.XML"])
@pytest.mark.parametrize("hidden", ["<!-- </si> -->", "<![CDATA[</si>]]>"])
def test_texts_that_hide_where_they_end_count_whole(tmp_path, part, hidden):
    string = f"<si><t>{LONG}{hidden}{LONG}</t></si>"
    path = workbook(tmp_path / "odd.xlsx", rows_of('<c r="B%d" t="s"><v>1</v></c>', 60), string, part)
    with pytest.raises(FileRefused) as refused:
        open_table(path, COLUMNS, limits=MOST)
    assert refused.value.code == "repeated_texts"


def test_numbers_are_no_texts(tmp_path):
    rows = rows_of('<c r="B%d"><v>1</v></c>', 500)
    path = workbook(tmp_path / "numbers.xlsx", rows, f"<si><t>{LONG}</t></si>")
    assert [row.values for row in open_table(path, COLUMNS, limits=MOST).rows()] == [("A-1", "1")] * 500


def test_many_different_long_texts_are_taken(tmp_path):
    strings = "".join(f"<si><t>{n} {LONG}</t></si>" for n in range(1, 50))
    path = workbook(tmp_path / "texts.xlsx", rows_of('<c r="B%d" t="s"><v>7</v></c>', 1), strings)
    assert [row.values[1] for row in open_table(path, COLUMNS, limits=MOST).rows()] == [f"7 {LONG}".strip()]


def test_what_is_no_number_is_the_first_text(tmp_path):
    path = workbook(tmp_path / "first.xlsx", rows_of('<c r="B%d" t="s"><v>x</v></c>', 60), "", first=LONG)
    with pytest.raises(FileRefused) as refused:
        open_table(path, COLUMNS, limits=MOST)
    assert refused.value.code == "repeated_texts"
