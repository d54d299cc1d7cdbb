"""The finance director's picture: equal to the documents to the kopeck, whoever looks and however it is kept."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from accounts.models import Client, ClientGroup
from kam import formats
from kam.models import ExportLog, Run
from orders.actions.catalogue import create_brand
from orders.actions.credit_notes import issue_credit_note
from orders.actions.old_days import keep_days
from orders.actions.payments import receive_payment
from orders.actions.snapshots import take_ageing_snapshot
from orders.models import AgeingDay, CreditNote, Invoice, PaymentDiscipline
from orders.queries.client_ledger import balance_on
from orders.queries.receivables import Scope
from reports.actions.figures import keep_forecast, keep_key_figures
from reports.documents.book import write_book
from reports.models import BrandFigure, ExpectedCash
from reports.queries.books import KEYS, Books, Flow, balances, books_of, flows, month_ends
from reports.queries.expected import cash_by_week, debts_by_brand, late_payers
from reports.queries.finance import Asked, picture
from reports.queries.turnover import slices
from tests.factories import (
    DAY,
    buyer,
    client_of,
    open_invoice,
    overdue_invoice,
    shipped_order,
    stocked_product,
    system_user,
    terms_of,
)
from tests.orders.visits import queries_of, visitor

D = Decimal
ONE_DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 16)


def invoice(client, amount, issued_on, days=30, **fields):
    """A debt of a day, due so many days later."""
    due_on = issued_on + days * ONE_DAY
    return open_invoice(client, amount, due_on, shipped_on=issued_on, issued_on=issued_on, **fields)


@pytest.fixture
def books(anna, vera, fedor):
    """Four months of two clients of different KAMs, with every kind of document."""
    first, second = client_of(anna, name="Азимут"), client_of(vera, name="Буссоль", channel="retail")
    for month in (8, 9, 10, 11):
        invoice(first, f"{month * 100}.00", dt.date(2026, month, 5))
        invoice(second, f"{month * 10}.50", dt.date(2026, month, 12), days=7)
    receive_payment(client_id=first.pk, amount=D("1200.00"), received_on=dt.date(2026, 10, 20), by=fedor)
    receive_payment(client_id=second.pk, amount=D("500.00"), received_on=dt.date(2026, 11, 18), by=fedor)
    latest = Invoice.objects.filter(client=first).latest("issued_on")
    issue_credit_note(latest.pk, by=fedor, day=dt.date(2026, 11, 19), amount=D("100.00"), reason="Брак")
    return first, second


def test_the_named_figures_of_a_day(books, fedor):
    found = picture(fedor, Asked(DAY))
    # Sold 3 600 to the first with 1 200 paid and 100 credited; the second owes nothing and has money left.
    assert (found.ageing.total.total, found.ageing.total.on_account) == (D("2500.00"), D("118.00"))
    turnover = found.turnover
    assert (turnover.first, turnover.days) == (dt.date(2026, 9, 1), 81)
    # September 900 + 90.50, October 1 000 + 100.50, November 1 100 + 110.50 − 100.
    assert turnover.sales == D("3201.50")
    assert turnover.opening == D("880.50")
    assert turnover.simple.value == D("63.3")  # 2 500 × 81 ÷ 3 201.50
    # Due by 20 November: the 5th of August, September and October plus 30 days; paid in part from the earliest.
    assert found.ageing.total.overdue == D("1500.00")
    assert turnover.best_possible.value == D("25.3")  # 1 000 × 81 ÷ 3 201.50
    # 2 500 − 1 110.50 (20 days of November) − 1 100.50 (31 of October) = 289 of September's 990.50, of its 30 days.
    assert turnover.count_back.value == D("59.8")
    # (880.50 + 3 201.50 − 2 500) ÷ (880.50 + 3 201.50 − 1 000)
    assert turnover.effectiveness.value == D("51.3")
    assert found.concentration == D("100.0")


@pytest.mark.parametrize("late", [False, True])
def test_kept_days_and_documents_tell_the_same(books, fedor, late):
    ends = month_ends(DAY, 4)
    everything = books_of(fedor, Scope(), "RUB")
    for end in reversed(ends[1:] if late else ends):
        take_ageing_snapshot(day=end)
    if late:  # into an August that is kept, and today, which is not
        invoice(books[0], "33.33", dt.date(2026, 8, 30))
        receive_payment(client_id=books[1].pk, amount=D("1.11"), received_on=DAY, by=fedor)
    kept = {by: flows(everything, ends, by) for by in ("", "manager", "channel")}
    figures = picture(fedor, Asked(DAY)).turnover
    rows = {by: slices(fedor, DAY, by, Scope(), "RUB", 3) for by in ("manager", "channel", "group", "client")}
    AgeingDay.objects.all().delete()
    assert {by: _filled(flows(everything, ends, by)) for by in kept} == {by: _filled(each) for by, each in kept.items()}
    assert picture(fedor, Asked(DAY)).turnover == figures
    assert {by: slices(fedor, DAY, by, Scope(), "RUB", 3) for by in rows} == rows
    august = ends[-1]
    assert kept[""]["", august] == Flow(D("913.83") if late else D("880.50"))


@pytest.mark.parametrize("late", [False, True])
def test_a_month_goes_on_from_its_last_kept_day(books, anna, fedor, late):
    days = [DAY, *month_ends(DAY, 4)[1:]]
    keep_days(days[-1], DAY - 3 * ONE_DAY)  # the payment is of two days before the day, the credit note of the one
    invoice(books[0], "7.07", DAY - 3 * ONE_DAY if late else DAY - 2 * ONE_DAY)
    told = [_filled(flows(books_of(user, Scope(), "RUB"), days, by)) for user in (anna, fedor) for by in KEYS]
    AgeingDay.objects.all().delete()
    assert told == [_filled(flows(books_of(user, Scope(), "RUB"), days, by)) for user in (anna, fedor) for by in KEYS]
    assert told[0]["", DAY] == Flow(D("1007.07"))


@pytest.mark.parametrize("late", [False, True])
def test_a_client_handed_over_counts_for_its_new_kam_at_once(books, anna, boris, vera, fedor, late):
    seen = (anna, boris, vera, fedor)
    ends = month_ends(DAY, 4)
    keep_days(ends[-1], DAY)
    if late:
        invoice(books[0], "33.33", dt.date(2026, 9, 30))
        invoice(books[1], "0.02", dt.date(2026, 10, 30))
    Client.objects.filter(pk=books[0].pk).update(manager=vera)
    handed = [_told(user, ends) for user in seen]
    Client.objects.filter(pk=books[1].pk).update(manager=None)
    let_go = [_told(user, ends) for user in seen]
    take_ageing_snapshot(day=DAY)
    assert [_told(user, ends) for user in seen] == let_go
    AgeingDay.objects.all().delete()
    assert [_told(user, ends)[:-1] for user in seen] == [each[:-1] for each in let_go]
    Client.objects.filter(pk=books[1].pk).update(manager=vera)
    assert [_told(user, ends)[:-1] for user in seen] == [each[:-1] for each in handed]


def _told(user, ends):
    """What a person is told from totals: flows, figures, and balances where days are kept."""
    asked = [(Scope(), ""), (Scope(), "manager"), (Scope(manager_id=user.pk), "")]
    parts = [_filled(flows(books_of(user, scope, "RUB"), ends, by)) for scope, by in asked]
    return (*parts, picture(user, Asked(DAY)).turnover, balances(books_of(user, Scope(), "RUB"), ends))


def test_forecasts_of_a_client_handed_over_count_for_its_new_kam_at_once(books, anna, boris, vera, fedor):
    seen = (anna, boris, vera, fedor)
    sunday = MONDAY - 29 * ONE_DAY
    for day in (sunday, DAY):
        keep_forecast(day=day)
    _weeks_agree(seen)
    Client.objects.filter(pk=books[0].pk).update(manager=vera)
    Client.objects.filter(pk=books[1].pk).update(manager=None)
    handed = _weeks_agree(seen)
    keep_forecast(day=sunday)
    assert _weeks_agree(seen) == handed
    Client.objects.filter(pk=books[1].pk).update(manager=anna)
    for _twice in range(2):
        keep_forecast(day=DAY)
    assert _weeks_agree(seen) != handed


def _weeks_agree(people):
    """What each is told of cash, having checked that it is what their clients' rows say one by one."""
    told, everybody = [], list(Client.objects.values_list("pk", flat=True))
    for user in people:
        books = books_of(user, Scope(), "RUB")
        for scope in (Scope(), Scope(manager_id=user.pk)):
            part = books_of(user, scope, "RUB")
            by_rows = Books(everybody if part.clients is None else part.clients, "RUB")
            assert part.has_totals
            assert cash_by_week(part, DAY) == cash_by_week(by_rows, DAY)
        told.append(cash_by_week(books, DAY))
    return told


def _filled(found):
    return {key: flow for key, flow in found.items() if flow != Flow()}


def test_heads_and_kams_see_their_own_part(books, anna, boris, vera, fedor):
    keep_days(DAY, DAY)
    keep_key_figures(day=DAY)
    keep_forecast(day=DAY)
    whole = picture(fedor, Asked(DAY))
    for user in (anna, boris):
        found = picture(user, Asked(DAY))
        assert [row.label for row in found.ageing.rows] == ["Азимут"]
        assert found.credit.exposure == D("2500.00")
        assert found.turnover.sales == D("2900.00")
    other = picture(vera, Asked(DAY))
    assert (other.ageing.total.total, other.turnover.sales) == (D("0.00"), D("301.50"))
    assert other.turnover.sales + found.turnover.sales == whole.turnover.sales
    assert [each.label for each in slices(anna, DAY, "manager", Scope(), "RUB", 3)] == ["Аннина Анна"]
    narrowed = picture(fedor, Asked(DAY, Scope(manager_id=anna.pk)))
    assert narrowed.turnover == found.turnover


def test_slices_are_parts_of_the_whole(books, fedor):
    holding = ClientGroup.objects.create(name="Холдинг")
    Client.objects.filter(pk=books[0].pk).update(group=holding)
    whole = picture(fedor, Asked(DAY))
    for by in ("manager", "channel", "group", "client"):
        found = slices(fedor, DAY, by, Scope(), "RUB", 3)
        assert sum(each.total for each in found) == whole.ageing.total.total
        assert sum(each.overdue for each in found) == whole.ageing.total.overdue
        assert sum(each.simple.of["sales"] for each in found) <= whole.turnover.sales
    (group, nobody) = slices(fedor, DAY, "group", Scope(), "RUB", 3)
    assert (group.label, group.total, nobody.key) == ("Холдинг", D("2500.00"), "0")


def test_debts_by_brand_add_up_to_the_kopeck(anna, fedor):
    client = buyer(anna)
    brands = [create_brand(by=system_user(), name=name) for name in ("Маяк", "Румб", "Склянка")]
    goods = [stocked_product(brand=each, price="333.33", cost="100.00") for each in brands]
    order = shipped_order(client, anna, dict.fromkeys(goods, 1))
    bill = order.invoices.get()
    receive_payment(client_id=client.pk, amount=bill.amount - D("100.00"), received_on=DAY, by=fedor)
    overdue_invoice(client, "50.00", days=3)
    keep_forecast(day=DAY)
    assert sum(BrandFigure.objects.values_list("total", flat=True)) == D("150.00")
    kept, brands = debts_by_brand(books_of(fedor, Scope(), "RUB"), DAY + ONE_DAY)
    assert kept == DAY
    assert sum(each.total for each in brands) == D("150.00")
    nameless = next(each for each in brands if each.brand_id is None)
    assert (nameless.total, nameless.overdue) == (D("50.00"), D("50.00"))
    assert [each.total for each in brands if each.brand_id] == [D("33.34"), D("33.33"), D("33.33")]


def test_cash_is_expected_as_late_as_each_client_pays(anna, fedor):
    punctual, slow = client_of(anna), client_of(anna)
    fields = {"window_days": 365, "judged": 1, "late": 1, "late_percent": 100}
    PaymentDiscipline.objects.create(client=slow, day=MONDAY - ONE_DAY, average_days_late=D("9.5"), **fields)
    for client in (punctual, slow):
        open_invoice(client, "100.00", MONDAY + 2 * ONE_DAY)
    open_invoice(punctual, "7.00", MONDAY - 100 * ONE_DAY)  # over 90 days late: due, but expected no more
    keep_forecast(day=MONDAY - ONE_DAY)
    found = {(row.client_id, row.week_on): (row.due, row.expected) for row in ExpectedCash.objects.order_by("week_on")}
    assert found == {
        (punctual.pk, MONDAY): (D("107.00"), D("100.00")),
        (slow.pk, MONDAY): (D("100.00"), D("0.00")),
        (slow.pk, MONDAY + 7 * ONE_DAY): (D("0.00"), D("100.00")),  # 18 + 10 days: 28 November
    }
    later = MONDAY + 35 * ONE_DAY
    receive_payment(client_id=punctual.pk, amount=D("40.00"), received_on=MONDAY + ONE_DAY, by=fedor)
    everything = books_of(fedor, Scope(), "RUB")
    cash = cash_by_week(everything, later - 7 * ONE_DAY)
    assert (cash.compared_on, cash.weeks[0].monday) == (MONDAY - ONE_DAY, MONDAY)
    assert (cash.weeks[0].expected, cash.weeks[0].received) == (D("100.00"), D("40.00"))
    foreseen, late = late_payers(everything, later - 7 * ONE_DAY)
    assert foreseen == MONDAY - ONE_DAY
    assert [(each.client_id, each.late) for each in late] == [(slow.pk, D("100.00")), (punctual.pk, D("60.00"))]


def sheets(file):
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def kopecks(value):
    return D(str(value)).quantize(D("0.01"))


def test_the_workbook_ties_to_the_ledger_to_the_kopeck(books, fedor, en):
    for client in books:
        invoice(client, "0.07", DAY, days=3)
    keep_forecast(day=DAY)
    file = io.BytesIO()
    found = picture(fedor, Asked(DAY))
    count = write_book(fedor, found, file)
    book = sheets(file.getvalue())
    rows = book["Open invoices"][1:]
    assert count == len(rows) - 1 == 5
    listed = sum((kopecks(row[6]) for row in rows[:-1]), D("0.00"))
    assert listed == kopecks(rows[-1][6]) == found.ageing.total.total
    clients = book["Clients"][1:]
    assert sum(kopecks(row[6]) for row in clients[:-1]) == kopecks(clients[-1][6]) == listed
    on_account = kopecks(book["Money on account"][-1][1])
    ledger = sum(balance_on(client.pk, DAY) for client in books)
    assert ledger == listed - on_account
    for name in ("By KAM", "By channel", "By group", "By brand"):
        assert sum(kopecks(row[1]) for row in book[name][1:]) == listed
    summary = {row[0]: row[1] for row in book["Summary"]}
    assert kopecks(summary["Receivables"]) == listed
    assert kopecks(book["Months"][-1][6]) == listed


@pytest.fixture
def en():
    with override("en"):
        yield


def test_the_page_has_few_queries_whatever_it_shows(books, fedor, anna):
    keep_days(DAY, DAY)
    browser = visitor(fedor)
    address = "/reports/finance/?on=20.11.2026"
    overdue_invoice(client_of(anna), "10.00")  # late, as those after it
    browser.get(address)
    before = queries_of(browser, address)
    for _n in range(5):
        terms_of(client_of(anna))
        overdue_invoice(Client.objects.latest("pk"), "10.00")
    assert queries_of(browser, address) == before < 40


@pytest.mark.parametrize("by", ["client", "manager", "channel", "brand", "group", "late"])
def test_every_table_opens(books, fedor, by):
    keep_days(DAY, DAY)
    keep_key_figures(day=DAY)
    keep_forecast(day=DAY)
    answer = visitor(fedor).get(f"/reports/finance/?on=20.11.2026&by={by}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "₽2.5K" in text
    assert ("Азимут" in text) == (by == "client")


def test_figures_open_their_rows(books, fedor):
    browser = visitor(fedor)
    answer = browser.get("/reports/finance/?on=20.11.2026&channel=dealer")
    tiles = answer.context["tiles"]
    assert len(tiles) == 6
    for tile, numbers in ((tiles[0], 3), (tiles[1], 2)):
        rows = browser.get(tile.href)
        assert rows.status_code == 200
        assert rows.content.decode().count("СТ-") >= numbers
    turnover = browser.get(tiles[2].href)
    assert turnover.status_code == 200
    assert "Sales of the period" in turnover.content.decode()


def test_credit_notes_of_the_turnover_have_their_figure(books, fedor):
    notes = CreditNote.objects.filter(issued_on__range=(dt.date(2026, 9, 1), DAY), invoice__currency="RUB")
    told = formats.money(sum(note.amount for note in notes), language="en")
    assert notes
    text = visitor(fedor).get("/reports/turnover/?on=20.11.2026").content.decode()
    assert f'issued_to=2026-11-20">{told}</a>' in text


def test_a_long_workbook_is_made_by_a_worker_a_short_one_at_once(books, fedor, monkeypatch):
    browser = visitor(fedor)
    answer = browser.get("/reports/finance.xlsx?on=20.11.2026")
    assert (answer.status_code, answer["Content-Type"].split(".")[-1]) == (200, "sheet")
    assert ExportLog.objects.get().rows == 3
    monkeypatch.setattr("reports.actions.finance_book.EXPORT_INLINE", 2)
    answer = browser.get("/reports/finance.xlsx?on=20.11.2026")
    run = Run.objects.get(kind="finance_book")
    assert (answer.status_code, run.by) == (303, fedor)


def test_the_paper_for_the_board_is_a_pdf(books, fedor):
    keep_days(DAY, DAY)
    answer = visitor(fedor).get("/reports/finance.pdf?on=20.11.2026")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
