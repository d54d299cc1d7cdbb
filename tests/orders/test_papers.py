import subprocess
from decimal import Decimal

import pytest
import segno

from kam.papers import pdf
from kam.refusals import Refused
from orders.documents import bill_of_invoice, bill_of_order, note_of_shipment, offer_of_order
from orders.rules.payment_qr import Payee, qr_text
from tests.factories import DAY, buyer, confirmed_order, draft_order, open_invoice, our_company, shipped_order
from tests.factories import stocked_product as goods

D = Decimal
PAYEE = Payee("ООО «Дистрибуция»", "40702810000000000001", "АО «Банк»", "044525600", inn="7701990006")


def text_of(file: bytes) -> str:
    """What a reader finds in a PDF, with its lines as they stand."""
    answer = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return answer.stdout.decode().replace("\u00a0", " ")


def test_the_payment_code_says_what_a_bank_reads():
    assert qr_text(PAYEE, D("1234.56"), "Оплата по счёту № СЧ-26-000001 | срочно") == (
        "ST00012|Name=ООО «Дистрибуция»|PersonalAcc=40702810000000000001|BankName=АО «Банк»|BIC=044525600"
        "|CorrespAcc=0|PayeeINN=7701990006|Sum=123456|Purpose=Оплата по счёту № СЧ-26-000001 срочно"
    )


def test_the_code_holds_the_text_in_utf_8():
    text = qr_text(PAYEE, D("0.01"), "Оплата")
    code = segno.make(text, error="m", encoding="utf-8", micro=False)
    assert code.mode == "byte"
    assert len(text.encode()) <= 300


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_is_paid_by_no_code(amount):
    with pytest.raises(ValueError):
        qr_text(PAYEE, D(amount), "Оплата")
    with pytest.raises(ValueError):
        qr_text(Payee("ООО", "", "Банк", "044525600"), D("1.00"), "Оплата")


@pytest.mark.django_db
def test_a_paper_without_our_requisites_is_refused(anna):
    with pytest.raises(Refused) as refused:
        bill_of_invoice(open_invoice(buyer(anna)))
    assert [each.code for each in refused.value.refusals] == ["no_company"]


@pytest.mark.django_db
def test_the_bill_of_an_invoice(anna):
    our_company()
    order = shipped_order(buyer(anna), anna, {goods(price="1000.00"): 3})
    invoice = order.invoices.get()
    text = text_of(pdf(bill_of_invoice(invoice)))
    assert f"Счёт на оплату № {invoice.number} от 20 ноября 2026 г." in text
    assert "Всего к оплате:" in text
    total = f"{invoice.amount:,.2f}".replace(",", " ").replace(".", ",")
    assert total in text
    assert "Оплатить до:" in text and "21 декабря 2026 г." in text
    assert "Страница 1 из 1" in text
    assert "рублей 00 копеек" in text


@pytest.mark.django_db
def test_the_bill_of_foreign_money_asks_for_no_roubles(anna):
    our_company()
    invoice = open_invoice(buyer(anna), "10.00", currency="USD", vat=D("0.00"))
    paper = bill_of_invoice(invoice)
    assert (paper.qr, paper.words, paper.unit) == ("", "", "USD")
    text = text_of(pdf(paper))
    assert "на сумму 10,00 USD" in text and "руб" not in text.lower()


@pytest.mark.django_db
def test_the_note_and_the_offer(anna):
    our_company()
    client, product = buyer(anna), goods(price="1000.00")
    shipment = shipped_order(client, anna, {product: 21}).shipments.get()
    text = text_of(pdf(note_of_shipment(shipment)))
    assert "ТОВАРНАЯ НАКЛАДНАЯ" in text and shipment.number in text
    assert "Всего по накладной" in text and "Груз получил грузополучатель" in text
    draft = draft_order(client, anna, {product: 2})
    text = text_of(pdf(offer_of_order(draft, DAY)))
    assert f"Коммерческое предложение № {draft.number}" in text
    assert "4 декабря 2026 г." in text


@pytest.mark.django_db
def test_the_type_is_embedded(anna):
    our_company()
    order = confirmed_order(buyer(anna), anna, {goods(): 1})
    file = pdf(bill_of_order(order, DAY))
    fonts = subprocess.run(["pdffonts", "-"], input=file, capture_output=True, check=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert any("Paper-Cyrillic" in row for row in rows)
    assert [row.split()[-5] for row in rows] == ["yes"] * len(rows)


@pytest.mark.django_db
def test_a_paper_opens_only_for_those_who_see_its_document(anna, vera, client):
    our_company()
    invoice = open_invoice(buyer(anna))
    address = f"/invoices/{invoice.pk}/bill.pdf"
    client.force_login(vera, backend="kam.sign_in.RoleBackend")
    assert client.get(address).status_code == 404
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
