"""A KAM takes an order, support enters it, the head approves, goods ship, payment comes, the ageing falls."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from accounts.actions import change_client
from orders.models import Intake, Invoice, Order, Reservation, Shipment
from tests.factories import buyer, open_invoice, our_company, stocked_product, system_user
from tests.stories.conftest import choose, follow, path_of, text_of, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dealer(anna):
    """A dealer of Anna's that owes 12 000 from its old books, due before anything of this story."""
    our_company()
    client = buyer(anna)
    change_client(client.pk, by=system_user(), name="Навигатор-Тула")
    open_invoice(client, "12000.00", due_on=dt.date(2026, 11, 30), number="СТ-7")
    return client


@pytest.fixture
def goods():
    """Ten navigators and thirty cases."""
    stocked_product(10, sku="NAV-700", name="Автонавигатор Маяк 700", price="10000.00", cost="7000.00")
    stocked_product(30, sku="CASE-15", name="Чехол дорожный", price="500.00", cost="200.00")


def test_from_a_rough_order_to_money(enter, anna, boris, vera, sonya, fedor, dealer, goods):
    visited = set()
    on_the_road = enter(anna, phone=True)
    hands_over(on_the_road)
    visited.add(path_of(on_the_road))

    desk = enter(sonya)
    enters(desk, visited)
    approves(enter(boris), visited)
    confirms(desk)
    ships(desk, visited)
    papers_are_right(desk, visited)

    assert ageing_of(on_the_road, dealer) == ["76 000,00 ₽", "0", "0", "0", "0", "76 000,00 ₽", "0"]
    pays(enter(fedor), visited)
    assert ageing_of(on_the_road, dealer) == ["30 000,00 ₽", "0", "0", "0", "0", "30 000,00 ₽", "0"]
    the_trail_tells(on_the_road)

    stranger = enter(vera).request
    assert len(visited) == 9
    assert {path: stranger.get(path).status for path in visited} == dict.fromkeys(visited, 404)


def hands_over(window):
    """Anna, on her phone, writes down what the dealer asks for."""
    window.goto("/intakes/new/")
    choose(window, "client", "тула")
    window.fill("[name=text]", "Навигаторы со скидкой 10 %, чехлы сверху")
    window.fill("[name=promised_total]", "64000")
    window.fill("[name=many]", "NAV-700\t6\nчехлы\t20")
    follow(window, window.locator("[data-submit]"))
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
    intake = Intake.objects.get()
    assert window.locator("h1").inner_text() == intake.number == "РЗ-26-000001"
    assert [(line.product and line.product.sku, line.wording, line.quantity) for line in intake.lines.all()] == [
        ("NAV-700", "", 6), (None, "чехлы", 20),
    ]  # fmt: skip


def enters(window, visited):
    """Sonya takes the rough order from her inbox and enters it by keys alone."""
    window.goto("/inbox/")
    follow(window, window.locator("a.wait-name", has_text="РЗ-26-000001"))
    follow(window, window.locator("form[action$='/enter/'] button"))
    visited.add(path_of(window))
    window.wait_for_selector("#entry[data-ready]")
    press = window.keyboard.press
    # The line of navigators stands there as promised: a discount for it, then a line of cases.
    window.locator("tr:nth-child(1) [data-cell=product]").focus()
    press("ArrowRight")
    press("ArrowRight")
    window.keyboard.type("10")
    press("Enter")
    window.keyboard.type("чехол")
    window.wait_for_selector("#entry-hits [role=option]:has-text('CASE-15')")
    press("Enter")
    window.keyboard.type("20")
    press("Enter")
    expect(window.locator("[data-part=figure-total]")).to_have_text("64 000,00 ₽")
    expect(window.locator("[data-part=figure-vat]")).to_have_text("11 540,98 ₽")
    expect(window.locator("[data-part=figure-before]")).to_have_text("988 000,00 ₽")
    expect(window.locator("[data-part=figure-after]")).to_have_text("924 000,00 ₽")
    advice = words(window.locator("[data-part=approval]"))
    assert "NAV-700" in advice and "10" in advice and "5" in advice
    assert window.locator("[data-part=figure-margin]").count() == 0, "support does not see the margin"
    press("Control+Enter")
    window.wait_for_url(re.compile(r"/orders/\d+/$"))
    visited.add(path_of(window))
    assert "Ждёт согласования" in words(window.locator(".strip-title"))


def approves(window, visited):
    """Boris finds the order among what waits for him, sees what it does, and approves it."""
    window.goto("/inbox/")
    assert window.locator("h1").inner_text() == "Ждёт меня"
    row = window.locator("li.wait")
    assert row.count() == 1
    effects = words(row.locator(".wait-effects"))
    for figure in ("64 000,00 ₽", "12 000,00 ₽ → 76 000,00 ₽", "988 000,00 ₽ → 924 000,00 ₽", "10"):
        assert figure in effects, effects
    follow(window, row.get_by_role("button", name="Согласовать"))
    assert Order.objects.get().status == "submitted"


def confirms(window):
    """Sonya confirms: everything is reserved."""
    order = Order.objects.get()
    window.goto(f"/orders/{order.pk}/")
    window.get_by_role("button", name="Подтвердить").click()
    expect(window.locator(".strip-title")).to_contain_text("Подтверждён")
    kept = Reservation.objects.live().values_list("product__sku", "quantity")
    assert dict(kept) == {"NAV-700": 6, "CASE-15": 20}
    order.refresh_from_db()
    assert (order.status, order.total) == ("confirmed", 64000)


def ships(window, visited):
    """Sonya ships four navigators and all cases today, then the two that are left."""
    order = Order.objects.get()
    window.goto(f"/orders/{order.pk}/")
    for carrier, units in (("Деловые линии", ("4", "20")), ("СДЭК", ("2",))):
        follow(window, window.locator(f"a[href='/orders/{order.pk}/ship/']"))
        visited.add(path_of(window))
        window.fill("[name=carrier]", carrier)
        fields = window.locator(".form-lines input[type=text]")
        assert fields.count() == len(units)
        for place, count in enumerate(units):
            fields.nth(place).fill(count)
        follow(window, window.locator("[data-submit]"))
        visited.add(path_of(window))
        assert carrier in words(window.locator("main"))
        window.goto(f"/orders/{order.pk}/")
        told = "Отгружен частично" if carrier == "Деловые линии" else "Отгружен"
        assert words(window.locator(".strip-title .chip")) == told
    order.refresh_from_db()
    assert order.status == "shipped"
    assert list(Shipment.objects.order_by("pk").values_list("carrier", flat=True)) == ["Деловые линии", "СДЭК"]
    due = Invoice.objects.filter(order=order).order_by("pk").values_list("amount", "due_on", "issued_on")
    # Thirty days from the 20th of November end on Sunday the 20th of December: due on the working day after it.
    assert list(due) == [
        (46000, dt.date(2026, 12, 21), dt.date(2026, 11, 20)), (18000, dt.date(2026, 12, 21), dt.date(2026, 11, 20)),
    ]  # fmt: skip


def papers_are_right(window, visited):
    """The invoice stands with its due day, and its bill is a PDF that says so."""
    invoice = Invoice.objects.filter(order__isnull=False).earliest("pk")
    window.goto(f"/invoices/{invoice.pk}/")
    visited.add(path_of(window))
    assert "21.12.2026" in words(window.locator(".figures"))
    assert "46 000,00 ₽" in words(window.locator(".figures"))
    visited.add(f"/invoices/{invoice.pk}/bill.pdf")
    answer = window.request.get(f"/invoices/{invoice.pk}/bill.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-")
    text = text_of(answer.body())
    if text:
        for part in (invoice.number, "Автонавигатор Маяк 700", "46 000,00", "Сорок шесть тысяч рублей 00 копеек"):
            assert part in text, part


def pays(window, visited):
    """Fedor enters the money from the page of the first invoice, which the purpose names; the older debt stays open."""
    invoice = Invoice.objects.filter(order__isnull=False).earliest("pk")
    window.goto(f"/invoices/{invoice.pk}/")
    follow(window, window.get_by_role("link", name="Внести платёж"))
    assert window.input_value("[name=amount]") == "46\N{NO-BREAK SPACE}000,00"
    assert window.input_value("[name=purpose]") == f"Оплата по счёту № {invoice.number}"
    window.fill("[name=number]", "812")
    follow(window, window.locator("[data-submit]"))
    visited.add(path_of(window))
    assert invoice.number in words(window.locator("#tab"))
    left = {each.number: each.open_amount for each in Invoice.objects.all()}
    assert sorted(left.values()) == [0, 12000, 18000]
    assert (left[invoice.number], left["СТ-7"]) == (0, 12000)


def ageing_of(window, client):
    """The client's row as the ageing shows it: five ages, the total, money on account."""
    window.goto(f"/receivables/?client={client.pk}")
    row = window.locator("table.rows tbody tr")
    assert row.count() == 1
    return [words(cell) for cell in row.locator("td.num").all()]


def the_trail_tells(window):
    """Who did what to the order, from the last to the first."""
    window.goto(f"/orders/{Order.objects.get().pk}/")
    entries = window.locator(".trail > li").all()
    assert [(words(entry.locator("b").first), words(entry.locator(".trail-by"))) for entry in entries] == [
        ("Отгружен", "Сонина С."),
        ("Отгружен", "Сонина С."),
        ("Подтверждён", "Сонина С."),
        ("Согласован", "Борисов Б."),
        ("Отправлен", "Сонина С."),
        ("Изменены строки", "Сонина С."),
        ("Создано", "Сонина С."),
    ]
