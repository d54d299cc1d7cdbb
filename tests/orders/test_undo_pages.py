"""What is taken back is called by the numbers that people know, not by those of the tables."""

import pytest

from orders.models import Allocation
from tests.factories import DAY, buyer, overdue_invoice, payment_of

pytestmark = pytest.mark.django_db


def test_an_allocation_is_called_by_the_numbers_of_its_payment_and_invoice(client, anna, fedor):
    of = buyer(anna)
    overdue_invoice(of, number="СТ-77")
    payment_of(of, received_on=DAY, number="501", allocate=True)
    client.force_login(fedor)
    page = client.get(f"/allocations/{Allocation.objects.get().pk}/undo/")
    assert page.status_code == 200
    assert "501 → СТ-77" in page.content.decode()
