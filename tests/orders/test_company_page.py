"""Our own company: one row, so that a second is never offered."""

import pytest
from django.urls import reverse

from tests.factories import our_company
from tests.orders.visits import visitor

pytestmark = pytest.mark.django_db


def test_our_company_is_one_row_so_a_second_is_not_offered(admin):
    listed = reverse("orders:company_list")
    assert reverse("orders:company_new") in visitor(admin).get(listed).content.decode()
    our_company()
    assert reverse("orders:company_new") not in visitor(admin).get(listed).content.decode()
