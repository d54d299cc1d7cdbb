import datetime as dt
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from kam.models import Notification
from kam.refusals import Forbidden, Refused
from orders.actions.discrepancies import (
    change_discrepancy,
    record_discrepancy,
    reopen_discrepancy,
    resolve_discrepancy,
)
from orders.actions.reconciliations import (
    agree_reconciliation,
    cancel_reconciliation,
    draw_up_reconciliation,
    redraw_reconciliation,
    send_reconciliation,
    settle_reconciliation,
    withdraw_reconciliation,
)
from orders.documents.settlements import act_of_reconciliation
from orders.models import Discrepancy, Reconciliation
from orders.queries.client_ledger import balance_on
from tests.factories import DAY, client_of, open_invoice, our_company, payment_of

D = Decimal
ONE_DAY = dt.timedelta(days=1)
START = DAY - 20 * ONE_DAY


@pytest.fixture
def client(anna):
    client = client_of(anna)
    open_invoice(client, "100.00", number="СЧ-0", shipped_on=START - ONE_DAY, due_on=DAY)
    open_invoice(client, "1000.00", number="СЧ-1", shipped_on=START, due_on=DAY)
    payment_of(client, "300.00", DAY, number="ПЛ-1")
    return client


def codes(refused):
    return [refusal.code for refusal in refused.value.refusals]


def drawn(client, by, starts_on=START, ends_on=DAY, **fields):
    return draw_up_reconciliation(client_id=client.pk, starts_on=starts_on, ends_on=ends_on, by=by, day=DAY, **fields)


def sent(client, by):
    return send_reconciliation(drawn(client, by).pk, by=by, day=DAY)


def test_the_sheet_says_what_the_books_say(client, anna):
    sheet = drawn(client, anna)
    assert (sheet.opening, sheet.debit, sheet.credit, sheet.closing) == (
        D("100.00"), D("1000.00"), D("300.00"), D("800.00"),
    )  # fmt: skip
    assert sheet.closing == balance_on(client.pk, DAY)
    assert list(sheet.lines.values_list("position", "kind", "document_number", "debit", "credit")) == [
        (1, "invoice", "СЧ-1", D("1000.00"), D(0)),
        (2, "payment", "ПЛ-1", D(0), D("300.00")),
    ]


def test_the_same_question_again_gives_the_same_sheet(client, anna):
    assert drawn(client, anna).pk == drawn(client, anna).pk
    assert Reconciliation.objects.count() == 1
    cancel_reconciliation(drawn(client, anna).pk, by=anna, reason="Не нужен")
    assert drawn(client, anna).status == "draft"
    assert Reconciliation.objects.count() == 2


def test_what_cannot_be_drawn_up(client, anna, vera):
    with pytest.raises(Refused) as refused:
        drawn(client, anna, starts_on=DAY + 2 * ONE_DAY, ends_on=DAY + ONE_DAY)
    assert codes(refused) == ["period_ends_early", "in_the_future"]
    with pytest.raises(Forbidden):
        drawn(client, vera)
    assert Reconciliation.objects.count() == 0


def test_a_sent_sheet_stays_what_it_was(client, anna):
    draft = drawn(client, anna)
    payment_of(client, "1.00", DAY, number="ПЛ-2")
    sheet = send_reconciliation(draft.pk, by=anna, day=DAY)
    assert (sheet.closing, sheet.sent_on) == (D("799.00"), DAY)
    payment_of(client, "5.00", DAY, number="ПЛ-3")
    sheet.refresh_from_db()
    assert sheet.closing == D("799.00")
    with pytest.raises(Refused):
        redraw_reconciliation(sheet.pk, by=anna, day=DAY)
    withdraw_reconciliation(sheet.pk, by=anna, reason="Пришла оплата")
    assert redraw_reconciliation(sheet.pk, by=anna, day=DAY).closing == D("794.00")


def test_the_client_agrees_to_our_balance_only(client, anna):
    sheet = sent(client, anna)
    with pytest.raises(Refused) as refused:
        agree_reconciliation(sheet.pk, by=anna, day=DAY, their_closing=D("799.99"))
    assert codes(refused) == ["balance_differs"]
    sheet = agree_reconciliation(sheet.pk, by=anna, day=DAY, their_closing=D("800.00"), signed_by="Петров П. П.")
    assert (sheet.status, sheet.their_closing, sheet.signed_by) == ("agreed", D("800.00"), "Петров П. П.")


def test_a_difference_is_recorded_and_worked_off(client, anna, dasha):
    sheet = sent(client, anna)
    line = sheet.lines.get(document_number="СЧ-1")
    found = record_discrepancy(
        sheet.pk, by=anna, day=DAY, line_id=line.pk, their_amount=D("900.00"), their_document="Накладная 17",
        comment="Нет одной коробки", owner_id=dasha.pk, due_on=DAY + 5 * ONE_DAY,
    )  # fmt: skip
    assert (found.our_amount, found.their_amount, found.difference) == (D("1000.00"), D("900.00"), D("100.00"))
    assert Notification.objects.get().user == dasha
    assert list(Discrepancy.objects.visible_to(dasha)) == [found]
    sheet.refresh_from_db()
    assert sheet.status == "differs"
    with pytest.raises(Refused) as refused:
        settle_reconciliation(sheet.pk, by=anna, day=DAY)
    assert codes(refused) == ["differences_open"]
    with pytest.raises(Refused) as refused:
        resolve_discrepancy(found.pk, by=dasha, day=DAY, cause="", result=" ")
    assert codes(refused) == ["cause_missing", "result_missing"]
    resolve_discrepancy(found.pk, by=dasha, day=DAY, cause="our_error", result="Выставлена корректировка")
    assert settle_reconciliation(sheet.pk, by=anna, day=DAY).status == "settled"
    with pytest.raises(Refused) as refused:
        reopen_discrepancy(found.pk, by=dasha, reason="Ещё раз")
    assert codes(refused) == ["sheet_settled"]


def test_what_cannot_be_recorded(client, anna):
    sheet = drawn(client, anna)
    line = sheet.lines.first()
    with pytest.raises(Refused) as refused:
        record_discrepancy(sheet.pk, by=anna, day=DAY, their_amount=D("-1.00"))
    assert codes(refused) == ["not_sent", "amount_negative", "document_missing"]
    sheet = send_reconciliation(sheet.pk, by=anna, day=DAY)
    line = sheet.lines.first()
    with pytest.raises(Refused) as refused:
        record_discrepancy(sheet.pk, by=anna, day=DAY, line_id=line.pk, their_amount=line.debit)
    assert codes(refused) == ["no_difference"]
    record_discrepancy(sheet.pk, by=anna, day=DAY, line_id=line.pk, their_amount=D(0))
    with pytest.raises(Refused) as refused:
        record_discrepancy(sheet.pk, by=anna, day=DAY, line_id=line.pk, their_amount=D("1.00"))
    assert codes(refused) == ["line_twice"]
    assert Discrepancy.objects.count() == 1


def test_a_document_that_only_the_client_has(client, anna):
    sheet = sent(client, anna)
    found = record_discrepancy(
        sheet.pk, by=anna, day=DAY, their_amount=D("50.00"), their_document="Платёж 88", their_side="debit"
    )
    assert (found.line, found.our_amount, found.owner, found.due_on) == (None, D(0), anna, DAY + 10 * ONE_DAY)
    assert Notification.objects.count() == 0


def test_the_owner_changes(client, anna, dasha):
    sheet = sent(client, anna)
    found = record_discrepancy(sheet.pk, by=anna, day=DAY, line_id=sheet.lines.first().pk, their_amount=D(0))
    found = change_discrepancy(found.pk, by=anna, owner_id=dasha.pk)
    assert (found.owner, Notification.objects.get().user) == (dasha, dasha)
    assert list(Discrepancy.objects.overdue(DAY + 10 * ONE_DAY)) == []
    assert list(Discrepancy.objects.overdue(DAY + 11 * ONE_DAY)) == [found]


@pytest.mark.parametrize(
    ("amount", "sides"),
    [("0.00", ("0,00", "", "0,00", "")), ("5.00", ("5,00", "", "", "5,00")), ("-5.00", ("", "5,00", "5,00", ""))],
)
def test_a_balance_of_nought_is_printed_in_both_halves(anna, amount, sides):
    our_company()
    buyer, paid = client_of(anna), D("100.00") - D(amount)
    open_invoice(buyer, "100.00", shipped_on=DAY - ONE_DAY, due_on=DAY)
    payment_of(buyer, str(paid), DAY)
    sheet = send_reconciliation(drawn(buyer, anna).pk, by=anna, day=DAY)
    agree_reconciliation(sheet.pk, by=anna, day=DAY, their_closing=D(amount), signed_by="Петров П. П.")
    paper = act_of_reconciliation(Reconciliation.objects.get(pk=sheet.pk))
    html = render_to_string(paper.template, {"paper": paper, "seller": paper.seller})
    rows = re.findall(r"<tr class=.total.>.*?</tr>", html, re.S)
    cells = [re.findall(r"<td class=.n.>(.*?)</td>", row, re.S) for row in rows]
    assert cells[0] == ["0,00", "", "0,00", ""]
    assert tuple(cells[-1]) == sides
