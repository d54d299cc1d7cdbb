"""A payment on its page: what it paid, told in figures that people read."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from kam import clock
from orders.actions.payments import receive_payment
from tests.factories import DAY, client_of, open_invoice
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


def test_the_history_tells_sums_as_people_write_them(anna, fedor):
    client = client_of(anna)
    open_invoice(client, "1234.50", DAY, number="СТ-7")
    with clock.at(DAY), translation.override("en"):
        payment = receive_payment(client_id=client.pk, amount=Decimal("1234.50"), received_on=DAY, by=fedor)
        page = visitor(fedor).get(reverse("orders:payment_detail", args=[payment.pk])).content.decode()
    assert "1,234.50" in page
    assert "1234.50" not in page


def test_an_open_invoice_offers_to_enter_its_payment_to_those_who_may(anna, fedor):
    invoice = open_invoice(client_of(anna), "1234.50", DAY, number="СТ-7")
    address = reverse("orders:invoice_detail", args=[invoice.pk])
    offer = f"/payments/new/?client={invoice.client_id}&amp;amount=1234.50"
    with clock.at(DAY):
        assert offer in visitor(fedor).get(address).content.decode()
        assert offer not in visitor(anna).get(address).content.decode()
        receive_payment(client_id=invoice.client_id, amount=Decimal("1234.50"), received_on=DAY, by=fedor)
        assert "/payments/new/" not in visitor(fedor).get(address).content.decode()
