import datetime as dt
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from kam import clock
from orders.models import CreditNote, Invoice, Payment, Return, Shipment
from tests.factories import DAY, buyer, confirmed_order, overdue_invoice, stocked_product, warehouse

D = Decimal


@pytest.fixture(autouse=True)
def on_the_day():
    with clock.at(DAY):
        yield


class JsonClient(APIClient):
    default_format = "json"


def api(user):
    found = JsonClient()
    found.force_authenticate(user)
    return found


def test_an_order_goes_to_cash_over_the_api(anna, boris, sonya, fedor):
    client = buyer(anna)
    order = confirmed_order(client, anna, {stocked_product(10): 4})
    line = order.lines.get()
    sent = {"quantities": {str(line.pk): 3}, "carrier": "ПЭК"}
    assert api(anna).post(f"/api/v1/orders/{order.pk}/ship/", sent).status_code == 403
    answer = api(sonya).post(f"/api/v1/orders/{order.pk}/ship/", sent)
    assert (answer.status_code, answer.data["carrier"]) == (201, "ПЭК")
    shipment, invoice = Shipment.objects.get(), Invoice.objects.get()
    assert answer.data["invoice"] == invoice.pk
    assert [row["quantity"] for row in answer.data["lines"]] == [3]
    assert api(sonya).post(f"/api/v1/shipments/{shipment.pk}/deliver/", {"received_by": "Иванов"}).status_code == 200

    paid = {"client": client.pk, "amount": "1000.00", "received_on": DAY.isoformat(), "external_id": "bank:7"}
    answer = api(fedor).post("/api/v1/payments/", paid)
    assert (answer.status_code, answer.data["unallocated"]) == (201, "0.00")
    assert api(fedor).post("/api/v1/payments/", paid).data["id"] == answer.data["id"]
    assert Payment.objects.count() == 1
    allocation = answer.data["allocations"][0]["id"]
    undone = api(fedor).post(f"/api/v1/allocations/{allocation}/undo/", {"reason": "Ошибка"})
    assert undone.data["undone_on"] == DAY.isoformat()
    part = {"parts": [{"invoice": invoice.pk, "amount": "400.00"}]}
    url = f"/api/v1/payments/{answer.data['id']}/allocate/"
    assert api(fedor).post(url, part).data["unallocated"] == "600.00"
    refused = api(fedor).post(url, {"parts": [{"invoice": invoice.pk, "amount": "700.00"}]})
    assert refused.status_code == 409
    assert Payment.objects.get().unallocated == D("600.00")

    goods = [{"invoice_line": invoice.lines.get().pk, "quantity": 1}]
    back = {"invoice": invoice.pk, "reason": "defect", "lines": goods}
    answer = api(anna).post("/api/v1/returns/", back)
    assert answer.status_code == 201
    url = f"/api/v1/returns/{answer.data['id']}"
    assert api(boris).post(f"{url}/approve/").status_code == 200
    assert api(sonya).post(f"{url}/receive/", {"warehouse": warehouse().pk}).data["status"] == "received"
    assert CreditNote.objects.get().returned == Return.objects.get()


def test_the_ageing_over_the_api(anna, vera, fedor):
    client = buyer(anna)
    overdue_invoice(client, "100.00", days=31)
    answer = api(anna).get("/api/v1/invoices/ageing/")
    row = answer.data["rows"][0]
    assert (row["key"], row["buckets"]["days_31_60"], row["total"]) == (client.pk, "100.00", "100.00")
    assert api(vera).get("/api/v1/invoices/ageing/").data["rows"] == []
    assert api(vera).get(f"/api/v1/invoices/ageing/?client={client.pk}").status_code == 400
    before = (DAY - dt.timedelta(days=31)).isoformat()
    assert api(fedor).get(f"/api/v1/invoices/ageing/?as_of={before}").data["total"]["buckets"]["not_due"] == "100.00"
    listed = api(fedor).get(f"/api/v1/invoices/?as_of={before}&bucket=not_due").data["results"]
    assert [(each["open_on_day"], each["state"]) for each in listed] == [("100.00", "overdue")]


def test_another_kams_money_is_not_there(anna, vera):
    invoice = overdue_invoice(buyer(anna), "100.00")
    assert api(vera).get(f"/api/v1/invoices/{invoice.pk}/").status_code == 404
    back = {"invoice": invoice.pk, "reason": "defect", "lines": []}
    assert api(vera).post("/api/v1/returns/", back).status_code == 400
