import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.refusals import Forbidden, Refused
from orders.actions.credit_notes import issue_credit_note
from orders.actions.offsets import annul_offset, approve_offset, decline_offset, propose_offset
from orders.actions.payments import allocate_payment, receive_payment, undo_allocation
from orders.actions.refunds import refund_payment, undo_refund
from orders.models import Allocation, CreditNote, Invoice, Offset, Payment, Refund
from orders.queries.client_ledger import Entry, balance_on, ledger
from orders.queries.receivables import Scope, ageing
from tests.factories import (
    DAY,
    buyer,
    client_of,
    open_invoice,
    payment_of,
    return_of,
    shipped_order,
    stocked_product,
)

D = Decimal
ONE_DAY = dt.timedelta(days=1)


def rows_of(found):
    return [(row.entry.value, row.number, str(row.debit), str(row.credit), str(row.balance)) for row in found.rows]


def offset_of(client, by, amount="100.00", day=DAY, **fields):
    fields = {"basis": "Акт взаимозачёта № 5", "their_claim": "Бонус за октябрь", **fields}
    return propose_offset(client_id=client.pk, amount=D(amount), offset_on=day, by=by, day=day, **fields)


@pytest.fixture
def client(anna):
    return client_of(anna)


def test_every_document_in_order_with_the_balance_after_it(client, fedor, galina):
    first = open_invoice(client, "1000.00", number="СЧ-1", shipped_on=DAY - 10 * ONE_DAY, due_on=DAY)
    payment_of(client, "300.00", DAY - 5 * ONE_DAY, number="ПЛ-1")
    issue_credit_note(first.pk, by=fedor, day=DAY - 5 * ONE_DAY, amount=D("50.00"), reason="Скидка")
    offset = offset_of(client, fedor, "100.00", DAY - 2 * ONE_DAY)
    approve_offset(offset.pk, by=galina, day=DAY)
    note = CreditNote.objects.get()
    found = ledger(client.pk, None, DAY)
    assert rows_of(found) == [
        ("invoice", "СЧ-1", "1000.00", "0.00", "1000.00"),
        ("credit_note", note.number, "0.00", "50.00", "950.00"),
        ("payment", "ПЛ-1", "0.00", "300.00", "650.00"),
        ("offset", offset.number, "0.00", "100.00", "550.00"),
    ]
    assert (found.opening, found.debit, found.credit, found.closing) == (D(0), D("1000.00"), D("450.00"), D("550.00"))


def test_the_ends_of_a_period_belong_to_it(client):
    """A document of the first day is no part of the opening balance, one of the last day is in the period."""
    for number, days in (("А", 3), ("Б", 2), ("В", 1), ("Г", 0)):
        day = DAY - days * ONE_DAY
        open_invoice(client, "10.00", number=number, shipped_on=day, issued_on=day, due_on=DAY)
    found = ledger(client.pk, DAY - 2 * ONE_DAY, DAY - ONE_DAY)
    assert [row.number for row in found.rows] == ["Б", "В"]
    assert (found.opening, found.closing) == (D("10.00"), D("30.00"))
    assert ledger(client.pk, DAY, DAY).opening == balance_on(client.pk, DAY - ONE_DAY) == D("30.00")


def test_on_one_day_an_invoice_stands_before_the_payment_that_came_first(client):
    payment_of(client, "10.00", DAY, number="ПЛ-1")
    open_invoice(client, "10.00", number="СЧ-1", shipped_on=DAY, due_on=DAY)
    assert rows_of(ledger(client.pk, DAY, DAY)) == [
        ("invoice", "СЧ-1", "10.00", "0.00", "10.00"),
        ("payment", "ПЛ-1", "0.00", "10.00", "0.00"),
    ]


def test_a_payment_before_its_invoice_is_a_debt_of_ours(client):
    payment_of(client, "10.00", DAY - ONE_DAY)
    assert balance_on(client.pk, DAY) == D("-10.00")
    open_invoice(client, "25.00", shipped_on=DAY, due_on=DAY)
    assert balance_on(client.pk, DAY - ONE_DAY) == D("-10.00")
    assert balance_on(client.pk, DAY) == D("15.00")


def test_another_client_and_another_currency_have_accounts_of_their_own(client, anna):
    open_invoice(client, "10.00", shipped_on=DAY, due_on=DAY)
    open_invoice(client, "7.00", shipped_on=DAY, due_on=DAY, currency="USD")
    open_invoice(client_of(anna), "3.00", shipped_on=DAY, due_on=DAY)
    assert balance_on(client.pk, DAY) == D("10.00")
    assert balance_on(client.pk, DAY, currency="USD") == D("7.00")


def test_a_contract_holds_its_invoices_and_what_paid_them(anna, fedor):
    goods = stocked_product(10, price="1000.00")
    client = buyer(anna)
    contract = client.contracts.get()
    invoice = shipped_order(client, anna, {goods: 1}, contract_id=contract.pk).invoices.get()
    open_invoice(client, "500.00", shipped_on=DAY, due_on=DAY)
    payment = payment_of(client, "700.00", DAY)
    allocation = allocate_payment(payment.pk, by=fedor, day=DAY, parts=[(invoice.pk, D("600.00"))])[0]
    assert invoice.contract_id == contract.pk
    found = ledger(client.pk, None, DAY, contract_id=contract.pk)
    assert [(row.entry, row.debit - row.credit) for row in found.rows] == [
        (Entry.INVOICE, invoice.amount),
        (Entry.PAYMENT, D("-600.00")),
    ]
    undo_allocation(allocation.pk, by=fedor, day=DAY + ONE_DAY, reason="Ошибка")
    later = ledger(client.pk, DAY + ONE_DAY, DAY + ONE_DAY, contract_id=contract.pk)
    assert [(row.entry, row.debit, row.document_id) for row in later.rows] == [(Entry.UNDONE, D("600.00"), payment.pk)]
    assert later.closing == invoice.amount


def test_the_number_of_queries_does_not_grow_with_the_books(client, django_assert_num_queries):
    open_invoice(client, "10.00", shipped_on=DAY, due_on=DAY)
    with django_assert_num_queries(14):
        ledger(client.pk, DAY, DAY)
    for _n in range(5):
        open_invoice(client, "10.00", shipped_on=DAY, due_on=DAY)
        payment_of(client, "1.00")
    with django_assert_num_queries(14):
        assert len(ledger(client.pk, DAY, DAY).rows) == 11


class TestOffsets:
    def test_a_posted_offset_pays_as_money_does(self, client, fedor, galina):
        invoice = open_invoice(client, "150.00", shipped_on=DAY - ONE_DAY, due_on=DAY)
        offset = approve_offset(offset_of(client, fedor).pk, by=galina, day=DAY)
        invoice.refresh_from_db()
        payment = offset.payment
        assert (payment.kind, payment.amount, payment.unallocated) == ("offset", D("100.00"), D(0))
        assert invoice.open_amount == D("50.00")
        assert balance_on(client.pk, DAY) == D("50.00")

    def test_nothing_changes_until_somebody_else_approves(self, client, fedor):
        offset = offset_of(client, fedor)
        with pytest.raises(Refused) as refused:
            approve_offset(offset.pk, by=fedor, day=DAY)
        assert [each.code for each in refused.value.refusals] == ["four_eyes"]
        assert (Payment.objects.count(), Offset.objects.get().status) == (0, "proposed")

    def test_a_kam_may_propose_and_not_approve(self, client, anna, vera):
        offset = offset_of(client, anna)
        for somebody in (anna, vera):
            with pytest.raises(Forbidden):
                approve_offset(offset.pk, by=somebody, day=DAY)
        with pytest.raises(Forbidden):
            offset_of(client, vera)
        assert Payment.objects.count() == 0

    def test_a_declined_one_is_over(self, client, anna, fedor):
        offset = offset_of(client, anna)
        decline_offset(offset.pk, by=fedor, reason="Акт не подписан")
        with pytest.raises(Refused):
            approve_offset(offset.pk, by=fedor, day=DAY)
        assert (Payment.objects.count(), Offset.objects.get().status) == (0, "declined")

    def test_everything_wrong_is_told_at_once(self, client, fedor):
        with pytest.raises(Refused) as refused:
            propose_offset(
                client_id=client.pk, amount=D("0.001"), offset_on=DAY + ONE_DAY, basis=" ", their_claim="", by=fedor,
                day=DAY,
            )  # fmt: skip
        assert [each.code for each in refused.value.refusals] == [
            "amount_not_positive", "in_the_future", "basis_missing", "claim_missing",
        ]  # fmt: skip
        assert Offset.objects.count() == 0

    def test_an_annulled_one_is_gone_from_its_day_on(self, client, fedor, galina):
        invoice = open_invoice(client, "150.00", shipped_on=DAY - ONE_DAY, due_on=DAY)
        offset = approve_offset(offset_of(client, fedor).pk, by=galina, day=DAY)
        payment = offset.payment
        with pytest.raises(Refused) as refused:
            refund_payment(payment.pk, by=fedor, day=DAY, amount=D("1.00"), reason="Возврат")
        assert [each.code for each in refused.value.refusals] == ["offset", "more_than_on_account"][:1]
        offset = annul_offset(offset.pk, by=fedor, day=DAY + ONE_DAY, reason="Акт расторгнут")
        assert (offset.status, offset.annulled_on) == ("annulled", DAY + ONE_DAY)
        invoice.refresh_from_db()
        payment.refresh_from_db()
        assert (invoice.open_amount, payment.unallocated) == (D("150.00"), D(0))
        assert balance_on(client.pk, DAY) == D("50.00")
        assert balance_on(client.pk, DAY + ONE_DAY) == D("150.00")
        assert [(row.entry.value, row.debit) for row in ledger(client.pk, DAY + ONE_DAY, DAY + ONE_DAY).rows] == [
            ("undone", D("100.00"))
        ]
        with pytest.raises(Refused):
            undo_refund(payment.refunds.get().pk, by=fedor, day=DAY + ONE_DAY, reason="Ошибка")


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "invoice",
                "pay",
                "pay on account",
                "offset",
                "annul",
                "refund",
                "undo refund",
                "undo",
                "credit",
                "allocate",
            )
        ),
        st.integers(1, 99_999),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=14,
)


def happen(client, by, other, what, pick, days_ago):
    amount, day = D(pick).scaleb(-2), DAY - days_ago * ONE_DAY
    invoices, payments = list(Invoice.objects.all()), list(Payment.objects.all())
    standing = list(Allocation.objects.filter(undone_on=None))
    if what == "invoice":
        open_invoice(client, amount, day + 20 * ONE_DAY, shipped_on=day, issued_on=day)
    elif what.startswith("pay"):
        receive_payment(client_id=client.pk, amount=amount, received_on=day, by=by, allocate=what == "pay")
    elif what == "offset":
        approve_offset(offset_of(client, by, amount, day).pk, by=other, day=DAY)
    elif what == "annul" and Offset.objects.exists():
        annul_offset(Offset.objects.earliest("pk").pk, by=by, day=day, reason="Ошибка")
    elif what == "refund" and payments:
        payment = payments[pick % len(payments)]
        refund_payment(payment.pk, by=by, day=DAY, amount=amount, reason="Возврат", refunded_on=day)
    elif what == "undo refund" and Refund.objects.exists():
        undo_refund(Refund.objects.earliest("pk").pk, by=by, day=day, reason="Ошибка")
    elif what == "undo" and standing:
        undo_allocation(standing[pick % len(standing)].pk, by=by, day=day, reason="Ошибка")
    elif what == "credit" and invoices:
        issue_credit_note(invoices[pick % len(invoices)].pk, by=by, day=day, amount=amount, reason="Скидка")
    elif what == "allocate" and payments:
        allocate_payment(payments[pick % len(payments)].pk, by=by, day=day)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, looks=st.lists(st.integers(-1, 62), min_size=2, max_size=4))
def test_the_sum_of_documents_is_the_balance_always(events, looks, anna, fedor, galina):
    """In any order of events, on any day: the account equals the ageing's total less the money on account."""
    for model in (Refund, Allocation, CreditNote, Offset, Payment, Invoice):
        model.objects.all().delete()
    client = client_of(anna)
    for what, pick, days_ago in events:
        try:
            happen(client, fedor, galina, what, pick, days_ago)
        except Refused:
            continue
    days = sorted(DAY - days_ago * ONE_DAY for days_ago in looks)
    for day in days:
        total = ageing(fedor, day, scope=Scope(client_id=client.pk)).total
        assert balance_on(client.pk, day) == total.total - total.on_account
    whole, first = ledger(client.pk, None, days[-1]), ledger(client.pk, None, days[0])
    second = ledger(client.pk, days[0] + ONE_DAY, days[-1])
    assert first.closing == second.opening
    assert first.closing + second.debit - second.credit == second.closing == whole.closing
    assert [row.balance for row in (*first.rows, *second.rows)] == [row.balance for row in whole.rows]
    assert whole.closing == balance_on(client.pk, days[-1])


def test_a_return_lowers_the_balance_when_it_is_received(anna, boris, sonya):
    goods = stocked_product(10, price="1000.00")
    client = buyer(anna)
    invoice = shipped_order(client, anna, {goods: 2}).invoices.get()
    assert balance_on(client.pk, DAY) == invoice.amount
    return_of(invoice, anna)
    assert balance_on(client.pk, DAY) == invoice.amount


def test_an_account_of_many_clients_adds_up_to_the_ageing(anna, vera, fedor):
    clients = [client_of(anna), client_of(vera)]
    for number, client in enumerate(clients, start=1):
        open_invoice(client, f"{number}00.00", shipped_on=DAY, due_on=DAY)
        payment_of(client, "30.00")
    total = ageing(fedor, DAY).total
    assert sum(balance_on(client.pk, DAY) for client in clients) == total.total - total.on_account == D("240.00")
