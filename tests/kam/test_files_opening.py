"""What a stranger's file is, and what is refused before anything is read from it."""

import io
import stat
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from kam.files import DEFAULT_LIMITS, FileRefused, Kind, Limits, kind_of, open_markup, open_table, unpacked
from kam.files.columns import Column
from kam.files.encodings import encoding_of


def put(tmp_path, content: bytes, name="upload.bin"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def packed(tmp_path, members: dict[str, bytes]):
    path = tmp_path / "upload.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal_of(call, *args, **kwargs) -> str:
    with pytest.raises(FileRefused) as refused:
        result = call(*args, **kwargs)
        if hasattr(result, "__enter__"):
            with result as opened:
                opened.read() if hasattr(opened, "read") else None
        elif hasattr(result, "__iter__"):
            list(result)
    assert refused.value.text
    return refused.value.code


@pytest.mark.parametrize(("content", "kind"), [
    (b"<?xml version='1.0'?><a/>", Kind.XML), ("\ufeff<a/>".encode(), Kind.XML), ("<a/>".encode("utf-16"), Kind.XML),
    ("Артикул;Цена\nA;1\n".encode("cp1251"), Kind.TEXT), ("Артикул\tЦена".encode("utf-16"), Kind.TEXT),
    (b"BMW;1\nMZ;2\n", Kind.TEXT), (b"sku\n", Kind.TEXT),
])  # fmt: skip
def test_the_kind_is_told_by_content(tmp_path, content, kind):
    assert kind_of(put(tmp_path, content, "whatever.pdf")) is kind


@pytest.mark.parametrize("content", [
    b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n....", b"MZ\x90\x00\x03\x00", b"Rar!\x1a\x07\x00", b"\x7fELF\x02",
    b"<!DOCTYPE html><html><table>", b"  <html><body>", b'{"a": 1}', bytes(range(256)) * 4, b"\x1f\x8b\x08\x00",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
])  # fmt: skip
def test_another_kind_is_refused(tmp_path, content):
    assert refusal_of(kind_of, put(tmp_path, content, "list.csv")) == "other_kind"


def test_an_empty_and_a_huge_file_are_refused(tmp_path):
    assert refusal_of(kind_of, put(tmp_path, b"")) == "empty"
    assert refusal_of(kind_of, put(tmp_path, b"a;b\n" * 10), Limits(file_bytes=39)) == "too_large"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../b", "C:\\x", "..\\..\\x", "\\\\srv\\x"])
def test_a_zip_slip_is_refused_and_nothing_is_written(tmp_path, name):
    path = packed(tmp_path, {"ok.xml": b"<a/>", name: b"evil"})
    before = sorted(tmp_path.rglob("*"))
    assert refusal_of(unpacked, path) == "unsafe_name"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "link.zip"
    link = zipfile.ZipInfo("passwd.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal_of(unpacked, path) == "link"


def test_a_bomb_is_refused_by_its_ratio_and_its_whole(tmp_path):
    path = packed(tmp_path, {"zeros.xml": b"0" * 3_000_000})
    assert refusal_of(unpacked, path, Limits(ratio_from=1_000_000, ratio=100)) == "bomb"
    assert refusal_of(unpacked, path, Limits(unpacked_bytes=2_000_000)) == "bomb"
    with unpacked(path) as files:
        assert [(name, each.stat().st_size) for name, each in files] == [("zeros.xml", 3_000_000)]


def test_a_bomb_whose_header_lies_is_caught_while_it_unpacks(tmp_path):
    """The directory promises ten bytes; the data are three million."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = body.compress(b"0" * 3_000_000) + body.flush()
    name, crc = b"a.xml", zlib.crc32(b"0" * 3_000_000)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), 10, len(name), 0) + name + data
    central = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(data), 10, len(name),
                          0, 0, 0, 0, 0, 0) + name  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    path = put(tmp_path, local + central + end)
    assert refusal_of(unpacked, path, Limits(ratio_from=1_000_000, ratio=100)) in ("bomb", "broken_archive")


def test_too_many_members_a_nested_archive_and_a_broken_one_are_refused(tmp_path):
    assert refusal_of(unpacked, packed(tmp_path, {f"{n}.xml": b"<a/>" for n in range(5)}), Limits(members=4)) \
        == "too_many_members"  # fmt: skip
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.xml", "<b/>")
    for name in ("inner.zip", "inner.xml"):
        assert refusal_of(unpacked, packed(tmp_path, {name: inner.getvalue()})) == "nested_archive"
    whole = packed(tmp_path, {"a.xml": b"<a/>" * 1000}).read_bytes()
    assert refusal_of(kind_of, put(tmp_path, whole[:-30])) == "broken_archive"
    spoiled = bytearray(whole)
    spoiled[45] ^= 0xFF
    assert refusal_of(unpacked, put(tmp_path, bytes(spoiled))) == "broken_archive"


def test_names_inside_an_archive_never_become_paths(tmp_path):
    with unpacked(packed(tmp_path, {"Папка/импорт 1.xml": b"<a/>", "__MACOSX/x": b"", "q.jpg": b"j"})) as files:
        assert [name for name, _path in files] == ["Папка/импорт 1.xml", "q.jpg"]
        folder = files[0][1].parent
        assert sorted(each.name for each in folder.iterdir()) == ["000000", "000002"]
    assert not folder.exists()


@pytest.mark.parametrize("head", [
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;">]>',
    '<!doctype a SYSTEM "http://127.0.0.1/x.dtd">', '<?xml version="1.0"?>\n<!-- hello -->\n<!DOCTYPE a>',
])  # fmt: skip
def test_a_dtd_is_refused_in_every_encoding(tmp_path, head):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1251"):
        path = put(tmp_path, f"{head}<Товар>&x;</Товар>".encode(encoding))
        assert refusal_of(open_markup, path) == "dtd"


def test_a_dtd_behind_a_wall_of_comments_is_refused(tmp_path):
    wall = "<!--" + "x" * DEFAULT_LIMITS.prologue_bytes * 8 + "-->"
    path = put(tmp_path, f"{wall}<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode())
    assert refusal_of(open_markup, path) in ("dtd", "not_xml")


def test_markup_is_clean_utf8_whatever_the_header_says(tmp_path):
    for encoding in ("cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"):
        text = '<?xml version="1.0" encoding="utf-8"?>\n<Товар>Навигатор, карта и чехол\x0b&#x1F;&#11;</Товар>'
        with open_markup(put(tmp_path, text.encode(encoding))) as markup:
            content = b""
            while chunk := markup.read(100):
                content += chunk
        assert content.decode() == "\n<_><Товар>Навигатор, карта и чехол   </Товар></_>"


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_by_content(tmp_path, encoding):
    text = "Артикул;Наименование;Цена\nA-1;Навигатор автомобильный;1 234,50\n"
    assert text.encode(encoding).decode(encoding_of(put(tmp_path, text.encode(encoding)))) == text


def test_a_letter_that_comes_late_decides_the_encoding_too(tmp_path):
    late = b"A-1;10\n" * 60_000 + "Чехол;5\n".encode("cp1251")
    assert encoding_of(put(tmp_path, late)) == "cp1251"


def test_a_sheet_of_two_far_cells_is_refused_before_it_takes_the_memory(tmp_path):
    path = tmp_path / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Артикул")
        sheet.write(1_048_575, 16_383, "x")
    assert refusal_of(open_table, path, [Column("sku", "Артикул")]) == "sparse_sheet"


@pytest.mark.parametrize("far", [
    '<c r="XFD1048576"><v>1</v></c>', "<c r='XFD1048576'><v>1</v></c>", '<c s="1" r="XFD1048576"><v>1</v></c>',
    '<c\nr="XFD1048576"><v>1</v></c>', '<x:c r=\'XFD1048576\'><v>1</v></x:c>', '<c r = "XFD1048576"><v>1</v></c>',
])  # fmt: skip
def test_a_far_cell_is_found_however_it_is_written(tmp_path, far):
    near, path = tmp_path / "near.xlsx", tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(near) as book:
        book.add_worksheet().write_column(0, 0, ["Артикул", "N-1", "N-2"])
    with zipfile.ZipFile(near) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith("sheet1.xml"):
                row = f'<row r="1048576">{far}</row></sheetData>'.encode()
                content = content.replace(b"</sheetData>", row)
                assert row in content
            package.writestr(member, content)
    assert len(list(open_table(near, [Column("sku", "Артикул")]).rows())) == 2
    assert refusal_of(open_table, path, [Column("sku", "Артикул")]) == "sparse_sheet"


def test_a_workbook_that_is_damaged_or_packed_as_a_bomb_is_refused(tmp_path):
    path = tmp_path / "big.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(3000):
            sheet.write_row(row, 0, ["Артикул"] * 20)
    columns = [Column("sku", "Артикул")]
    assert refusal_of(open_table, path, columns, limits=Limits(unpacked_bytes=100_000)) == "bomb"
    content = bytearray(path.read_bytes())
    middle = content.index(b"xl/worksheets/sheet1.xml") + 200
    content[middle : middle + 50] = b"\x00" * 50
    assert refusal_of(open_table, put(tmp_path, bytes(content)), columns) in ("broken_workbook", "broken_archive")


def ods(path, rows: str):
    """A minimal ODS with one table."""
    spaces = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
              'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
              'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"')  # fmt: skip
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
                         f'<office:spreadsheet><table:table table:name="Лист">{rows}</table:table></office:spreadsheet>'
                         "</office:body></office:document-content>")  # fmt: skip
        package.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
                         'xmlns:manifest:1.0"/>')  # fmt: skip
    return path


def test_an_ods_is_read_and_one_that_repeats_a_value_a_million_times_is_refused(tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    head = "<table:table-row>" + cell.format("Артикул") + "</table:table-row>"
    blank = ('<table:table-row table:number-rows-repeated="1048574"><table:table-cell '
             'table:number-columns-repeated="1024"/></table:table-row>')  # fmt: skip
    columns = [Column("sku", "Артикул")]
    good = ods(tmp_path / "good.ods", head + "<table:table-row>" + cell.format("A-1") + "</table:table-row>" + blank)
    assert kind_of(good) is Kind.ODS
    assert [row.values for row in open_table(good, columns).rows()] == [("A-1",)]
    many = '<table:table-row table:number-rows-repeated="1000000">' + cell.format("x") + "</table:table-row>"
    assert refusal_of(open_table, ods(tmp_path / "bad.ods", head + many), columns) == "sparse_sheet"
