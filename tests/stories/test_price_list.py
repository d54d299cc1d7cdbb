"""Marketing brings a price list: what was understood, what is wrong with which row, the result, the bad rows back."""

from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from orders.models import Price, Product
from tests.factories import DAY, product
from tests.stories.conftest import follow, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = (
    ["Прайс-лист на ноябрь"],
    ["Артикул", "Наименование", "Бренд", "Категория", "Цена", "Штрихкод"],
    ["NAV-700", "Автонавигатор Маяк 700", "Маяк", "Навигаторы", "10 500,50", ""],
    ["NAV-900", "Автонавигатор Маяк 900", "Маяк", "Навигаторы", 14990, "4600000000017"],
    ["NAV-901", "Автонавигатор Маяк 901", "Маяк", "Навигаторы", "по запросу", ""],
    ["NAV-902", "Автонавигатор Маяк 902", "Маяк", "Навигаторы", -5, ""],
)


@pytest.fixture
def price_list(tmp_path):
    """The price list as a workbook on disk."""
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    path = tmp_path / "Прайс ноябрь.xlsx"
    book.save(path)
    return path


def test_a_price_list(enter, worker, marina, price_list, tmp_path):
    known = product(sku="NAV-700", name="Автонавигатор Маяк 700", price="10000.00")
    window = enter(marina)
    window.goto("/imports/prices/")
    window.set_input_files("#files", price_list)
    follow(window, window.locator("main form button.btn-primary"))

    understood = window.locator("section", has=window.locator("table.mapping"))
    expect(understood.get_by_label("Колонка для «Артикул»")).to_have_value("sku")
    expect(understood.get_by_label("Колонка для «Цена»")).to_have_value("price")
    found = [[words(cell) for cell in row.locator("td").all()] for row in window.locator(".findings tbody tr").all()]
    assert [(row[0], row[1], row[2]) for row in found] == [("5", "Цена", "по запросу"), ("6", "Цена", "-5")]
    assert all(row[3] for row in found)
    assert Product.objects.count() == 1 and Price.objects.count() == 1, "nothing is written before the commit"

    follow(window, window.locator("form[action$='/commit/'] button"))
    assert set(Product.objects.values_list("sku", flat=True)) == {"NAV-700", "NAV-900", "NAV-901"}
    assert not Price.objects.filter(product__sku="NAV-901").exists(), "a price on request is none"
    now = Price.objects.filter(starts_on=DAY).order_by("product__sku").values_list("product__sku", "amount")
    assert list(now) == [("NAV-700", Decimal("10500.50")), ("NAV-900", Decimal("14990.00"))]
    assert Price.objects.filter(product=known).count() == 2, "the former price stays for the days before"

    with window.expect_download() as sent:
        window.click("a[download][href$='/report/file/']")
    sent.value.save_as(tmp_path / "left.xlsx")
    rows = list(load_workbook(tmp_path / "left.xlsx").active.values)
    assert rows[0] == (*ROWS[1], "Что не так")
    assert [row[0] for row in rows[1:]] == ["NAV-902"]
