"""Lists of people's spreadsheets: what they bring, what they refuse, and that twice is once."""

import datetime as dt
from decimal import Decimal

import pytest
import xlsxwriter

from accounts.models import Client
from kam.imports import Upload, importer_named, importers_for
from kam.models import TrailEntry
from kam.refusals import Forbidden
from orders.models import Brand, Invoice, Price, Product, StockLevel
from tests.factories import (
    buyer,
    client_of,
    confirmed_order,
    price_column,
    product,
    requisites,
    stocked_product,
    terms_of,
    warehouse,
)

DAY = dt.date(2026, 11, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def take(tmp_path):
    """Check a list, commit it, and hold the check to what the commit did."""

    def run(name, text, by, encoding="utf-8", **fields):
        path = tmp_path / "list.csv"
        path.write_bytes(text.encode(encoding))
        upload = Upload(((path.name, path),), by, fields.pop("day", DAY), **fields)
        importer = importer_named(name)
        checked = importer.check(upload)
        report = importer.commit(upload)
        assert (checked.counts, checked.problems) == (report.counts, report.problems)
        return report

    return run


def told(report):
    return [(each.row, each.column, each.value) for each in report.problems]


def test_a_check_writes_nothing(take, tmp_path, marina):
    path = tmp_path / "list.csv"
    path.write_text("Артикул;Наименование;Бренд\nA-1;Навигатор;Вега")
    report = importer_named("prices").check(Upload(((path.name, path),), marina, DAY))
    assert report.counts == {"rows": 1, "products_created": 1}
    assert report.sample == [["A-1", "Навигатор", "Вега"]]
    assert (Product.objects.count(), Brand.objects.count(), TrailEntry.objects.count()) == (0, 0, 0)


def test_who_may_import_what(anna, marina, fedor, take):
    assert [each.name for each in importers_for(anna)] == []
    assert [each.name for each in importers_for(marina)] == ["commerceml", "prices", "stock"]
    assert [each.name for each in importers_for(fedor)] == ["clients", "invoices", "statements"]
    with pytest.raises(Forbidden):
        take("prices", "Артикул;Цена\nA;1", anna)
    assert Product.objects.count() == 0


def test_a_price_list_makes_the_catalogue_and_again_changes_nothing(take, marina):
    dealer, retail = price_column("dealer", name="Дилер"), price_column("retail", name="РРЦ")
    text = ("Прайс-лист;;;;;;\nАртикул;Наименование;Бренд;Категория;НДС;Дилер, руб.;РРЦ\n"
            "A-1;Навигатор Ёж;Вега;Навигация;20%;1 234,50;1 500\nA-2;Чехол;вега;Аксессуары;10;;99\n")  # fmt: skip
    report = take("prices", text, marina, encoding="cp1251")
    assert report.counts == {"rows": 2, "products_created": 2, "prices_created": 3}
    assert report.problems == []
    first = Product.objects.get(sku="A-1")
    assert (first.name, first.brand.name, first.category.name, first.vat_kind, first.sort_key) == (
        "Навигатор Ёж", "Вега", "Навигация", "standard", "навигатор еж")  # fmt: skip
    assert "a1" in first.search.split()
    assert Brand.objects.count() == 1
    assert set(Price.objects.values_list("product__sku", "column", "amount", "starts_on", "ends_on")) == {
        ("A-1", dealer.pk, Decimal("1234.50"), DAY, None), ("A-1", retail.pk, Decimal("1500.00"), DAY, None),
        ("A-2", retail.pk, Decimal("99.00"), DAY, None)}  # fmt: skip
    assert set(TrailEntry.objects.filter(by=marina).values_list("verb", "document_kind")) == {
        ("import", "orders.product"), ("import_prices", "accounts.pricecolumn")}  # fmt: skip
    entries = TrailEntry.objects.count()
    again = take("prices", text, marina, encoding="cp1251")
    assert (again.counts, again.changes) == ({"rows": 2}, 0)
    assert TrailEntry.objects.count() == entries


def test_a_new_price_closes_the_old_one_and_respects_a_later_one(take, marina):
    column = price_column("dealer")
    product(sku="A", price=None)
    for day, amount in ((dt.date(2026, 1, 1), "100"), (dt.date(2026, 6, 1), "120"), (dt.date(2026, 3, 1), "110")):
        take("prices", f"Артикул;Цена\nA;{amount}", marina, day=day)
    assert list(Price.objects.filter(column=column, product__sku="A").order_by("starts_on").values_list(
        "starts_on", "ends_on", "amount")) == [
        (dt.date(2026, 1, 1), dt.date(2026, 2, 28), 100), (dt.date(2026, 3, 1), dt.date(2026, 5, 31), 110),
        (dt.date(2026, 6, 1), None, 120)]  # fmt: skip
    assert take("prices", "Артикул;Цена;Действует с\nA;111;01.03.2026", marina).counts == {
        "rows": 1, "prices_changed": 1}  # fmt: skip


def test_bad_rows_of_a_price_list_are_reported_and_the_rest_is_taken(take, marina):
    price_column("dealer")
    product(sku="A")
    text = "Артикул;Наименование;Цена\nA;;дорого\nB;;5\nC;Новый;7\nC;Новый;8\n;Без артикула;1\nA;;-3\nA;;9\n"
    report = take("prices", text, marina)
    assert sorted(told(report)) == [
        (2, "Цена", "дорого"), (3, "Артикул", "B"), (5, "Артикул", "C"), (6, "Артикул", ""), (7, "Цена", "-3"),
    ]  # fmt: skip
    assert (report.counts["rows_skipped"], report.counts["products_created"]) == (5, 1)
    assert set(Price.objects.filter(starts_on=DAY).values_list("product__sku", "amount")) == {("A", 9), ("C", 7)}


def test_empty_cells_change_nothing_and_full_ones_do(take, marina):
    old = product(sku="A", name="Старое имя")
    report = take("prices", "Артикул;Наименование;EAN\nA;Новое имя;\n", marina)
    assert report.counts == {"rows": 1, "products_changed": 1}
    changed = Product.objects.get(pk=old.pk)
    assert (changed.name, changed.brand_id, changed.ean, changed.version) == (
        "Новое имя", old.brand_id, old.ean, old.version + 1)  # fmt: skip
    assert "новое" in changed.search


def test_a_stock_list_moves_levels_and_again_changes_nothing(take, marina):
    main, other = warehouse(), warehouse(name="Второй склад")
    product(sku="A")
    product(sku="B")
    text = f"Артикул;Склад;Остаток\nA;{main.name};10\nB;второй  СКЛАД;1 200\n"
    report = take("stock", text, marina)
    assert report.problems == []
    assert {(sku, place): units for sku, place, units in
            StockLevel.objects.filter(on_hand__gt=0).values_list("product__sku", "warehouse_id", "on_hand")} == {
        ("A", main.pk): 10, ("B", other.pk): 1200}  # fmt: skip
    assert take("stock", text, marina).counts == {"rows": 2}
    assert take("stock", text.replace(";10", ";4"), marina).counts == {"rows": 2, "stock_changed": 1}


def test_bad_stock_rows_are_reported(take, marina):
    warehouse(name="Один")
    product(sku="A")
    text = "Артикул;Склад;Остаток\nA;Один;-1\nA;Другой;1\nZ;Один;1\nA;;2,5\nA;Один;3\nA;Один;4\n"
    report = take("stock", text, marina)
    assert sorted(told(report)) == [
        (2, "Остаток", "-1"), (3, "Склад", "Другой"), (4, "Артикул", "Z"), (5, "Остаток", "2,5"), (7, "Артикул", "A")
    ]  # fmt: skip
    assert StockLevel.objects.get(product__sku="A", warehouse__name="Один").on_hand == 3


def test_stock_is_never_put_below_what_is_reserved(take, marina, anna):
    order = confirmed_order(buyer(anna), anna, {stocked_product(20): 5})
    line = order.lines.get()
    level = StockLevel.objects.get(product=line.product, warehouse=order.warehouse)
    assert level.reserved == 5
    text = f"Артикул;Склад;Остаток\n{line.product.sku};{order.warehouse.name};4\n"
    report = take("stock", text, marina)
    assert [(each.row, each.value) for each in report.problems] == [(2, "4")]
    assert "5" in report.problems[0].text
    assert StockLevel.objects.get(pk=level.pk).on_hand == level.on_hand
    assert take("stock", text.replace(";4", ";5"), marina).counts == {"rows": 1, "stock_changed": 1}


def test_open_invoices_fall_due_by_the_terms_and_twice_is_once(take, fedor, anna):
    client = client_of(anna)
    terms_of(client, days=30)
    text = ("Номер;ИНН;Дата отгрузки;Срок оплаты;Долг;НДС\n"
            f"Р-1;{client.inn};02.11.2026;;1 000,00;180,33\nР-2;{client.inn};02.11.2026;10.11.2026;50;\n")  # fmt: skip
    report = take("invoices", text, fedor)
    assert (report.counts, report.problems) == ({"rows": 2, "invoices_created": 2}, [])
    written = Invoice.objects.order_by("number").values_list("number", "client", "due_on", "net", "vat", "open_amount")
    assert list(written) == [
            ("Р-1", client.pk, dt.date(2026, 12, 2), Decimal("819.67"), Decimal("180.33"), Decimal("1000.00")),
            ("Р-2", client.pk, dt.date(2026, 11, 10), Decimal("50.00"), Decimal("0.00"), Decimal("50.00"))]  # fmt: skip
    again = take("invoices", text.replace("1 000,00", "900"), fedor)
    assert (again.counts, [each.severity for each in again.problems]) == ({"rows": 2}, ["warning"])
    assert Invoice.objects.get(number="Р-1").open_amount == 1000


def test_bad_invoices_are_reported(take, fedor, anna):
    client = client_of(anna)
    other = client_of(anna)
    take("invoices", f"Номер;ИНН;Дата;Долг\nР-1;{client.inn};02.11.2026;10", fedor)
    text = ("Номер;ИНН;Контрагент;Дата;Срок;Долг\n"
            f"Р-1;{other.inn};;02.11.2026;;10\nР-2;7707083893;;02.11.2026;;10\nР-3;;;02.11.2026;;10\n"
            f"Р-4;{client.inn};;02.11.2026;01.11.2026;10\nР-5;{client.inn};;02.11.2026;;0\n"
            f"Р-6;;{client.name.upper()};02.11.2026;;7\nР-6;;{client.name};02.11.2026;;8\n")  # fmt: skip
    report = take("invoices", text, fedor)
    assert sorted(each.row for each in report.problems) == [2, 3, 4, 5, 6, 8]
    assert set(Invoice.objects.values_list("number", "amount")) == {("Р-1", 10), ("Р-6", 7)}


def test_the_client_of_an_invoice_is_found_by_all_that_is_said_and_never_guessed(take, fedor, anna):
    first, branch = client_of(anna), client_of(anna)
    Client.objects.filter(pk=branch.pk).update(inn=first.inn, kpp="770801001", name=first.name, sort_key=first.sort_key)
    first.refresh_from_db()
    text = ("Номер;ИНН;КПП;Контрагент;Дата;Долг\n"
            f"Р-1;{first.inn};{first.kpp};;02.11.2026;1\nР-2;{first.inn};770801001;;02.11.2026;2\n"
            f"Р-3;{first.inn};;;02.11.2026;3\nР-4;;;{first.name};02.11.2026;4\n"
            f"Р-5;{first.inn};770901001;{first.name};02.11.2026;5\n")  # fmt: skip
    report = take("invoices", text, fedor)
    assert sorted(each.row for each in report.problems) == [4, 5, 6]
    assert set(Invoice.objects.values_list("number", "client_id")) == {("Р-1", first.pk), ("Р-2", branch.pk)}


def test_clients_of_a_list(take, fedor, anna):
    known = client_of(anna, phone="")
    numbers = requisites()
    text = (
        "Клиент;ИНН;КПП;Менеджер;Канал;Статус;Город;Телефон\n"
        f"ООО Новый;{numbers['inn']};{numbers['kpp']};anna@dcm.example;Дистрибьютор;;Омск;1\n"
        f"Иначе названный;{known.inn};{known.kpp};;;закрыт;Псков;8 800\n"
        "Кривой;1234567890;;;;;;\nЧужой канал;;;;рынок;;;\nНичей;;;никто;;;;\n"
    )
    report = take("clients", text, fedor)
    assert report.counts == {"rows": 5, "rows_skipped": 3, "clients_created": 1, "clients_changed": 1}
    assert sorted(each.row for each in report.problems) == [4, 5, 6]
    model = type(known)
    new = model.objects.get(name="ООО Новый")
    assert (new.manager, new.channel, new.status, new.city) == (anna, "distributor", "prospect", "Омск")
    assert "омск" in new.search
    assert new.handovers.get().to_manager == anna
    known.refresh_from_db()
    assert (known.name != "Иначе названный", known.status, known.city, known.phone) == (True, "active", "Тула", "8 800")
    assert take("clients", text, fedor).counts == {"rows": 5, "rows_skipped": 3}


def test_a_head_of_sales_touches_only_the_clients_of_the_team(take, gleb, anna):
    client = client_of(anna, phone="")
    report = take("clients", f"Клиент;ИНН;КПП;Телефон\nX;{client.inn};{client.kpp};1\n", gleb)
    assert [each.row for each in report.problems] == [2]
    client.refresh_from_db()
    assert client.phone == ""
    report = take("clients", "Клиент;Менеджер\nЧей-то;anna@dcm.example\n", gleb)
    assert [each.row for each in report.problems] == [2]


def test_a_price_on_request_leaves_what_stood(take, marina):
    column = price_column("dealer")
    take("prices", "Артикул;Наименование;Цена\nA;Чехол;100", marina, options={"price_column": column.code})
    text = "Артикул;Наименование;Цена\nA;Чехол;по запросу\nB;Сумка;-\n;Аксессуары;\nC;Ремень;дорого"
    report = take("prices", text, marina, options={"price_column": column.code}, day=DAY + dt.timedelta(days=1))
    assert told(report) == [(2, "Цена", "по запросу"), (3, "Цена", "-"), (5, "Цена", "дорого")]
    assert [each.severity for each in report.problems] == ["warning", "warning", "error"]
    assert report.counts == {"rows": 3, "rows_skipped": 1, "products_created": 1}
    assert list(Price.objects.values_list("product__sku", "amount", "ends_on")) == [("A", Decimal("100.00"), None)]


def test_a_price_worked_out_in_a_workbook_is_rounded(tmp_path, marina):
    path, column = tmp_path / "list.xlsx", price_column("dealer")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Артикул", "Наименование", "Цена, руб."])
        sheet.write_row(1, 0, ["A", "Чехол", 3925.044])
        sheet.write_row(2, 0, ["B", "Сумка", 0.001])
    upload = Upload(((path.name, path),), marina, DAY, options={"price_column": column.code})
    report = importer_named("prices").commit(upload)
    assert told(report) == [(3, "Цена, руб.", "0.001")]
    assert list(Price.objects.values_list("product__sku", "amount")) == [("A", Decimal("3925.04"))]


def test_two_prices_of_which_one_was_taken_are_told(take, marina):
    column = price_column("dealer")
    text = "Артикул;Наименование;Оптовая цена;Розничная цена\nA;Чехол;100;150"
    report = take("prices", text, marina, options={"price_column": column.code})
    assert told(report) == [(1, "Оптовая цена", "Оптовая цена")]
    assert "Розничная цена" in report.problems[0].text
    assert Price.objects.get().amount == Decimal("100.00")


def test_prices_of_other_money_and_without_vat_are_not_taken_unasked(take, marina):
    column = price_column("dealer")
    text = "Артикул;Наименование;Цена (USD);Цена без НДС;Цена закупки\nA;Чехол;1;2;3"
    report = take("prices", text, marina, options={"price_column": column.code})
    assert report.counts == {"rows": 1, "products_created": 1}
    assert report.unknown == ("Цена (USD)", "Цена без НДС", "Цена закупки")


def test_words_for_units_in_a_stock_list(take, marina):
    warehouse("Главный")
    for sku in "ABC":
        product(sku=sku)
    report = take("stock", "Артикул;Остаток\nA;> 100\nB;12 шт.\nC;нет\n;Навигация", marina)
    assert told(report) == [(2, "Остаток", "> 100")]
    assert report.counts == {"rows": 3, "rows_skipped": 1, "stock_created": 1}
    assert list(StockLevel.objects.values_list("product__sku", "on_hand")) == [("B", 12)]


def test_a_document_that_says_its_number_and_day_together(take, fedor):
    client = client_of(None, name="Ромашка", **requisites())
    text = (
        "Документ расчетов;ИНН/КПП;Долг клиента\n"
        f"Реализация товаров и услуг 0000-000123 от 12.03.2025 0:00:00;{client.inn}/{client.kpp};1 234,50\n"
        f"Акт № 77 от 1.4.25;{client.inn};10\n888;{client.inn};10\nИтого;;1 254,50\n"
    )
    report = take("invoices", text, fedor)
    assert told(report) == [(4, "Дата отгрузки", "")]
    assert list(Invoice.objects.order_by("amount").values_list("number", "shipped_on", "amount")) == [
        ("77", dt.date(2025, 4, 1), Decimal("10.00")),
        ("0000-000123", dt.date(2025, 3, 12), Decimal("1234.50")),
    ]
