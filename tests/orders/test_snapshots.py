"""Kept days: equal to the kopeck to what documents tell, however late and in whatever order these were entered."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import hand_over_client
from accounts.models import Client
from kam.refusals import Refused
from orders.actions.credit_notes import issue_credit_note
from orders.actions.old_days import keep_days
from orders.actions.payments import receive_payment, undo_allocation
from orders.actions.snapshots import take_ageing_snapshot
from orders.models import (
    AgeingDay,
    AgeingDoubt,
    AgeingSnapshot,
    AgeingTotal,
    Allocation,
    CreditNote,
    Debtor,
    Invoice,
    Payment,
    Refund,
)
from orders.models.late_debts import FIRST_DAY, last_kept
from orders.queries.receivables import ageing
from orders.queries.snapshots import FIGURES
from orders.rules.aging import Bucket
from tests.factories import DAY, client_of, open_invoice, overdue_invoice
from tests.orders.test_receivables import EVENTS, by_the_rule, given_back, happen, stands

D = Decimal
ONE_DAY = dt.timedelta(days=1)
KEYS = ("day", "currency", "client__manager")
ONE_SUM = """
SELECT i.client_id, i.due_on, i.amount - coalesce(sum(x.amount), 0) FROM orders_invoice i LEFT JOIN (
    SELECT invoice_id, amount FROM orders_allocation
    WHERE allocated_on <= %(day)s AND (undone_on IS NULL OR undone_on > %(day)s)
    UNION ALL SELECT invoice_id, amount FROM orders_creditnote WHERE issued_on <= %(day)s) x ON x.invoice_id = i.id
WHERE i.issued_on <= %(day)s GROUP BY i.id"""


def kept(day):
    """The kept rows of a day as plain data: client → filled figures."""
    rows = AgeingSnapshot.objects.filter(day=day)
    return {row.client_id: {name: str(getattr(row, name)) for name in FIGURES if getattr(row, name)} for row in rows}


def doubts():
    return sorted(AgeingDoubt.objects.values_list("since_on", flat=True))


def figures(user, day):
    """What the ageing says of a day, client by client."""
    return {row.key: (row.buckets, row.on_account) for row in ageing(user, day).rows}


def test_a_kept_day_holds_ages_money_and_the_month(anna, fedor):
    client = client_of(anna)
    invoice = overdue_invoice(client, "100.00", days=40)
    open_invoice(client, "50.00", DAY + 5 * ONE_DAY, shipped_on=DAY - 3 * ONE_DAY, issued_on=DAY - 3 * ONE_DAY)
    issue_credit_note(invoice.pk, by=fedor, day=DAY - ONE_DAY, amount=D("10.00"), reason="Брак")
    receive_payment(client_id=client.pk, amount=D("7.00"), received_on=DAY, by=fedor, allocate=False)
    assert take_ageing_snapshot(day=DAY) == 1
    assert kept(DAY) == {
        client.pk: {
            "days_31_60": "90.00",
            "not_due": "50.00",
            "on_account": "7.00",
            "sales": "40.00",
            "received": "7.00",
        }
    }
    assert doubts() == []
    assert AgeingDay.objects.get().rows == 1


def test_taken_again_a_day_is_the_same_whatever_came_later(anna, fedor):
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    past = DAY - 6 * ONE_DAY
    take_ageing_snapshot(day=past)
    first = kept(past)
    payment = receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY - ONE_DAY, by=fedor)
    undo_allocation(payment.allocations.get().pk, by=fedor, day=DAY, reason="Чужие деньги")
    assert take_ageing_snapshot(day=past) == 1
    assert kept(past) == first == {client.pk: {"days_1_30": "100.00"}}


def test_a_document_that_comes_late_is_seen_at_once_and_kept_with_the_next_taking(anna, fedor):
    client, other = client_of(anna), client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    overdue_invoice(other, "5.00", days=20)
    keep_days(DAY - 4 * ONE_DAY, DAY - ONE_DAY)
    before, early = kept(DAY - 2 * ONE_DAY), kept(DAY - 4 * ONE_DAY)
    receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY - 3 * ONE_DAY, by=fedor)
    assert doubts() == [DAY - 3 * ONE_DAY] * 2  # of the payment, and of its allocation
    assert kept(DAY - 2 * ONE_DAY) == before
    assert ageing(fedor, DAY - 2 * ONE_DAY).total.total == D("45.00")
    assert ageing(fedor, DAY - 4 * ONE_DAY).total.total == D("105.00")
    take_ageing_snapshot(day=DAY)
    assert doubts() == []
    assert kept(DAY - 4 * ONE_DAY) == early
    assert kept(DAY - 2 * ONE_DAY) == {
        client.pk: {"days_1_30": "40.00", "received": "60.00"},
        other.pk: {"days_1_30": "5.00"},
    }


def test_an_undoing_and_a_changed_due_date_are_changes_too(anna, fedor):
    client = client_of(anna)
    invoice = overdue_invoice(client, "100.00", days=20)
    payment = receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY - 9 * ONE_DAY, by=fedor)
    keep_days(DAY - 5 * ONE_DAY, DAY)
    assert doubts() == []
    undo_allocation(payment.allocations.get().pk, by=fedor, day=DAY - 2 * ONE_DAY, reason="Чужие деньги")
    assert set(doubts()) == {DAY - 2 * ONE_DAY}
    assert ageing(fedor, DAY - 3 * ONE_DAY).total.total == D("40.00")
    assert ageing(fedor, DAY - 2 * ONE_DAY).total.total == D("100.00")
    Invoice.objects.filter(pk=invoice.pk).update(due_on=DAY)
    assert min(doubts()) == invoice.issued_on
    assert ageing(fedor, DAY).total.overdue == 0
    Invoice.objects.filter(pk=invoice.pk).update(comment="Ничего не меняет")
    found = len(doubts())
    Invoice.objects.filter(pk=invoice.pk).update(comment="И это")
    assert len(doubts()) == found


def test_a_day_nobody_kept_is_told_from_documents(anna):
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    keep_days(DAY - ONE_DAY, DAY - ONE_DAY)
    assert AgeingDay.objects.count() == 1
    assert ageing(anna, DAY - 3 * ONE_DAY).total.total == D("100.00")


def test_a_day_after_a_kept_one_is_carried_forward(anna, fedor):
    client, other = client_of(anna), client_of(anna)
    for late in (-1, 0, 1, 29, 30, 31, 60, 61, 90, 91):
        overdue_invoice(client, "100.00", days=late) if late > 0 else open_invoice(
            client, "100.00", DAY - late * ONE_DAY
        )
    overdue_invoice(other, "1000.00", days=60)
    take_ageing_snapshot(day=DAY - ONE_DAY)
    open_invoice(client, "7.00", DAY + 5 * ONE_DAY, shipped_on=DAY, issued_on=DAY)
    payment = receive_payment(client_id=other.pk, amount=D("1200.00"), received_on=DAY, by=fedor)
    carried = {day: figures(fedor, day) for day in (DAY, DAY + ONE_DAY)}
    AgeingDay.objects.all().delete()
    assert carried == {day: figures(fedor, day) for day in carried}
    buckets, money = carried[DAY][client.pk]
    assert ([str(buckets[each]) for each in Bucket], money) == (["207.00", "300.00", "200.00", "200.00", "100.00"], 0)
    assert carried[DAY][other.pk][1] == payment.unallocated == D("200.00")


def test_everybody_sees_only_their_clients_in_kept_days(anna, boris, vera, fedor):
    for manager, amount in ((anna, "100.00"), (vera, "20.00")):
        overdue_invoice(client_of(manager), amount, days=1)
    take_ageing_snapshot(day=DAY)
    receive_payment(client_id=vera.clients.get().pk, amount=D("1.00"), received_on=DAY, by=fedor)
    assert [row.total for row in ageing(anna, DAY).rows] == [D("100.00")]
    assert [row.total for row in ageing(boris, DAY).rows] == [D("100.00")]
    assert [row.total for row in ageing(vera, DAY).rows] == [D("19.00")]
    assert ageing(fedor, DAY).total.total == D("119.00")


def by_one_sum(day):
    """The total by the plain statement that adds up allocations to the day."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_SUM, {"day": day})
        return sum((row[2] for row in cursor.fetchall()), D("0.00"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=EVENTS,
    late=EVENTS,
    days=st.sets(st.integers(0, 125), min_size=1, max_size=5),
    again=st.integers(0, 125),
    looks=st.lists(st.integers(0, 125), max_size=3),
)
def test_kept_days_are_twins_of_the_rule(before, late, days, again, looks, anna, fedor):
    for model in (
        Refund,
        Allocation,
        CreditNote,
        Payment,
        Invoice,
        AgeingSnapshot,
        AgeingTotal,
        AgeingDay,
        AgeingDoubt,
    ):
        model.objects.all().delete()
    client, other = client_of(anna), client_of(anna)
    _live(before, (client, other), fedor)
    for days_ago in sorted(days, reverse=True):
        take_ageing_snapshot(day=DAY - days_ago * ONE_DAY)
    _live(late, (other, client), fedor)
    seen = [DAY - n * ONE_DAY for n in {*days, *looks}]
    for day in seen:  # before the late documents are folded in
        _agrees(fedor, day)
    _late_agrees()
    take_ageing_snapshot(day=DAY - again * ONE_DAY)
    assert not AgeingDoubt.objects.filter(since_on__lte=max(AgeingDay.objects.values_list("day", flat=True))).exists()
    for day in AgeingDay.objects.values_list("day", flat=True):
        _agrees(fedor, day)
        _month_agrees(day)
        _due_days_agree(day)
    _late_agrees()


def _live(events, clients, by):
    for number, (what, pick, days_ago) in enumerate(events):
        try:
            happen(clients[number % 2], by, what, pick, days_ago)
        except Refused:
            continue


def _agrees(user, day):
    total = ageing(user, day).total
    assert total.buckets == by_the_rule(day)
    assert total.total == by_one_sum(day)
    money = Payment.objects.filter(received_on__lte=day)
    paid = [row.amount for row in Allocation.objects.filter(payment__in=money) if stands(row, day)]
    assert total.on_account == sum(money.values_list("amount", flat=True)) - sum(paid) - given_back(day)


def _month_agrees(day):
    rows = AgeingSnapshot.objects.filter(day=day)
    totals = AgeingTotal.objects.filter(day=day)
    for name in FIGURES:
        assert sum(getattr(row, name) for row in rows) == sum(getattr(total, name) for total in totals)
    in_month = (day.replace(day=1), day)
    sold = sum(Invoice.objects.filter(issued_on__range=in_month).values_list("amount", flat=True))
    credited = sum(CreditNote.objects.filter(issued_on__range=in_month).values_list("amount", flat=True))
    received = sum(Payment.objects.filter(received_on__range=in_month).values_list("amount", flat=True))
    assert sum(row.sales for row in rows) == sold - credited
    given = sum(Refund.objects.filter(refunded_on__range=in_month).values_list("amount", flat=True))
    back = sum(Refund.objects.filter(undone_on__range=in_month).values_list("amount", flat=True))
    assert sum(row.received for row in rows) == received - given + back


def _due_days_agree(day):
    """What is kept of late debts by the day they were due is what each of them says."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_SUM, {"day": day})
        told = sum((row[2] * (row[1] - FIRST_DAY).days for row in cursor.fetchall() if row[1] < day), D("0.00"))
    assert sum(row.late_due_days for row in AgeingSnapshot.objects.filter(day=day)) == told


def _late_agrees():
    """The collection list told from the last kept day is the one that late debts add up to, whatever day it is seen."""
    kept = AgeingDay.objects.order_by("day").last().day
    for days in (0, 1, 13, 30):
        day = kept + days * ONE_DAY
        assert late_debts_of(Debtor.objects.owing(day)) == late_debts_of(Debtor.objects.with_debts(day))
        assert last_kept(day).day == kept


def late_debts_of(rows):
    """Client → its late debts, of those that have any."""
    return {row.pk: (row.overdue, row.priority, row.oldest_on, row.oldest_days) for row in rows if row.overdue}


def test_late_debts_follow_documents_at_once(anna, boris, vera, fedor):
    client, other = client_of(anna), client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    overdue_invoice(client, "7.00", days=20, currency="USD")
    open_invoice(client, "10.00", DAY)  # late from tomorrow on
    overdue_invoice(other, "50.00", days=3)
    take_ageing_snapshot(day=DAY)
    tomorrow = DAY + ONE_DAY
    oldest = DAY - 20 * ONE_DAY
    assert late_debts_of(Debtor.objects.owing(DAY))[client.pk] == (D("100.00"), 2, oldest, 20)
    assert late_debts_of(Debtor.objects.owing(tomorrow)) == {
        client.pk: (D("110.00"), 2, oldest, 21),
        other.pk: (D("50.00"), 0, DAY - 3 * ONE_DAY, 4),
    }
    receive_payment(client_id=client.pk, amount=D("100.00"), received_on=tomorrow, by=fedor)
    assert late_debts_of(Debtor.objects.owing(tomorrow))[client.pk] == (D("10.00"), 0, DAY, 1)
    receive_payment(client_id=other.pk, amount=D("50.00"), received_on=DAY - ONE_DAY, by=fedor)  # comes late
    assert list(Debtor.objects.owing(tomorrow).values_list("pk", flat=True)) == [client.pk]
    hand_over_client(client.pk, to_manager=vera, by=boris, day=tomorrow, reason="Отпуск")
    assert [len(Debtor.objects.visible_to(user).owing(tomorrow)) for user in (anna, vera)] == [0, 1]


def test_with_no_kept_day_near_late_debts_are_added_up(anna):
    client = client_of(anna)
    overdue_invoice(client, "100.00", days=20)
    take_ageing_snapshot(day=DAY)
    assert [last_kept(DAY + days * ONE_DAY) is None for days in (-1, 0, 30, 31)] == [True, False, False, True]
    AgeingSnapshot.objects.update(days_1_30=1, late_due_days=1)
    assert late_debts_of(Debtor.objects.owing(DAY + 31 * ONE_DAY))[client.pk][0] == D("100.00")
    assert late_debts_of(Debtor.objects.owing(DAY - ONE_DAY))[client.pk][0] == D("100.00")


@pytest.mark.parametrize("writes", ["one by one", "at once"])
def test_marks_come_with_every_way_of_writing(writes, anna, fedor):
    client = client_of(anna)
    first, second = (overdue_invoice(client, "100.00", days=20) for _n in range(2))
    AgeingDoubt.objects.all().delete()
    if writes == "at once":
        Invoice.objects.filter(pk__in=(first.pk, second.pk)).update(amount=120, net=100, vat=20)
        assert doubts() == [first.issued_on]
    else:
        for invoice in (first, second):
            Invoice.objects.filter(pk=invoice.pk).update(amount=120, net=100, vat=20)
        assert doubts() == [first.issued_on] * 2
    AgeingDoubt.objects.all().delete()
    Invoice.objects.filter(pk=first.pk).delete()
    assert doubts() == [first.issued_on]


def test_the_total_of_a_kept_day_moves_with_its_rows(anna, vera, fedor):
    client, other = client_of(anna), client_of(vera)
    overdue_invoice(client, "100.00", days=20)
    overdue_invoice(other, "5.00", days=20)
    keep_days(DAY - 4 * ONE_DAY, DAY - ONE_DAY)
    receive_payment(client_id=client.pk, amount=D("60.00"), received_on=DAY - 3 * ONE_DAY, by=fedor)
    overdue_invoice(other, "7.00", days=10, currency="USD")
    keep_days(DAY - 2 * ONE_DAY, DAY, again=True)
    assert len(totals_agree()) == 15
    Client.objects.filter(pk=client.pk).update(manager=vera)
    Client.objects.filter(pk=other.pk).update(manager=None)
    take_ageing_snapshot(day=DAY)
    assert {manager for _day, _currency, manager in totals_agree()} == {vera.pk, None}


def totals_agree():
    """The totals that are not zero, having checked that they are the sums of the rows by the clients' KAMs of now."""
    rows = AgeingSnapshot.objects.order_by().values("day", "currency", "client__manager").annotate(
        **{f"all_{name}": Sum(name) for name in FIGURES}
    )  # fmt: skip
    sums = {tuple(row[key] for key in KEYS): [row[f"all_{name}"] for name in FIGURES] for row in rows}
    kept = {
        (row.day, row.currency, row.manager_id): [getattr(row, name) for name in FIGURES]
        for row in AgeingTotal.objects.all()
    }
    assert {key: figures for key, figures in kept.items() if any(figures)} == sums
    return sums


def test_the_largest_only_with_the_total_of_all(anna, fedor):
    clients = [client_of(anna) for _number in range(4)]
    for number, client in enumerate(clients, 1):
        overdue_invoice(client, f"{number}0.00", days=20)
    found = ageing(fedor, DAY, "client", most=2)
    assert [(row.key, row.total) for row in found.rows] == [(clients[3].pk, D("40.00")), (clients[2].pk, D("30.00"))]
    assert (found.total.total, found.count) == (D("100.00"), 4)
