"""Prices and stock in the spellings of 2.03 … 3.1, and what must not pass."""

import resource
import zipfile
from decimal import Decimal

import pytest

from kam.files import FileRefused
from orders.commerceml import (
    Finding,
    OfferPrice,
    PriceType,
    Product,
    Rest,
    Section,
    Severity,
    Variant,
    WarehouseRow,
    read_bundle,
)
from tests.orders.commerceml_files import catalogue, offer, offers, price, price_type, product, whole
from tests.orders.test_commerceml_catalogue import only, read


@pytest.mark.parametrize(("rests", "expected"), [
    ('<Склад ИдСклада="w1" КоличествоНаСкладе="5"/><Склад ИдСклада="w2" КоличествоНаСкладе=""/>',
     [("w1", 5), ("w2", 0)]),
    ('<Количество>7</Количество><Склады ИдСклада="w1" КоличествоНаСкладе="7"/>', [("w1", 7)]),
    ("<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>33</Количество></Склад></Остаток>"
     "<Остаток><Склад><Ид>w2</Ид><Количество>0</Количество></Склад></Остаток></Остатки>", [("w1", 33), ("w2", 0)]),
    ("<Остатки><Остаток><Склад>w1</Склад><Количество>50</Количество></Остаток></Остатки>", [("w1", 50)]),
    ("<Остатки><Остаток><Количество>765.000</Количество></Остаток></Остатки>", [("", 765)]),
    ("<Количество>1\u00a0200</Количество>", [("", 1200)]),
    ("<Количество/>", []), ("", []),
])  # fmt: skip
def test_stock_in_all_its_spellings(tmp_path, rests, expected):
    items = read(tmp_path, offers(offer(rests=rests)))
    assert [(each.warehouse_id, each.quantity) for each in only(items, Rest)] == expected
    assert only(items, Finding) == []


@pytest.mark.parametrize(("rests", "code"), [
    ('<Склад ИдСклада="w1" КоличествоНаСкладе="-3"/>', "negative_rest"),
    ("<Количество>2,5</Количество>", "not_whole"), ("<Количество>много</Количество>", "number"),
    ("<Количество>99999999999</Количество>", "number"),
])  # fmt: skip
def test_bad_stock_is_left_out_alone(tmp_path, rests, code):
    items = read(tmp_path, offers(offer("1", price("10"), rests) + offer("2", rests="<Количество>1</Количество>")))
    assert [(each.product_id, each.quantity) for each in only(items, Rest)] == [("2", 1)]
    assert [each.product_id for each in only(items, OfferPrice)] == ["1"]
    assert [(each.code, each.severity) for each in only(items, Finding)] == [(code, Severity.ERROR)]


def test_prices_take_currency_and_vat_from_their_type_unless_they_say_otherwise(tmp_path):
    types = price_type("a", "Опт", "руб.", "true") + price_type("b", "Опт без НДС", "USD", "false") + price_type(
        "c", "Розница", "RUB", "")  # fmt: skip
    tax = "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме></Налог>"
    rows = offer(prices=price("1 719,50", "a") + price("10.005", "b") + price("5", "c")
                 + price("6", "a", "<Валюта>EUR</Валюта><Коэффициент>10</Коэффициент>" + tax))  # fmt: skip
    items = read(tmp_path, offers(rows, types))
    assert [(each.id, each.currency, each.vat_included) for each in only(items, PriceType)] == [
        ("a", "RUB", True), ("b", "USD", False), ("c", "RUB", None)]  # fmt: skip
    assert [(each.price_type_id, each.amount, each.currency, each.vat_included, each.coefficient)
            for each in only(items, OfferPrice)] == [
        ("a", Decimal("1719.50"), "RUB", True, 1), ("b", Decimal("10.01"), "USD", False, 1),
        ("c", Decimal("5"), "RUB", None, 1), ("a", Decimal("6"), "EUR", False, 10)]  # fmt: skip


def test_bad_prices_are_left_out_alone(tmp_path):
    rows = offer(prices=price("-1") + price("сто") + price("0") + price("5", extra="<Валюта>фантики</Валюта>")
                 + "<Цена><ЦенаЗаЕдиницу>7</ЦенаЗаЕдиницу></Цена>" + price("9"))  # fmt: skip
    items = read(tmp_path, offers(rows, price_type() + price_type("other")))
    assert [each.amount for each in only(items, OfferPrice)] == [9]
    assert [(each.code, each.severity.value) for each in only(items, Finding)] == [
        ("negative_price", "error"), ("number", "error"), ("no_price", "note"), ("currency", "error"),
        ("no_price_type", "error")]  # fmt: skip


def test_a_variant_is_told_apart_from_its_product(tmp_path):
    extra = ("<Артикул>N-5-S</Артикул><Наименование>Навигатор (синий)</Наименование><ХарактеристикиТовара>"
             "<ХарактеристикаТовара><Наименование>Цвет</Наименование><Значение>Синий</Значение></ХарактеристикаТовара>"
             "</ХарактеристикиТовара>")  # fmt: skip
    empty = "p-1#00000000-0000-0000-0000-000000000000"
    rows = offer("p-1#v-1", price("1"), extra=extra) + offer(empty) + offer("p-2#")
    items = read(tmp_path, offers(rows, price_type()))
    assert [(each.product_id, each.variant_id, each.sku, each.characteristics) for each in only(items, Variant)] == [
        ("p-1", "v-1", "N-5-S", (("Цвет", "Синий"),)), ("p-1", "", "", ()), ("p-2", "", "", ())]  # fmt: skip
    assert [(each.product_id, each.variant_id) for each in only(items, OfferPrice)] == [("p-1", "v-1")]


def test_a_package_of_changes_is_told_as_such(tmp_path):
    assert only(read(tmp_path, offers("", changes="true")), Section)[0].changes_only is True
    assert only(read(tmp_path, offers("", changes="false")), Section)[0].changes_only is False
    assert only(read(tmp_path, offers("", tag="ИзмененияПакетаПредложений")), Section)[0].changes_only is True


def test_warehouses_of_the_list_and_not_of_offers(tmp_path):
    stores = ("<ПакетПредложений><Склады><Склад><Ид>w1</Ид><Наименование>Главный</Наименование><Адрес>"
              "<Представление>Москва, Складочная 1</Представление></Адрес></Склад><Склад><Ид>w2</Ид></Склад></Склады>"
              "<Предложения>" + offer(rests="<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>3</Количество></Склад>"
                                            "</Остаток></Остатки>") + "</Предложения></ПакетПредложений>")  # fmt: skip
    items = read(tmp_path, whole(stores))
    assert [(each.id, each.name, each.address) for each in only(items, WarehouseRow)] == [
        ("w1", "Главный", "Москва, Складочная 1")]  # fmt: skip
    assert [each.code for each in only(items, Finding)] == ["no_name"]
    assert [each.quantity for each in only(items, Rest)] == [3]


def test_split_files_are_read_in_the_order_of_their_references(tmp_path):
    parts = {
        "webdata/rests0_1.xml": offers(offer(rests="<Остатки><Остаток><Количество>3</Количество></Остаток></Остатки>")),
        "webdata/prices0_1.xml": offers(offer(prices=price("7", "b"))),
        "webdata/offers0_1.xml": offers(offer("p-1"), price_type("b", included="false")),
        "webdata/import0_10.xml": catalogue(product("p-10")),
        "webdata/import0_2.xml": catalogue(product("p-2")),
        "webdata/picture.jpg": b"\xff\xd8\xff\xe0....",
        "webdata/units.xml": whole("<Классификатор><ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>u1</Ид><Код>796</Код>"
                                   "<НаименованиеКраткое>штук</НаименованиеКраткое></ЕдиницаИзмерения>"
                                   "</ЕдиницыИзмерения></Классификатор>"),
        "webdata/import0_1.xml": catalogue(product("p-1", extra="<БазоваяЕдиница>796</БазоваяЕдиница>")),
    }  # fmt: skip
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    items = list(read_bundle([path]))
    assert [each.id for each in only(items, Product)] == ["p-1", "p-2", "p-10"]
    assert only(items, Product)[0].unit == "штук"
    (found,) = only(items, OfferPrice)
    assert (found.amount, found.vat_included) == (7, False)
    assert [type(each).__name__ for each in items if isinstance(each, Product | OfferPrice | Rest)][-2:] == [
        "OfferPrice", "Rest"]  # fmt: skip
    assert [(each.code, each.file) for each in only(items, Finding)] == [("passed_over", "webdata/picture.jpg")]


def test_files_with_odd_names_are_ordered_by_what_they_hold(tmp_path):
    (tmp_path / "1.xml").write_text(offers(offer(prices=price("7", "b"))))
    (tmp_path / "2.xml").write_text(catalogue(product()))
    items = list(read_bundle([tmp_path / "1.xml", tmp_path / "2.xml"]))
    assert [type(each) for each in items if isinstance(each, Product | OfferPrice)] == [Product, OfferPrice]


@pytest.mark.parametrize(("text", "code"), [
    ("<yml_catalog><shop/></yml_catalog>", "not_commerceml"), ("<html><body/></html>", "other_kind"),
    ('<!DOCTYPE x [<!ENTITY a "b">]><Каталог>&a;</Каталог>', "dtd"), ("<<<", "not_xml"), ("a;b\n1;2", "not_commerceml"),
])  # fmt: skip
def test_what_is_no_commerceml_is_refused(tmp_path, text, code):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, text)
    assert refused.value.code == code


def test_one_bad_file_among_good_ones_is_a_finding(tmp_path):
    (tmp_path / "import.xml").write_text(catalogue(product()))
    (tmp_path / "evil.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><Каталог>&a;</Каталог>')
    items = list(read_bundle([tmp_path / "import.xml", tmp_path / "evil.xml"]))
    assert len(only(items, Product)) == 1
    assert [(each.code, each.file) for each in only(items, Finding)] == [("dtd", "evil.xml")]


def test_memory_stays_flat_over_many_offers(tmp_path):
    """The tree never holds more than the offer at hand: lxml counts its nodes under the package."""
    path = tmp_path / "offers.xml"
    rows = "".join(offer(f"p-{number}", price(number + 1), "<Количество>1</Количество>") for number in range(20_000))
    path.write_text(offers(rows, price_type()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = sum(isinstance(item, OfferPrice) for item in read_bundle([path]))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert seen == 20_000
    assert grown < 20_000  # kilobytes; the whole tree would take over 60 MB
