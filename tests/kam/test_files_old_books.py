"""Old books of other programs: formats that look like dates of the Far East, and Russian under a western mark."""

import datetime as dt

from kam.files.old_books import in_russian, is_misread, russian_rows, with_own_formats


def record(kind, body):
    return kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body


def declared(number, text):
    wide = text.encode("utf-16-le")
    return record(0x041E, number.to_bytes(2, "little") + len(text).to_bytes(2, "little") + b"\x01" + wide)


def style(number):
    return record(0x00E0, b"\x00\x00" + number.to_bytes(2, "little") + b"\x00" * 16)


def numbers_of(book):
    styles = book[book.index(style(0)) :]
    return [int.from_bytes(styles[place + 6 : place + 8], "little") for place in range(0, len(styles), 24)]


def test_own_formats_are_no_dates_of_the_far_east():
    head = declared(50, '0.00" руб."') + declared(51, "dd.mm.yyyy") + declared(52, "#,##0;[Red]-#,##0")
    book = head + b"".join(style(number) for number in [0] * 15 + [50, 51, 52, 53, 14, 2])
    assert numbers_of(with_own_formats(book))[15:] == [0, 14, 0, 53, 14, 2], "53 is not declared and stays"
    assert len(with_own_formats(book)) == len(book)


def test_a_book_without_a_table_of_styles_stays_as_it_is():
    for book in (b"", b"\xe0\x00" * 10, declared(50, "0.000") + style(50) * 5):
        assert with_own_formats(book) == book


def test_russian_under_a_western_mark_is_read_as_it_was_meant():
    meant = ["Прайс-лист", "Наименование товаров", "Розничная цена", "Ёлка"]
    misread = [text.encode("cp1251").decode("cp1252") for text in meant]
    assert is_misread(misread)
    assert [in_russian(text) for text in misread] == meant
    rows = russian_rows(lambda: iter([[misread[0], 1.5, dt.date(2026, 1, 2), ""]]))
    assert list(rows()) == list(rows()) == [["Прайс-лист", 1.5, dt.date(2026, 1, 2), ""]]


def test_other_languages_and_whole_russian_are_left_alone():
    assert not is_misread(["Crème brûlée à l’orange", "Größe", "çà et là", "Façade d’été"])
    assert not is_misread(["Прайс-лист", "Ïðàéñ Ëèñò Öåíà"])
    assert not is_misread(["", "SKU", "12"])
