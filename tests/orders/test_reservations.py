"""Reservations after confirming: released, transferred, prolonged, expired; supplies arrive; counters are proved."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import Client
from kam import clock
from kam.models import Notification, Run, TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.confirming import reserve_order
from orders.actions.expiring import Expired, expire_reservations, warn_of_expiry
from orders.actions.locking import lock_orders_only
from orders.actions.proving import mismatches, prove_counters
from orders.actions.quotas import set_quota
from orders.actions.reservations import prolong_reservation, release_reservation, transfer_reservation
from orders.actions.supplies import cancel_supply, create_supply, receive_supply
from orders.models import Order, Quota, Reservation, StockLevel, SupplyLine
from tests.factories import DAY, buyer, confirmed_order, product, stocked_product, supply, system_user, warehouse

pytestmark = pytest.mark.django_db
NEXT_WEEK = DAY + dt.timedelta(days=7)


def codes(caught):
    return [refusal.code for refusal in caught.value.refusals]


def level(one):
    return StockLevel.objects.values_list("on_hand", "reserved").get(product=one)


def live():
    return list(
        Reservation.objects.live().order_by("pk").values_list("line__order", "quantity", "level", "supply_line")
    )


def test_a_release_gives_units_back_and_says_why(anna, boris):
    one = stocked_product(10)
    order = confirmed_order(buyer(anna), anna, {one: 4})
    reservation = Reservation.objects.get()
    with pytest.raises(Refused) as caught:
        release_reservation(reservation.pk, by=anna, reason=" ")
    assert codes(caught) == ["reason_missing"]
    assert level(one) == (10, 4)
    released = release_reservation(reservation.pk, by=boris, reason="Нужно другому")
    assert (released.status, released.end_reason, level(one)) == ("released", "Нужно другому", (10, 0))
    assert Order.objects.get(pk=order.pk).status == "confirmed"
    assert TrailEntry.objects.of(order).first().verb == "reservation_released"
    told = Notification.objects.get(user=anna, kind="reservation_released")
    assert (told.values["units"], told.document_id) == (4, order.pk)
    with pytest.raises(Refused) as caught:
        release_reservation(reservation.pk, by=anna, reason="Ещё раз")
    assert codes(caught) == ["not_live"]
    assert level(one) == (10, 0)


def test_a_stranger_does_not_see_the_reservation(anna, vera):
    confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    with pytest.raises(Reservation.DoesNotExist):
        release_reservation(Reservation.objects.get().pk, by=vera, reason="Чужое")
    assert Reservation.objects.live().count() == 1


def test_whose_order_it_is_is_asked_under_the_lock(anna, vera, monkeypatch):
    """The client changes hands while its KAM waits for the lock: nothing is released any more."""
    one = stocked_product(10)
    first, second = (confirmed_order(buyer(anna), anna, {one: units}) for units in (4, 8))

    def waited_for(pks):
        Client.objects.filter(orders__in=pks).update(manager=vera)
        return lock_orders_only(pks)

    monkeypatch.setattr("orders.actions.reservations.lock_orders_only", waited_for)
    held = Reservation.objects.get(line__order=first)
    for deed in (
        lambda: release_reservation(held.pk, by=anna, reason="Нужнее"),
        lambda: prolong_reservation(held.pk, by=anna, expires_on=NEXT_WEEK),
        lambda: transfer_reservation(held.pk, second.pk, quantity=1, by=anna, day=DAY),
    ):
        Client.objects.update(manager=anna)
        with pytest.raises((Forbidden, Reservation.DoesNotExist)):
            deed()
    held.refresh_from_db()
    assert (held.status, held.quantity, held.expires_on, level(one)) == ("live", 4, dt.date(2026, 11, 25), (10, 10))


def test_a_transfer_serves_another_order_and_moves_no_counter(anna, dasha):
    one = stocked_product(10)
    first = confirmed_order(buyer(anna), anna, {one: 10})
    second = confirmed_order(buyer(anna), anna, {one: 5, stocked_product(1): 1})
    reservation = Reservation.objects.get(line__order=first)
    transfer_reservation(reservation.pk, second.pk, quantity=3, by=anna, day=DAY)
    mine = Reservation.objects.live().filter(product=one).order_by("pk").values_list("line__order", "quantity")
    assert list(mine) == [(first.pk, 7), (second.pk, 3)]
    assert (level(one), mismatches()) == ((10, 10), [])
    assert len(set(Reservation.objects.live().filter(product=one).values_list("promised_at", flat=True))) == 1
    with pytest.raises(Refused) as caught:
        transfer_reservation(reservation.pk, second.pk, quantity=3, by=anna, day=DAY)
    assert codes(caught) == ["not_lacking"]
    with pytest.raises(Refused) as caught:
        transfer_reservation(reservation.pk, first.pk, quantity=1, by=anna, day=DAY)
    assert codes(caught) == ["no_target"]
    with pytest.raises(Order.DoesNotExist):
        transfer_reservation(reservation.pk, confirmed_order(buyer(dasha), dasha, {stocked_product(1): 1}).pk,
                             quantity=1, by=anna, day=DAY)  # fmt: skip


def test_prolonging_moves_the_last_day_only_forward(anna):
    confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    reservation = Reservation.objects.get()
    assert reservation.expires_on == dt.date(2026, 11, 25)
    with pytest.raises(Refused) as caught:
        prolong_reservation(reservation.pk, by=anna, expires_on=dt.date(2026, 11, 25))
    assert codes(caught) == ["not_later"]
    assert prolong_reservation(reservation.pk, by=anna, expires_on=NEXT_WEEK).expires_on == NEXT_WEEK


def test_goods_are_not_kept_from_others_for_ever(anna):
    with clock.at(DAY):
        confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    reservation = Reservation.objects.get()
    last = DAY + dt.timedelta(days=30)
    with pytest.raises(Refused) as caught:
        prolong_reservation(reservation.pk, by=anna, expires_on=last + dt.timedelta(days=1))
    assert codes(caught) == ["too_long"]
    reservation.refresh_from_db()
    assert reservation.expires_on == dt.date(2026, 11, 25)
    assert prolong_reservation(reservation.pk, by=anna, expires_on=last).expires_on == last


def test_warned_once_then_expired_once(anna):
    one = stocked_product(10)
    order = confirmed_order(buyer(anna), anna, {one: 4})
    last = dt.date(2026, 11, 25)
    assert warn_of_expiry(dt.date(2026, 11, 23)) == 0
    assert (warn_of_expiry(dt.date(2026, 11, 24)), warn_of_expiry(dt.date(2026, 11, 24))) == (1, 0)
    told = Notification.objects.get(user=anna, kind="reservation_expires")
    assert told.values == {"order": order.number, "units": 4, "day": {"day": "2026-11-25"}}
    assert expire_reservations(last) == Expired(0, 0)
    assert level(one) == (10, 4)
    assert expire_reservations(last + dt.timedelta(days=1)) == Expired(1, 4)
    assert expire_reservations(last + dt.timedelta(days=1)) == Expired(0, 0)
    assert (level(one), mismatches()) == ((10, 0), [])
    assert Order.objects.get(pk=order.pk).status == "confirmed"
    assert Notification.objects.filter(user=anna, kind="reservation_expired").count() == 1
    reserve_order(order.pk, by=anna, day=NEXT_WEEK)
    assert level(one) == (10, 4)


def test_arrival_serves_promises_in_their_order_and_the_last_wait(anna):
    one = product()
    coming = supply({one: 10}, NEXT_WEEK)
    first = confirmed_order(buyer(anna), anna, {one: 4})
    second = confirmed_order(buyer(anna), anna, {one: 6})
    line = SupplyLine.objects.get(supply=coming)
    received = receive_supply(coming.pk, by=system_user(), day=NEXT_WEEK, received={line.pk: 7}, rest_comes=True)
    line.refresh_from_db()
    here = StockLevel.objects.get(product=one)
    assert (received.status, line.is_open, line.received, line.reserved) == ("expected", True, 7, 3)
    assert live() == [
        (first.pk, 4, here.pk, None),
        (second.pk, 3, None, line.pk),
        (second.pk, 3, here.pk, None),
    ]
    assert (level(one), mismatches()) == ((7, 7), [])
    assert receive_supply(coming.pk, by=system_user(), day=NEXT_WEEK).status == "arrived"
    assert (level(one), mismatches()) == ((10, 10), [])
    from_stock = Reservation.objects.live().filter(line__order=second, level=here)
    assert sum(from_stock.values_list("quantity", flat=True)) == 6


def test_a_short_arrival_without_rest_releases_the_last_promised_and_tells(anna, fedor):
    one = product()
    coming = supply({one: 10}, NEXT_WEEK)
    confirmed_order(buyer(anna), anna, {one: 4})
    second = confirmed_order(buyer(anna), anna, {one: 6})
    line = SupplyLine.objects.get(supply=coming)
    with pytest.raises(Forbidden):
        receive_supply(coming.pk, by=fedor, day=NEXT_WEEK)
    received = receive_supply(coming.pk, by=system_user(), day=NEXT_WEEK, received={line.pk: 7})
    line.refresh_from_db()
    assert (received.status, line.is_open, line.reserved) == ("arrived", False, 0)
    assert (level(one), mismatches()) == ((7, 7), [])
    told = Notification.objects.get(user=anna, kind="supply_came_short")
    assert (told.document_id, told.values["units"]) == (second.pk, 3)


def test_more_than_announced_is_free(anna):
    one = product()
    coming = supply({one: 5}, NEXT_WEEK)
    confirmed_order(buyer(anna), anna, {one: 4})
    line = SupplyLine.objects.get(supply=coming)
    receive_supply(coming.pk, by=system_user(), day=NEXT_WEEK, received={line.pk: 8})
    assert (level(one), mismatches()) == ((8, 4), [])


def test_a_line_of_another_supply_is_refused_and_nothing_arrives(anna):
    one, two = product(), product()
    mine, other = supply({one: 5}), supply({two: 5})
    foreign = SupplyLine.objects.get(supply=other)
    with pytest.raises(Refused) as caught:
        receive_supply(mine.pk, by=system_user(), day=DAY, received={foreign.pk: 5})
    assert codes(caught) == ["foreign_line"]
    assert not StockLevel.objects.exists()


def test_cancelling_a_supply_frees_its_promises(anna):
    one = product()
    coming = supply({one: 10}, NEXT_WEEK)
    order = confirmed_order(buyer(anna), anna, {one: 4})
    cancel_supply(coming.pk, by=system_user(), reason="Завод остановлен")
    assert (live(), mismatches()) == ([], [])
    assert Notification.objects.get(user=anna, kind="supply_cancelled").document_id == order.pk
    with pytest.raises(Refused) as caught:
        receive_supply(coming.pk, by=system_user(), day=NEXT_WEEK)
    assert codes(caught) == ["not_expected"]


def test_a_supply_is_checked_as_a_whole(anna):
    one = product()
    with pytest.raises(Refused) as caught:
        create_supply(by=system_user(), number="S", warehouse_id=warehouse().pk, expected_on=DAY, lines=[])
    assert codes(caught) == ["no_lines"]
    supply({one: 1}, number="S-100")
    with pytest.raises(Refused) as caught:
        supply({one: 0}, number="S-100")
    assert codes(caught) == ["number_taken", "bad_quantity"]


def test_a_quota_cannot_fall_below_what_is_used_nor_overlap(anna, boris):
    client, one = buyer(anna), stocked_product(10, is_scarce=True)
    period = {"starts_on": DAY, "ends_on": NEXT_WEEK}
    set_quota(by=boris, product_id=one.pk, client_id=client.pk, units=5, **period)
    confirmed_order(client, anna, {one: 4})
    with pytest.raises(Refused) as caught:
        set_quota(by=boris, product_id=one.pk, client_id=client.pk, units=3, **period)
    assert codes(caught) == ["below_used"]
    assert set_quota(by=boris, product_id=one.pk, client_id=client.pk, units=4, **period).units == 4
    with pytest.raises(Refused) as caught:
        set_quota(by=boris, product_id=one.pk, client_id=client.pk, units=9, starts_on=DAY, ends_on=DAY)
    assert codes(caught) == ["overlapping_quota"]
    quota = Quota.objects.get()
    assert (quota.units, quota.used) == (4, 4)


def test_a_counter_that_is_off_is_reported_and_left_alone(anna):
    one = stocked_product(10)
    confirmed_order(buyer(anna), anna, {one: 4})
    assert prove_counters(DAY).status == "done"
    StockLevel.objects.filter(product=one).update(reserved=5)
    run = prove_counters(DAY)
    assert (run.status, run.counts) == ("failed", {"mismatches": 1})
    found = run.findings[0]
    assert (found["kind"], found["counted"], found["reserved"]) == ("level", 5, 4)
    assert (level(one), Run.objects.count()) == ((10, 5), 1)


class TestAmending:
    def test_more_units_are_reserved_besides_and_counted(self, anna):
        one = stocked_product(10, price="100.00", cost="10.00")
        order = confirmed_order(buyer(anna), anna, {one: 4})
        line = order.lines.get()
        changed = amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(7, line_id=line.pk)])
        assert (changed.status, changed.total, changed.unshipped_total) == (
            "confirmed", Decimal("700.00"), Decimal("700.00"),
        )  # fmt: skip
        assert sorted(quantity for _order, quantity, *_source in live()) == [3, 4]
        assert (level(one), mismatches()) == ((10, 7), [])

    def test_fewer_units_free_the_difference(self, anna):
        one = stocked_product(10, price="100.00", cost="10.00")
        order = confirmed_order(buyer(anna), anna, {one: 4})
        changed = amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(1, line_id=order.lines.get().pk)])
        assert (changed.unshipped_total, level(one), mismatches()) == (Decimal("100.00"), (10, 1), [])

    def test_units_that_stay_keep_their_place_in_the_queue(self, anna):
        """The first to be promised gives some up; of a short delivery it is still served first."""
        one = product(price="100.00", cost="10.00")
        coming = supply({one: 10}, NEXT_WEEK)
        first = confirmed_order(buyer(anna), anna, {one: 6})
        confirmed_order(buyer(anna), anna, {one: 4})
        promised = Reservation.objects.get(line__order=first)
        amend_order(first.pk, by=anna, day=DAY, changes=[LineChange(4, line_id=first.lines.get().pk)])
        kept, given = Reservation.objects.filter(line__order=first).order_by("pk")
        assert (kept.pk, kept.quantity, kept.promised_at, kept.expires_on) == (
            promised.pk, 4, promised.promised_at, promised.expires_on,
        )  # fmt: skip
        assert (given.quantity, given.status, given.promised_at) == (2, "released", promised.promised_at)
        assert (SupplyLine.objects.get(product=one).reserved, mismatches()) == (8, [])
        receive_supply(coming.pk, by=system_user(), day=DAY, received={coming.lines.get().pk: 5}, rest_comes=True)
        in_stock = Reservation.objects.live().exclude(level=None).order_by("promised_at", "pk")
        assert list(in_stock.values_list("line__order__client", "quantity")) == [
            (first.client_id, 4), (in_stock.last().line.order.client_id, 1),
        ]  # fmt: skip
        assert mismatches() == []

    def test_units_of_the_later_supply_go_first_and_those_here_stay(self, anna):
        one = stocked_product(3, price="100.00", cost="10.00")
        soon, later = (supply({one: 5}, NEXT_WEEK + dt.timedelta(days=days)) for days in (0, 7))
        order = confirmed_order(buyer(anna), anna, {one: 13})
        amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(6, line_id=order.lines.get().pk)])
        assert [(units, bool(here), line) for _order, units, here, line in live()] == [
            (3, True, None), (3, False, soon.lines.get().pk),
        ]  # fmt: skip
        assert (level(one), later.lines.get().reserved, mismatches()) == ((3, 3), 0, [])

    def test_a_new_line_and_one_given_up(self, anna):
        one, two = stocked_product(10, price="100.00", cost="10.00"), stocked_product(10, price="50.00", cost="10.00")
        order = confirmed_order(buyer(anna), anna, {one: 4})
        changes = [LineChange(0, line_id=order.lines.get().pk), LineChange(2, product_id=two.pk)]
        changed = amend_order(order.pk, by=anna, day=DAY, changes=changes)
        assert [(each.position, each.unshipped, each.total) for each in changed.lines.all()] == [
            (1, 0, Decimal("0.00")),
            (2, 2, Decimal("100.00")),
        ]
        assert (level(one), level(two), changed.total) == ((10, 0), (10, 2), Decimal("100.00"))

    def test_beyond_the_limit_is_refused_and_nothing_changes(self, anna):
        one = stocked_product(100, price="100.00", cost="10.00")
        order = confirmed_order(buyer(anna, credit_limit=Decimal("500.00")), anna, {one: 4})
        line = order.lines.get()
        with pytest.raises(Refused) as caught:
            amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(6, line_id=line.pk)])
        assert codes(caught) == ["over_limit"]
        line.refresh_from_db()
        assert (line.quantity, level(one), Order.objects.get(pk=order.pk).total) == (4, (100, 4), Decimal("400.00"))
        assert amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(5, line_id=line.pk)]).total == 500

    def test_a_price_beyond_the_limit_is_refused(self, anna):
        one = stocked_product(100, price="100.00", cost="10.00")
        order = confirmed_order(buyer(anna), anna, {one: 4})
        line = order.lines.get()
        with pytest.raises(Refused) as caught:
            change = LineChange(4, line_id=line.pk, discount_percent=Decimal("6"))
            amend_order(order.pk, by=anna, day=DAY, changes=[change])
        assert codes(caught) == ["discount_over_limit"]
        change = LineChange(4, line_id=line.pk, discount_percent=Decimal("5"))
        assert amend_order(order.pk, by=anna, day=DAY, changes=[change]).total == Decimal("380.00")

    def test_a_line_of_another_order_is_refused(self, anna):
        one = stocked_product(100)
        order, other = confirmed_order(buyer(anna), anna, {one: 4}), confirmed_order(buyer(anna), anna, {one: 4})
        with pytest.raises(Refused) as caught:
            amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(1, line_id=other.lines.get().pk)])
        assert codes(caught) == ["foreign_line"]


def why_ended(language):
    with translation.override(language):
        return [each.why_ended for each in Reservation.objects.exclude(status="live").order_by("pk")]


def test_why_the_program_ended_it_is_told_in_the_language_of_the_reader(anna):
    order = confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    confirmed_order(buyer(anna), anna, {stocked_product(10): 2})
    (amended, other) = Reservation.objects.order_by("pk")
    line = order.lines.get()
    with translation.override("en"):
        amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(3, line_id=line.pk)])
        release_reservation(other.pk, by=anna, reason="Нужно другому")
        expire_reservations(amended.expires_on + dt.timedelta(days=1))
    assert sorted(why_ended("en")) == ["expired", "the order was amended", "Нужно другому"]
    assert sorted(why_ended("ru")) == ["Нужно другому", "заказ изменён", "срок истёк"]
    assert Reservation.objects.get(pk=other.pk).end_reason_parts is None
