"""A payment and a person meet on a held order: it is confirmed once, and never forgotten."""

from decimal import Decimal

import pytest

from orders.actions import confirming
from orders.actions.confirming import confirm_order, release_order
from orders.actions.payments import receive_payment
from orders.models import Order, Reservation, StockLevel
from tests.factories import DAY, buyer, overdue_invoice, stocked_product, submitted_order, system_user
from tests.races.test_confirming import told
from tests.races.together import together

D = Decimal
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def debtor(anna, goods, units):
    client = buyer(anna)
    overdue_invoice(client, "600.00", days=3)
    return client, submitted_order(client, anna, {goods: units})


def paying(client, amount="600.00"):
    by = system_user()
    return lambda: bool(receive_payment(client_id=client.pk, amount=D(amount), received_on=DAY, by=by))


def test_payment_against_release(anna):
    goods, by = stocked_product(10), system_user()
    client, order = debtor(anna, goods, 4)
    assert confirm_order(order.pk, by=anna, day=DAY).status == "held"
    releasing = lambda: release_order(order.pk, by=by, day=DAY, reason="договорились").status  # noqa: E731
    outcomes = together([paying(client), releasing, releasing])
    # Whoever came first confirmed it; the others found it done.
    assert set(told(outcomes)) <= {"True", "confirmed", "wrong_state"}
    assert Order.objects.get().status == "confirmed"
    level = StockLevel.objects.get(product=goods)
    assert (level.on_hand, level.reserved) == (10, 4)
    assert sum(Reservation.objects.live().values_list("quantity", flat=True)) == 4


def test_payment_against_confirm_never_leaves_a_paid_order_held(anna):
    goods = stocked_product(100)
    pairs = [debtor(anna, goods, 1) for _each in range(3)]
    confirming_all = [lambda pk=order.pk: confirm_order(pk, by=anna, day=DAY).status for _client, order in pairs]
    together([*(paying(client) for client, _order in pairs), *confirming_all])
    assert set(Order.objects.values_list("status", flat=True)) == {"confirmed"}


def test_without_the_lock_goods_are_reserved_twice(anna, monkeypatch):
    """The twin: each reads the order as held and reserves for it; the database's own rules stop some, not all."""
    goods, by = stocked_product(50), system_user()
    client, order = debtor(anna, goods, 4)
    confirm_order(order.pk, by=anna, day=DAY)
    monkeypatch.setattr(confirming, "lock_order", lambda pk: Order.objects.select_related("client").get(pk=pk))
    releasing = lambda: release_order(order.pk, by=by, day=DAY, reason="договорились").status  # noqa: E731
    broken = False
    # The window is small; a few rounds always hit it.
    for _round in range(12):
        together([releasing] * 4)
        broken = sum(Reservation.objects.live().values_list("quantity", flat=True)) > 4
        if broken:
            break
        Reservation.objects.all().delete()
        StockLevel.objects.update(reserved=0)
        Order.objects.update(status="held", unshipped_total=0)
    assert broken and client.pk
