"""A KAM collects a debt: rings, takes a promise, a claim goes out, money comes, the word is kept, goods go again."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.actions import change_client, create_contact
from accounts.models import Activity, CreditHold
from orders.actions.confirming import confirm_order
from orders.actions.letter_steps import deliver_waiting
from orders.models import CollectionLetter, Invoice, Order, PaymentPromise, ShippingStop
from reports.actions.nightly import run_night
from tests.factories import DAY, buyer, open_invoice, our_company, stocked_product, submitted_order, system_user
from tests.stories.conftest import choose, follow, path_of, text_of, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONE_DAY = dt.timedelta(days=1)
MONDAY = DAY + 3 * ONE_DAY


@pytest.fixture
def debtor(anna):
    """A dealer of Anna's that is forty days late with 36 500."""
    our_company()
    client = buyer(anna)
    client = change_client(client.pk, by=system_user(), name="Азимут")
    create_contact(
        by=system_user(), client=client, name="Петрова Мария", role="accountant", phone="+7 900 555-66-77",
        email="buh@azimut.example",
    )  # fmt: skip
    open_invoice(client, "36500.00", due_on=DAY - 40 * ONE_DAY, number="СТ-301")
    return client


@pytest.fixture
def smaller(anna):
    """Another dealer that owes less and for a shorter time."""
    client = buyer(anna)
    client = change_client(client.pk, by=system_user(), name="Компас")
    open_invoice(client, "4000.00", due_on=DAY - 9 * ONE_DAY, number="СТ-401")
    return client


def test_a_debt_is_collected(enter, on_day, anna, boris, vera, fedor, debtor, smaller):
    goods = stocked_product(20, sku="NAV-700", name="Автонавигатор Маяк 700", price="10000.00", cost="7000.00")
    run_night(day=DAY - ONE_DAY)
    assert ShippingStop.objects.live().get().client == debtor
    order = confirm_order(submitted_order(debtor, anna, {goods: 2}).pk, by=anna, day=DAY)
    assert order.status == "held"

    desk = enter(anna)
    notes_a_call(desk)
    takes_a_promise(desk)
    visited = approves_the_claim(enter(boris), debtor)

    on_day(MONDAY)
    pays(enter(fedor), debtor)
    goods_go_again(desk, debtor, order)
    run_night(day=MONDAY)
    the_word_was_kept(desk, debtor)

    stranger = enter(vera).request
    promise = PaymentPromise.objects.get()
    stop = ShippingStop.objects.get()
    visited += [f"/collecting/{debtor.pk}/", f"/payment-promises/{promise.pk}/", f"/shipping-stops/{stop.pk}/"]
    assert {path: stranger.get(path).status for path in visited} == dict.fromkeys(visited, 404)


def notes_a_call(window):
    """The heaviest debt stands first; by keys alone: the first row, its first action, what came of it, saved."""
    window.goto("/collecting/")
    rows = window.locator("#rows tbody tr[data-href]")
    assert [words(row.locator("a.cell-link")) for row in rows.all()] == ["Азимут", "Компас"]
    assert "36 500,00 ₽" in words(rows.first) and "+7 900 555-66-77" in words(rows.first)
    window.keyboard.press("j")
    window.keyboard.press("1")
    expect(window.locator("dialog[open] [name=result]")).to_be_focused()
    window.keyboard.type("Деньги ждут в понедельник")
    window.keyboard.press("Tab")
    window.keyboard.type("Проверить оплату")
    window.keyboard.press("Tab")
    window.keyboard.type("24.11.2026")
    with window.expect_navigation():
        window.keyboard.press("Control+Enter")
    expect(window.locator("main")).to_contain_text("Проверить оплату")
    assert path_of(window) == "/collecting/"
    done = Activity.objects.get(done_at__isnull=False)
    assert (done.result, done.done_by.email) == ("Деньги ждут в понедельник", "anna@dcm.example")


def takes_a_promise(window):
    """The list still stands on the row: its second action offers the whole debt as the sum; the day, saved."""
    window.keyboard.press("2")
    expect(window.locator("dialog[open] [name=due_on]")).to_be_focused()
    assert words_of(window, "amount") == "36 500,00"
    window.keyboard.type("23.11.2026")
    with window.expect_navigation():
        window.keyboard.press("Control+Enter")
    row = window.locator("#rows tbody tr[data-href]").first
    expect(row).to_contain_text("до 23.11.2026")
    promise = PaymentPromise.objects.get()
    assert (promise.amount, promise.due_on, promise.grace_days, promise.status) == (
        Decimal("36500.00"), MONDAY, 1, "open",
    )  # fmt: skip


def words_of(window, name):
    """The value of a field with its spaces made plain."""
    return " ".join(window.input_value(f"[name={name}]").split())


def approves_the_claim(window, client):
    """Boris finds the claim among what waits for him, reads the paper with its computation, and lets it go."""
    letter = CollectionLetter.objects.get(client=client)
    assert (letter.channel, letter.status) == ("claim", "proposed")
    window.goto("/inbox/")
    row = window.locator("li.wait", has_text=letter.number)
    for part in ("36 500,00 ₽", "640,00 ₽", "buh@azimut.example"):
        assert part in words(row.locator(".wait-effects"))
    follow(window, row.locator("a.wait-name"))
    paper = window.get_by_role("link", name="Претензия (PDF)").get_attribute("href")
    answer = window.request.get(paper)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    text = text_of(answer.body())
    for part in ("СТ-301", "36 500,00", "640,00", "Азимут") if text else ():
        assert part in text, part
    window.get_by_role("button", name="Отправить").click()
    expect(window.locator(".strip-title")).to_contain_text("Отправляется")
    deliver_waiting()
    letter.refresh_from_db()
    assert (letter.status, letter.decided_by.email) == ("sent", "boris@dcm.example")
    (message,) = mail.outbox
    assert message.to == ["buh@azimut.example"]
    assert [name for name, _body, kind in message.attachments if kind == "application/pdf"]
    return [path_of(window), paper]


def pays(window, client):
    """Fedor enters the money on Monday."""
    window.goto("/payments/new/")
    choose(window, "client", "азимут")
    window.fill("[name=amount]", "36 500,00")
    window.fill("[name=number]", "77")
    window.fill("[name=purpose]", "Оплата по счёту СТ-301")
    follow(window, window.locator("[data-submit]"))
    assert Invoice.objects.get(number="СТ-301").open_amount == 0


def goods_go_again(window, client, order):
    """The payment lifted the stop and let the order go, without anybody asking."""
    stop = ShippingStop.objects.get()
    assert (stop.lifted_on, CreditHold.objects.filter(client=client, lifted_at=None).count()) == (MONDAY, 0)
    assert Order.objects.get(pk=order.pk).status == "confirmed"
    window.goto(f"/orders/{order.pk}/")
    expect(window.locator(".strip-title")).to_contain_text("Подтверждён")
    window.goto("/collecting/")
    assert "Азимут" not in words(window.locator("#rows"))


def the_word_was_kept(window, client):
    """After the night the promise reads as kept, and so does the client's tab."""
    promise = PaymentPromise.objects.get()
    assert (promise.status, promise.kept_on, promise.received) == ("kept", MONDAY, Decimal("36500.00"))
    window.goto(f"/payment-promises/{promise.pk}/")
    expect(window.locator(".strip-title")).to_contain_text("Сдержано")
    entries = [words(entry.locator("b").first) for entry in window.locator(".trail > li").all()]
    assert entries == ["Обещание сдержано", "Создано"]
    window.goto(f"/clients/{client.pk}/?tab=collecting")
    assert "Сдержано" in words(window.locator("#tab"))
