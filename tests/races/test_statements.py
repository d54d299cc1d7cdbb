"""The same statement at once, two second keys at once, one external id at once: nothing is booked twice."""

from decimal import Decimal

import pytest

from kam.imports import Upload, importer_named
from orders.actions import placements
from orders.actions.payments import receive_payment
from orders.actions.placements import Share, confirm_placement, propose_placement
from orders.actions.refunds import refund_payment
from orders.models import BankStatement, BankStatementLine, Invoice, Payment, Refund
from tests.conftest import person
from tests.factories import DAY, client_of, open_invoice, payment_of, system_user
from tests.orders.statement_files import document, exchange, our_account
from tests.races.test_confirming import told
from tests.races.together import together

D = Decimal
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
Line = BankStatementLine


@pytest.fixture
def statement(tmp_path):
    """Keep a text as a file; returns a call that takes it."""

    def keep(text, name="bank.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="cp1251")
        our_account()
        by = system_user()
        upload = Upload(files=((name, path),), by=by, day=DAY)
        return lambda: importer_named("statements").commit(upload).changes > 0

    return keep


def test_the_same_file_twice_at_once_is_taken_once(anna, statement):
    payer = client_of(anna)
    invoice = open_invoice(payer, "500.00")
    take = statement(exchange(document("500.00", payer=payer), document("200.00", number="2", payer=payer)))
    assert sorted(together([take] * 3)) == [False, False, True]
    assert (Line.objects.count(), Payment.objects.count(), BankStatement.objects.count()) == (2, 2, 1)
    assert Invoice.objects.get(pk=invoice.pk).open_amount == 0
    assert sum(Payment.objects.values_list("unallocated", flat=True)) == D("200.00")


def proposed(statement, payer):
    statement(exchange(document("300.00")))()
    line = Line.objects.get()
    propose_placement(line.pk, by=system_user(), day=DAY, shares=[Share(payer.pk, D("300.00"))])
    return line


def confirming(line, by):
    return lambda: bool(confirm_placement(line.pk, by=by, day=DAY))


def test_two_people_confirm_one_line(anna, statement):
    payer = client_of(anna)
    open_invoice(payer, "1000.00")
    people = [person(f"finance{n}", "Ключева", str(n), "finance_director") for n in range(3)]
    line = proposed(statement, payer)
    outcomes = together([confirming(line, each) for each in people])
    assert told(outcomes)[0] == "True" and len([each for each in outcomes if each is True]) == 1
    assert Payment.objects.count() == 1 and Invoice.objects.get().open_amount == D("700.00")


def test_without_the_lock_one_line_is_booked_twice_or_fails(anna, statement, monkeypatch):
    """The twin: the line is read without its lock, so both second keys find it proposed."""
    payer = client_of(anna)
    people = [person(f"finance{n}", "Ключева", str(n), "finance_director") for n in range(3)]
    line = proposed(statement, payer)
    monkeypatch.setattr(placements, "locked_row", lambda model, pk: model.objects.get(pk=pk))
    monkeypatch.setattr(placements, "lock_clients", lambda pks: {payer.pk: payer})
    outcomes = together([confirming(line, each) for each in people])
    # The unique external id is the last guard: somebody is told of a payment instead of the state of the line.
    assert "external_id_taken" in told(outcomes) or Payment.objects.count() > 1 or outcomes.count(True) > 1


def test_one_external_id_at_once_is_a_refusal_and_no_fault(anna, boris):
    clients = [client_of(anna) for _n in range(4)]
    by = system_user()

    def entering(client):
        return lambda: bool(
            receive_payment(client_id=client.pk, amount=D("5.00"), received_on=DAY, by=by, external_id="e1")
        )

    assert told(together([entering(client) for client in clients])) == ["True", *["external_id_taken"] * 3]
    assert Payment.objects.count() == 1


def test_money_is_given_back_once(anna):
    paid = payment_of(client_of(anna), "100.00")
    by = system_user()

    def giving():
        return bool(refund_payment(paid.pk, by=by, day=DAY, amount=D("80.00"), reason="Переплата"))

    assert told(together([giving] * 3)) == ["True", *["more_than_on_account"] * 2]
    assert Refund.objects.count() == 1 and Payment.objects.get().unallocated == D("20.00")
