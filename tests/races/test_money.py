"""Many move one client's money at once: nothing is paid twice, nothing is lost, nobody waits for ever."""

from decimal import Decimal

import pytest

from accounts.models import Client
from orders.actions import payments
from orders.actions.confirming import re_evaluate_holds
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import allocate_payment, receive_payment
from orders.actions.shipments import ship_order
from orders.models import Allocation, Invoice, Order, Payment, StockLevel
from tests.factories import DAY, buyer, confirmed_order, open_invoice, payment_of, stocked_product, system_user
from tests.races.test_confirming import told
from tests.races.together import together

D = Decimal
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def balances():
    """Open amounts and money on account, all together."""
    return (
        sum(Invoice.objects.values_list("open_amount", flat=True)),
        sum(Payment.objects.values_list("unallocated", flat=True)),
        sum(Allocation.objects.filter(undone_on=None).values_list("amount", flat=True)),
    )


def allocating(payment, invoice, amount):
    by = system_user()
    return lambda: bool(allocate_payment(payment.pk, by=by, day=DAY, parts=[(invoice.pk, D(amount))]))


def test_two_people_allocate_one_payment(anna):
    client = buyer(anna)
    payment, invoices = payment_of(client, "100.00"), [open_invoice(client, "100.00") for _n in range(4)]
    outcomes = together([allocating(payment, invoice, "100.00") for invoice in invoices])
    assert told(outcomes) == ["True", *["more_than_on_account"] * 3]
    assert balances() == (D("300.00"), D("0.00"), D("100.00"))


def test_two_payments_meet_on_one_invoice(anna):
    client = buyer(anna)
    invoice, money = open_invoice(client, "100.00"), [payment_of(client, "100.00") for _n in range(4)]
    outcomes = together([allocating(payment, invoice, "100.00") for payment in money])
    assert told(outcomes) == ["True", *["more_than_open"] * 3]
    assert balances() == (D("0.00"), D("300.00"), D("100.00"))


def test_without_the_lock_one_payment_is_spent_twice(anna, monkeypatch):
    """The twin: what was read before is written over, so allocations exceed the payment."""
    client = buyer(anna)
    payment, invoices = payment_of(client, "100.00"), [open_invoice(client, "100.00") for _n in range(4)]
    monkeypatch.setattr(payments, "lock_client", lambda pk: Client.objects.get(pk=pk))
    monkeypatch.setattr(payments, "lock_payments", lambda pks: Payment.objects.in_bulk(list(pks)))
    monkeypatch.setattr(payments, "lock_invoices", lambda pks: Invoice.objects.in_bulk(list(pks)))
    spent = D("0.00")
    # The window is small; a few rounds always hit it.
    for _round in range(12):
        together([allocating(payment, invoice, "100.00") for invoice in invoices])
        spent = balances()[2]
        if spent > D("100.00"):
            break
        Allocation.objects.all().delete()
        Payment.objects.update(unallocated=D("100.00"))
        Invoice.objects.update(open_amount=D("100.00"))
    assert spent > D("100.00")


def test_the_same_bank_line_comes_many_times_at_once(anna):
    client, by = buyer(anna), system_user()
    open_invoice(client, "100.00")

    def receive():
        return receive_payment(client_id=client.pk, amount=D("70.00"), received_on=DAY, by=by, external_id="bank:1").pk

    assert len(set(together([receive] * 6))) == 1
    assert balances() == (D("30.00"), D("0.00"), D("70.00"))


def test_payments_credit_notes_and_releases_at_once_add_up(anna):
    client, by = buyer(anna), system_user()
    invoices = [open_invoice(client, "100.00") for _n in range(3)]

    def pay():
        return receive_payment(client_id=client.pk, amount=D("80.00"), received_on=DAY, by=by).pk

    def credit(invoice):
        return lambda: issue_credit_note(invoice.pk, by=by, day=DAY, amount=D("50.00"), reason="Скидка").pk

    together([*[pay] * 4, *map(credit, invoices), lambda: re_evaluate_holds([client.pk], DAY)])
    left, on_account, allocated = balances()
    assert left - on_account == D("300.00") - D("150.00") - D("320.00")
    assert allocated + on_account == D("320.00")


def test_one_order_ships_once(anna):
    goods, by = stocked_product(10), system_user()
    order = confirmed_order(buyer(anna), anna, {goods: 4})
    outcomes = together([lambda: bool(ship_order(order.pk, by=by, day=DAY))] * 4)
    assert told(outcomes) == ["True", *["wrong_state"] * 3]
    assert Invoice.objects.count() == 1
    level = StockLevel.objects.get(product=goods)
    assert (level.on_hand, level.reserved) == (6, 0)
    assert Order.objects.get(pk=order.pk).unshipped_total == D("0.00")
