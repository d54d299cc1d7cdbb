"""Submitting, approving, confirming: limits, four eyes, credit, reservation, and the number of statements."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_client_group, lift_hold, place_hold
from accounts.models import Client
from kam.clock import today
from kam.models import Substitution, TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.confirming import (
    confirm_order,
    re_evaluate_all_holds,
    re_evaluate_holds,
    recheck_order,
    release_order,
    reserve_order,
)
from orders.actions.order_steps import (
    approve_order,
    cancel_order,
    close_order,
    move_order,
    reopen_order,
    return_order,
    submit_order,
    withdraw_order,
)
from orders.actions.quotas import set_quota
from orders.models import Order, Reservation, StockLevel, SupplyLine
from tests.factories import (
    DAY,
    buyer,
    catalogue,
    client_of,
    confirmed_order,
    draft_order,
    open_invoice,
    payment_of,
    product,
    stocked_product,
    submitted_order,
    supply,
    system_user,
    terms_of,
)

pytestmark = pytest.mark.django_db


def codes(caught):
    return [refusal.code for refusal in caught.value.refusals]


def reserved(one):
    return StockLevel.objects.get(product=one).reserved


def test_within_the_limits_an_order_is_submitted_with_its_cost(anna):
    one = product(price="1000.00", cost="600.00")
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, None, Decimal(5))}).pk, by=anna, day=DAY)
    assert (order.status, order.approval, order.submitted_by) == ("submitted", [], anna)
    assert order.lines.get().unit_cost == Decimal("600.00")


def test_a_discount_of_exactly_the_limit_needs_nobody_whatever_the_rounding(anna):
    one = product(price="999.99", cost="600.00")
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, None, Decimal(5))}).pk, by=anna, day=DAY)
    assert (order.status, order.lines.get().price) == ("submitted", Decimal("949.99"))
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, Decimal("949.98"))}).pk, by=anna, day=DAY)
    assert order.status == "approval"


def test_beyond_the_limit_and_below_the_margin_waits_with_both_reasons(anna, boris):
    one = product(price="1000.00", cost="790.00")
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, None, Decimal("5.01"))}).pk, by=anna, day=DAY)
    assert order.status == "approval"
    assert [(each["line"], each["code"]) for each in order.approval] == [
        (1, "discount_over_limit"),
        (1, "margin_below_least"),
    ]
    with pytest.raises(Forbidden):
        approve_order(order.pk, by=anna, day=DAY)
    approved = approve_order(order.pk, by=boris, day=DAY)
    assert (approved.status, approved.approved_by) == ("submitted", boris)


def test_nobody_approves_what_they_submitted(boris, galina):
    client = buyer(boris)
    one = product(price="1000.00")
    order = submit_order(draft_order(client, boris, {one: (1, Decimal("500.00"))}).pk, by=boris, day=DAY)
    with pytest.raises(Refused) as caught:
        approve_order(order.pk, by=boris, day=DAY)
    assert codes(caught) == ["four_eyes"]
    order.refresh_from_db()
    assert order.status == "approval"
    assert approve_order(order.pk, by=galina, day=DAY).status == "submitted"


def test_a_head_of_another_team_may_not_approve(anna, gleb):
    one = product(price="1000.00")
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, Decimal("500.00"))}).pk, by=anna, day=DAY)
    with pytest.raises(Forbidden):
        approve_order(order.pk, by=gleb, day=DAY)


def test_a_returned_order_is_a_draft_without_decisions(anna, boris):
    one = product(price="1000.00")
    order = submit_order(draft_order(buyer(anna), anna, {one: (1, Decimal("500.00"))}).pk, by=anna, day=DAY)
    with pytest.raises(Refused) as caught:
        return_order(order.pk, by=boris, day=DAY)
    assert codes(caught) == ["reason_missing"]
    back = return_order(order.pk, by=boris, day=DAY, reason="Дорого")
    assert (back.status, back.approval, back.submitted_by) == ("draft", [], None)


def test_an_order_without_lines_is_not_submitted(anna):
    order = draft_order(buyer(anna), anna, {})
    with pytest.raises(Refused) as caught:
        submit_order(order.pk, by=anna, day=DAY)
    assert codes(caught) == ["no_lines"]


def test_confirming_reserves_and_counts_into_exposure(anna):
    one, two = stocked_product(10), stocked_product(5)
    order = confirmed_order(buyer(anna), anna, {one: 4, two: 5})
    assert (order.status, order.confirmed_on, order.unshipped_total) == ("confirmed", DAY, order.total)
    assert (reserved(one), reserved(two)) == (4, 5)
    rows = Reservation.objects.order_by("line__position").values_list("quantity", "status", "expires_on")
    # Three working days after Friday the 20th of November.
    assert list(rows) == [(4, "live", dt.date(2026, 11, 25)), (5, "live", dt.date(2026, 11, 25))]
    assert order.credit["allowed"] is True
    assert order.credit["headroom_before"] == "1000000.00"
    assert order.credit["headroom_after"] == str(Decimal("1000000.00") - order.total)


def test_stock_first_then_supply_then_short(anna):
    one = stocked_product(3)
    coming = supply({one: 4}, DAY + dt.timedelta(days=5))
    order = confirmed_order(buyer(anna), anna, {one: 10})
    assert order.status == "confirmed"
    assert reserved(one) == 3
    assert SupplyLine.objects.get(supply=coming).reserved == 4
    assert sorted(Reservation.objects.values_list("quantity", flat=True)) == [3, 4]
    with pytest.raises(Refused) as caught:
        reserve_order(order.pk, by=anna, day=DAY)
    assert codes(caught) == ["short_of_goods"]


def test_supply_after_the_wanted_day_is_not_promised(anna):
    one = stocked_product(3)
    supply({one: 4}, DAY + dt.timedelta(days=5))
    confirmed_order(buyer(anna), anna, {one: 10}, wanted_on=DAY + dt.timedelta(days=4))
    assert list(Reservation.objects.values_list("quantity", flat=True)) == [3]


def test_all_or_nothing_is_refused_for_want_of_goods_and_nothing_changes(anna):
    one, two = stocked_product(3), stocked_product(10)
    order = submitted_order(buyer(anna), anna, {one: 4, two: 1}, allow_partial=False)
    with pytest.raises(Refused) as caught:
        confirm_order(order.pk, by=anna, day=DAY)
    assert [(each.code, each.line) for each in caught.value.refusals] == [("short_of_goods", 1)]
    again = Order.objects.get(pk=order.pk)
    assert (again.status, again.version, again.unshipped_total, again.credit) == (
        "submitted", order.version, Decimal("0.00"), {},
    )  # fmt: skip
    assert not Reservation.objects.exists()
    assert (reserved(one), reserved(two)) == (0, 0)


def test_scarce_goods_only_within_the_quota(anna, boris):
    client, one = buyer(anna), stocked_product(100, is_scarce=True)
    order = submitted_order(client, anna, {one: 10})
    with pytest.raises(Refused) as caught:
        confirm_order(order.pk, by=anna, day=DAY)
    assert codes(caught) == ["short_of_quota"]
    period = {"starts_on": DAY, "ends_on": DAY + dt.timedelta(days=30)}
    own = set_quota(by=boris, product_id=one.pk, client_id=client.pk, units=3, **period)
    kams = set_quota(by=boris, product_id=one.pk, manager_id=anna.pk, units=5, **period)
    confirm_order(order.pk, by=anna, day=DAY)
    own.refresh_from_db()
    kams.refresh_from_db()
    assert (own.used, kams.used, reserved(one)) == (3, 5, 8)
    cancel_order(order.pk, by=anna, day=DAY, reason="Отказ")
    own.refresh_from_db()
    kams.refresh_from_db()
    assert (own.used, kams.used, reserved(one)) == (0, 0, 0)


def test_every_credit_reason_holds_at_once(anna, boris, fedor):
    client = client_of(anna)
    terms_of(client, credit_limit=Decimal("1500.00"))
    hold = place_hold(client.pk, by=fedor, reason="Суд")
    one = stocked_product(10, price="1000.00")
    order = confirmed_order(client, anna, {one: 2})
    assert order.status == "held"
    assert [each["code"] for each in order.credit["reasons"]] == ["contract_missing", "on_hold", "over_limit"]
    assert order.credit["facts"]["terms"]["credit_limit"] == "1500.00"
    assert (order.unshipped_total, reserved(one)) == (Decimal("0.00"), 0)
    lift_hold(hold.pk, by=fedor, reason="Решено")
    assert recheck_order(order.pk, by=anna, day=DAY).status == "held"
    with pytest.raises(Forbidden):
        release_order(order.pk, by=anna, day=DAY, reason="Хочу")
    released = release_order(order.pk, by=boris, day=DAY, reason="Договор подписывают")
    assert (released.status, released.released_by, reserved(one)) == ("confirmed", boris, 2)
    assert released.credit["released"] == ["contract_missing", "over_limit"]


def test_who_submitted_may_not_release(boris):
    client, one = client_of(boris), stocked_product(10)
    terms_of(client)
    order = confirmed_order(client, boris, {one: 1})
    with pytest.raises(Refused) as caught:
        release_order(order.pk, by=boris, day=DAY, reason="Надо")
    assert codes(caught) == ["four_eyes"]
    assert Order.objects.get(pk=order.pk).status == "held"


def test_the_second_order_of_a_client_feels_the_first(anna):
    client, one = buyer(anna, credit_limit=Decimal("1500.00")), stocked_product(10, price="1000.00")
    assert confirmed_order(client, anna, {one: 1}).status == "confirmed"
    second = confirmed_order(client, anna, {one: 1})
    assert second.status == "held"
    over = second.credit["reasons"][0]
    assert (over["code"], over["values"]["over_by"], over["values"]["exposure"]) == ("over_limit", "500.00", "1000.00")


def test_exactly_the_limit_is_allowed(anna):
    client, one = buyer(anna, credit_limit=Decimal("1000.00")), stocked_product(10, price="1000.00")
    assert confirmed_order(client, anna, {one: 1}).status == "confirmed"


def test_raising_the_limit_lets_held_orders_pass_unless_a_person_holds(anna, fedor):
    client, one = buyer(anna, credit_limit=Decimal("10.00")), stocked_product(10, price="1000.00")
    order = confirmed_order(client, anna, {one: 1})
    assert re_evaluate_holds([client.pk], DAY) == []
    terms_of(client, starts_on=DAY, credit_limit=Decimal("5000.00"))
    hold = place_hold(client.pk, by=fedor, reason="Проверка")
    assert re_evaluate_holds([client.pk], DAY) == []
    assert Order.objects.get(pk=order.pk).status == "held"
    lift_hold(hold.pk, by=fedor, reason="Проверено")
    assert [(each.pk, each.status) for each in re_evaluate_holds([client.pk], DAY)] == [(order.pk, "confirmed")]
    assert reserved(one) == 1


def test_money_of_one_member_frees_the_orders_of_another(anna):
    group = create_client_group(by=system_user(), name="Холдинг", credit_limit=Decimal("1500.00"))
    one = stocked_product(10, price="1000.00")
    payer, other = buyer(anna, credit_limit=Decimal("9000.00")), buyer(anna, credit_limit=Decimal("9000.00"))
    Client.objects.update(group=group)
    debt = open_invoice(payer, "1000.00")
    order = confirmed_order(other, anna, {one: 1})
    assert [each["code"] for each in order.credit["reasons"]] == ["over_group_limit"]
    payment_of(payer, "1000.00", allocate=True)
    assert type(debt).objects.get().open_amount == 0
    assert [each.pk for each in re_evaluate_holds([payer.pk], DAY)] == [order.pk]
    assert re_evaluate_all_holds(DAY) == []


def test_a_deputy_releases_on_behalf_of_the_absent_head(anna, boris, gleb):
    Substitution.objects.create(absent=boris, deputy=gleb, starts_on=today(), ends_on=today(), arranged_by=boris)
    client, one = buyer(anna, credit_limit=Decimal("10.00")), stocked_product(10)
    order = confirmed_order(client, anna, {one: 1})
    released = release_order(order.pk, by=gleb, day=DAY, reason="Борис согласен")
    entry = TrailEntry.objects.of(released).first()
    assert (entry.verb, entry.by, entry.on_behalf_of, entry.reason) == ("release", gleb, boris, "Борис согласен")


def test_a_freed_order_whose_goods_are_gone_waits_as_submitted(anna):
    client, one = buyer(anna, credit_limit=Decimal("10.00")), stocked_product(1, price="1000.00")
    order = confirmed_order(client, anna, {one: 1})
    confirmed_order(buyer(anna), anna, {one: 1})
    terms_of(client, starts_on=DAY, credit_limit=Decimal("5000.00"))
    assert [each.status for each in re_evaluate_holds([client.pk], DAY)] == ["submitted"]
    assert Order.objects.get(pk=order.pk).unshipped_total == Decimal("0.00")


def test_cancelling_frees_and_reopening_starts_anew(anna):
    client, one = buyer(anna), stocked_product(10)
    order = confirmed_order(client, anna, {one: 4})
    cancelled = cancel_order(order.pk, by=anna, day=DAY, reason="Клиент передумал")
    assert (cancelled.status, cancelled.unshipped_total, reserved(one)) == ("cancelled", Decimal("0.00"), 0)
    assert list(Reservation.objects.values_list("status", "end_reason")) == [("released", "Клиент передумал")]
    again = reopen_order(order.pk, by=anna, day=DAY, reason="Вернулся")
    assert (again.status, again.confirmed_on, again.credit["allowed"]) == ("draft", None, True)


def test_a_confirmed_order_is_not_closed_or_withdrawn(anna, boris):
    order = confirmed_order(buyer(anna), anna, {stocked_product(10): 4})
    for step, by in ((close_order, boris), (withdraw_order, anna)):
        with pytest.raises(Refused) as caught:
            step(order.pk, by=by, day=DAY)
        assert codes(caught) == ["wrong_state"]


def test_a_double_submit_confirms_once(anna):
    one = stocked_product(10)
    order = confirmed_order(buyer(anna), anna, {one: 4})
    with pytest.raises(Refused) as caught:
        move_order(order.pk, "confirm", by=anna, day=DAY)
    assert codes(caught) == ["wrong_state"]
    assert reserved(one) == 4


def test_a_special_shipment_reserves_nothing_and_uses_the_distributors_credit(anna):
    dealer = client_of(anna)
    distributor = buyer(anna, credit_limit=Decimal("100000.00"))
    type(distributor).objects.filter(pk=distributor.pk).update(channel="distributor")
    order = confirmed_order(dealer, anna, {product(): 1}, distributor_id=distributor.pk, payer="distributor")
    assert (order.status, Reservation.objects.count()) == ("confirmed", 0)
    assert order.credit["headroom_before"] == "100000.00"


@pytest.mark.parametrize("lines", [1, 10, 60])
def test_confirming_takes_the_same_few_statements_for_any_number_of_lines(anna, lines):
    goods = catalogue(lines, units=50)
    order = submitted_order(buyer(anna, credit_limit=Decimal("9000000.00")), anna, dict.fromkeys(goods, 2))
    assert anna.standings  # a request has read them at its door
    with CaptureQueriesContext(
        connection,
    ) as plain:
        confirm_order(order.pk, by=anna, day=DAY)
    assert len(plain) == 10


def test_short_and_scarce_goods_take_two_statements_more(anna, boris):
    goods = [stocked_product(1, is_scarce=bool(each % 2)) for each in range(6)]
    supply(dict.fromkeys(goods, 5), DAY)
    period = {"starts_on": DAY, "ends_on": DAY + dt.timedelta(days=30)}
    for one in goods[1::2]:
        set_quota(by=boris, product_id=one.pk, manager_id=anna.pk, units=3, **period)
    order = submitted_order(buyer(anna), anna, dict.fromkeys(goods, 4))
    assert anna.standings
    with CaptureQueriesContext(connection) as most:
        assert confirm_order(order.pk, by=anna, day=DAY).status == "confirmed"
    # With BEGIN, SET LOCAL and COMMIT, which this test's own transaction stands for: fifteen.
    assert len(most) == 12
    assert Reservation.objects.count() == 12
