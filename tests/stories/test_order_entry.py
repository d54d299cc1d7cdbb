"""A KAM enters orders by the keyboard alone, pastes a spreadsheet, meets a colleague's change, and works on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kam.clock import today
from orders.actions.orders import OrderLineInput, set_lines
from orders.models import Order
from tests.factories import buyer, catalogue, draft_order, stocked_product
from tests.stories.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
KEYS_A_LINE = 2  # Enter after the article, Enter after the quantity: no key but what is typed


@pytest.fixture
def goods(anna):
    return [*catalogue(6), stocked_product(50, sku="КАБ-1", name="Кабель плетёный")]


@pytest.fixture
def order(anna, goods):
    return draft_order(buyer(anna), anna, {}, day=today())


@pytest.fixture
def entry(window, anna, order):
    """The empty grid of Anna's order, its script at work."""
    sign_in(window, anna)
    open_entry(window, order)
    return window


def open_entry(window, order):
    window.goto(reverse("orders:order_entry", args=[order.pk]))
    window.wait_for_selector("#entry[data-ready]")


def saved(window):
    expect(window.locator("[data-part=status]")).to_have_attribute("data-state", "saved")


def lines(order):
    return list(order.lines.order_by("position").values_list("product__sku", "quantity"))


def paste(window, text):
    """Paste as a spreadsheet does, into the cell that has the focus."""
    window.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_five_lines_by_the_keyboard_alone(entry, order, goods):
    for product in goods[:5]:
        entry.keyboard.type(product.sku)
        entry.keyboard.press("Enter")
        entry.keyboard.type("3")
        entry.keyboard.press("Enter")
    saved(entry)
    assert lines(order) == [(product.sku, 3) for product in goods[:5]]
    assert KEYS_A_LINE == 2
    expect(entry.locator("[data-part=figure-total]")).to_contain_text("15")
    entry.keyboard.press("Control+Enter")
    entry.wait_for_url(f"**{reverse('orders:order_detail', args=[order.pk])}")
    order.refresh_from_db()
    assert order.status == "submitted"


def test_by_words_in_the_wrong_layout_and_with_the_arrows(entry, order, goods):
    entry.keyboard.type("rf,tkm", delay=20)
    expect(entry.locator("#entry-hits [role=option]")).to_have_count(1)
    entry.keyboard.press("Enter")
    entry.keyboard.type("7")
    entry.keyboard.press("Enter")
    entry.keyboard.type("Навигатор", delay=10)
    expect(entry.locator("#entry-hits [role=option]")).to_have_count(6)
    entry.keyboard.press("ArrowDown")
    second = entry.locator("#entry-hits [aria-selected=true] b").inner_text()
    entry.keyboard.press("Enter")
    entry.keyboard.type("2")
    entry.keyboard.press("Enter")
    saved(entry)
    assert lines(order) == [("КАБ-1", 7), (second, 2)]


def test_a_removed_line_comes_back_and_a_discount_is_edited(entry, order, goods):
    for product in goods[:2]:
        entry.keyboard.type(product.sku)
        entry.keyboard.press("Enter")
        entry.keyboard.type("3")
        entry.keyboard.press("Enter")
    saved(entry)
    entry.keyboard.press("ArrowUp")
    entry.keyboard.press("Delete")
    saved(entry)
    assert lines(order) == [(goods[0].sku, 3)]
    entry.keyboard.press("Control+z")
    saved(entry)
    assert lines(order) == [(product.sku, 3) for product in goods[:2]]
    entry.keyboard.press("ArrowRight")
    entry.keyboard.press("ArrowRight")
    entry.keyboard.type("10")
    entry.keyboard.press("Enter")
    saved(entry)
    assert str(order.lines.get(position=2).price) == "900.00"
    expect(entry.locator("[data-part=approval]")).to_be_visible()


def test_twenty_pasted_rows_with_two_bad_ones(entry, order, goods):
    rows = [f"{goods[index % 6].sku}\t{index + 1}" for index in range(20)]
    rows[4], rows[11] = "НЕТ-ТАКОГО\t5", f"{goods[1].sku}\tмного"
    paste(entry, "\n".join(rows))
    expect(entry.locator("[data-part=status]")).to_have_attribute("data-state", "partly")
    assert order.lines.count() == 18
    wrong = entry.locator("tr.entry-wrong")
    expect(wrong).to_have_count(2)
    entry.keyboard.type(goods[5].sku)
    entry.keyboard.press("Enter")
    entry.keyboard.press("Enter")
    expect(wrong).to_have_count(1)
    wrong.locator("[data-cell=quantity]").focus()
    entry.keyboard.type("12")
    entry.keyboard.press("Enter")
    saved(entry)
    assert [quantity for _sku, quantity in lines(order)] == list(range(1, 21))
    assert lines(order)[4] == (goods[5].sku, 5)


def test_a_file_dropped_into_the_dialog_brings_its_lines(entry, order, goods):
    entry.locator("[data-part=open-many]").click()
    field = entry.locator("#entry-file")
    entry.locator("#entry-text").press("Tab")
    expect(field).to_be_focused()
    entry.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "заказ.csv", { type: "text/csv" }));
            document.querySelector("#entry-many .drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        f"Артикул;Количество\n{goods[0].sku};3\n{goods[1].sku};4\n",
    )
    expect(entry.locator("#entry-many")).to_be_hidden()
    expect(entry.locator("[data-part=figure-total]")).to_contain_text("7")
    saved(entry)
    assert lines(order) == [(goods[0].sku, 3), (goods[1].sku, 4)]


def test_a_colleagues_change_is_a_conflict_and_mine_can_be_kept(entry, order, goods, boris):
    set_lines(
        order.pk, by=boris, day=today(), lines=[OrderLineInput(goods[0].pk, 9)],
        version=order.version,
    )  # fmt: skip
    entry.keyboard.type(goods[1].sku)
    entry.keyboard.press("Enter")
    entry.keyboard.type("2")
    entry.keyboard.press("Enter")
    notice = entry.locator("[data-part=notice]")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Борисов")
    assert lines(order) == [(goods[0].sku, 9)]
    notice.locator("button").first.click()
    saved(entry)
    assert lines(order) == [(goods[1].sku, 2)]


def test_what_was_typed_offline_is_saved_when_the_line_is_back(entry, order, goods):
    entry.context.set_offline(True)
    entry.keyboard.type(goods[0].sku)
    entry.keyboard.press("Enter")
    entry.keyboard.type("4")
    entry.keyboard.press("Enter")
    expect(entry.locator("[data-part=status]")).to_have_attribute("data-state", "offline")
    assert lines(order) == []
    entry.context.set_offline(False)
    saved(entry)
    assert lines(order) == [(goods[0].sku, 4)]


def test_a_closed_tab_loses_nothing(entry, order, goods):
    entry.context.set_offline(True)
    entry.keyboard.type(goods[0].sku)
    entry.keyboard.press("Enter")
    entry.keyboard.type("4")
    entry.keyboard.press("Enter")
    expect(entry.locator("[data-part=status]")).to_have_attribute("data-state", "offline")
    entry.evaluate("location.replace('about:blank')")
    entry.wait_for_url("about:blank")
    entry.context.set_offline(False)
    open_entry(entry, order)
    saved(entry)
    assert lines(order) == [(goods[0].sku, 4)]


def test_on_a_phone_nothing_sticks_out(entry, order, goods):
    entry.set_viewport_size(PHONE)
    entry.reload()
    entry.wait_for_selector("#entry[data-ready]")
    entry.locator("[data-cell=product]").last.click()
    entry.keyboard.type("кабель", delay=20)
    entry.locator("#entry-hits [role=option]").first.click()
    entry.keyboard.type("5")
    entry.keyboard.press("Enter")
    saved(entry)
    assert lines(order) == [("КАБ-1", 5)]
    assert entry.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = entry.locator("[data-cell=quantity]").first.bounding_box()
    assert box["height"] >= 44


def test_without_scripts_the_lines_are_a_plain_form(browser, live_server, anna, order, goods):
    context = browser.new_context(base_url=live_server.url, locale="ru-RU", java_script_enabled=False)
    window = context.new_page()
    sign_in(window, anna)
    window.goto(reverse("orders:order_entry", args=[order.pk]))
    window.fill("[name=lines-0-text]", goods[0].sku)
    window.fill("[name=lines-0-quantity]", "6")
    window.fill("[name=many]", f"{goods[1].sku}\t2")
    with window.expect_navigation():
        window.locator("[data-part=plain] .btn-primary").click()
    assert lines(order) == [(goods[0].sku, 6), (goods[1].sku, 2)]
    assert Order.objects.count() == 1
    context.close()
