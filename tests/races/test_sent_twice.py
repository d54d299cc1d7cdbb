"""One form that is sent twice at the same moment is one deed; its twin without the mark of the form is two."""

import re

import pytest
from django.test import Client as Browser

from kam.models import User
from kam.pages.once import FIELD
from orders.models import CreditNote, Order, Payment, Shipment
from tests.factories import DAY, buyer, confirmed_order, shipped_order, stocked_product
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def browser_of(user):
    browser = Browser(headers={"Accept-Language": "en"})
    browser.force_login(User.objects.get(pk=user.pk), backend="kam.sign_in.RoleBackend")
    return browser


def mark_in(page) -> str:
    return re.search(rf'name="{FIELD}" value="([^"]+)"', page.content.decode())[1]


def twice(user, address, fields, form="") -> list:
    """Open the form once and send it twice at the same moment; the answers."""
    browsers = browser_of(user), browser_of(user)
    fields = {**fields, FIELD: mark_in(browsers[0].get(form or address))}
    return together([lambda each=each: each.post(address, fields) for each in browsers])


@pytest.fixture
def payment(anna):
    fields = {"client": buyer(anna).pk, "received_on": "20.11.2026", "amount": "100,00", "currency": "RUB"}
    return "/payments/new/", fields


def test_a_payment(fedor, payment):
    first, second = twice(fedor, *payment)
    made = Payment.objects.get()
    assert {first.status_code, second.status_code} == {303}
    assert first["Location"] == second["Location"] == f"/payments/{made.pk}/"


def test_without_the_mark_it_would_be_two(fedor, payment):
    browsers = browser_of(fedor), browser_of(fedor)
    together([lambda each=each: each.post(*payment) for each in browsers])
    assert Payment.objects.count() == 2


def test_two_forms_with_the_same_figures_are_two_deeds(fedor, payment):
    address, fields = payment
    browser = browser_of(fedor)
    for _time in range(2):
        browser.post(address, {**fields, FIELD: mark_in(browser.get(address))})
    assert Payment.objects.count() == 2


def test_what_was_refused_is_mended_and_sent_again(fedor, payment):
    address, fields = payment
    browser = browser_of(fedor)
    mark = mark_in(browser.get(address))
    assert browser.post(address, {**fields, "amount": "0", FIELD: mark}).status_code == 422
    assert browser.post(address, {**fields, "amount": "0", FIELD: mark}).status_code == 422
    assert browser.post(address, {**fields, FIELD: mark}).status_code == 303
    assert Payment.objects.count() == 1


def test_a_part_of_an_order(anna, sonya):
    order = confirmed_order(buyer(anna), anna, {stocked_product(10): 10})
    twice(sonya, f"/orders/{order.pk}/ship/", {f"units_{order.lines.get().pk}": "3", "invoice": "on"})
    assert (Shipment.objects.count(), order.lines.get().shipped) == (1, 3)


def test_a_credit_note(anna, fedor):
    order = shipped_order(buyer(anna), anna, {stocked_product(10): 1}, DAY)
    invoice = order.invoices.get()
    twice(fedor, f"/invoices/{invoice.pk}/credit/", {"amount": "1", "reason": "Скидка"})
    assert CreditNote.objects.count() == 1


def test_a_copy_of_an_order(anna):
    order = confirmed_order(buyer(anna), anna, {stocked_product(10): 1})
    twice(anna, f"/orders/{order.pk}/copy/", {}, form=f"/orders/{order.pk}/")
    assert Order.objects.count() == 2
