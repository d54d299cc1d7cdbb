"""Groups, brands and products as different 1C configurations write them."""

import datetime
from decimal import Decimal

import pytest

from orders.commerceml import Brand, Finding, Group, Header, Product, Section, Severity, read_bundle
from tests.orders.commerceml_files import NAMESPACE, catalogue, product, whole


def read(tmp_path, text, encoding="utf-8", name="import.xml"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return list(read_bundle([path]))


def only(items, kind):
    return [item for item in items if isinstance(item, kind)]


@pytest.mark.parametrize("namespace", [NAMESPACE, "", ' xmlns="urn:1C.ru:commerceml_3"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("version", ["2.03", "2.10", "3.1"])
def test_one_catalogue_in_every_dress(tmp_path, namespace, encoding, version):
    items = read(tmp_path, catalogue(product(), namespace=namespace, version=version), encoding)
    assert only(items, Header) == [Header(version, datetime.date(2026, 3, 2), "import.xml", 2)]
    assert [(each.kind, each.id, each.changes_only) for each in only(items, Section)] == [
        ("classifier", "k-1", None), ("catalogue", "cat", False)]  # fmt: skip
    (found,) = only(items, Product)
    assert (found.id, found.name, found.sku, found.line) == ("p-1", "Навигатор Север 5", "N-5", 4)
    assert only(items, Finding) == []


def test_any_prefix_declared_or_not(tmp_path):
    text = catalogue(product(), namespace=' xmlns:к="urn:1C.ru:commerceml_2"')
    prefixed = text.replace("</", "\0").replace("<", "<к:").replace("\0", "</к:").replace("<к:?", "<?")
    assert only(read(tmp_path, prefixed), Product)[0].sku == "N-5"
    undeclared = prefixed.replace(' xmlns:к="urn:1C.ru:commerceml_2"', "")
    assert only(read(tmp_path, undeclared), Product)[0].sku == "N-5"
    assert only(read(tmp_path, undeclared), Finding) == []


def test_fragments_without_a_root(tmp_path):
    group = "<Группа><Ид>g</Ид><Наименование>Навигация</Наименование></Группа>"
    classifier = f"<Классификатор><Ид>k</Ид><Наименование>К</Наименование><Группы>{group}</Группы></Классификатор>"
    goods = f"<Каталог><Ид>c</Ид><Наименование>К</Наименование><Товары>{product()}</Товары></Каталог>"
    assert [each.name for each in only(read(tmp_path, classifier), Group)] == ["Навигация"]
    both = only(read(tmp_path, classifier + "\n" + goods), (Group, Product))
    assert [each.id for each in both] == ["g", "p-1"]
    assert both[1].line == 2
    assert [each.id for each in only(read(tmp_path, f"<Товары>{product()}{product('p-2')}</Товары>"), Product)] == [
        "p-1", "p-2"]  # fmt: skip


def test_nested_groups_come_parents_first_and_a_bad_one_is_left_out_alone(tmp_path):
    groups = (
        "<Группа><Ид>a</Ид><Наименование>Техника</Наименование><Группы>"
        "<Группа><Ид>b</Ид><Наименование>Аудио</Наименование><Группы>"
        "<Группа><Ид>c</Ид><Наименование>Плееры</Наименование></Группа></Группы></Группа>"
        "<Группа><Ид>d</Ид></Группа><Группа><Группы><Группа><Ид>e</Ид><Наименование>Сироты</Наименование></Группа>"
        "</Группы></Группа></Группы></Группа>"
        '<Группа Статус="Удален"><Ид>f</Ид><Наименование>Старое</Наименование></Группа>'
        "<Группа><Ид>h</Ид><Наименование>Плоская</Наименование><Родитель>a</Родитель></Группа>"
    )
    items = read(tmp_path, catalogue("", groups))
    assert [(each.id, each.parent_id, each.deleted) for each in only(items, Group)] == [
        ("a", "", False), ("b", "a", False), ("c", "b", False), ("e", "a", False), ("f", "", True), ("h", "a", False),
    ]  # fmt: skip
    assert [(each.code, each.severity) for each in only(items, Finding)] == [
        ("no_name", Severity.ERROR), ("no_id", Severity.ERROR)]  # fmt: skip


def test_the_brand_by_element_property_or_requisite_and_once_each(tmp_path):
    properties = (
        "<Свойство><Ид>pr</Ид><Наименование>Производитель</Наименование><ВариантыЗначений>"
        "<Справочник><ИдЗначения>v1</ИдЗначения><Значение>Полярис Нав</Значение></Справочник>"
        "</ВариантыЗначений></Свойство>"
        "<Свойство><Ид>color</Ид><Наименование>Цвет</Наименование><ВариантыЗначений><Справочник>"
        "<ИдЗначения>v9</ИдЗначения><Значение>Синий</Значение></Справочник></ВариантыЗначений></Свойство>"
    )
    value = "<ЗначенияСвойств><ЗначенияСвойства><Ид>{}</Ид><Значение>{}</Значение></ЗначенияСвойства></ЗначенияСвойств>"
    products = "".join((
        product("1", extra="<Изготовитель><Ид>m</Ид><Наименование>Вега</Наименование></Изготовитель>"),
        product("2", extra=value.format("pr", "v1")),
        product("3", extra=value.format("pr", "Ручной Бренд")),
        product("4", extra=value.format("color", "v9")),
        product("5", extra="<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Бренд</Наименование>"
                           "<Значение>Вега</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"),
        product("6", extra="<ТорговаяМарка>Омега</ТорговаяМарка>"),
    ))  # fmt: skip
    items = read(tmp_path, catalogue(products, properties=properties))
    assert [(each.brand_id, each.brand_name) for each in only(items, Product)] == [
        ("m", "Вега"), ("v1", "Полярис Нав"), ("", "Ручной Бренд"), ("", ""), ("", "Вега"), ("", "Омега")]  # fmt: skip
    assert [(each.id, each.name) for each in only(items, Brand)] == [
        ("v1", "Полярис Нав"), ("m", "Вега"), ("", "Ручной Бренд"), ("", "Вега"), ("", "Омега")]  # fmt: skip


@pytest.mark.parametrize(("unit", "expected"), [
    ('<БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница>', ("шт", "796", Decimal(1))),
    ("<БазоваяЕдиница>778</БазоваяЕдиница>", ("упак", "778", Decimal(1))),
    ('<БазоваяЕдиница Код="715" НаименованиеПолное="Пара (2 шт.)"><Пересчет><Единица>715</Единица>'
     "<Коэффициент>2</Коэффициент></Пересчет></БазоваяЕдиница>", ("пара", "715", Decimal(2))),
    ('<БазоваяЕдиница Код="796 " НаименованиеКраткое="шт."/>', ("шт.", "796", Decimal(1))),
    ('<БазоваяЕдиница НаименованиеПолное="Коробка"/>', ("Коробка", "", Decimal(1))),
    ("", ("", "", Decimal(1))),
])  # fmt: skip
def test_units(tmp_path, unit, expected):
    (found,) = only(read(tmp_path, catalogue(product(extra=unit))), Product)
    assert (found.unit, found.unit_code, found.coefficient) == expected


@pytest.mark.parametrize(("rate", "expected"), [
    ("20", 20), ("22%", 22), ("Без НДС", 0), ("Без налога", 0), ("18/118", 18), ("10,0", 10), ("НДС20", 20), ("", None),
])  # fmt: skip
def test_vat_rates(tmp_path, rate, expected):
    tax = f"<СтавкаНалога><Наименование>НДС</Наименование><Ставка>{rate}</Ставка></СтавкаНалога>"
    taxes = f"<СтавкиНалогов>{tax}</СтавкиНалогов>"
    (found,) = only(read(tmp_path, catalogue(product(extra=taxes))), Product)
    assert found.vat_rate == expected


def test_marks_of_deletion_bar_codes_services_and_changes(tmp_path):
    products = (
        '<Товар Статус="Удален"><Ид>1</Ид></Товар>'
        + product("2", extra="<ПометкаУдаления>true</ПометкаУдаления>")
        + product("3#v", extra="<Статус>Удален</Статус>")
        + product("4", extra="<Штрихкод>4601234567893</Штрихкод>")
        + product("5", extra="<Штрихкод>нет</Штрихкод>")
        + product("6", extra="<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование>"
                  "<Значение>Услуга</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>")
    )  # fmt: skip
    items = read(tmp_path, catalogue(products, changes="true"))
    assert [(each.id, each.deleted, each.ean, each.is_service) for each in only(items, Product)] == [
        ("1", True, "", False), ("2", True, "", False), ("3", True, "", False),
        ("4", False, "4601234567893", False), ("5", False, "", False), ("6", False, "", True),
    ]  # fmt: skip
    assert only(items, Section)[1].changes_only is True
    assert [(each.code, each.severity) for each in only(items, Finding)] == [("ean", Severity.WARNING)]


def test_a_bad_product_is_a_finding_with_its_line_and_the_rest_goes_on(tmp_path):
    bad = "\n<Товар>\n<Наименование>Без ключа</Наименование></Товар>\n<Товар><Ид>x</Ид></Товар>\n"
    items = read(tmp_path, catalogue(product("1") + bad + product("2")))
    assert [each.id for each in only(items, Product)] == ["1", "2"]
    assert [(each.code, each.file, each.line, each.path) for each in only(items, Finding)] == [
        ("no_id", "import.xml", 5, "КоммерческаяИнформация/Каталог/Товары/Товар"),
        ("no_name", "import.xml", 7, "КоммерческаяИнформация/Каталог/Товары/Товар"),
    ]


def test_a_file_that_breaks_off_gives_what_stood_before(tmp_path):
    text = catalogue("".join(f"\n{product(str(number))}" for number in range(1000)))
    items = read(tmp_path, text.encode()[: len(text.encode()) // 2])
    products = only(items, Product)
    assert 400 < len(products) < 600
    (finding,) = only(items, Finding)
    assert (finding.code, finding.severity) == ("broken", Severity.ERROR)
    assert finding.line == products[-1].line + 1


def test_control_characters_of_a_paste_do_not_break_the_file(tmp_path):
    text = catalogue(product(name="Чехол\x02 синий&#x1F;&#xFFFE;"))
    assert only(read(tmp_path, text), Product)[0].name == "Чехол синий"


def test_an_empty_catalogue_is_no_error(tmp_path):
    assert [type(each) for each in read(tmp_path, whole(""))] == [Header]
