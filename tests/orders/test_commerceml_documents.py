"""Partners and orders."""

import datetime
from decimal import Decimal

import pytest

from orders.commerceml import BankAccount, Counterparty, Finding, OrderDocument, Severity
from tests.orders.commerceml_files import document, line, partner, whole
from tests.orders.test_commerceml_catalogue import only, read

REQUISITES = (
    "<ОфициальноеНаименование>Общество «Маяк»</ОфициальноеНаименование>"
    "<ЮридическийАдрес><Представление>Москва, Лесная 5,</Представление></ЮридическийАдрес>"
    "<ИНН>7707083893</ИНН><КПП>773601001</КПП><ОГРН>1027700132195</ОГРН>"
    "<РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810 900000000001</НомерСчета><Банк><БИК>044525225</БИК>"
    "<Наименование>Банк</Наименование><СчетКорреспондентский>30101810400000000225</СчетКорреспондентский></Банк>"
    "</РасчетныйСчет></РасчетныеСчета>"
    "<Контакты><Контакт><Тип>Телефон рабочий</Тип><Значение>+7 495 000-00-00</Значение></Контакт>"
    "<Контакт><Тип>Почта</Тип><Значение>zakaz@mayak.example</Значение></Контакт></Контакты>"
    "<Представители><Представитель><Контрагент><Отношение>Контактное лицо</Отношение><Ид>r</Ид>"
    "<Наименование>Пётр Ильин</Наименование></Контрагент></Представитель></Представители>"
)
COMPANY = Counterparty(
    id="c-1", name="ООО Маяк", official_name="Общество «Маяк»", inn="7707083893", kpp="773601001",
    ogrn="1027700132195", legal_address="Москва, Лесная 5", phones=("+7 495 000-00-00",),
    emails=("zakaz@mayak.example",), contact_names=("Пётр Ильин",), role="Покупатель",
    accounts=(BankAccount("40702810900000000001", "044525225", "Банк", "30101810400000000225"),), line=3,
)  # fmt: skip


@pytest.mark.parametrize("wrapper", ["", "РеквизитыЮрЛица"])
def test_a_company_with_its_requisites(tmp_path, wrapper):
    extra = f"<{wrapper}>{REQUISITES}</{wrapper}>" if wrapper else REQUISITES
    items = read(tmp_path, whole(f"<Контрагенты>{partner(extra=extra)}</Контрагенты>"), name="contragents.xml")
    assert only(items, Counterparty) == [COMPANY]


def test_a_person_a_guest_and_a_nameless_one(tmp_path):
    partners = (
        partner("1#guest", "Иван", "<Фамилия>Иванов</Фамилия><Имя>Иван</Имя>")
        + "<Контрагент><Наименование>ООО Без ключа</Наименование><ИНН>7707083893</ИНН><КПП>773601001</КПП>"
        + "</Контрагент>"
        + "<Контрагент><Ид>x</Ид></Контрагент><Контрагент><Наименование>Совсем без</Наименование></Контрагент>"
    )
    items = read(tmp_path, whole(f"<Контрагенты>{partners}</Контрагенты>"))
    assert [(each.id, each.is_person) for each in only(items, Counterparty)] == [
        ("1#guest", True), ("inn:7707083893:773601001", False)]  # fmt: skip
    assert [(each.code, each.severity) for each in only(items, Finding)] == [
        ("no_name", Severity.ERROR), ("no_id", Severity.ERROR)]  # fmt: skip


@pytest.mark.parametrize("wrap", ["{}", "<Контейнер>{}</Контейнер>", "<Документы>{}</Документы>"])
def test_an_order_bare_or_in_a_container(tmp_path, wrap):
    items = read(tmp_path, whole(wrap.format(document(line()))), name="orders.xml")
    (found,) = only(items, OrderDocument)
    assert (found.id, found.number, found.date, found.currency, found.total, found.is_order) == (
        "d-1", "ЗК-1", datetime.date(2026, 3, 1), "RUB", Decimal("200.00"), True)  # fmt: skip
    assert found.counterparty.name == "ООО Маяк"
    assert [(each.product_id, each.quantity, each.price, each.amount) for each in found.lines] == [
        ("p-1", 2, Decimal("100.00"), Decimal("200.00"))]  # fmt: skip
    assert only(items, Counterparty) == only(items, Finding) == []


def test_delivery_is_a_line_of_service(tmp_path):
    service = ("<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование>"
               "<Значение>Услуга</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>")  # fmt: skip
    lines = line() + line("ORDER_DELIVERY", "1", "50", "50") + line("s-1", "1", "10", "10", service)
    (found,) = only(read(tmp_path, whole(document(lines, "260.00"))), OrderDocument)
    assert [each.is_service for each in found.lines] == [False, True, True]


@pytest.mark.parametrize(("lines", "total", "extra", "codes"), [
    (line(), "200.00", "", []),
    (line(), "199.00", "", ["document_sum"]),
    (line(amount="150.00"), "150.00", "", ["line_sum"]),
    # VAT on top of the sum of the line, as the header counts it.
    (line(extra="<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме><Ставка>20</Ставка>"
                "<Сумма>40</Сумма></Налог></Налоги>"), "240.00", "", []),
    # A discount inside the sum of the line, one not yet taken, and one of the whole document.
    (line(amount="180.00", extra="<Скидки><Скидка><Сумма>20</Сумма><УчтеноВСумме>true</УчтеноВСумме></Скидка>"
                                 "</Скидки>"), "180.00", "", []),
    (line(amount="180.00", extra="<Скидки><Скидка><Процент>10</Процент></Скидка></Скидки>"), "180.00", "", []),
    (line(extra="<Скидки><Скидка><Сумма>20</Сумма><УчтеноВСумме>false</УчтеноВСумме></Скидка></Скидки>"),
     "180.00", "", []),
    (line(), "190.00", "<Скидки><Скидка><Сумма>10</Сумма><УчтеноВСумме>false</УчтеноВСумме></Скидка></Скидки>", []),
])  # fmt: skip
def test_sums_are_compared_with_vat_and_discounts_in_mind(tmp_path, lines, total, extra, codes):
    items = read(tmp_path, whole(document(lines, total, extra=extra)))
    assert len(only(items, OrderDocument)) == 1
    assert [(each.code, each.severity) for each in only(items, Finding)] == [
        (code, Severity.WARNING) for code in codes]  # fmt: skip


def test_vat_in_or_out_of_the_sum_by_document_and_by_line(tmp_path):
    outside = "<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>{}</УчтеноВСумме></Налог></Налоги>"
    rate = "<СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога>"
    rates = f"<СтавкиНалогов>{rate}</СтавкиНалогов>"
    lines = line(extra=rates) + line(extra=outside.format("true"))
    (found,) = only(read(tmp_path, whole(document(lines, "400.00", extra=outside.format("false")))), OrderDocument)
    assert found.vat_included is False
    assert [(each.vat_included, each.vat_rate) for each in found.lines] == [(False, 22), (True, None)]


def test_a_bad_line_and_a_bad_partner_leave_the_order_standing(tmp_path):
    nameless = line("").replace("<Артикул>N-5</Артикул>", "")
    lines = line() + line(quantity="0,5") + nameless + line(quantity="-1") + line(price_each="дорого")
    items = read(tmp_path, whole(document(lines, "200.00", partners="<Контрагент><Ид>z</Ид></Контрагент>") + document(
        line(), key="d-2")))  # fmt: skip
    first, second = only(items, OrderDocument)
    assert (first.counterparty, len(first.lines), first.skipped_lines, second.id) == (None, 1, 4, "d-2")
    assert [each.code for each in only(items, Finding)] == ["not_whole", "no_id", "quantity", "number", "no_name"]


def test_the_buyer_is_taken_and_not_the_seller(tmp_path):
    partners = partner("s", "Мы", role="Продавец") + partner("b", "ООО Маяк")
    (found,) = only(read(tmp_path, whole(document(line(), partners=partners))), OrderDocument)
    assert found.counterparty.id == "b"


def test_documents_without_a_date_or_id_are_findings_and_others_are_told_by_their_operation(tmp_path):
    shipment = document(line(), key="d-3").replace("Заказ товара", "Отпуск товара")
    requisite = "<ЗначениеРеквизита><Наименование>Отменен</Наименование><Значение>true</Значение></ЗначениеРеквизита>"
    cancelled = document(line(), key="d-4", extra=f"<ЗначенияРеквизитов>{requisite}</ЗначенияРеквизитов>")
    bad = document(line(), key="") + document(line(), key="d-2").replace("2026-03-01", "вчера")
    items = read(tmp_path, whole(bad + shipment + cancelled))
    assert [(each.id, each.is_order, each.cancelled) for each in only(items, OrderDocument)] == [
        ("d-3", False, False), ("d-4", True, True)]  # fmt: skip
    assert [each.code for each in only(items, Finding)] == ["no_id", "date"]


def test_a_document_inside_another_is_part_of_it(tmp_path):
    inner = f"<ПодчиненныеДокументы>{document(line(), key='inner')}</ПодчиненныеДокументы>"
    items = read(tmp_path, whole(document(line(), extra=inner)))
    assert [each.id for each in only(items, OrderDocument)] == ["d-1"]
