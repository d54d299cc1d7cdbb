"""Exports of 1C brought to the catalogue, the prices, the stock, the clients and the orders."""

import datetime as dt
import zipfile
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Client, PriceColumn
from kam.files import FileRefused
from kam.imports import Upload, importer_named
from kam.models import TrailEntry
from kam.staging import rows_of
from orders.models import Brand, Category, Order, Price, Product, StockLevel, Warehouse
from tests.factories import buyer, confirmed_order, price_column, requisites, stocked_product, system_user, warehouse
from tests.factories import product as product_of
from tests.orders.commerceml_files import (
    catalogue,
    document,
    line,
    offer,
    offers,
    partner,
    price,
    price_type,
    product,
    whole,
)

DAY = dt.date(2026, 11, 20)
pytestmark = pytest.mark.django_db
GROUPS = (
    "<Группа><Ид>g1</Ид><Наименование>Техника</Наименование><Группы><Группа><Ид>g2</Ид>"
    "<Наименование>Навигация</Наименование></Группа></Группы></Группа>"
)
RICH = (
    "<Группы><Ид>g2</Ид></Группы><Изготовитель><Ид>b1</Ид><Наименование>Полярис</Наименование></Изготовитель>"
    '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница><Штрихкод>4601234567893</Штрихкод><СтавкиНалогов><СтавкаНалога>'
    "<Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов>"
)
STORES = "<Склады><Склад><Ид>w1</Ид><Наименование>Главный</Наименование></Склад></Склады>"


@pytest.fixture
def take(tmp_path):
    """Check files, commit them, and hold the check to what the commit did."""

    def run(by, *texts):
        files = []
        for number, text in enumerate(texts):
            path = tmp_path / f"part{number}.xml"
            path.write_text(text)
            files.append((path.name, path))
        upload = Upload(tuple(files), by, DAY)
        importer = importer_named("commerceml")
        checked = importer.check(upload)
        report = importer.commit(upload)
        assert (checked.counts, checked.problems) == (report.counts, report.problems)
        return report

    return run


def package(rows, types=None):
    text = offers(rows, types or price_type())
    return text.replace("<Предложения>", STORES + "<Предложения>")


def stock(quantity, store="w1"):
    return f'<Склад ИдСклада="{store}" КоличествоНаСкладе="{quantity}"/>'


def test_a_whole_export_and_again_nothing_new(take, marina):
    goods = catalogue(product(extra=RICH) + product("p-2", "Чехол", "C-1"), GROUPS)
    prices = package(offer("p-1", price("1 719,50"), stock(20)) + offer("p-2", price("99"), stock(0)))
    report = take(marina, goods, prices)
    assert report.problems == []
    assert report.counts == {
        "categories_created": 2, "brands_created": 1, "warehouses_created": 1, "products_created": 2,
        "price_columns_created": 1, "prices_created": 2, "stock_created": 1}  # fmt: skip
    first = Product.objects.get(external_id="p-1")
    assert (first.sku, first.brand.name, first.category.name, first.unit, first.ean, first.vat_kind) == (
        "N-5", "Полярис", "Навигация", "шт", "4601234567893", "standard")  # fmt: skip
    assert first.category.parent.external_id == "g1"
    assert Product.objects.get(external_id="p-2").brand.name == "Без бренда"
    column = PriceColumn.objects.get(external_id="opt")
    assert (column.name, column.currency, column.vat_included) == ("Оптовая", "RUB", True)
    assert list(Price.objects.order_by("amount").values_list("product__sku", "column", "amount", "starts_on")) == [
        ("C-1", column.pk, Decimal("99.00"), DAY), ("N-5", column.pk, Decimal("1719.50"), DAY)]  # fmt: skip
    levels = StockLevel.objects.values_list("product__sku", "warehouse__name", "on_hand")
    assert list(levels) == [("N-5", "Главный", 20)]
    entries = TrailEntry.objects.count()
    again = take(marina, goods, prices)
    assert (again.counts, again.problems, again.changes) == ({}, [], 0)
    assert TrailEntry.objects.count() == entries


def test_changes_of_goods_prices_and_stock(take, marina):
    take(marina, catalogue(product(), GROUPS), package(offer("p-1", price("100"), stock(5))))
    Price.objects.update(starts_on=dt.date(2026, 1, 1))
    renamed = catalogue(product(name="Навигатор Север 6", extra=RICH), GROUPS.replace("Техника", "Электроника"))
    report = take(marina, renamed, package(offer("p-1", price("110"), stock(7))))
    assert report.counts == {
        "categories_changed": 1, "brands_created": 1, "products_changed": 1, "prices_created": 1, "stock_changed": 1,
    }  # fmt: skip
    found = Product.objects.get()
    assert (found.name, found.brand.name, found.version) == ("Навигатор Север 6", "Полярис", 2)
    assert list(Price.objects.order_by("starts_on").values_list("amount", "starts_on", "ends_on")) == [
        (100, dt.date(2026, 1, 1), dt.date(2026, 11, 19)), (110, DAY, None)]  # fmt: skip
    assert StockLevel.objects.get().on_hand == 7


def test_what_is_the_same_is_not_even_written(take, marina):
    goods = catalogue(product() + product("p-2", "Чехол", "C-1"), GROUPS)
    take(marina, goods, package(offer("p-1", price("100"), stock(5)) + offer("p-2", price("7"), stock(3))))
    Price.objects.update(starts_on=dt.date(2026, 1, 1))
    prices, levels = versions("orders_price", "product_id"), versions("orders_stocklevel", "product_id")
    report = take(marina, package(offer("p-1", price("100"), stock(5)) + offer("p-2", price("8"), stock(4))))
    assert report.counts == {"prices_created": 1, "stock_changed": 1}
    same = Product.objects.get(external_id="p-1").pk
    assert {row for row in versions("orders_price", "product_id") if row in prices} == {
        row for row in prices if row[0] == same}  # fmt: skip
    assert {row for row in versions("orders_stocklevel", "product_id") if row in levels} == {
        row for row in levels if row[0] == same}  # fmt: skip


def versions(table, key):
    """A key of each row and where its version lies: a row that is written anew lies elsewhere."""
    return set(rows_of(f"SELECT {key}, ctid::text FROM {table}"))


def test_what_we_have_is_adopted_by_sku_and_name(take, marina):
    mine = product_of(sku="N-5", name="Свой")
    Warehouse.objects.create(name="Главный", sort_key="главный")
    column = price_column("OPT", name="оптовая")
    take(marina, catalogue(product()), package(offer("p-1", price("100"), stock(5))))
    mine.refresh_from_db()
    column.refresh_from_db()
    assert (mine.external_id, mine.name, column.external_id) == ("p-1", "Навигатор Север 5", "opt")
    columns = PriceColumn.objects.filter(name__iexact="оптовая")
    assert (Product.objects.count(), Warehouse.objects.count(), columns.count()) == (1, 1, 1)


def test_variants_become_products_and_their_base_is_not_sold(take, marina):
    goods = catalogue(product(extra=RICH), GROUPS)
    rows = offer("p-1#aaaa", price("10"), stock(1), "<Наименование>Север (синий)</Наименование>") + offer(
        "p-1#bbbb", price("12"), stock(2), "<Артикул>N-5-R</Артикул><Наименование>Север (красный)</Наименование>",
    )  # fmt: skip
    report = take(marina, goods, package(rows))
    assert report.problems == []
    found = Product.objects.order_by("external_id")
    assert [(each.external_id, each.sku, each.name, each.brand.name, each.is_archived) for each in found] == [
        ("p-1", "N-5", "Навигатор Север 5", "Полярис", True),
        ("p-1#aaaa", "N-5#aaaa", "Север (синий)", "Полярис", False),
        ("p-1#bbbb", "N-5-R", "Север (красный)", "Полярис", False)]  # fmt: skip
    assert set(Price.objects.values_list("product__sku", "amount")) == {("N-5#aaaa", 10), ("N-5-R", 12)}
    assert take(marina, goods, package(rows)).changes == 0


def test_bad_elements_are_told_with_file_and_line_and_the_rest_is_taken(take, marina):
    mine = stocked_product(sku="TAKEN", external_id="other")
    taken, twin = product("2", sku="TAKEN"), product("3", sku="A")
    goods = catalogue("\n" + product("1", sku="A") + "\n" + taken + "\n<Товар/>\n" + twin)
    prices = package(offer("1", price("5") + price("6", "нет такого")) + "\n" + offer("чужой", price("1"), stock(3)))
    report = take(marina, goods, prices)
    assert sorted((each.file, each.row, each.severity) for each in report.problems) == [
        ("part0.xml", 6, "error"), ("part0.xml", 7, "error"), ("part0.xml", 8, "error"),
        ("part1.xml", 3, "error"), ("part1.xml", 4, "error"), ("part1.xml", 4, "error")]  # fmt: skip
    assert set(Product.objects.values_list("sku", "external_id")) == {("TAKEN", mine.external_id), ("A", "1")}
    assert Price.objects.filter(product__sku="A").get().amount == 5


def test_a_price_of_another_vat_mode_or_currency_than_its_column_is_refused(take, marina):
    take(marina, catalogue(product()), package(offer("p-1", price("100"))))
    tax = "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме></Налог>"
    report = take(marina, package(offer("p-1", price("90", extra=tax))))
    assert len(report.problems) == 1
    report = take(marina, package(offer("p-1", price("90", extra="<Валюта>USD</Валюта>"))))
    assert len(report.problems) == 1
    assert list(Price.objects.values_list("amount", flat=True)) == [100]


def test_stock_below_the_reserve_is_refused_and_goods_marked_deleted_are_archived(take, marina, anna):
    goods = stocked_product(20, sku="N-5", external_id="p-1")
    order = confirmed_order(buyer(anna), anna, {goods: 5})
    Warehouse.objects.update(external_id="w1")
    report = take(marina, package(offer("p-1", rests=stock(4))))
    assert [each.value for each in report.problems] == ["4"]
    assert StockLevel.objects.get(product=goods).on_hand == 20
    take(marina, catalogue('<Товар Статус="Удален"><Ид>p-1</Ид></Товар><Товар Статус="Удален"><Ид>new</Ид></Товар>'))
    goods.refresh_from_db()
    assert (goods.is_archived, Product.objects.filter(external_id="new").exists()) == (True, False)
    assert order.lines.count() == 1


def test_what_a_full_export_does_not_name_stays(take, marina):
    take(marina, catalogue(product() + product("p-2", sku="C-1")), package(offer("p-2", price("1"), stock(9))))
    assert take(marina, catalogue(product()), package(offer("p-1"))).changes == 0
    assert StockLevel.objects.get().on_hand == 9


def test_partners_become_prospects_without_a_kam_and_bad_ones_are_left_out(take, sonya, marina):
    numbers = requisites()
    good = partner("c-1", "ООО Маяк", f"<ИНН>{numbers['inn']}</ИНН><КПП>{numbers['kpp']}</КПП>")
    bad = partner("c-2", "ООО Кривое", "<ИНН>1234567890</ИНН>")
    guest = partner("c-3", "Иван", "<Фамилия>Иванов</Фамилия>")
    text = whole(f"<Контрагенты>{good}\n{bad}{guest}{partner('c-4', 'Мы', role='Продавец')}</Контрагенты>")
    report = take(sonya, text)
    assert [(each.row, each.value) for each in report.problems] == [(4, "1234567890")]
    found = Client.objects.get()
    assert (found.external_id, found.name, found.status, found.manager, found.inn) == (
        "c-1", "ООО Маяк", "prospect", None, numbers["inn"])  # fmt: skip
    assert take(sonya, text).changes == 0
    address = "<ЮридическийАдрес><Представление>Тверь</Представление></ЮридическийАдрес>"
    moved = take(sonya, text.replace("<КПП>", address + "<КПП>"))
    assert moved.counts["clients_changed"] == 1
    found.refresh_from_db()
    assert (found.legal_address, found.name) == ("Тверь", "ООО Маяк")
    # Marketing has no right to clients: one problem says so for all of them.
    assert [each.value for each in take(marina, text).problems] == ["1234567890", "1"]


def test_orders_of_known_clients_become_drafts_once(take, anna):
    root = system_user()
    client = buyer(anna)
    Client.objects.filter(pk=client.pk).update(external_id="c-1")
    product_of(sku="N-5", external_id="p-1")
    warehouse()
    delivery = line("ORDER_DELIVERY", "1", "348", "348").replace("<Наименование>Навигатор", "<Наименование>Доставка")
    unknown = line("p-9").replace("N-5", "Z-9")
    mine = whole(document(line() + delivery + unknown, "748.00") + document(line(), key="d-2", partners=" "))
    report = take(root, mine)
    order = Order.objects.get()
    assert (order.client, order.status, order.external_id, order.customer_number, order.ordered_on) == (
        client, "draft", "d-1", "ЗК-1", dt.date(2026, 3, 1))  # fmt: skip
    lines = order.lines.values_list("product__sku", "quantity", "price")
    assert list(lines) == [("N-5", 2, Decimal("100.00"))]
    assert order.comment == "Доставка: 348.00"
    assert report.counts["orders_created"] == 1
    assert "Z-9" in [each.column for each in report.problems]
    again = take(root, mine)
    assert again.counts["orders_unchanged"] == 1
    assert Order.objects.count() == 1


def test_a_partner_of_many_orders_is_one_client(take):
    price_column()
    product_of(sku="N-5", external_id="p-1")
    warehouse()
    numbers = requisites()
    buyer_of_all = partner("c-7", "ООО Маяк", f"<ИНН>{numbers['inn']}</ИНН><КПП>{numbers['kpp']}</КПП>")
    text = whole("".join(document(line(), key=f"d-{number}", partners=buyer_of_all) for number in range(3)))
    report = take(system_user(), text)
    assert (report.counts, report.problems) == ({"clients_created": 1, "orders_created": 3}, [])
    assert Client.objects.get(external_id="c-7").orders.count() == 3


def test_an_order_that_was_cancelled_and_a_shipment_are_passed_over(take):
    root = system_user()
    cancelled = "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Отменен</Наименование><Значение>true</Значение>" \
        "</ЗначениеРеквизита></ЗначенияРеквизитов>"  # fmt: skip
    text = document(line(), extra=cancelled, partners=" ") + document(line(), key="d-2", partners=" ").replace(
        "Заказ товара", "Отпуск товара")  # fmt: skip
    report = take(root, whole(text))
    assert report.counts == {"cancelled_orders_passed_over": 1, "documents_passed_over": 1}


def test_a_killed_import_leaves_nothing_and_the_next_finishes(tmp_path, marina, monkeypatch):
    path = tmp_path / "import.xml"
    path.write_text(catalogue(product(extra=RICH), GROUPS) + "")
    upload = Upload(((path.name, path),), marina, DAY)

    def killed(*args, **kwargs):
        raise ConnectionAbortedError

    importer = importer_named("commerceml")
    with monkeypatch.context() as patched:
        patched.setattr("orders.actions.import_commerceml.lay_offers", killed)
        with pytest.raises(ConnectionAbortedError), transaction.atomic():
            importer.commit(upload)
    assert (Category.objects.count(), Brand.objects.count(), Product.objects.count()) == (0, 0, 0)
    assert importer.commit(upload).counts["products_created"] == 1


def test_the_command_takes_loose_files_and_archives(tmp_path, marina, capsys):
    (tmp_path / "import.xml").write_text(catalogue(product()))
    with zipfile.ZipFile(tmp_path / "rest.zip", "w") as archive:
        archive.writestr("offers0_1.xml", package(offer("p-1", price("5"), stock(2))))
    files = [str(tmp_path / "rest.zip"), str(tmp_path / "import.xml")]
    call_command("import_commerceml", *files, "--dry-run", "--by", marina.email)
    assert "products_created: 1" in capsys.readouterr().out
    assert Product.objects.count() == 0
    call_command("import_commerceml", *files, "--by", marina.email)
    assert (Price.objects.get().amount, StockLevel.objects.get().on_hand) == (5, 2)
    with pytest.raises(CommandError):
        call_command("import_commerceml", str(tmp_path / "none.xml"))
    (tmp_path / "evil.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><Каталог>&a;</Каталог>')
    with pytest.raises(CommandError):
        call_command("import_commerceml", str(tmp_path / "evil.xml"), "--by", marina.email)


def test_a_file_of_another_kind_is_refused(tmp_path, marina):
    path = tmp_path / "import.xml"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(FileRefused):
        importer_named("commerceml").check(Upload(((path.name, path),), marina, DAY))
