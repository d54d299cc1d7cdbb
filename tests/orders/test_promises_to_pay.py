from decimal import Decimal

import pytest
from django.utils.translation import override

from accounts.models import Activity
from kam import formats
from kam.models import Notification, TrailEntry
from kam.notifications import text_of
from kam.refusals import Forbidden, Refused
from orders.actions.promises_to_pay import settle_promises, take_promise, withdraw_promise
from orders.models import PaymentPromise
from tests.factories import DAY, client_of, overdue_invoice, payment_of
from tests.orders.debtors import later

D = Decimal
pytestmark = pytest.mark.django_db


def promise_of(client, by, amount="1000.00", days=5, **fields):
    fields = {"grace_days": 2, **fields}
    return take_promise(by=by, day=DAY, client_id=client.pk, amount=D(amount), due_on=later(days), **fields)


def state(promise):
    promise.refresh_from_db()
    return promise.status, promise.kept_on or promise.broken_on, promise.received


def test_a_promise_is_taken_with_the_note_of_the_call(anna):
    client = client_of(anna)
    promise = promise_of(client, anna, note="Оплатят из выручки", next_subject="Проверить", next_due_on=later(6))
    call = promise.activity
    assert (call.kind, call.result, call.done_by, call.due_on) == ("call", "Оплатят из выручки", anna, DAY)
    step = Activity.objects.to_do().get(client=client)
    assert (step.subject, step.due_on) == ("Проверить", later(6))
    assert TrailEntry.objects.of(promise).get().verb == "create"


@pytest.mark.parametrize(
    ("parts", "threshold", "day", "expected"),
    [
        ([], 100, 7, ("open", None, "0.00")),  # the last day of grace
        ([], 100, 8, ("broken", 8, "0.00")),
        ([(0, "1000.00")], 100, 0, ("kept", 0, "1000.00")),  # money of the same day counts
        ([(-1, "1000.00")], 100, 8, ("broken", 8, "0.00")),  # money of the day before does not
        ([(3, "999.99")], 100, 5, ("open", None, "0.00")),
        ([(3, "999.99")], 100, 8, ("broken", 8, "999.99")),
        ([(3, "400.00"), (7, "600.00")], 100, 8, ("kept", 7, "1000.00")),  # on the last day of grace
        ([(3, "400.00"), (8, "600.00")], 100, 9, ("broken", 8, "400.00")),  # a day too late
        ([(3, "900.00")], 90, 4, ("kept", 3, "900.00")),
        ([(3, "899.99")], 90, 8, ("broken", 8, "899.99")),
        ([(3, "900.00"), (4, "500.00")], 90, 20, ("kept", 3, "900.00")),
    ],
)
def test_kept_or_broken(anna, parts, threshold, day, expected):
    client = client_of(anna)
    promise = promise_of(client, anna, threshold_percent=D(threshold))
    for days, amount in parts:
        payment_of(client, amount, received_on=later(days))
    settle_promises(day=later(day))
    status, on, received = expected
    assert state(promise) == (status, on if on is None else later(on), D(received))


def test_missed_nights_tell_the_same_and_nothing_is_opened_again(anna):
    client = client_of(anna)
    promise = promise_of(client, anna)
    payment_of(client, "1000.00", received_on=later(4))
    assert settle_promises(day=later(30)) == 1
    first = state(promise)
    assert first == ("kept", later(4), D("1000.00"))
    assert settle_promises(day=later(30)) == 0
    assert settle_promises(day=later(1)) == 0
    assert state(promise) == first


def test_money_entered_too_late_leaves_it_broken(anna):
    client = client_of(anna)
    promise = promise_of(client, anna)
    settle_promises(day=later(8))
    payment_of(client, "1000.00", received_on=later(5))
    assert settle_promises(day=later(9)) == 0
    assert state(promise) == ("broken", later(8), D("0.00"))


def test_money_of_another_currency_or_client_does_not_count(anna):
    client = client_of(anna)
    promise = promise_of(client, anna)
    payment_of(client, "1000.00", received_on=later(2), currency="USD")
    payment_of(client_of(anna), "1000.00", received_on=later(2))
    settle_promises(day=later(8))
    assert state(promise)[0] == "broken"


def test_the_kam_is_told_of_a_broken_one_once(anna):
    client = client_of(anna)
    promise = promise_of(client, anna)
    settle_promises(day=later(8))
    settle_promises(day=later(9))
    told = Notification.objects.get(kind="promise_broken")
    assert (told.user, told.document_id, told.values["client"]) == (anna, promise.pk, client.name)
    assert told.values["day"] == {"day": promise.due_on.isoformat()}
    with override("en"):
        assert formats.money(promise.amount) in text_of(told)
        assert formats.day(promise.due_on, "en") in text_of(told)
    with override("ru"):
        assert formats.money(promise.amount) in text_of(told)
        assert f"{promise.due_on:%d.%m.%Y}" in text_of(told)
    entry = TrailEntry.objects.of(promise).first()
    assert (entry.verb, entry.by, entry.changes) == ("break", None, {"status": ["open", "broken"]})


def test_one_open_promise_at_a_time(anna):
    client = client_of(anna)
    first = promise_of(client, anna)
    with pytest.raises(Refused):
        promise_of(client, anna)
    assert PaymentPromise.objects.count() == 1
    withdraw_promise(first.pk, by=anna, reason="Записано не тому клиенту")
    promise_of(client, anna)
    assert settle_promises(day=later(8)) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": "0.00"}, "amount_not_positive"),
        ({"amount": "1.001"}, "amount_not_positive"),
        ({"days": -1}, "in_the_past"),
        ({"grace_days": 31}, "grace_too_long"),
    ],
)
def test_what_cannot_be_promised(anna, fields, code):
    client = client_of(anna)
    with pytest.raises(Refused) as refused:
        promise_of(client, anna, **fields)
    assert [each.code for each in refused.value.refusals] == [code]
    assert not PaymentPromise.objects.exists()


def test_only_for_ones_own_clients(anna, vera, boris, fedor):
    client = client_of(anna)
    overdue_invoice(client)
    with pytest.raises(Forbidden):
        promise_of(client, vera)
    promise = promise_of(client, boris)
    assert [PaymentPromise.objects.visible_to(user).count() for user in (anna, vera, boris, fedor)] == [1, 0, 1, 1]
    with pytest.raises(Refused):
        withdraw_promise(promise.pk, by=anna, reason=" ")


def test_many_are_settled_by_the_same_number_of_statements(anna, django_assert_num_queries):
    clients = [client_of(anna) for _number in range(3)]
    for client in clients:
        promise_of(client, anna)
    settled = settle_promises(day=later(8))
    assert settled == 3
    for client in clients[:2]:
        promise_of(client, anna)
    with django_assert_num_queries(4):  # the statement, the promises, their trail, the messages
        settle_promises(day=later(8))
