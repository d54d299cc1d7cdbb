"""Rows that a pattern takes from a sheet say the same as calamine says of them."""

import datetime as dt
import random
import zipfile

import openpyxl
import pytest
import xlsxwriter

from kam.files import sheet_pieces
from kam.files.plain_rows import PlainRows, letters_of
from kam.plain_copy import _texts
from tests.kam.test_files_sheet_pieces import both_ways, parts_of, rewritten, small_pieces, varied  # noqa: F401

WORDS = ("Чехол", " края ", "", "ряд\nдва", "таб\tуляция", "\\N", "N-007", "0012", "1e5", "a>b", '"x"', "Cable_x2")
NUMBERS = (0, 7, -7, 10**14, 10**15, 123456789012345678, 0.1, -2.5, 1234.5678, 0.0001, 0.00001, 1 / 3, 1e20, 100.10)


def told_in_both_ways(path, width):
    """The rows as texts: as they come in batches, and as each value of calamine is written; how many came plain."""
    place = sheet_pieces.place_of(path)
    batches = list(sheet_pieces.batches_at(place, width))
    plain = sum(len(batch) for batch in batches if batch and batch[0].__class__ is tuple)
    by_batch = [tuple(row) for batch in batches for row in _texts(batch, width)]
    by_batch = [tuple(cell.decode() if cell.__class__ is bytes else cell for cell in row) for row in by_batch]
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once
    return without_blank_end(by_batch), without_blank_end(map(tuple, _texts(at_once, width))), plain


def without_blank_end(rows):
    rows = list(rows)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def plain_list(path, rows, *, shared, column=0):
    with xlsxwriter.Workbook(path, {"constant_memory": not shared}) as book:
        sheet = book.add_worksheet()
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "# ##0.00"})
        sheet.write_row(0, column, ["Артикул", "Склад", "Остаток", "Цена"], bold)
        for n in range(1, rows):
            sheet.write_string(n, column, f"N-{n}", bold if n % 2 else None)
            sheet.write_string(n, column + 1, ("Главный", "Дальний", " край")[n % 3])
            sheet.write_number(n, column + 2, n % 97, money if n % 5 else None)
            sheet.write_number(n, column + 3, n / 4)
    return path


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("column", [0, 2])
def test_a_plain_list_is_taken_without_calamine(tmp_path, small_pieces, shared, column):  # noqa: F811
    path = plain_list(tmp_path / "list.xlsx", 90, shared=shared, column=column)
    ours, theirs, plain = told_in_both_ways(path, 4 + column)
    assert ours == theirs and plain == 90
    assert ours[4][column:] == ("N-4", "Дальний", "4", "1")


def test_a_list_of_another_program_is_taken_too(tmp_path, small_pieces):  # noqa: F811
    book = openpyxl.Workbook()
    for n in range(80):
        book.active.append([f"N-{n}", "Main" if n % 3 else None, n, n / 8])
    book.save(tmp_path / "list.xlsx")
    ours, theirs, plain = told_in_both_ways(tmp_path / "list.xlsx", 4)
    assert ours == theirs and plain == 80


@pytest.mark.parametrize("constant_memory", [True, False])
def test_what_is_not_plain_is_left_to_calamine(tmp_path, small_pieces, constant_memory):  # noqa: F811
    path = varied(tmp_path / "varied.xlsx", constant_memory=constant_memory)
    ours, theirs, plain = told_in_both_ways(path, 16)
    assert ours == theirs and plain == 0


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_in_the_cells(tmp_path, small_pieces, seed):  # noqa: F811
    """Words with every odd sign, numbers of every form, dates, gaps between cells and between rows."""
    chance, path = random.Random(seed), tmp_path / "list.xlsx"
    odd = chance.choice([0, 0.002, 0.02])
    with xlsxwriter.Workbook(path, {"constant_memory": chance.random() < 0.5}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        line = 0
        for n in range(150):
            line += 1 + (chance.random() < odd) * chance.randrange(1, 4)
            for column in range(4):
                if chance.random() < 0.1:
                    continue
                value = chance.choice([f"N-{n}", chance.choice(WORDS), n, chance.choice(NUMBERS[:5])])
                if chance.random() < odd:
                    value = chance.choice([*NUMBERS, "a&b<c", "_x000D_", True, dt.datetime(2026, 3, 4)])
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(line, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(line, column, value)
                else:
                    sheet.write(line, column, value)
    ours, theirs, _plain = told_in_both_ways(path, 4)
    assert ours == theirs


@pytest.mark.parametrize("change", [
    lambda text: text.replace('r="A30"', 'r="A31"', 1),
    lambda text: text.replace("<v>17</v>", "<v>017</v>"),
    lambda text: text.replace("<v>17</v>", "<v>-0</v>"),
    lambda text: text.replace("<v>17</v>", "<v>1.70</v>"),
    lambda text: text.replace("<v>17</v>", "<f>16+1</f><v>17</v>"),
    lambda text: text.replace("><v>17</v>", ' t="b"><v>1</v>'),
    lambda text: text.replace("><v>17</v>", ' t="str"><v>17</v>'),
    lambda text: text.replace("><v>17</v>", ' t="e"><v>#N/A</v>'),
    lambda text: text.replace("<t>N-18</t>", "<r><t>N-</t></r><r><rPr><b/></rPr><t>18</t></r>"),
    lambda text: text.replace("<t>N-18</t>", "<t> N-18 </t>"),
    lambda text: text.replace("<t>N-18</t>", "<t>\u00a0N-18</t>"),
    lambda text: text.replace("<t>N-18</t>", "<t>N-18\u3000</t>"),
    lambda text: text.replace("<t>N-18</t>", '<t xml:space="preserve"> N-18 </t>'),
    lambda text: text.replace("<t>N-18</t>", "<t>N&#45;18</t>"),
    lambda text: text.replace("<t>N-18</t>", "<t>N-18\r\n</t>"),
    lambda text: text.replace('<row r="9"', '<row r="9" spans="1:4" hidden="1"'),
    lambda text: text.replace("</row><row", "</row>\n  <row"),
], ids=range(17))  # fmt: skip
def test_a_cell_written_in_another_way(tmp_path, small_pieces, change):  # noqa: F811
    path = plain_list(tmp_path / "list.xlsx", 60, shared=False)
    before = parts_of(path)
    rewritten(path, change)
    assert parts_of(path) != before
    ours, theirs, _plain = told_in_both_ways(path, 4)
    assert ours == theirs


@pytest.mark.parametrize("some", [1, 3])
def test_names_with_a_prefix_are_left_to_calamine(tmp_path, small_pieces, some):  # noqa: F811
    """All rows of a sheet, or every third; none is passed over."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = '<{0}row r="{1}"><{0}c r="A{1}"><{0}v>{1}</{0}v></{0}c></{0}row>'
    rows = "".join(row.format("x:" if n % some == 0 else "", n) for n in range(1, 61))
    root, data = ("x:worksheet", "x:sheetData") if some == 1 else ("worksheet", "sheetData")
    sheet = f'<{root} xmlns="{space}" xmlns:x="{space}"><{data}>{rows}</{data}></{root}>'
    path = rewritten(plain_list(tmp_path / "list.xlsx", 2, shared=False), lambda text: sheet)
    ours, theirs, plain = told_in_both_ways(path, 1)
    assert ours == theirs == [(str(n),) for n in range(1, 61)] and plain == 0


@pytest.mark.parametrize(("string", "text"), [
    ("<si><r><t>На</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\"> вес</t></r></si>", "На вес"),
    ('<si><t xml:space="preserve"> края  два </t></si>', " края  два "),
    ("<si><t> края </t></si>", None), ("<si><t>\u2003края\u00a0</t></si>", None),
    ("<si><t>漢字</t><rPh sb=\"0\" eb=\"2\"><t>カンジ</t></rPh></si>", "漢字"),
    ("<si><t>a&amp;b &lt;c&gt; &#1071;</t></si>", "a&b <c> Я"),
    ("<si><t/></si>", ""),
    ("<si><t>\r\n</t></si>", None), ("<si><t>_x0041_</t></si>", None), ("<si>\n<t>край</t>\n</si>", None),
    ("<si><t>tab\there</t></si>", "tab\there"), ("<!-- <si> --><si><t>край</t></si>", None),
    ("<si/>", None), ('<si id="1"><t>край</t></si>', None),
])  # fmt: skip
def test_a_shared_string_means_what_calamine_says(tmp_path, small_pieces, string, text):  # noqa: F811
    """Rich text, kept spaces, entities, readings of signs."""
    path = plain_list(tmp_path / "list.xlsx", 90, shared=True)
    shared_rewritten(path, "<si><t>Дальний</t></si>", string)
    ours, theirs, _plain = told_in_both_ways(path, 4)
    assert ours == theirs
    assert text is None or ours[4] == ("N-4", text, "4", "1")


def shared_rewritten(path, old, new):
    parts = parts_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if name == "xl/sharedStrings.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            package.writestr(name, content)


def test_a_hundred_thousand_shared_strings(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n in range(60_000):
            sheet.write_row(n, 0, [f"Артикул {n}", f"a & b {n}" if n % 30 == 7 else f"Название {n}", n])
    ours, theirs, plain = told_in_both_ways(path, 3)
    assert len(ours) == 60_000 and ours == theirs and plain == 60_000
    assert ours[1027] == ("Артикул 1027", "a & b 1027", "1027")


def test_many_strings_that_only_calamine_understands(tmp_path, small_pieces):  # noqa: F811
    """Among them empty ones, also as the first and the last of those it is asked about."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n in range(1500):
            sheet.write_row(n, 0, [f"N-{n}", f"a & {n}"])
    for n in (0, 1, 499, 500, 501, 1499):
        shared_rewritten(path, f"<si><t>a &amp; {n}</t></si>", "<si><t/></si>")
    ours, theirs, plain = told_in_both_ways(path, 2)
    assert ours == theirs and plain == 1500
    assert ours[498:502] == [("N-498", "a & 498"), ("N-499", ""), ("N-500", ""), ("N-501", "")]


def test_columns_by_their_letters():
    assert [letters_of(place) for place in (0, 25, 26, 701, 702)] == [b"A", b"Z", b"AA", b"ZZ", b"AAA"]


def test_a_list_of_which_nothing_is_plain_is_soon_not_looked_at():
    rows = PlainRows(1, lambda cells: [], b"", None)
    odd, plain = b'<row r="1"><c r="A1" t="b"><v>1</v></c></row>', b'<row r="1"><c r="A1"><v>1</v></c></row>'
    assert rows.taken(plain, 0) == [(b"1",)]
    assert [rows.taken(odd, 0) for _time in range(3)] == [None] * 3
    assert rows.taken(plain, 0) is None
