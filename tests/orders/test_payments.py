import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.models import TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import allocate_payment, receive_payment, settle_invoice, undo_allocation
from orders.models import Allocation, CreditNote, Invoice, Payment
from orders.rules.aging import Settled, open_as_of
from tests.factories import DAY, client_of, open_invoice, overdue_invoice, payment_of

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def client(anna):
    return client_of(anna)


def state(*documents):
    """Open amounts of invoices and money on account of payments, as the database has them."""
    found = []
    for document in documents:
        document.refresh_from_db()
        found.append(document.open_amount if isinstance(document, Invoice) else document.unallocated)
    return [str(amount) for amount in found]


def pay(client, amount, fedor, **fields):
    fields = {"received_on": DAY, **fields}
    return receive_payment(client_id=client.pk, amount=D(amount), by=fedor, **fields)


def codes(refused):
    return [refusal.code for refusal in refused.value.refusals]


def test_a_payment_pays_the_earliest_due_first(client, fedor):
    later, earlier = open_invoice(client, "1000.00", DAY), overdue_invoice(client, "300.00", days=40)
    payment = pay(client, "500.00", fedor)
    assert state(later, earlier, payment) == ["800.00", "0.00", "0.00"]
    assert list(payment.allocations.values_list("invoice", "amount", "rule", "allocated_on")) == [
        (earlier.pk, D("300.00"), "earliest_due", DAY),
        (later.pk, D("200.00"), "earliest_due", DAY),
    ]


def test_what_the_purpose_states_comes_first_and_the_rest_stays_on_account(client, fedor):
    named = open_invoice(client, "1000.00", DAY, number="СТ-000777")
    payment = pay(client, "1250.00", fedor, purpose="Оплата по счету № СТ-000777 от 01.11.2026, в т.ч. НДС")
    assert state(named, payment) == ["0.00", "250.00"]
    assert payment.allocations.get().rule == "stated"


def test_money_may_be_kept_on_account(client, fedor):
    invoice = overdue_invoice(client)
    payment = pay(client, "500.00", fedor, allocate=False)
    assert state(invoice, payment) == ["1200.00", "500.00"]


def test_the_same_payment_comes_once(client, fedor):
    first = pay(client, "500.00", fedor, external_id="bank:1")
    entries = TrailEntry.objects.count()
    assert pay(client, "500.00", fedor, external_id="bank:1") == first
    assert Payment.objects.count() == 1
    assert TrailEntry.objects.count() == entries
    with pytest.raises(Refused) as refused:
        pay(client, "501.00", fedor, external_id="bank:1")
    assert codes(refused) == ["external_id_taken"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.001"])
def test_nonsense_amounts_are_refused(client, fedor, amount):
    with pytest.raises(Refused) as refused:
        pay(client, amount, fedor)
    assert codes(refused) == ["amount_not_positive"]
    assert not Payment.objects.exists()


def test_money_does_not_come_tomorrow(client, fedor):
    with pytest.raises(Refused) as refused:
        pay(client, "1.00", fedor, received_on=DAY + ONE_DAY, day=DAY)
    assert codes(refused) == ["in_the_future"]


def test_a_kam_enters_no_payments(client, anna):
    with pytest.raises(Forbidden):
        pay(client, "1.00", anna)
    assert not Payment.objects.exists()


def test_allocation_by_hand(client, fedor):
    first, second = open_invoice(client, "100.00"), open_invoice(client, "200.00")
    payment = payment_of(client, "250.00")
    allocate_payment(payment.pk, by=fedor, day=DAY, parts=[(second.pk, D("150.00")), (first.pk, D("0.00"))])
    assert state(first, second, payment) == ["100.00", "50.00", "100.00"]
    assert payment.allocations.get().rule == "by_hand"


def test_every_part_that_does_not_fit_is_named_and_nothing_is_allocated(client, fedor, vera):
    own, strange = open_invoice(client, "100.00"), open_invoice(client_of(vera), "100.00")
    payment = payment_of(client, "150.00")
    with pytest.raises(Refused) as refused:
        allocate_payment(payment.pk, by=fedor, day=DAY, parts=[(own.pk, D("100.01")), (strange.pk, D("60.00"))])
    assert codes(refused) == ["more_than_open", "invoice_of_another", "more_than_on_account"]
    assert [refusal.line for refusal in refused.value.refusals] == [1, 2, None]
    assert state(own, strange, payment) == ["100.00", "100.00", "150.00"]
    assert not Allocation.objects.exists()


def test_money_on_account_pays_a_new_invoice_only_when_asked(client, fedor):
    older = payment_of(client, "100.00", DAY - 9 * ONE_DAY)
    newer = payment_of(client, "100.00", DAY - ONE_DAY)
    invoice = open_invoice(client, "150.00", DAY + 30 * ONE_DAY)
    assert state(invoice) == ["150.00"]
    settle_invoice(invoice.pk, by=fedor, day=DAY)
    assert state(invoice, older, newer) == ["0.00", "0.00", "50.00"]
    with pytest.raises(Refused) as refused:
        settle_invoice(invoice.pk, by=fedor, day=DAY)
    assert codes(refused) == ["nothing_on_account"]


def test_an_allocation_is_undone_with_a_date_and_a_reason(client, fedor):
    invoice = overdue_invoice(client, "100.00", days=20)
    payment = pay(client, "100.00", fedor, received_on=DAY - 10 * ONE_DAY)
    allocation = payment.allocations.get()
    with pytest.raises(Refused) as refused:
        undo_allocation(allocation.pk, by=fedor, day=DAY - 11 * ONE_DAY, reason=" ")
    assert codes(refused) == ["before_allocation", "reason_missing"]
    assert state(invoice, payment) == ["0.00", "0.00"]
    undo_allocation(allocation.pk, by=fedor, day=DAY, reason="За другого")
    assert state(invoice, payment) == ["100.00", "100.00"]
    with pytest.raises(Refused) as refused:
        undo_allocation(allocation.pk, by=fedor, day=DAY, reason="Ещё раз")
    assert codes(refused) == ["already_undone"]
    assert state(invoice, payment) == ["100.00", "100.00"]


def test_an_allocation_is_never_dated_before_its_invoice_or_the_last_undoing(client, fedor):
    payment = payment_of(client, "100.00", DAY - 30 * ONE_DAY)
    invoice = open_invoice(client, "100.00", DAY, issued_on=DAY - 5 * ONE_DAY, shipped_on=DAY - 5 * ONE_DAY)
    allocate_payment(payment.pk, by=fedor, day=DAY - 20 * ONE_DAY)
    first = payment.allocations.get()
    assert first.allocated_on == DAY - 5 * ONE_DAY
    undo_allocation(first.pk, by=fedor, day=DAY - ONE_DAY, reason="Ошибка")
    allocate_payment(payment.pk, by=fedor, day=DAY - 3 * ONE_DAY, parts=[(invoice.pk, D("40.00"))])
    assert payment.allocations.get(undone_on=None).allocated_on == DAY - ONE_DAY


def test_a_credit_note_on_a_paid_invoice_puts_the_excess_back_on_account(client, fedor):
    invoice = open_invoice(client, "1200.00")
    first, second = pay(client, "700.00", fedor), pay(client, "500.00", fedor)
    note = issue_credit_note(invoice.pk, by=fedor, day=DAY + ONE_DAY, amount=D("600.00"), reason="Скидка")
    assert (note.net, note.vat, note.amount) == (D("500.00"), D("100.00"), D("600.00"))
    assert state(invoice, first, second) == ["0.00", "100.00", "500.00"]
    standing = Allocation.objects.standing_on(DAY + ONE_DAY).values_list("payment", "amount")
    assert list(standing) == [(first.pk, D("600.00"))]
    assert sum(Allocation.objects.standing_on(DAY).values_list("amount", flat=True)) == D("1200.00")


def test_a_credit_note_never_exceeds_what_is_left_of_the_invoice(client, fedor):
    invoice = open_invoice(client, "1200.00")
    issue_credit_note(invoice.pk, by=fedor, day=DAY, amount=D("0.01"), reason="Округление")
    with pytest.raises(Refused) as refused:
        issue_credit_note(invoice.pk, by=fedor, day=DAY, amount=D("1200.00"), reason="")
    assert codes(refused) == ["more_than_invoiced", "reason_missing"]
    assert state(invoice) == ["1199.99"]
    note = issue_credit_note(invoice.pk, by=fedor, day=DAY, amount=D("1199.99"), reason="Остаток")
    assert sum(CreditNote.objects.values_list("vat", flat=True)) == D("200.00")
    assert note.net + note.vat == D("1199.99")


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("invoice", "pay", "pay on account", "undo", "credit", "allocate", "settle")),
        st.integers(1, 99_999),
        st.integers(0, 40),
    ),
    max_size=14,
)


class Books:
    """A client's books, driven by random events; what the rules refuse is left undone."""

    def __init__(self, client, by):
        self.client, self.by = client, by

    def happen(self, what, kopecks, days_ago):
        amount, day = D(kopecks).scaleb(-2), DAY - days_ago * ONE_DAY
        try:
            self._do(what, kopecks, amount, day)
        except Refused:
            return

    def _do(self, what, pick, amount, day):
        client, by = self.client, self.by
        if what == "invoice":
            open_invoice(client, amount, day + 10 * ONE_DAY, shipped_on=day, issued_on=day)
        elif what.startswith("pay"):
            receive_payment(client_id=client.pk, amount=amount, received_on=day, by=by, allocate=what == "pay")
        elif what == "undo" and (rows := list(Allocation.objects.filter(undone_on=None))):
            undo_allocation(rows[pick % len(rows)].pk, by=by, day=day, reason="Ошибка")
        elif what == "credit" and (rows := list(Invoice.objects.all())):
            issue_credit_note(rows[pick % len(rows)].pk, by=by, day=day, amount=amount, reason="Скидка")
        elif what == "allocate" and (rows := list(Payment.objects.all())):
            allocate_payment(rows[pick % len(rows)].pk, by=by, day=day)
        elif what == "settle" and (rows := list(Invoice.objects.all())):
            settle_invoice(rows[pick % len(rows)].pk, by=by, day=day)

    def prove(self):
        """The documents add up to the balances, now and as of every day."""
        invoiced = sum(Invoice.objects.values_list("amount", flat=True))
        credited = sum(CreditNote.objects.values_list("amount", flat=True))
        paid = sum(Payment.objects.values_list("amount", flat=True))
        left = sum(Invoice.objects.values_list("open_amount", flat=True))
        on_account = sum(Payment.objects.values_list("unallocated", flat=True))
        assert left - on_account == invoiced - credited - paid
        for invoice in Invoice.objects.prefetch_related("allocations", "credit_notes"):
            parts = [row for row in invoice.allocations.all() if row.undone_on is None]
            notes = list(invoice.credit_notes.all())
            rows = [Settled(row.allocated_on, row.amount) for row in parts]
            rows += [Settled(note.issued_on, note.amount) for note in notes]
            assert invoice.open_amount == open_as_of(invoice.amount, rows, DAY + ONE_DAY)
            for day in (DAY - n * ONE_DAY for n in range(-1, 42)):
                standing = sum(row.amount for row in invoice.allocations.all() if _stands(row, day))
                noted = sum(note.amount for note in notes if note.issued_on <= day)
                assert 0 <= invoice.amount - standing - noted <= invoice.amount
        for payment in Payment.objects.prefetch_related("allocations"):
            for day in (DAY - n * ONE_DAY for n in range(-1, 42)):
                standing = sum(row.amount for row in payment.allocations.all() if _stands(row, day))
                assert 0 <= standing <= payment.amount


def _stands(row, day):
    return row.allocated_on <= day and (row.undone_on is None or row.undone_on > day)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_in_any_order_of_events_documents_add_up_to_the_balance(events, anna, fedor, transactional_reset):
    books = Books(client_of(anna), fedor)
    for what, kopecks, days_ago in events:
        books.happen(what, kopecks, days_ago)
    books.prove()
    transactional_reset()


@pytest.fixture
def transactional_reset(db):
    """Empty the books between two examples of one test."""

    def reset():
        for model in (Allocation, CreditNote, Payment, Invoice):
            model.objects.all().delete()

    return reset
