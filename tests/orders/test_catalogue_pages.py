"""The catalogue and the warehouse in the browser: who sees what, and that writes arrive."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from kam.clock import today
from orders.models import Price, ProductCost, Quota, SpecialTerm, StockLevel, Supply
from tests.factories import client_of, price_column, product, stocked_product, supply, warehouse

DAY = dt.date(2026, 3, 2)


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user, backend="kam.sign_in.RoleBackend")
        return client

    return sign_in


def test_the_list_of_products_shows_what_can_be_promised_in_a_constant_number_of_queries(
    signed_in, anna, django_assert_max_num_queries
):
    browser = signed_in(anna)
    for _number in range(3):
        stocked_product(units=7)
    browser.get(reverse("orders:product_list"))
    with django_assert_max_num_queries(8):
        page = browser.get(reverse("orders:product_list"))
    assert page.status_code == 200
    assert len(re.findall(r'<td class="num"[^>]*>7</td>', page.content.decode())) == 6  # on hand and available of each


def test_a_price_is_set_from_the_form_and_the_former_one_ends(signed_in, marina):
    column = price_column()
    article = product(price="100.00", column=column)
    before = Price.objects.get(product=article, column=column)
    answer = signed_in(marina).post(
        reverse("orders:price_new"),
        {"product": article.pk, "column": column.pk, "amount": "1 234,50", "starts_on": today().strftime("%d.%m.%Y")},
    )
    assert answer.status_code == 303
    assert Price.objects.valid_on(today()).get(product=article, column=column).amount == Decimal("1234.50")
    before.refresh_from_db()
    assert before.ends_on == today() - dt.timedelta(days=1)


def test_cost_is_not_shown_to_a_kam(signed_in, anna, boris):
    article = product(price="100.00", cost="61.37")
    assert signed_in(anna).get(reverse("orders:productcost_list")).status_code == 403
    page = signed_in(anna).get(reverse("orders:product_detail", args=[article.pk]) + "?tab=costs")
    assert "61,37" not in page.content.decode()
    page = signed_in(boris).get(reverse("orders:product_detail", args=[article.pk]) + "?tab=costs")
    assert "61,37" in page.content.decode()


def test_a_supply_is_announced_and_received_from_its_pages(signed_in, sonya):
    article, place = product(), warehouse()
    browser = signed_in(sonya)
    lines = {
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-MIN_NUM_FORMS": "1", "lines-MAX_NUM_FORMS": "1000",
        "lines-0-product": article.pk, "lines-0-quantity": "20",
    }  # fmt: skip
    answer = browser.post(
        reverse("orders:supply_new"),
        {"number": "ПС-1", "supplier": "Завод", "warehouse": place.pk, "expected_on": "2026-03-10", **lines},
    )
    assert answer.status_code == 303
    announced = Supply.objects.get(number="ПС-1")
    line = announced.lines.get()
    answer = browser.post(
        reverse("orders:supply_receive", args=[announced.pk]), {"arrived_on": "10.03.2026", f"line-{line.pk}": "18"}
    )
    assert answer.status_code == 302
    assert StockLevel.objects.get(product=article, warehouse=place).on_hand == 18
    announced.refresh_from_db()
    assert (announced.status, announced.arrived_on) == (Supply.Status.ARRIVED, dt.date(2026, 3, 10))


def test_a_cancelled_supply_needs_a_reason_and_nothing_changes_without(signed_in, sonya):
    expected = supply({product(): 5})
    answer = signed_in(sonya).post(reverse("orders:supply_cancel", args=[expected.pk]), {"reason": " "})
    assert answer.status_code == 422
    expected.refresh_from_db()
    assert expected.status == Supply.Status.EXPECTED


def test_a_quota_and_a_special_term_are_set_by_the_head_only(signed_in, anna, boris):
    scarce = product(is_scarce=True)
    quota = {"product": scarce.pk, "manager": anna.pk, "starts_on": "2026-03-01", "ends_on": "2026-03-31", "units": "9"}
    assert signed_in(anna).post(reverse("orders:quota_new"), quota).status_code == 403
    assert not Quota.objects.exists()
    assert signed_in(boris).post(reverse("orders:quota_new"), quota).status_code == 303
    assert Quota.objects.get().units == 9
    client = client_of(anna)
    term = {"client": client.pk, "product": scarce.pk, "price": "900", "starts_on": "2026-03-01", "reason": "Объём"}
    assert signed_in(anna).post(reverse("orders:specialterm_new"), term).status_code == 403
    assert signed_in(boris).post(reverse("orders:specialterm_new"), term).status_code == 303
    assert SpecialTerm.objects.get().price == Decimal("900.00")


def test_another_teams_special_term_is_not_found(signed_in, boris, vera, gleb):
    term = {"client": client_of(vera).pk, "product": product().pk, "price": "900", "starts_on": "2026-03-01"}
    assert signed_in(gleb).post(reverse("orders:specialterm_new"), {**term, "reason": "Объём"}).status_code == 303
    stranger = reverse("orders:specialterm_detail", args=[SpecialTerm.objects.get().pk])
    assert signed_in(boris).get(stranger).status_code == 404
    assert ProductCost.objects.count() == 1
