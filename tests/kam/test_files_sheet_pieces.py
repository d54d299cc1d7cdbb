"""A large sheet is read in pieces; whatever is in it means the same as when it is read at once."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from kam.files import Column, FileRefused, cells, open_table, sheet_pieces, workbooks

COLUMNS = (Column("sku", "Артикул", cells.code, required=True), Column("units", "Остаток", cells.whole))
WORDS = ("Чехол & плёнка", "a<b>c", '"x"', " края ", "две\nстроки", "</row>", "Ёж", "")


@pytest.fixture
def small_pieces(monkeypatch):
    """Pieces of a few rows, of any sheet."""
    monkeypatch.setattr(workbooks, "LARGE", 0)
    monkeypatch.setattr(sheet_pieces, "_FIRST_STEP", 300)
    monkeypatch.setattr(sheet_pieces, "_STEP", 700)
    monkeypatch.setattr(sheet_pieces, "_LONGEST_STEP", 700)


def filled(row):
    """A row without the empty cells at its end, which both ways of reading may leave out."""
    row = list(row)
    while row and row[-1] == "":
        row.pop()
    return row


def both_ways(path):
    """The rows in pieces and at once, which begins with the first column that has anything."""
    place = sheet_pieces.place_of(path)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(place.name)
    left = [""] * sheet.start[1]
    at_once = [filled(left + row) for row in sheet.iter_rows()]
    return [filled(row) for row in sheet_pieces.rows_at(place)], at_once


def parts_of(path):
    with zipfile.ZipFile(path) as package:
        return {member.filename: package.read(member) for member in package.infolist()}


def rewritten(path, change):
    """The same package with its first sheet changed as a text."""
    parts = parts_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if name == "xl/worksheets/sheet1.xml":
                content = change(content.decode()).encode()
            package.writestr(name, content)
    return path


def varied(path, *, constant_memory=False, epoch_1904=False, rows=60):
    """A workbook with every kind of cell, blank rows above, between and columns left of the data."""
    options = {"constant_memory": constant_memory, "date_1904": epoch_1904}
    with xlsxwriter.Workbook(path, options) as book:
        book.add_worksheet("Скрытый").hide()
        book.add_worksheet("Пусто").activate()
        sheet = book.add_worksheet("Данные")
        day, percent = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "0.00%"})
        hours = book.add_format({"num_format": "[h]:mm:ss"})
        sheet.merge_range(3, 2, 3, 4, "объединены") if not constant_memory else sheet.write(3, 2, "объединены")
        for n in range(rows):
            line = 5 + n + 7 * (n // 20)
            sheet.write_row(line, 2, [f"N-{n}", WORDS[n % len(WORDS)], n, n / 8, -n])
            sheet.write_datetime(line, 7, dt.datetime(2026, 1, 1) + dt.timedelta(days=n), day)
            sheet.write_datetime(line, 8, dt.datetime(2026, 1, 1, 12, 30, n % 60), day)
            sheet.write_number(line, 9, n / 100, percent)
            sheet.write_boolean(line, 10, n % 2 == 0)
            sheet.write_formula(line, 11, "=C6", None, n * 2)
            sheet.write_formula(line, 12, '="x"', None, "текст")
            sheet.write_formula(line, 13, "=1/0", None, "#DIV/0!")
            sheet.write_number(line, 14, n / 24, hours)
            sheet.write_blank(line, 15, None, day)
    return path


@pytest.mark.parametrize("constant_memory", [True, False])
@pytest.mark.parametrize("epoch_1904", [True, False])
def test_every_kind_of_cell_means_the_same(tmp_path, small_pieces, constant_memory, epoch_1904):
    path = varied(tmp_path / "varied.xlsx", constant_memory=constant_memory, epoch_1904=epoch_1904)
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once
    assert in_pieces[5][2:5] == ["N-0", WORDS[0], 0] and in_pieces[5][7] == dt.date(2026, 1, 1)
    assert len(in_pieces) == 5 + 60 + 14


def test_another_program_writes_it_in_another_way(tmp_path, small_pieces):
    path = tmp_path / "other.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Первый"
    for n in range(80):
        book.active.append([f"N-{n}", WORDS[n % len(WORDS)] or None, n, dt.date(2026, 2, 3), dt.time(9, n % 60), n > 5])
    book.active["B3"].hyperlink = "https://example.com"
    book.create_sheet("Второй").append(["не этот"])
    book.save(path)
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once
    assert len(in_pieces) == 80


@pytest.mark.parametrize("change", [
    lambda text: text.replace('<dimension ref="C4:D53"/>', '<dimension ref="A1"/>'),
    lambda text: text.replace('<dimension ref="C4:D53"/>', '<dimension ref="A1:XFD1048576"/>'),
    lambda text: text.replace("\n", " ").replace("<row ", "\n  <row\n "),
    lambda text: text.replace("<row r=", "<row spans='1:9' r="),
], ids=["dimension too small", "dimension too large", "white space", "number later"])  # fmt: skip
def test_what_a_sheet_says_of_itself_is_not_believed(tmp_path, small_pieces, change):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n in range(50):
            sheet.write_row(n + 3, 2, [f"N-{n}", n])
    rewritten(path, change)
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once
    assert (len(in_pieces), in_pieces[-1]) == (53, ["", "", "N-49", 49])


def test_rows_without_numbers_are_counted(tmp_path, small_pieces):
    """Some programs leave out where a cell is; blank rows count too."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "x")
    row = '<row><c t="inlineStr"><is><t>N-{}</t></is></c><c><v>{}</v></c></row>'
    rows = "".join(row.format(n, n) + "<row/><row></row>" * (n % 3 == 0) for n in range(40))
    rewritten(path, lambda text: text[: text.index("<sheetData>") + 11] + rows + "</sheetData></worksheet>")
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once
    assert in_pieces[-3] == ["N-39", 39] or in_pieces[-1] == ["N-39", 39]


def test_names_with_a_prefix_are_understood(tmp_path, small_pieces):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "x")
    space = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = "".join(f'<x:row r="{n}"><x:c r="A{n}"><x:v>{n}</x:v></x:c></x:row>' for n in range(1, 41))
    rewritten(path, lambda text: f"<x:worksheet {space}><x:sheetData>{rows}</x:sheetData></x:worksheet>")
    in_pieces, at_once = both_ways(path)
    assert in_pieces == at_once == [[n] for n in range(1, 41)]


def test_a_sheet_with_a_comment_is_read_at_once(tmp_path, small_pieces):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Артикул", "Остаток"])
        for n in range(30):
            sheet.write_row(n + 1, 0, [f"N-{n}", n])
    assert [row.values for row in open_table(path, COLUMNS).rows()][-1] == ("N-29", 29)
    rewritten(path, lambda text: text.replace('<row r="9"', '<!-- </row> --><row r="9"'))
    assert [row.values for row in open_table(path, COLUMNS).rows()] == [(f"N-{n}", n) for n in range(30)]


def test_a_list_in_pieces_is_opened_by_its_header_and_read_twice(tmp_path, small_pieces):
    path = varied(tmp_path / "list.xlsx")
    columns = (Column("sku", "N-0", cells.code, required=True),)
    table = open_table(path, columns)
    assert table.header.row == 6
    first = list(table.rows())
    assert [row.values for row in first] == [(f"N-{n}",) for n in range(1, 60)]
    assert first == list(table.rows())
    assert first[20].number == 6 + 21 + 7


def test_a_sheet_that_breaks_off_or_goes_backwards_is_refused(tmp_path, small_pieces):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Артикул", "Остаток"])
        for n in range(90):
            sheet.write_row(n + 1, 0, [f"N-{n}", n])
    whole = path.read_bytes()
    for change in (
        lambda text: text[: text.index('<row r="60"')],
        lambda text: text.replace('r="A80"', 'r="A8"').replace('r="B80"', 'r="B8"'),
    ):
        path.write_bytes(whole)
        rewritten(path, change)
        with pytest.raises(FileRefused) as refused:
            list(open_table(path, COLUMNS).rows())
        assert refused.value.code == "broken_workbook"


def test_a_piece_has_only_what_a_sheet_needs():
    head = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="a"><cols><col/></cols><sheetData>'
    sheet = head + b'<row r="1"><c/></row></sheetData><mergeCells/></worksheet>'
    assert list(sheet_pieces.pieces_of(io.BytesIO(sheet))) == [
        b'<worksheet xmlns="a"><sheetData><row r="1"><c/></row></sheetData></worksheet>']  # fmt: skip
    assert list(sheet_pieces.pieces_of(io.BytesIO(b"<worksheet><sheetData/></worksheet>"))) == []
    with pytest.raises(sheet_pieces.Uncut):
        list(sheet_pieces.pieces_of(io.BytesIO(sheet.decode().encode("utf-16"))))
