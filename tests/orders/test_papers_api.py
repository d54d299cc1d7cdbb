"""Papers over the API: the same PDF as in the browser, under the same right, refused in the reader's language."""

import subprocess
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from kam import clock
from kam.models import Run, User
from kam.runs import carry_out
from orders.actions.letters import prepare_letters
from orders.actions.order_steps import cancel_order, submit_order
from orders.actions.orders import OrderLineInput, set_lines
from orders.actions.reconciliations import draw_up_reconciliation
from orders.models import CollectionLetter, Order
from tests.conftest import person
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    draft_order,
    open_invoice,
    our_company,
    overdue_invoice,
    shipped_order,
    stocked_product,
    submitted_order,
)
from tests.orders.debtors import debtor
from tests.orders.test_discrepancy_acts import act_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_day():
    with clock.at(DAY):
        yield


def api(user, **headers) -> APIClient:
    client = APIClient(headers=headers)
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def paper(user, address, **headers):
    return api(user, **headers).get(f"/api/v1/{address}.pdf/")


def text_of(answer) -> str:
    """What a reader finds in the PDF of an answer."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    return read.stdout.decode().replace("\u00a0", " ")


class TestOrders:
    @pytest.fixture
    def dealer(self, anna):
        our_company()
        return buyer(anna)

    def test_a_draft_has_an_offer_and_no_bill(self, anna, dealer):
        draft = draft_order(dealer, anna, {stocked_product(5): 2})
        text = text_of(paper(anna, f"orders/{draft.pk}/offer"))
        assert f"Коммерческое предложение № {draft.number}" in text
        refused = paper(anna, f"orders/{draft.pk}/bill")
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
        assert [each["code"] for each in refused.json()["refusals"]] == ["no_bill"]

    def test_an_order_at_prices_not_approved_yet_has_no_bill(self, anna, dealer):
        product = stocked_product(5)
        order = draft_order(dealer, anna, {product: 2})
        dear = OrderLineInput(product.pk, 2, discount_percent=Decimal(45))
        set_lines(order.pk, by=anna, day=DAY, lines=[dear], version=order.version)
        assert submit_order(order.pk, by=anna, day=DAY).status == Order.Status.APPROVAL
        refused = paper(anna, f"orders/{order.pk}/bill")
        assert refused.status_code == 409
        assert [each["code"] for each in refused.json()["refusals"]] == ["no_bill"]

    def test_an_order_has_a_bill_and_no_offer(self, anna, dealer):
        order = submitted_order(dealer, anna, {stocked_product(5): 2})
        answer = paper(anna, f"orders/{order.pk}/bill")
        assert f"Счёт на оплату № {order.number} от 20 ноября 2026 г." in text_of(answer)
        assert "inline" in answer["Content-Disposition"]
        refused = paper(anna, f"orders/{order.pk}/offer")
        assert [each["code"] for each in refused.json()["refusals"]] == ["no_offer"]

    def test_nobody_pays_for_what_is_cancelled(self, anna, dealer, client):
        order = confirmed_order(dealer, anna, {stocked_product(5): 2})
        cancel_order(order.pk, by=anna, day=DAY, reason="Передумали")
        assert paper(anna, f"orders/{order.pk}/bill").status_code == 409
        client.force_login(anna, backend="kam.sign_in.RoleBackend")
        answer = client.get(f"/orders/{order.pk}/bill.pdf")
        assert (answer.status_code, answer["Location"]) == (303, f"/orders/{order.pk}/")

    @pytest.mark.parametrize(
        ("language", "told"),
        [("en", "The order is cancelled: there is nothing to pay for."), ("ru", "Заказ отменён: платить не за что.")],
    )
    def test_a_refusal_speaks_the_language_of_its_reader(self, anna, dealer, language, told):
        order = confirmed_order(dealer, anna, {stocked_product(5): 2})
        cancel_order(order.pk, by=anna, day=DAY, reason="Передумали")
        User.objects.filter(pk=anna.pk).update(language=language)
        client = APIClient()
        client.force_login(User.objects.get(pk=anna.pk), backend="kam.sign_in.RoleBackend")
        assert client.get(f"/api/v1/orders/{order.pk}/bill.pdf/").json()["detail"] == told

    def test_whatever_is_accepted_a_paper_comes_as_pdf_and_a_refusal_as_a_problem(self, anna, dealer):
        order = submitted_order(dealer, anna, {stocked_product(5): 2})
        assert paper(anna, f"orders/{order.pk}/bill", Accept="application/pdf").status_code == 200
        refused = paper(anna, f"orders/{order.pk}/offer", Accept="application/pdf")
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")

    def test_a_stranger_finds_nothing_and_a_reader_may_not_print(self, anna, vera, dealer):
        order = submitted_order(dealer, anna, {stocked_product(5): 2})
        assert paper(vera, f"orders/{order.pk}/bill").status_code == 404
        reader = person("reader", "Читалов", "Чад", "service")
        assert paper(reader, f"orders/{order.pk}/bill").status_code == 403
        assert APIClient().get(f"/api/v1/orders/{order.pk}/bill.pdf/").status_code == 401
        assert paper(anna, "orders/999999/bill").status_code == 404

    def test_a_long_paper_is_made_by_a_worker_once(self, anna, dealer, settings):
        settings.PDF_INLINE_LINES = 1
        order = submitted_order(dealer, anna, {stocked_product(5): 1, stocked_product(5, sku="CAB-1", ean=""): 1})
        answer = paper(anna, f"orders/{order.pk}/bill", Accept="application/pdf")
        run = Run.objects.get(kind="paper")
        assert (answer.status_code, answer.json()["id"], answer.json()["status"]) == (202, run.pk, "waiting")
        assert answer["Location"].endswith(f"/api/v1/runs/{run.pk}/")
        assert answer["Content-Type"] == "application/json"
        assert paper(anna, f"orders/{order.pk}/bill").json()["id"] == run.pk
        assert carry_out(run.pk)
        found = api(anna).get(f"/api/v1/runs/{run.pk}/").json()["result"]
        file = api(anna, Accept="application/pdf").get(found)
        content = b"".join(file.streaming_content)
        assert (file["Content-Type"], content[:5]) == ("application/pdf", b"%PDF-")
        assert paper(anna, f"orders/{order.pk}/bill").json()["id"] != run.pk
        assert Run.objects.filter(kind="paper").count() == 2

    def test_rights_are_asked_again_when_it_is_made(self, anna, dealer, settings):
        settings.PDF_INLINE_LINES = 0
        order = submitted_order(dealer, anna, {stocked_product(5): 1})
        run = Run.objects.get(pk=paper(anna, f"orders/{order.pk}/bill").json()["id"])
        cancel_order(order.pk, by=anna, day=DAY, reason="Передумали")
        assert not carry_out(run.pk)
        run.refresh_from_db()
        assert (run.status, bool(run.report)) == ("failed", False)

    def test_many_lines_ask_as_much_as_one(self, anna, dealer):
        def asked(lines):
            units = {stocked_product(5, sku=f"L-{lines}-{number}", ean=""): 1 for number in range(lines)}
            order = submitted_order(dealer, anna, units)
            client = api(anna)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/api/v1/orders/{order.pk}/bill.pdf/").status_code == 200
            return len(queries)

        assert asked(1) == asked(7) <= 12


class TestMoney:
    def test_without_our_requisites_there_is_no_paper(self, anna):
        refused = paper(anna, f"invoices/{open_invoice(buyer(anna)).pk}/bill")
        assert refused.status_code == 409
        assert [each["code"] for each in refused.json()["refusals"]] == ["no_company"]

    def test_the_bill_of_an_invoice_and_the_note_of_its_shipment(self, anna):
        our_company()
        order = shipped_order(buyer(anna), anna, {stocked_product(5, price="1000.00"): 3})
        invoice, shipment = order.invoices.get(), order.shipments.get()
        text = text_of(paper(anna, f"invoices/{invoice.pk}/bill"))
        assert f"Счёт на оплату № {invoice.number} от 20 ноября 2026 г." in text
        assert f"{invoice.amount:,.2f}".replace(",", " ").replace(".", ",") in text
        text = text_of(paper(anna, f"shipments/{shipment.pk}/note"))
        assert "ТОВАРНАЯ НАКЛАДНАЯ" in text and shipment.number in text

    def test_torg_2(self, anna):
        our_company()
        shipment = shipped_order(buyer(anna), anna, {stocked_product(5): 4}).shipments.get()
        act = act_of(shipment, anna)
        text = text_of(paper(anna, f"discrepancy-acts/{act.pk}/torg-2"))
        assert "ТОРГ-2" in text and act.number in text

    def test_a_reconciliation(self, anna, vera):
        our_company()
        client = client_of(anna, name="Азимут")
        open_invoice(client, "1000.00", number="СЧ-1", shipped_on=DAY, due_on=DAY)
        sheet = draw_up_reconciliation(client_id=client.pk, starts_on=DAY, ends_on=DAY, by=anna, day=DAY)
        text = text_of(paper(anna, f"reconciliations/{sheet.pk}/act"))
        assert "Азимут" in text and "1 000,00" in text
        assert paper(vera, f"reconciliations/{sheet.pk}/act").status_code == 404

    def test_a_claim_has_a_paper_and_a_reminder_has_none(self, anna):
        our_company()
        overdue_invoice(debtor(anna), "20000.00", days=30)
        prepare_letters(day=DAY)
        claim = CollectionLetter.objects.get()
        text = text_of(paper(anna, f"letters/{claim.pk}/claim"))
        assert f"Претензия {claim.number}" in text
        total = claim.overdue + claim.penalty
        assert f"{total:,.2f}".replace(",", " ").replace(".", ",") in text
        assert total > Decimal(20000)
        overdue_invoice(debtor(anna), "20000.00", days=3)
        prepare_letters(day=DAY)
        reminder = CollectionLetter.objects.exclude(pk=claim.pk).get()
        refused = paper(anna, f"letters/{reminder.pk}/claim")
        assert (refused.status_code, [each["code"] for each in refused.json()["refusals"]]) == (409, ["no_claim"])
