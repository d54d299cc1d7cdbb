import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ClientGroup
from kam.refusals import Refused
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import allocate_payment, receive_payment, undo_allocation
from orders.actions.refunds import refund_payment, undo_refund
from orders.models import Allocation, CreditNote, Invoice, Payment, Refund
from orders.queries.receivables import Scope, ageing, invoices_on, key_figures
from orders.rules.aging import Bucket, Debt, Settled, bucket_of, open_as_of, totals_by_bucket
from tests.factories import DAY, client_of, open_invoice, overdue_invoice, payment_of

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@override("en")
def picture(user, as_of, by="client", **fields):
    """The ageing as plain data: label → filled buckets, with the money on account under its own name."""
    found = ageing(user, as_of, by, **fields)
    rows = {}
    for row in found.rows:
        rows[row.label] = {bucket.value: str(amount) for bucket, amount in row.buckets.items() if amount}
        if row.on_account:
            rows[row.label]["on_account"] = str(row.on_account)
    assert found.total.total == sum((row.total for row in found.rows), D("0.00"))
    assert found.total.on_account == sum((row.on_account for row in found.rows), D("0.00"))
    return rows


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, "not_due"),
        (0, "not_due"),
        (1, "days_1_30"),
        (30, "days_1_30"),
        (31, "days_31_60"),
        (60, "days_31_60"),
        (61, "days_61_90"),
        (90, "days_61_90"),
        (91, "over_90"),
        (900, "over_90"),
    ],
)
def test_the_query_has_the_buckets_of_the_rule(days, bucket, anna):
    client = client_of(anna, name="Азимут")
    invoice = overdue_invoice(client, "100.00", days=days)
    assert bucket_of(invoice.due_on, DAY) == bucket
    assert picture(anna, DAY) == {"Азимут": {bucket: "100.00"}}
    assert [row.bucket for row in invoices_on(anna, DAY)] == [bucket]


def test_money_on_account_is_never_netted(anna):
    client = client_of(anna, name="Азимут")
    overdue_invoice(client, "100.00", days=40)
    payment_of(client, "30.00", DAY)
    assert picture(anna, DAY) == {"Азимут": {"days_31_60": "100.00", "on_account": "30.00"}}
    assert picture(anna, DAY - ONE_DAY) == {"Азимут": {"days_31_60": "100.00"}}
    figures = key_figures(client.pk, DAY)
    assert (figures.total, figures.overdue, figures.on_account) == (D("100.00"), D("100.00"), D("30.00"))


def test_a_day_before_an_allocation_sees_the_debt_whole(anna, fedor):
    client = client_of(anna, name="Азимут")
    overdue_invoice(client, "100.00", days=5)
    payment = payment_of(client, "60.00", DAY - 4 * ONE_DAY)
    allocate_payment(payment.pk, by=fedor, day=DAY - ONE_DAY)
    assert picture(anna, DAY - 5 * ONE_DAY) == {"Азимут": {"not_due": "100.00"}}
    assert picture(anna, DAY - 2 * ONE_DAY) == {"Азимут": {"days_1_30": "100.00", "on_account": "60.00"}}
    assert picture(anna, DAY - ONE_DAY) == {"Азимут": {"days_1_30": "40.00"}}


def test_an_undone_allocation_stood_until_it_was_undone(anna, fedor):
    client = client_of(anna, name="Азимут")
    overdue_invoice(client, "100.00", days=20)
    received_on = DAY - 10 * ONE_DAY
    payment = receive_payment(client_id=client.pk, amount=D("100.00"), received_on=received_on, by=fedor)
    undo_allocation(payment.allocations.get().pk, by=fedor, day=DAY - 3 * ONE_DAY, reason="Чужие деньги")
    assert picture(anna, received_on - ONE_DAY) == {"Азимут": {"days_1_30": "100.00"}}
    assert picture(anna, received_on) == {}
    assert picture(anna, DAY - 4 * ONE_DAY) == {}
    assert list(invoices_on(anna, DAY - 4 * ONE_DAY)) == []
    assert picture(anna, DAY - 3 * ONE_DAY) == {"Азимут": {"days_1_30": "100.00", "on_account": "100.00"}}


def test_a_credit_note_counts_from_its_day_before_and_after_a_payment(anna, fedor):
    client = client_of(anna, name="Азимут")
    invoice = overdue_invoice(client, "100.00", days=20)
    issue_credit_note(invoice.pk, by=fedor, day=DAY - 9 * ONE_DAY, amount=D("30.00"), reason="Брак")
    payment = receive_payment(client_id=client.pk, amount=D("70.00"), received_on=DAY - 5 * ONE_DAY, by=fedor)
    issue_credit_note(invoice.pk, by=fedor, day=DAY - 2 * ONE_DAY, amount=D("10.00"), reason="Скидка")
    payment.refresh_from_db()
    assert payment.unallocated == D("10.00")
    assert picture(anna, DAY - 10 * ONE_DAY) == {"Азимут": {"days_1_30": "100.00"}}
    assert picture(anna, DAY - 9 * ONE_DAY) == {"Азимут": {"days_1_30": "70.00"}}
    assert picture(anna, DAY - 5 * ONE_DAY) == {}
    assert picture(anna, DAY - 2 * ONE_DAY) == {"Азимут": {"on_account": "10.00"}}


def test_invoices_of_later_days_are_not_there_yet(anna):
    client = client_of(anna, name="Азимут")
    open_invoice(client, "100.00", DAY + 30 * ONE_DAY, shipped_on=DAY)
    assert picture(anna, DAY - ONE_DAY) == {}
    assert picture(anna, DAY) == {"Азимут": {"not_due": "100.00"}}


def test_by_group_and_by_kam_with_those_who_have_none(anna, vera, fedor):
    holding = ClientGroup.objects.create(name="Холдинг")
    first, second = client_of(anna, group=holding, name="А"), client_of(vera, group=holding, name="Б")
    alone = client_of(None, name="В")
    for client, amount in ((first, "100.00"), (second, "20.00"), (alone, "3.00")):
        overdue_invoice(client, amount, days=1)
    assert picture(fedor, DAY, "group") == {
        "Холдинг": {"days_1_30": "120.00"},
        "No group": {"days_1_30": "3.00"},
    }
    assert picture(fedor, DAY, "manager") == {
        "Аннина Анна": {"days_1_30": "100.00"},
        "Верина Вера": {"days_1_30": "20.00"},
        "No KAM": {"days_1_30": "3.00"},
    }
    assert picture(fedor, DAY, scope=Scope(group_id=holding.pk)) == {
        "А": {"days_1_30": "100.00"},
        "Б": {"days_1_30": "20.00"},
    }
    with pytest.raises(ValueError):
        ageing(fedor, DAY, "colour")


def test_everybody_sees_only_their_clients(anna, boris, vera, fedor):
    for client, amount in ((client_of(anna, name="А"), "100.00"), (client_of(vera, name="Б"), "20.00")):
        invoice = overdue_invoice(client, amount, days=1)
        payment_of(client, "5.00")
        receive_payment(client_id=client.pk, amount=D("1.00"), received_on=DAY, by=fedor)
        issue_credit_note(invoice.pk, by=fedor, day=DAY, amount=D("1.00"), reason="Скидка")
    own = {"А": {"days_1_30": "98.00", "on_account": "5.00"}}
    assert picture(anna, DAY) == picture(boris, DAY) == own
    assert picture(vera, DAY) == {"Б": {"days_1_30": "18.00", "on_account": "5.00"}}
    assert set(picture(fedor, DAY)) == {"А", "Б"}
    assert picture(anna, DAY - ONE_DAY) == {"А": {"not_due": "100.00"}}
    assert invoices_on(anna, DAY, Scope(client_id=vera.clients.get().pk)).count() == 0


def test_every_currency_by_itself(anna):
    client = client_of(anna, name="Азимут")
    overdue_invoice(client, "100.00")
    overdue_invoice(client, "7.00", currency="USD")
    assert picture(anna, DAY) == {"Азимут": {"days_1_30": "100.00"}}
    assert picture(anna, DAY, currency="USD") == {"Азимут": {"days_1_30": "7.00"}}


def test_the_number_of_queries_does_not_grow_with_the_books(anna, fedor, django_assert_num_queries):
    ageing(fedor, DAY)  # who the user is, is asked once

    def count_queries(with_n):
        with django_assert_num_queries(2):
            assert len(ageing(fedor, DAY).rows) == with_n

    overdue_invoice(client_of(anna))
    count_queries(1)
    for _n in range(5):
        overdue_invoice(client_of(anna))
    count_queries(6)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("invoice", "pay", "pay on account", "undo", "credit", "allocate", "refund", "undo refund")),
        st.integers(1, 99_999),
        st.integers(0, 120),
    ),
    min_size=1,
    max_size=12,
)


def happen(client, by, what, pick, days_ago):
    amount, day = D(pick).scaleb(-2), DAY - days_ago * ONE_DAY
    invoices, payments = list(Invoice.objects.all()), list(Payment.objects.all())
    standing = list(Allocation.objects.filter(undone_on=None))
    given = list(Refund.objects.filter(undone_on=None))
    if what == "invoice":
        open_invoice(client, amount, day + 20 * ONE_DAY, shipped_on=day, issued_on=day)
    elif what.startswith("pay"):
        receive_payment(client_id=client.pk, amount=amount, received_on=day, by=by, allocate=what == "pay")
    elif what == "undo" and standing:
        undo_allocation(standing[pick % len(standing)].pk, by=by, day=day, reason="Ошибка")
    elif what == "credit" and invoices:
        issue_credit_note(invoices[pick % len(invoices)].pk, by=by, day=day, amount=amount, reason="Скидка")
    elif what == "allocate" and payments:
        allocate_payment(payments[pick % len(payments)].pk, by=by, day=day)
    elif what == "refund" and payments:
        refund_payment(payments[pick % len(payments)].pk, by=by, day=day, amount=amount, reason="Переплата")
    elif what == "undo refund" and given:
        undo_refund(given[pick % len(given)].pk, by=by, day=day, reason="Ошибка")


def by_the_rule(as_of):
    """The picture by the pure rule, from documents alone."""
    debts = []
    for invoice in Invoice.objects.filter(issued_on__lte=as_of):
        settled = [Settled(row.allocated_on, row.amount) for row in invoice.allocations.all() if stands(row, as_of)]
        settled += [Settled(note.issued_on, note.amount) for note in invoice.credit_notes.all()]
        debts.append(Debt(invoice.due_on, open_as_of(invoice.amount, settled, as_of)))
    return totals_by_bucket(debts, as_of)


def stands(row, day):
    return row.allocated_on <= day and (row.undone_on is None or row.undone_on > day)


def given_back(day):
    """What stood as refunded at the end of a day."""
    rows = Refund.objects.filter(refunded_on__lte=day)
    return sum((row.amount for row in rows if row.undone_on is None or row.undone_on > day), D("0.00"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, looks=st.lists(st.integers(-1, 125), min_size=1, max_size=4))
def test_the_rule_and_the_query_are_twins(events, looks, anna, fedor):
    for model in (Refund, Allocation, CreditNote, Payment, Invoice):
        model.objects.all().delete()
    client = client_of(anna)
    for what, pick, days_ago in events:
        try:
            happen(client, fedor, what, pick, days_ago)
        except Refused:
            continue
    for invoice in Invoice.objects.all():
        days = [day for row in invoice.allocations.all() for day in (row.allocated_on, row.undone_on) if day]
        assert invoice.moved_on == max([*days, *(note.issued_on for note in invoice.credit_notes.all())], default=None)
    for days_ago in looks:
        as_of = DAY - days_ago * ONE_DAY
        expected = by_the_rule(as_of)
        total = ageing(fedor, as_of).total
        assert total.buckets == expected
        listed = invoices_on(fedor, as_of).values_list("bucket", "open_on_day")
        for bucket in Bucket:
            assert sum((amount for found, amount in listed if found == bucket), D("0.00")) == expected[bucket]
        money = Payment.objects.filter(received_on__lte=as_of)
        paid = [row.amount for row in Allocation.objects.filter(payment__in=money) if stands(row, as_of)]
        assert total.on_account == sum(money.values_list("amount", flat=True)) - sum(paid) - given_back(as_of)
