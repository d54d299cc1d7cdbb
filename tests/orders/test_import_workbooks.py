"""A stock list as a workbook: what the server understands at once, and what is read cell by cell, mean the same."""

import datetime as dt

import pytest
import xlsxwriter

from kam import plain_copy
from kam.files import FileRefused, Limits, sheet_pieces, workbooks
from kam.imports import Upload, importer_named
from orders.models import StockLevel
from tests.factories import product, warehouse

DAY = dt.date(2026, 11, 20)
pytestmark = pytest.mark.django_db

ROWS = [
    ["Артикул", "Склад", "Остаток"],
    ["N-1", "Главный", 12],
    ["N-2", "Главный", 3.0],
    [1234, "Главный", 7],  # a code that Excel took for a number
    ["N-3", " главный ", "1 005"],  # needs care: read cell by cell
    [None, None, None],
    ["N-1", "Главный", 13],  # the first of two stays
    ["N-4", "Главный", dt.date(2026, 11, 1)],
    ["N-9", "Главный", 1],
    ["N-4", "Главный", 2.5],
    ["Итого", None, 45],
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    warehouse("Главный")
    for sku in ("N-1", "N-2", "N-3", "N-4", "1234"):
        product(sku=sku, price=None, cost=None)
    return path


def take(path, by, **fields):
    return importer_named("stock").commit(Upload(((path.name, path),), by, DAY, **fields))


def levels():
    return dict(StockLevel.objects.order_by("product__sku").values_list("product__sku", "on_hand"))


def test_every_cell_means_what_it_shows(marina, path):
    report = take(path, marina)
    assert levels() == {"1234": 7, "N-1": 12, "N-2": 3, "N-3": 1005}
    assert report.counts["stock_created"] == 4
    assert sorted(each.row for each in report.problems) == [7, 8, 9, 10]
    dated = next(each for each in report.problems if each.row == 8)
    assert "date" in dated.text or "дата" in dated.text
    assert take(path, marina).changes == 0


def test_read_from_the_beginning_it_gives_the_same(marina, path, monkeypatch):
    at_once = take(path, marina)
    found = levels()
    StockLevel.objects.all().delete()
    monkeypatch.setattr(plain_copy, "MOST_OTHERS", 0)
    again = take(path, marina)
    assert levels() == found
    assert (again.counts, sorted(map(repr, again.problems))) == (
        at_once.counts, sorted(map(repr, at_once.problems)))  # fmt: skip


def test_read_in_pieces_it_gives_the_same(marina, path, monkeypatch):
    """Some pieces go to the server as they are, others by calamine; rows keep their numbers."""
    at_once = take(path, marina)
    found = levels()
    StockLevel.objects.all().delete()
    monkeypatch.setattr(workbooks, "LARGE", 0)
    for step in ("_FIRST_STEP", "_STEP", "_LONGEST_STEP"):
        monkeypatch.setattr(sheet_pieces, step, 150)
    kinds = {type(batch[0]) for batch in sheet_pieces.batches_at(sheet_pieces.place_of(path), 3)}
    again = take(path, marina)
    assert kinds == {tuple, list} and levels() == found
    assert (again.counts, sorted(map(repr, again.problems))) == (
        at_once.counts, sorted(map(repr, at_once.problems)))  # fmt: skip


def test_a_sheet_past_the_limit_of_rows_is_refused(marina, path):
    with pytest.raises(FileRefused) as refused:
        take(path, marina, limits=Limits(rows=4))
    assert refused.value.code == "too_many_rows"
    assert levels() == {}
