"""The demo company: the same for the same seed, with every state to look at and every invariant kept."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import F, Q, Sum

from accounts.models import Client, CreditHold
from kam.clock import MOSCOW
from kam.models import Substitution, User
from kam.roles import ROLES
from orders.models import Allocation, Intake, Invoice, Order, OrderLine, Payment, Reservation, StockLevel, SupplyLine
from reports.demo.company import DemoExists, build_company
from reports.demo.moments import midday
from reports.demo.scale import build_large

END = dt.date(2026, 11, 20)
NOTHING = Decimal("0.00")


def test_nothing_of_the_present_day_happens_later_than_now():
    early = dt.datetime(2026, 11, 20, 0, 15, tzinfo=MOSCOW)
    assert midday(END, present=early) == early
    assert midday(END, present=early.replace(hour=15)) == early.replace(hour=12, minute=0)
    assert midday(END - dt.timedelta(days=1), present=early) == early.replace(day=19, hour=12, minute=0)


class Undo(Exception):
    """Takes a built company back."""


def portrait():
    """What tells one company from another."""
    return (
        list(Client.objects.order_by("inn").values_list("name", "inn", "manager__email")),
        list(Order.objects.order_by("number").values_list("number", "client__inn", "status", "total")),
        list(Payment.objects.order_by("received_on", "client__inn", "amount").values_list("received_on", "amount")),
    )


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_company_with_something_to_do_for_everybody():
    with pytest.raises(Undo), transaction.atomic():
        build_company(end=END, months=1, share=0.1)
        first = portrait()
        raise Undo
    assert not User.objects.exists()
    build_company(end=END, months=1, share=0.1)
    assert portrait() == first
    assert set(User.objects.values_list("groups__name", flat=True)) == set(ROLES)
    assert {"draft", "approval", "submitted"} <= set(Order.objects.values_list("status", flat=True))
    assert Intake.objects.filter(status="waiting").exists()
    assert CreditHold.objects.exists() and Substitution.objects.exists()
    check_invariants()
    with pytest.raises(DemoExists):
        build_company(end=END)


@pytest.mark.django_db
def test_a_large_set_keeps_the_invariants(monkeypatch):
    monkeypatch.setattr("reports.demo.scale.ORDERS_PER_UNIT", 400)
    monkeypatch.setattr("reports.demo.scale.CHUNK", 150)
    monkeypatch.setattr("reports.demo.scale_sql.TABLES", ())  # VACUUM takes no part in a test's transaction
    told = []
    build_large(connection, scale=1, end=END, told=told.append)
    assert told[-1] == "400 of 400 orders"
    assert (Order.objects.count(), OrderLine.objects.count()) == (400, 2000)
    check_invariants()


def check_invariants():
    """Counters equal what they count; documents equal their lines; open amounts equal amounts less allocations."""
    live = Reservation.objects.filter(status="live")
    for level in StockLevel.objects.annotate(promised=Sum("reservations__quantity", filter=_live("reservations"))):
        assert level.reserved == (level.promised or 0)
    for line in SupplyLine.objects.annotate(promised=Sum("reservations__quantity", filter=_live("reservations"))):
        assert line.reserved == (line.promised or 0)
    assert live.exists()
    for order in Order.objects.annotate(lines_total=Sum("lines__total")):
        assert order.total == (order.lines_total or NOTHING)
    paid = dict(Allocation.objects.filter(undone_on=None).values_list("invoice").annotate(Sum("amount")))
    credited = dict(Invoice.objects.values_list("pk").annotate(Sum("credit_notes__amount")))
    for invoice in Invoice.objects.all():
        expected = invoice.amount - paid.get(invoice.pk, NOTHING) - (credited[invoice.pk] or NOTHING)
        assert invoice.open_amount == expected
    spent = dict(Allocation.objects.filter(undone_on=None).values_list("payment").annotate(Sum("amount")))
    for payment in Payment.objects.all():
        assert payment.unallocated == payment.amount - spent.get(payment.pk, NOTHING)
    assert not OrderLine.objects.filter(shipped__gt=F("quantity")).exists()


def _live(path):
    return Q(**{f"{path}__status": "live"})
