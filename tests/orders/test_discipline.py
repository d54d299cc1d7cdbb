"""How clients pay: the rule by hand, the same in SQL, the same for a past day, safe twice."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.discipline import measure_discipline
from orders.actions.exchange import set_exchange_rate
from orders.actions.payments import allocate_payment, undo_allocation
from orders.models import Allocation, Invoice, PaymentDiscipline
from orders.queries.discipline import discipline_of, measured_discipline
from orders.rules.discipline import Discipline, Paid, Unpaid, discipline_from
from tests.factories import DAY, client_of, credit_note_of, open_invoice, payment_of, system_user

D = Decimal


def days(count):
    return dt.timedelta(days=count)


def test_money_weighs():
    paid = [Paid(D("100.00"), DAY, DAY + days(10)), Paid(D("300.00"), DAY, DAY + days(2))]
    assert discipline_from(paid, [], DAY + days(20)) == Discipline(
        DAY + days(20), D("400.00"), D("400.00"), D("4.00"), D("100.00")
    )


def test_early_money_hides_no_late_money():
    paid = [Paid(D("100.00"), DAY, DAY - days(20)), Paid(D("100.00"), DAY, DAY + days(5))]
    found = discipline_from(paid, [], DAY)
    assert (found.average_days_late, found.late_percent) == (D("2.50"), D("50.00"))


@pytest.mark.parametrize(("due", "judged"), [(0, "0"), (-1, "70.00"), (1, "0")])
def test_what_is_due_today_is_not_judged_yet(due, judged):
    found = discipline_from([], [Unpaid(D("70.00"), DAY + days(due))], DAY)
    assert found.judged == D(judged)
    assert found.average_days_late == (D("1.00") if due == -1 else None)


def test_paid_on_the_due_day_is_in_time():
    found = discipline_from([Paid(D("1.00"), DAY, DAY)], [], DAY)
    assert (found.late, found.late_percent) == (D(0), D("0.00"))


def by_rule(client, day) -> Discipline | None:
    """The rule over rows read one by one."""
    invoices = list(Invoice.objects.filter(client=client, issued_on__lte=day))
    standing = list(Allocation.objects.standing_on(day).filter(invoice__client=client).select_related("payment"))
    due = {invoice.pk: invoice.due_on for invoice in invoices}
    paid = [
        Paid(each.amount, due[each.invoice_id], each.payment.paid_on or each.payment.received_on)
        for each in standing
        if each.allocated_on > day - days(365) and each.invoice_id in due
    ]
    unpaid = []
    for invoice in invoices:
        settled = sum((each.amount for each in standing if each.invoice_id == invoice.pk), D(0))
        credited = sum((note.amount for note in invoice.credit_notes.filter(issued_on__lte=day)), D(0))
        unpaid.append(Unpaid(invoice.amount - settled - credited, invoice.due_on))
    found = discipline_from(paid, [each for each in unpaid if each.amount], day)
    return found if found.judged else None


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_sql_and_rule_agree_on_every_day(anna, data):
    client = client_of(anna)
    number = st.integers(1, 40)
    for _each in range(data.draw(st.integers(1, 4))):
        invoice = open_invoice(
            client, D(data.draw(st.integers(100, 9000))).scaleb(-1), due_on=DAY + days(data.draw(number))
        )
        if data.draw(st.booleans()):
            credit_note_of(invoice, "1.00", invoice.issued_on + days(data.draw(number)))
    for _each in range(data.draw(st.integers(0, 4))):
        payment = payment_of(
            client, D(data.draw(st.integers(100, 9000))).scaleb(-1), DAY + days(data.draw(number)), allocate=True
        )
        made = payment.allocations.first()
        if made is not None and data.draw(st.booleans()):
            undo_allocation(made.pk, by=system_user(), day=made.allocated_on + days(data.draw(number)), reason="ошибка")
            if data.draw(st.booleans()):
                allocate_payment(payment.pk, by=system_user(), day=DAY + days(80))
    for offset in (0, 1, 20, 41, 60, 90, 400, 500):
        day = DAY + days(offset)
        assert measured_discipline([client.pk], day).get(client.pk) == by_rule(client, day), offset


@pytest.mark.django_db
def test_measuring_twice_keeps_the_same_and_a_past_day_its_figures(anna):
    client, other = client_of(anna), client_of(anna)
    invoice = open_invoice(client, "100.00", due_on=DAY - days(4))
    open_invoice(other, "100.00", due_on=DAY)
    assert measure_discipline(day=DAY) == 1
    first = list(PaymentDiscipline.objects.values())
    payment_of(client, "100.00", DAY + days(6), allocate=True)
    assert measure_discipline(day=DAY) == 1
    assert list(PaymentDiscipline.objects.values()) == first
    assert measure_discipline(day=DAY + days(6)) == 2
    kept = discipline_of([client.pk, other.pk], DAY + days(6))
    assert kept[client.pk] == Discipline(DAY + days(6), D("100.00"), D("100.00"), D("10.00"), D("100.00"))
    assert kept[other.pk].average_days_late == D("6.00")
    assert discipline_of([client.pk, other.pk], DAY + days(5))[client.pk].average_days_late == D("4.00")
    assert invoice.pk


@pytest.mark.django_db
def test_what_was_measured_by_mistake_goes_when_the_day_is_measured_again(anna):
    client = client_of(anna)
    PaymentDiscipline.objects.create(
        client=client, day=DAY, window_days=365, judged=1, late=0, average_days_late=0, late_percent=0
    )
    assert measure_discipline(day=DAY) == 0
    assert not PaymentDiscipline.objects.exists()


@pytest.mark.django_db
def test_foreign_money_weighs_by_its_rate_and_is_left_out_without_one(anna, fedor):
    client = client_of(anna)
    open_invoice(client, "100.00", due_on=DAY - days(10))
    open_invoice(client, "1.00", due_on=DAY - days(20), currency="USD", vat=D("0.00"))
    assert measured_discipline([client.pk], DAY)[client.pk].average_days_late == D("10.00")
    set_exchange_rate(by=fedor, currency="USD", day=DAY, rate=D("100"))
    found = measured_discipline([client.pk], DAY)[client.pk]
    assert (found.judged, found.average_days_late) == (D("200.00"), D("15.00"))
