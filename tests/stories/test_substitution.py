"""A head hands an absent KAM's clients to a deputy; the history says on whose behalf; it ends by itself."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from accounts.actions import change_client
from orders.models import Order
from tests.factories import DAY, buyer, draft_order, stocked_product, system_user
from tests.stories.conftest import choose, follow, path_of, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAST_DAY = DAY + dt.timedelta(days=3)


@pytest.fixture
def order(anna):
    """A draft of Anna's dealer."""
    client = buyer(anna)
    change_client(client.pk, by=system_user(), name="Навигатор-Тула")
    return draft_order(client, anna, {stocked_product(10, price="1000.00"): 2})


def test_a_deputy_for_three_days(enter, on_day, anna, boris, dasha, order):
    deputy = enter(dasha)
    address, client = f"/orders/{order.pk}/", f"/clients/{order.client_id}/"
    assert deputy.request.get(address).status == 404
    assert deputy.locator(".banner").count() == 0

    arranges(enter(boris))
    acts(deputy, address, client)

    on_day(LAST_DAY)
    assert deputy.request.get(address).status == 200
    on_day(LAST_DAY + dt.timedelta(days=1))
    assert [deputy.request.get(path).status for path in (address, client)] == [404, 404]
    deputy.goto("/clients/")
    assert deputy.locator(".banner").count() == 0
    assert "Навигатор-Тула" not in words(deputy.locator("main"))


def arranges(window):
    """Boris arranges it: Anna is away, Dasha stands in."""
    window.goto("/substitutions/new/")
    choose(window, "absent", "Аннина")
    choose(window, "deputy", "Дарьина")
    window.fill("[name=starts_on]", "20.11.2026")
    window.fill("[name=ends_on]", "23.11.2026")
    window.fill("[name=reason]", "Отпуск")
    follow(window, window.locator("[data-submit]"))
    expect(window.locator(".strip-sub")).to_have_text("20.11.2026 – 23.11.2026")


def acts(window, address, client):
    """Dasha sees whom she stands in for, finds Anna's client, and submits its order."""
    window.goto("/clients/")
    assert "Аннина Анна" in words(window.locator(".banner"))
    follow(window, window.locator("a.cell-link", has_text="Навигатор-Тула"))
    assert path_of(window) == client
    window.goto(address)
    window.get_by_role("button", name="Отправить").click()
    expect(window.locator(".strip-title")).to_contain_text("Отправлен")
    assert Order.objects.get().status == "submitted"
    first = window.locator(".trail > li").first
    assert words(first.locator("b")) == "Отправлен"
    assert words(first.locator(".trail-by")) == "Дарьина Д. за: Аннина А."
    assert path_of(window) == address
