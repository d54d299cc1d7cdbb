"""The frame, a list and a form as a person at a keyboard meets them, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Client
from tests.conftest import person
from tests.stories.conftest import path_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(window):
    """Anna, signed in, with three clients; everything the browser complains of ends up in `desk.complaints`."""
    anna = person("anna", "Аннина", "Анна", "kam")
    for name in ("Ромашка", "Василёк", "Ландыш"):
        Client.objects.create(name=name, channel="dealer", manager=anna)
    window.complaints = []
    window.on("console", lambda line: window.complaints.append(line.text) if line.type == "error" else None)
    window.on("pageerror", lambda error: window.complaints.append(str(error)))
    sign_in(window, anna)
    return window


def test_a_list_by_keys(desk):
    desk.goto("/clients/")
    assert desk.locator("#rows tbody tr").count() == 3
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.locator("#bulk")).to_be_visible()
    assert desk.locator("#rows tr.picked td a.cell-link").inner_text() == "Ландыш"
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/clients/\d+/$"))
    assert desk.locator("h1").inner_text() == "Ландыш"
    desk.keyboard.press("u")
    desk.wait_for_url(re.compile(r"/clients/$"))
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    assert desk.complaints == []


def test_a_filter_as_it_is_typed(desk):
    desk.goto("/clients/")
    desk.keyboard.press("/")
    desk.keyboard.type("рома")
    expect(desk.locator("#rows tbody tr")).to_have_count(1)
    expect(desk).to_have_url(re.compile("q="))
    assert "status=" not in desk.url
    desk.click(".filter-chip")
    expect(desk.locator("#rows tbody tr")).to_have_count(3)
    assert desk.complaints == []


def test_the_palette_in_the_wrong_layout(desk):
    desk.keyboard.press("Control+k")
    desk.keyboard.type("dfcbk")
    desk.wait_for_selector(".palette-item:has-text('Василёк')")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/clients/\d+/$"))
    assert desk.locator("h1").inner_text() == "Василёк"
    assert desk.complaints == []


def test_an_early_enter_waits_for_its_own_answer(desk):
    desk.keyboard.press("Control+k")
    desk.wait_for_selector(".palette-item")  # the pages, which answer no text
    desk.keyboard.type("васил")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/clients/\d+/$"))
    assert desk.locator("h1").inner_text() == "Василёк"
    assert desk.complaints == []


def test_a_draft_outlives_the_tab(desk):
    desk.clock.install()
    desk.goto("/clients/new/")
    desk.fill("[name=name]", "Недописанный")
    desk.clock.run_for(600)
    desk.goto("/clients/")
    desk.goto("/clients/new/")
    assert desk.input_value("[name=name]") == ""
    desk.click("[data-draft-restore]")
    expect(desk.locator("[name=name]")).to_have_value("Недописанный")
    assert desk.complaints == []


def test_a_step_asks_for_its_reason_in_a_dialog(desk):
    client = Client.objects.get(name="Ромашка")
    desk.goto(f"/clients/{client.pk}/")
    desk.click(".page-buttons .btn-icon")
    desk.click(".dropdown-menu.show a[data-dialog]")
    desk.fill("#dialog textarea", "Закрылись")
    desk.click("#dialog .btn-go")
    desk.wait_for_selector(".toast-note")
    client.refresh_from_db()
    assert client.status == "closed"
    assert desk.complaints == []


def test_a_form_just_opened_is_sent_by_keys(desk):
    client = Client.objects.get(name="Ромашка")
    desk.goto(f"/clients/{client.pk}/edit/")
    with desk.expect_navigation():
        desk.keyboard.press("Control+Enter")
    assert path_of(desk) == f"/clients/{client.pk}/"
    assert desk.complaints == []


def test_the_open_tab_is_in_sight_on_a_phone(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    client = Client.objects.get(name="Ромашка")
    desk.goto(f"/clients/{client.pk}/?tab=orders")
    tab = desk.locator(".doc-tab.active")
    expect(tab).to_have_text("Заказы")
    expect(tab).to_be_in_viewport(ratio=0.9)
    assert desk.complaints == []


def test_the_theme_stays(desk):
    desk.click(".who")
    desk.click("[name=theme][value=dark]")
    desk.wait_for_selector("html[data-bs-theme=dark]")
    desk.goto("/clients/")
    assert desk.locator("html").get_attribute("data-bs-theme") == "dark"
    assert desk.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_list_on_a_phone_shows_every_column_without_scrolling_sideways(desk, scheme):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.emulate_media(color_scheme=scheme)
    for address in ("/clients/", "/orders/", "/reservations/", "/invoices/", "/receivables/"):
        desk.goto(address)
        assert desk.evaluate("document.documentElement.scrollWidth") == 390, address
    desk.goto("/clients/")
    headings = desk.locator("#rows thead th:not(.pick)").evaluate_all("all => all.map(th => th.textContent.trim())")
    first = desk.locator("#rows tbody tr").first
    cells = first.locator("td:not(.pick)")
    assert cells.evaluate_all("all => all.map(td => td.dataset.label)") == headings
    shown = cells.evaluate_all(
        "all => all.filter(td => td.textContent.trim()).map(td => {"
        " const box = td.getBoundingClientRect(); return box.left >= 0 && box.right <= 390 && box.height > 0; })"
    )
    assert len(shown) > 3 and all(shown)
    assert first.bounding_box()["width"] <= 390
    desk.locator("#rows thead a").first.click()  # still sorted by its headings
    expect(desk).to_have_url(re.compile("sort="))
    assert desk.complaints == []
