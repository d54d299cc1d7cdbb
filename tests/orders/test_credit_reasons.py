"""The one credit check on real rows: edges of the limit, every reason at once, stops, groups, foreign money."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import TestCase

from accounts.actions import (
    change_client,
    create_client_group,
    create_contract,
    lift_hold,
    place_hold,
    set_credit_policy,
)
from accounts.models import CreditHold
from kam.refusals import Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.confirming import confirm_order
from orders.actions.exchange import set_exchange_rate
from orders.actions.order_steps import cancel_order, reopen_order
from orders.actions.shipments import ship_order
from orders.models import Order
from orders.queries.credit import credit_facts
from orders.queries.exchange import held_payers_with
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    open_invoice,
    overdue_invoice,
    payment_of,
    price_column,
    stocked_product,
    submitted_order,
    system_user,
    terms_of,
)

D = Decimal
pytestmark = pytest.mark.django_db


def codes(order) -> list[str]:
    order.refresh_from_db()
    return [each["code"] for each in order.credit["reasons"]]


def with_commit(call):
    """Do something whose after-effects wait for the commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        call()


def confirmed(client, anna, price, column=None):
    """An order of one unit at this price, asked to be confirmed."""
    goods = stocked_product(price=price, cost="1.00", column=column)
    return confirm_order(submitted_order(client, anna, {goods: 1}).pk, by=anna, day=DAY)


@pytest.mark.parametrize(("price", "status"), [("99.99", "confirmed"), ("100.00", "confirmed"), ("100.01", "held")])
def test_the_limit_is_reached_and_not_passed(anna, price, status):
    order = confirmed(buyer(anna, credit_limit=D("100.00")), anna, price)
    assert order.status == status
    assert codes(order) == ([] if status == "confirmed" else ["over_limit"])


@pytest.mark.parametrize(("ends", "found"), [(0, []), (1, ["terms_expired"])])
def test_terms_hold_to_the_end_of_their_last_day(anna, ends, found):
    client = client_of(anna)
    create_contract(by=system_user(), client=client, number="Д-1", signed_on=dt.date(2024, 1, 1))
    terms_of(client, ends_on=DAY)
    order = submitted_order(client, anna, {stocked_product(): 1})
    confirm_order(order.pk, by=anna, day=DAY + dt.timedelta(days=ends))
    assert codes(order) == found


def test_every_reason_is_told_at_once(anna, fedor):
    client = buyer(anna, credit_limit=D("1000.00"))
    overdue_invoice(client, "600.00", days=3)
    place_hold(client.pk, by=fedor, reason="рекламация")
    place_hold(client.pk, by=None, reason="просрочка")
    order = confirmed(client, anna, "500.00")
    assert (order.status, codes(order)) == ("held", ["on_hold", "automatic_stop", "over_limit", "overdue"])
    assert Order.objects.get(pk=order.pk).unshipped_total == D("0.00")


def test_a_payment_frees_the_order_at_once_and_a_persons_hold_keeps_it(anna, fedor):
    free, kept = buyer(anna), buyer(anna)
    hold = place_hold(kept.pk, by=fedor, reason="спор")
    orders = []
    for client in (free, kept):
        overdue_invoice(client, "600.00", days=3)
        orders.append(confirmed(client, anna, "500.00"))
    assert [each.status for each in orders] == ["held", "held"]
    for client in (free, kept):
        with_commit(lambda client=client: payment_of(client, "600.00", allocate=True))
    assert [Order.objects.get(pk=each.pk).status for each in orders] == ["confirmed", "held"]
    hold.refresh_from_db()
    assert hold.lifted_at is None
    lift_hold(hold.pk, by=fedor, reason="решено")
    assert CreditHold.objects.live().count() == 0


def test_it_is_asked_at_amending_reopening_and_shipping_too(anna):
    client = buyer(anna, credit_limit=D("1000.00"))
    order = confirmed(client, anna, "500.00")
    line = order.lines.get()
    with pytest.raises(Refused) as refused:
        amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(3, line_id=line.pk)])
    assert [each.code for each in refused.value.refusals] == ["over_limit"]
    assert order.lines.get().quantity == 1
    place_hold(client.pk, by=None, reason="просрочка")
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=system_user(), day=DAY)
    assert [each.code for each in refused.value.refusals] == ["automatic_stop"]
    cancel_order(order.pk, by=anna, day=DAY, reason="ошибка")
    assert codes(reopen_order(order.pk, by=anna, day=DAY, reason="всё же нужен")) == ["automatic_stop"]


def holding(anna, limit=None):
    group = create_client_group(by=system_user(), name="Холдинг", credit_limit=limit)
    members = [buyer(anna), buyer(anna)]
    for member in members:
        change_client(member.pk, by=system_user(), group=group)
    return members


@pytest.mark.parametrize(("counts", "found"), [(False, []), (True, ["group_overdue"])])
def test_overdue_debts_of_the_group_count_where_the_policy_says_so(anna, fedor, counts, found):
    late, other = holding(anna)
    overdue_invoice(late, "600.00", days=3)
    set_credit_policy(by=fedor, day=DAY, starts_on=DAY, group_overdue_counts=counts)
    order = confirmed(other, anna, "500.00")
    assert codes(order) == found
    with_commit(lambda: payment_of(late, "600.00", allocate=True))
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_the_policy_of_tomorrow_does_not_count_today(anna, fedor):
    late, other = holding(anna)
    overdue_invoice(late, "600.00", days=3)
    set_credit_policy(by=fedor, day=DAY, starts_on=DAY + dt.timedelta(days=1), group_overdue_counts=True)
    assert confirmed(other, anna, "500.00").status == "confirmed"


def foreign(anna, limit):
    column = price_column("usd", currency="USD")
    return buyer(anna, credit_limit=D(limit), price_column=column), column


def test_without_a_rate_foreign_documents_are_not_guessed(anna):
    client, column = foreign(anna, "100000.00")
    order = confirmed(client, anna, "10.00", column)
    assert (order.status, codes(order)) == ("held", ["rate_missing"])
    assert order.credit["headroom_before"] is None
    assert order.credit["reasons"][0]["values"] == {"currency": "USD", "day": DAY.isoformat()}


def test_a_new_rate_asks_again_for_the_orders_it_held(anna, fedor, django_capture_on_commit_callbacks):
    client, column = foreign(anna, "100000.00")
    waiting = confirmed(client, anna, "10.00", column)
    debtor = buyer(anna, credit_limit=D("100000.00"))
    open_invoice(debtor, "10.00", currency="USD", vat=D("0.00"))
    also = confirmed_order(debtor, anna, {stocked_product(): 1})
    other = confirmed_order(buyer(anna, credit_limit=D("1.00")), anna, {stocked_product(): 1})
    assert {waiting.status, also.status, other.status} == {"held"}
    assert held_payers_with("USD") == {client.pk, debtor.pk}
    with django_capture_on_commit_callbacks(execute=True):
        set_exchange_rate(by=fedor, currency="EUR", day=DAY, rate=D("100"), asked_on=DAY)
    assert Order.objects.filter(status="held").count() == 3
    with django_capture_on_commit_callbacks(execute=True):
        set_exchange_rate(by=fedor, currency="USD", day=DAY, rate=D("90"), asked_on=DAY)
    for order, status in ((waiting, "confirmed"), (also, "confirmed"), (other, "held")):
        assert Order.objects.get(pk=order.pk).status == status


@pytest.mark.parametrize(("limit", "status"), [("1806.66", "confirmed"), ("1806.65", "held")])
def test_foreign_documents_count_at_the_rate_of_the_day(anna, fedor, limit, status):
    client, column = foreign(anna, limit)
    set_exchange_rate(by=fedor, currency="USD", day=DAY - dt.timedelta(days=30), rate=D("60"))
    set_exchange_rate(by=fedor, currency="USD", day=DAY - dt.timedelta(days=1), rate=D("90.333333"))
    set_exchange_rate(by=fedor, currency="USD", day=DAY + dt.timedelta(days=1), rate=D("200"))
    set_exchange_rate(by=fedor, currency="EUR", day=DAY, rate=D("101"))
    open_invoice(client, "10.00", currency="USD", vat=D("0.00"))
    order = confirmed(client, anna, "10.00", column)
    # Ten dollars are 903.33; the order's tax is within its price.
    exact = D("903.33") * 2
    assert order.status == ("confirmed" if D(limit) >= exact else "held") == status
    assert credit_facts([client.pk], DAY)[client.pk].exposure.open_invoices == D("903.33")


def test_debts_of_two_currencies_add_up_in_roubles(anna, fedor):
    client = buyer(anna, credit_limit=D("2000.00"))
    set_exchange_rate(by=fedor, currency="EUR", day=DAY, rate=D("100.505"))
    open_invoice(client, "999.99")
    open_invoice(client, "1.01", currency="EUR", vat=D("0.00"))
    found = credit_facts([client.pk], DAY)[client.pk]
    assert (found.exposure.total, found.headroom) == (D("1101.50"), D("898.50"))


def test_a_confirmed_order_is_not_counted_twice_when_it_ships(anna):
    client = buyer(anna, credit_limit=D("500.00"))
    order = confirmed_order(client, anna, {stocked_product(price="500.00", cost="1.00"): 1})
    ship_order(order.pk, by=system_user(), day=DAY)
    assert credit_facts([client.pk], DAY)[client.pk].exposure.total == D("500.00")
