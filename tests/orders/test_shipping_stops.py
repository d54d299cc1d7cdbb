from decimal import Decimal

import pytest

from accounts.actions import lift_hold, place_hold
from accounts.models import CreditHold
from kam.imports import Upload, importer_named
from kam.models import Notification, TrailEntry
from orders.actions.confirming import confirm_order
from orders.actions.payments import receive_payment
from orders.actions.shipping_stops import change_stop_policy, create_stop_policy, roll_stops
from orders.models import Payment, ShippingStop, StopPolicy
from tests.factories import DAY, buyer, client_of, overdue_invoice, stocked_product, submitted_order, system_user
from tests.orders.debtors import later
from tests.orders.statement_files import document, exchange, our_account

D = Decimal
pytestmark = pytest.mark.django_db


def pay(client, amount, on=DAY):
    return receive_payment(client_id=client.pk, amount=D(amount), received_on=on, by=system_user())


@pytest.mark.parametrize(
    ("days", "amount", "stopped"),
    [(30, "50000.00", 0), (31, "50000.00", 1), (31, "9999.99", 0), (31, "10000.00", 1)],
)
def test_who_is_stopped(anna, days, amount, stopped):
    client = client_of(anna)
    overdue_invoice(client, amount, days=days)
    assert roll_stops(day=DAY) == stopped
    assert CreditHold.objects.live().filter(client=client, by_person=False).count() == stopped


def test_the_stop_tells_why_and_comes_once(anna):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    roll_stops(day=DAY)
    assert roll_stops(day=DAY) == 0
    assert roll_stops(day=later(1)) == 0
    stop = ShippingStop.objects.get()
    assert (stop.overdue, stop.days, stop.days_allowed, stop.amount_from, stop.placed_on) == (
        D("50000.00"), 31, 30, D("10000.00"), DAY,
    )  # fmt: skip
    assert "50\xa0000,00\xa0₽" in stop.hold.reason
    assert Notification.objects.filter(user=anna, kind="hold").count() == 1
    assert TrailEntry.objects.of(client).first().verb == "place_hold"


def test_only_what_is_late_beyond_the_days_counts(anna):
    client = client_of(anna)
    overdue_invoice(client, "5000.00", days=40)
    overdue_invoice(client, "50000.00", days=20)
    assert roll_stops(day=DAY) == 0


def test_a_payment_lifts_it_at_once(anna, django_capture_on_commit_callbacks):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    roll_stops(day=DAY)
    with django_capture_on_commit_callbacks(execute=True):
        pay(client, "40000.00")
    assert CreditHold.objects.live().exists(), "10 000 are still late"
    with django_capture_on_commit_callbacks(execute=True):
        pay(client, "0.01")
    hold = CreditHold.objects.get()
    assert (hold.lifted_at is None, hold.lifted_by, ShippingStop.objects.get().lifted_on) == (False, None, DAY)


def test_a_statement_that_pays_lifts_it_and_frees_the_order_it_held(
    anna, fedor, tmp_path, django_capture_on_commit_callbacks
):
    our_account()
    client, idle = buyer(anna), client_of(anna)
    debt, other = (overdue_invoice(each, "50000.00", days=31) for each in (client, idle))
    roll_stops(day=DAY)
    order = confirm_order(submitted_order(client, anna, {stocked_product(): 1}).pk, by=anna, day=DAY)
    assert order.status == "held"
    lines = [
        document("50000.00", number=str(number), payer=invoice.client, НазначениеПлатежа=f"По счету {invoice.number}")
        for number, invoice in enumerate((debt, other))
    ]
    path = tmp_path / "bank.txt"
    path.write_text(exchange(*lines), encoding="cp1251")
    upload = Upload(files=(("bank.txt", path),), by=fedor, day=DAY)
    with django_capture_on_commit_callbacks(execute=True):
        importer_named("statements").check(upload)
    assert ShippingStop.objects.live().count() == 2, "a check lifts nothing"
    with django_capture_on_commit_callbacks(execute=True):
        importer_named("statements").commit(upload)
    assert Payment.objects.count() == 2
    assert not ShippingStop.objects.live().exists()
    assert not CreditHold.objects.live().exists()
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_the_job_lifts_what_a_change_of_the_rule_frees(anna, fedor):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    roll_stops(day=DAY)
    change_stop_policy(StopPolicy.objects.get().pk, by=fedor, days=60)
    assert roll_stops(day=later(1)) == 1
    assert not CreditHold.objects.live().exists()
    assert roll_stops(day=later(30)) == 1, "61 days late: stopped again"


def test_a_persons_hold_is_never_lifted_by_the_job(anna, boris, django_capture_on_commit_callbacks):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    own = place_hold(client.pk, by=boris, reason="Не отвечает")
    roll_stops(day=DAY)
    with django_capture_on_commit_callbacks(execute=True):
        pay(client, "50000.00")
    roll_stops(day=later(1))
    assert list(CreditHold.objects.live()) == [own]


def test_what_a_person_lifted_is_not_placed_again(anna, boris):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    roll_stops(day=DAY)
    lift_hold(CreditHold.objects.get().pk, by=boris, reason="Договорились")
    assert [roll_stops(day=later(n)) for n in (0, 1, 2)] == [0, 0, 0]
    pay(client, "50000.00", on=later(3))
    roll_stops(day=later(3))
    assert ShippingStop.objects.live().count() == 0
    overdue_invoice(client, "50000.00", days=31, day=later(40))
    assert roll_stops(day=later(40)) == 1


def test_of_several_rules_the_strictest_names_the_stop(anna, fedor):
    create_stop_policy(by=fedor, name="Дилеры", channel="dealer", days=10, amount=D("1000.00"))
    client, other = client_of(anna), client_of(anna, channel="retail")
    for each in (client, other):
        overdue_invoice(each, "20000.00", days=11)
    assert roll_stops(day=DAY) == 1
    stop = ShippingStop.objects.get()
    assert (stop.client, stop.policy.name, stop.days_allowed) == (client, "Дилеры", 10)


def test_a_past_day_is_told_by_what_was_open_then(anna):
    client = client_of(anna)
    overdue_invoice(client, "50000.00", days=31)
    pay(client, "50000.00", on=later(2))
    assert roll_stops(day=DAY) == 1
    assert roll_stops(day=later(2)) == 1
    assert ShippingStop.objects.get().lifted_on == later(2)


def test_an_order_of_a_stopped_client_is_held_and_goes_on_after_payment(
    anna, sonya, django_capture_on_commit_callbacks
):
    goods = stocked_product(10)
    client = buyer(anna, overdue_days_allowed=365)
    overdue_invoice(client, "50000.00", days=31)
    roll_stops(day=DAY)
    order = submitted_order(client, anna, {goods: 1})
    order = confirm_order(order.pk, by=anna, day=DAY)
    assert order.status == "held"
    with django_capture_on_commit_callbacks(execute=True):
        pay(client, "50000.00")
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_many_clients_need_no_more_statements(anna, django_assert_max_num_queries):
    for _number in range(12):
        overdue_invoice(client_of(anna), "50000.00", days=31)
    with django_assert_max_num_queries(12):
        assert roll_stops(day=DAY) == 12
