"""Statements on their way in: twice, overlapping, two equal payments, balances that do not agree, unknown payers."""

import datetime as dt
from decimal import Decimal

import pytest

from kam.imports import Upload, importer_named
from kam.refusals import Forbidden
from orders.actions.payments import receive_payment
from orders.models import Allocation, BankAccount, BankStatement, BankStatementLine, Payment
from tests.factories import DAY, client_of, open_invoice, our_company
from tests.orders.statement_files import OURS, document, exchange, our_account

pytestmark = pytest.mark.django_db
Line = BankStatementLine


@pytest.fixture
def taken(tmp_path, fedor):
    """Take a text as a file; returns the report."""

    def take(text: str, *, by=None, encoding="cp1251", check=False, name="bank.txt", **options):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        upload = Upload(files=((name, path),), by=by or fedor, day=DAY, options=options)
        importer = importer_named("statements")
        return importer.check(upload) if check else importer.commit(upload)

    return take


@pytest.fixture
def payer(anna):
    return client_of(anna)


def test_certain_money_is_booked_with_its_trail(taken, payer, fedor):
    our_account()
    invoice = open_invoice(payer, "1200.00")
    report = taken(exchange(document("1200.00", payer=payer, НазначениеПлатежа=f"Оплата по счету {invoice.number}"),
                            opening="100.00", closing="1300.00"))  # fmt: skip
    assert not report.problems
    line = Line.objects.get()
    assert (line.status, line.confidence, line.kind, line.client_id) == ("placed", "certain", "client", payer.pk)
    assert [each["code"] for each in line.why] == ["payer_by_inn", "named_exact"]
    payment = Payment.objects.get()
    assert (payment.amount, payment.unallocated, payment.bank_line_id) == (Decimal("1200.00"), Decimal("0.00"), line.pk)
    assert payment.entered_by == fedor
    assert list(Allocation.objects.values_list("invoice_id", "amount", "rule")) == [
        (invoice.pk, Decimal("1200.00"), "stated")
    ]
    invoice.refresh_from_db()
    assert invoice.open_amount == 0
    statement = BankStatement.objects.get()
    assert (statement.opening, statement.closing, statement.received) == (100, 1300, 1200)
    assert statement.differences == []


def test_the_same_file_twice_changes_nothing(taken, payer):
    our_account()
    text = exchange(document(payer=payer), document("7.00", out=True, НазначениеПлатежа="Комиссия за перевод"))
    assert taken(text).changes
    before = [list(model.objects.order_by("pk").values()) for model in (BankStatement, Line, Payment)]
    assert taken(text).changes == 0
    assert [list(model.objects.order_by("pk").values()) for model in (BankStatement, Line, Payment)] == before


def test_a_longer_statement_brings_only_what_is_new_and_two_equal_payments_stay_two(taken, payer):
    our_account()
    one, other = document(payer=payer), document("5.00", number="2", payer=payer)
    taken(exchange(one))
    report = taken(exchange(one, one, other, last="21.11.2026"))
    assert report.counts["lines_created"] == 2 and report.counts["lines_unchanged"] == 1
    assert sorted(Line.objects.values_list("amount", flat=True)) == [5, 1200, 1200]
    assert Payment.objects.count() == 3


def test_a_difference_of_balances_is_told_and_not_fatal(taken, payer):
    our_account()
    report = taken(exchange(document("10.00", payer=payer), opening="1.00", closing="12.00", received="10.00"))
    statement = BankStatement.objects.get()
    assert [each["code"] for each in statement.differences] == ["closing_differs"]
    assert statement.differences[0]["values"]["difference"] == "1.00"
    assert [each.severity for each in report.problems] == ["warning"]
    assert Line.objects.count() == 1


def test_a_gap_after_the_statement_before_is_told(taken, payer):
    our_account()
    before = document("10.00", day="19.11.2026", payer=payer)
    taken(exchange(before, opening="0.00", closing="10.00", first="19.11.2026", last="19.11.2026"))
    taken(exchange(document("10.00", number="9", payer=payer), opening="15.00", closing="25.00"))
    [told] = BankStatement.objects.get(starts_on=DAY).differences
    assert (told["code"], told["values"]["difference"]) == ("opening_differs", "5.00")


def test_money_of_nobody_we_know_is_parked(taken):
    our_account()
    taken(exchange(document("99.00", ПлательщикИНН="7707083893")))
    line = Line.objects.get()
    assert (line.status, line.confidence, line.client_id) == ("parked", "unknown", None)
    assert Payment.objects.count() == 0


def test_what_could_be_read_in_two_ways_waits(taken, payer):
    our_account()
    open_invoice(payer, "1000.00", due_on=dt.date(2026, 11, 1))
    open_invoice(payer, "900.00", due_on=dt.date(2026, 11, 2))
    taken(exchange(document("500.00", payer=payer)))
    line = Line.objects.get()
    assert (line.status, line.confidence, line.client_id) == ("to_place", "likely", payer.pk)
    assert Payment.objects.count() == 0 and len(line.invoices) == 1


def test_fees_own_transfers_and_what_we_pay_are_kept_apart(taken, payer):
    our_account()
    our_account("40702810900000000002")
    our_company()
    taken(exchange(
        document("50.00", out=True, НазначениеПлатежа="Комиссия банка за ведение счета"),
        document("60.00", number="2", out=True, ПолучательСчет="40702810900000000002",
                 ПолучательРасчСчет="40702810900000000002"),
        document("70.00", number="3", out=True, НазначениеПлатежа="Аренда офиса"),
        document("80.00", number="4", out=True, payer=payer, НазначениеПлатежа="Возврат ошибочно уплаченного"),
    ))  # fmt: skip
    assert sorted(Line.objects.values_list("amount", "kind", "status")) == [
        (50, "fee", "apart"), (60, "own", "apart"), (70, "outgoing", "apart"), (80, "refund", "to_place"),
    ]  # fmt: skip


def test_an_account_that_is_not_ours_is_left_out_unless_we_say_so(taken, payer):
    text = exchange(document(payer=payer))
    report = taken(text)
    assert report.counts["lines_skipped"] == 1 and not Line.objects.exists() and not BankAccount.objects.exists()
    assert OURS in report.problems[0].text
    taken(text, accounts="add")
    assert BankAccount.objects.get().number == OURS and Line.objects.count() == 1


def test_a_check_writes_nothing_and_shows_what_was_understood(taken, payer):
    our_account()
    report = taken(exchange(document(payer=payer), opening="0", closing="1200"), check=True)
    assert report.counts["lines_created"] == 1 and not Line.objects.exists() and not Payment.objects.exists()
    headings, rows = report.overview
    assert rows[0][0] == OURS and rows[0][7:9] == ("1", "1") and len(headings) == len(rows[0])


def test_a_payment_entered_by_hand_before_is_not_entered_again(taken, payer, fedor):
    our_account()
    by_hand = receive_payment(client_id=payer.pk, amount=Decimal("1200.00"), received_on=DAY, by=fedor, number="15")
    taken(exchange(document("1200.00", number="15", payer=payer), document("1200.00", number="16", payer=payer)))
    by_hand.refresh_from_db()
    assert by_hand.bank_line.status == "placed" and by_hand.bank_line.document_number == "15"
    other = Line.objects.get(document_number="16")
    assert (other.status, other.confidence) == ("to_place", "likely")
    assert Payment.objects.count() == 1


def test_only_who_may_takes_statements(taken, anna):
    our_account()
    with pytest.raises(Forbidden):
        taken(exchange(document()), by=anna)
    assert not Line.objects.exists()


def test_a_payer_of_two_payments_of_one_invoice_never_pays_it_twice(taken, payer):
    our_account()
    invoice = open_invoice(payer, "1200.00")
    purpose = f"Оплата по счету {invoice.number}"
    taken(exchange(*[document("800.00", number=str(each), payer=payer, НазначениеПлатежа=purpose) for each in (1, 2)]))
    invoice.refresh_from_db()
    assert invoice.open_amount == Decimal("400.00")
    assert sorted(Line.objects.values_list("confidence", flat=True)) == ["certain", "likely"]
