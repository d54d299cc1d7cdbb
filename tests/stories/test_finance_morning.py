"""The finance director's morning: figures opened, a statement taken, debts fall, orders go, credit is decided."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from accounts.actions import change_client
from accounts.models import CreditTerms
from orders.actions.confirming import confirm_order
from orders.actions.reviews import create_review, propose_review
from orders.models import BankStatementLine, CreditReview, Invoice, Order, Payment, Reconciliation
from reports.actions.nightly import run_night
from tests.factories import DAY, buyer, open_invoice, our_company, stocked_product, submitted_order, system_user
from tests.orders.statement_files import document, exchange, our_account
from tests.stories.conftest import follow, path_of, text_of, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEFORE = DAY - dt.timedelta(days=1)
D = Decimal


def days_before(count):
    return DAY - dt.timedelta(days=count)


@pytest.fixture
def dealer(anna):
    """Anna's dealer: 85 000 late of a limit of 100 000."""
    our_company()
    client = buyer(anna, credit_limit=D("100000.00"))
    client = change_client(client.pk, by=system_user(), name="Навигатор-Тула")
    open_invoice(client, "60000.00", due_on=days_before(40), number="СТ-101")
    open_invoice(client, "25000.00", due_on=days_before(5), number="СТ-102")
    return client


@pytest.fixture
def other(vera):
    """Vera's dealer with two invoices, neither of which a round sum of 7 000 tells."""
    client = buyer(vera)
    client = change_client(client.pk, by=system_user(), name="Буссоль")
    open_invoice(client, "9000.00", due_on=days_before(3), number="СТ-201")
    open_invoice(client, "8000.00", due_on=days_before(1), number="СТ-202")
    return client


@pytest.fixture
def held(dealer, anna):
    """An order of the dealer that the credit check stopped."""
    goods = stocked_product(20, sku="NAV-700", name="Автонавигатор Маяк 700", price="10000.00", cost="7000.00")
    order = submitted_order(dealer, anna, {goods: 3})
    order = confirm_order(order.pk, by=anna, day=DAY)
    assert order.status == "held"
    return order


@pytest.fixture
def review(dealer, anna, boris):
    """What Anna proposes for the dealer."""
    made = create_review(
        by=anna, day=DAY, client=dealer, asked_limit=D("3000000.00"), asked_days=30, comment="Открывает магазины"
    )
    return propose_review(made.pk, by=anna, day=DAY)


@pytest.fixture
def statement(dealer, other, tmp_path):
    """A day of the account: a certain payment, a likely one, money of nobody known, a fee of the bank."""
    our_account()
    path = tmp_path / "Выписка 20.11.2026.txt"
    text = exchange(
        document("60000.00", number="11", payer=dealer, НазначениеПлатежа="Оплата по счету СТ-101 за навигаторы"),
        document("7000.00", number="12", payer=other, НазначениеПлатежа="Оплата за товар"),
        document("500.00", number="13", НазначениеПлатежа="Перевод"),
        opening="1000.00", received="67500.00", spent="0.00", closing="68500.00",
    )  # fmt: skip
    path.write_bytes(text.replace("\n", "\r\n").encode("cp1251"))
    return path


def test_the_morning(enter, worker, fedor, galina, vera, held, review, statement, dealer, other):
    run_night(day=BEFORE)
    desk = enter(fedor)
    assert overdue_on_dashboard(desk) == "94 000,00 ₽", "as the night closed the day"
    follow(desk, desk.get_by_role("link", name="На текущий момент"))
    assert overdue_shown(desk) == "102 000,00 ₽", "what was due yesterday is late now"
    opens_what_is_late(desk)
    takes_the_statement(desk, statement)
    assert overdue_now(desk) == "42 000,00 ₽"
    proposes_the_doubtful(desk)
    confirms_it(enter(galina))
    assert overdue_now(desk) == "35 000,00 ₽"
    releases(desk, held)
    decides(desk, review)
    prints_the_act(desk, dealer)
    takes_the_workbook(desk)

    stranger = enter(vera).request
    sheet = Reconciliation.objects.get()
    paths = (
        f"/orders/{held.pk}/", f"/credit-reviews/{review.pk}/", f"/reconciliations/{sheet.pk}/",
        f"/reconciliations/{sheet.pk}/act.pdf", f"/clients/{dealer.pk}/account/", f"/collecting/{dealer.pk}/",
    )  # fmt: skip
    assert {path: stranger.get(path).status for path in paths} == dict.fromkeys(paths, 404)
    shut = ("/payments-to-place/", "/bank-lines/", "/held-orders/")
    assert {path: stranger.get(path).status for path in shut} == dict.fromkeys(shut, 403)


def overdue_on_dashboard(window):
    """What is overdue as of the day the dashboard opens with."""
    window.goto("/reports/finance/")
    return overdue_shown(window)


def overdue_now(window):
    """What is overdue at this moment."""
    window.goto("/reports/finance/")
    follow(window, window.get_by_role("link", name="На текущий момент"))
    return overdue_shown(window)


def overdue_shown(window):
    """The whole figure behind the tile of what is overdue."""
    tile = window.locator(".tile", has=window.locator(".tile-label", has_text=re.compile("^Просрочено$")))
    return " ".join(tile.get_attribute("title").split())


def opens_what_is_late(window):
    """One click on the figure shows the very invoices it is made of."""
    follow(window, window.locator(".tile", has=window.locator(".tile-label", has_text=re.compile("^Просрочено$"))))
    rows = window.locator("table.rows tbody tr")
    assert rows.count() == 4
    text = words(window.locator("main"))
    for part in ("СТ-101", "СТ-102", "СТ-201", "СТ-202", "102 000,00 ₽"):
        assert part in text, part


def takes_the_statement(window, path):
    """The file is read, checked and taken; what is certain is booked, a fee kept apart, the rest waits."""
    window.goto("/bank-statements/")
    follow(window, window.get_by_role("link", name="Загрузить выписку").first)
    window.set_input_files("[name=files]", str(path))
    follow(window, window.locator("main button.btn-primary"))
    understood = words(window.locator("main"))
    for part in ("40702810900000000001", "67 500,00 ₽", "68 500,00 ₽"):
        assert part in understood, understood
    assert not BankStatementLine.objects.exists(), "a check writes nothing"
    follow(window, window.get_by_role("button", name=re.compile("Загрузить|Принять")).first)
    expect(window.locator("main")).to_contain_text("Закончено")
    lines = BankStatementLine.objects.order_by("place").values_list("amount", "status", "confidence")
    assert [(amount, status) for amount, status, _sure in lines] == [
        (D("60000.00"), "placed"), (D("7000.00"), "to_place"), (D("500.00"), "parked"),
    ]  # fmt: skip
    assert Payment.objects.get().amount == D("60000.00")
    assert Invoice.objects.get(number="СТ-101").open_amount == 0


def proposes_the_doubtful(window):
    """Fedor proposes what the program suggests; he is not offered to confirm it himself."""
    window.goto("/payments-to-place/")
    row = window.locator("li.wait")
    assert row.count() == 1
    assert "Буссоль" in words(row) and "7 000,00 ₽" in words(row)
    follow(window, row.get_by_role("link", name="Чьи деньги"))
    follow(window, window.locator("button.btn-go"))
    # Back in the queue, where one line less waits and one waits for the second key.
    expect(window.locator("main")).to_contain_text("Здесь ничего не ждёт")
    assert path_of(window) == "/payments-to-place/"
    follow(window, window.locator(".figure", has_text="Ждёт второго ключа"))
    row = window.locator("li.wait")
    expect(row).to_have_count(1)
    assert row.get_by_role("button", name="Подтвердить").count() == 0
    assert not Payment.objects.filter(amount=D("7000.00")).exists()


def confirms_it(window):
    """Galina finds it among what waits for her, with what the client owes before and after."""
    window.goto("/inbox/")
    row = window.locator("li.wait", has_text="Буссоль")
    assert "17 000,00 ₽ → 10 000,00 ₽" in words(row.locator(".wait-effects"))
    follow(window, row.get_by_role("button", name="Подтвердить"))
    line = BankStatementLine.objects.get(amount=D("7000.00"))
    assert (line.status, line.proposed_by.email, line.decided_by.email) == (
        "placed", "fedor@dcm.example", "galina@dcm.example",
    )  # fmt: skip
    assert Invoice.objects.get(number="СТ-201").open_amount == D("2000.00")


def releases(window, order):
    """Fedor sees what releasing does and lets the order go."""
    window.goto("/held-orders/")
    row = window.locator("li.wait")
    assert row.count() == 1
    effects = words(row.locator(".wait-effects"))
    for part in ("30 000,00 ₽", "25 000,00 ₽ → 55 000,00 ₽", "75 000,00 ₽ → 45 000,00 ₽"):
        assert part in effects, effects
    assert "Просрочено" in words(row.locator(".held-reasons"))
    row.get_by_role("link", name="Снять удержание").click()
    dialog = window.locator("#dialog")
    expect(dialog).to_contain_text(order.number)
    assert "25 000,00 ₽ → 55 000,00 ₽" in words(dialog.locator(".wait-effects"))
    window.fill("[name=reason]", "Оплата идёт")
    follow(window, dialog.locator("button.btn-go"))
    assert window.locator("li.wait").count() == 0
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.released_by.email) == ("confirmed", "fedor@dcm.example")


def decides(window, review):
    """Fedor reads the scorecard and gives less than was asked; the terms follow."""
    window.goto("/inbox/")
    follow(window, window.locator("a.wait-name", has_text=review.number))
    page = words(window.locator("main"))
    assert "Скоринг" in page and "Рекомендация" in page
    window.get_by_role("link", name="Решить").click()
    window.fill("[name=credit_limit]", "250 000,00")
    window.fill("[name=reason]", "Открывает магазины, залог оформлен")
    window.click("button.btn-go")
    expect(window.locator(".strip-title")).to_contain_text("Действует")
    decided = CreditReview.objects.get(pk=review.pk)
    assert (decided.status, decided.decided_limit) == ("decided", D("250000.00"))
    terms = CreditTerms.objects.filter(client=review.client_id).latest("starts_on")
    assert (terms.credit_limit, terms.starts_on) == (D("250000.00"), DAY)


def prints_the_act(window, client):
    """From the client's account one click draws the sheet up, one more opens the act."""
    window.goto(f"/clients/{client.pk}/account/")
    assert "25 000,00 ₽" in words(window.locator("main"))
    follow(window, window.get_by_role("link", name=re.compile("[Сс]верк")).first)
    follow(window, window.locator("[data-submit]"))
    sheet = Reconciliation.objects.get()
    assert sheet.closing == D("25000.00")
    answer = window.request.get(f"/reconciliations/{sheet.pk}/act.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    text = text_of(answer.body())
    if text:
        for part in ("Навигатор-Тула", "ООО «Дистрибуция»", "25 000,00", "Двадцать пять тысяч рублей 00 копеек"):
            assert part.casefold() in text.casefold(), part


def takes_the_workbook(window):
    """The workbook of the dashboard ties to it to the kopeck."""
    window.goto("/reports/finance/")
    follow(window, window.get_by_role("link", name="На текущий момент"))
    with window.expect_download() as waiting:
        window.get_by_role("link", name="Книга Excel").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(waiting.value.path().read_bytes()))
    cells = {cell for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python() for cell in row}
    owed = sum(Invoice.objects.values_list("open_amount", flat=True))
    assert owed == D("35000.00") and float(owed) in cells
    assert path_of(window) == "/reports/finance/"
