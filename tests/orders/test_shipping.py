import datetime as dt
from decimal import Decimal

import pytest

from accounts import actions as accounts
from kam.models import TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.confirming import confirm_order, release_order
from orders.actions.invoices import issue_invoice
from orders.actions.order_steps import submit_order
from orders.actions.shipments import change_shipment, deliver_shipment, refuse_shipment, ship_order
from orders.actions.supplies import receive_supply
from orders.models import Invoice, Order, Reservation, Return, Shipment, StockLevel, SupplyLine
from orders.queries.credit import credit_facts
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    draft_order,
    overdue_invoice,
    price_column,
    product,
    shipped_order,
    stocked_product,
    supply,
    system_user,
    terms_of,
)

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def client(anna):
    return buyer(anna)


def codes(refused):
    return [refusal.code for refusal in refused.value.refusals]


def stock(goods):
    """On hand and reserved."""
    level = StockLevel.objects.get(product=goods)
    return level.on_hand, level.reserved


def exposure(client):
    found = credit_facts([client.pk], DAY)[client.pk].exposure
    return found.confirmed_not_shipped, found.shipped_not_invoiced, found.open_invoices


def counts():
    """Everything a refused shipment must leave as it was."""
    return (
        list(StockLevel.objects.order_by("pk").values_list("on_hand", "reserved")),
        list(Reservation.objects.order_by("pk").values_list("status", "quantity")),
        list(Order.objects.order_by("pk").values_list("status", "unshipped_total", "version")),
        Shipment.objects.count(),
        Invoice.objects.count(),
        TrailEntry.objects.count(),
    )


def test_a_shipment_takes_the_reserve_and_becomes_a_debt(client, anna, sonya):
    goods = stocked_product(10, price="1000.00")
    order = confirmed_order(client, anna, {goods: 4})
    assert stock(goods) == (10, 4)
    assert exposure(client) == (order.total, 0, 0)
    shipment = ship_order(order.pk, by=sonya, day=DAY, carrier="Деловые линии", tracking="77-1")
    order.refresh_from_db()
    assert (order.status, order.unshipped_total) == ("shipped", D("0.00"))
    assert stock(goods) == (6, 0)
    assert list(Reservation.objects.values_list("status", "quantity")) == [("shipped", 4)]
    invoice = shipment.invoice
    assert (invoice.client, invoice.amount, invoice.open_amount) == (client, order.total, order.total)
    assert (invoice.net, invoice.vat) == (order.net, order.vat)
    assert invoice.due_on == dt.date(2026, 12, 21)  # 30 days end on Sunday the 20th
    assert [step["code"] for step in invoice.terms["steps"]] == ["counted", "moved_off_day_off"]
    assert exposure(client) == (0, 0, order.total)


def test_without_an_invoice_the_debt_waits_in_the_shipment(client, anna, sonya, fedor):
    goods = stocked_product(10)
    order = confirmed_order(client, anna, {goods: 4})
    shipment = ship_order(order.pk, by=sonya, day=DAY, invoice=False)
    assert exposure(client) == (0, order.total, 0)
    invoice = issue_invoice(shipment.pk, by=fedor, day=DAY + ONE_DAY)
    assert exposure(client) == (0, 0, order.total)
    assert (invoice.issued_on, invoice.shipped_on) == (DAY + ONE_DAY, DAY)
    assert issue_invoice(shipment.pk, by=fedor, day=DAY + ONE_DAY) == invoice
    assert Invoice.objects.count() == 1


def test_partial_shipments_add_up_to_the_kopeck(client, anna, sonya):
    first = stocked_product(10, price="33.35", cost="1.00")
    second = stocked_product(10, price="0.07", cost="0.01")
    order = confirmed_order(client, anna, {first: 3, second: 7})
    one, other = order.lines.order_by("position")
    for quantities in ({one.pk: 1, other.pk: 3}, {one.pk: 1}, {one.pk: 1, other.pk: 4}):
        before = Order.objects.get(pk=order.pk).unshipped_total
        shipment = ship_order(order.pk, by=sonya, day=DAY, quantities=quantities)
        order.refresh_from_db()
        assert order.unshipped_total == before - shipment.total
        assert order.status == ("partly_shipped" if order.unshipped_total else "shipped")
    shipments = Shipment.objects.all()
    assert sum(each.net for each in shipments) == order.net
    assert sum(each.vat for each in shipments) == order.vat
    assert sum(each.total for each in shipments) == order.total
    assert sum(Invoice.objects.values_list("amount", flat=True)) == order.total
    assert (stock(first), stock(second)) == ((7, 0), (3, 0))


def test_free_stock_ships_what_was_not_reserved(client, anna, sonya):
    goods = stocked_product(5)
    order = confirmed_order(client, anna, {goods: 8})
    supply_and_receive(goods, 4)
    ship_order(order.pk, by=sonya, day=DAY)
    assert stock(goods) == (1, 0)


def supply_and_receive(goods, units):
    receive_supply(supply({goods: units}).pk, by=system_user(), day=DAY)


def test_what_others_were_promised_does_not_leave(client, anna, sonya):
    goods = stocked_product(5)
    order = confirmed_order(client, anna, {goods: 3})
    later = draft_order(client, anna, {goods: 4})
    confirm_order(submit_order(later.pk, by=anna, day=DAY).pk, by=anna, day=DAY)
    before = counts()
    with pytest.raises(Refused) as refused:
        ship_order(later.pk, by=sonya, day=DAY)
    assert codes(refused) == ["short_of_goods"]
    assert refused.value.refusals[0].line == 1
    assert counts() == before
    ship_order(order.pk, by=sonya, day=DAY)
    ship_order(later.pk, by=sonya, day=DAY, quantities={later.lines.get().pk: 2})
    assert stock(goods) == (0, 0)


def test_a_line_shipped_from_stock_gives_its_supply_back(client, anna, sonya):
    goods = stocked_product(2)
    coming = supply({goods: 10}, expected_on=DAY + ONE_DAY)
    order = confirmed_order(client, anna, {goods: 6})
    assert SupplyLine.objects.get(supply=coming).reserved == 4
    supply_and_receive(goods, 9)
    line = SupplyLine.objects.get(supply=coming)
    taken_from_supply = line.reserved
    ship_order(order.pk, by=sonya, day=DAY)
    line.refresh_from_db()
    assert taken_from_supply in (0, 4)
    assert line.reserved == 0
    assert stock(goods) == (5, 0)


def test_a_scarce_product_leaves_only_from_its_reserve(client, anna, sonya):
    goods = stocked_product(5, is_scarce=True)
    order = confirmed_order(client, anna, {goods: 2, stocked_product(5): 1})
    before = counts()
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=sonya, day=DAY)
    assert codes(refused) == ["short_of_goods"]
    assert counts() == before


@pytest.mark.parametrize(
    ("units", "code"), [(5, "more_than_ordered"), (-1, "more_than_ordered"), (0, "nothing_to_ship")]
)
def test_units_beyond_the_order_are_refused(client, anna, sonya, units, code):
    order = confirmed_order(client, anna, {stocked_product(10): 4})
    before = counts()
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=sonya, day=DAY, quantities={order.lines.get().pk: units})
    assert codes(refused) == [code]
    assert counts() == before


def test_every_reason_is_shown_at_once(client, anna, sonya):
    order = confirmed_order(client, anna, {stocked_product(5): 8})
    accounts.place_hold(client.pk, by=system_user(), reason="Суд")
    overdue_invoice(client, "10.00", days=3)
    before = counts()
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=sonya, day=DAY, window_from=moment(15), window_to=moment(9))
    assert codes(refused) == ["short_of_goods", "window_ends_early", "on_hold", "overdue"]
    assert counts() == before


def moment(hour):
    return dt.datetime(2026, 11, 23, hour, tzinfo=dt.UTC)


def test_what_a_person_released_ships_and_anything_new_does_not(anna, boris, sonya):
    client = buyer(anna, credit_limit=D("100.00"))
    goods = stocked_product(10, price="1000.00")
    order = confirmed_order(client, anna, {goods: 2})
    assert order.status == "held"
    release_order(order.pk, by=boris, day=DAY, reason="Под мою ответственность")
    line = order.lines.get()
    ship_order(order.pk, by=sonya, day=DAY, quantities={line.pk: 1})
    overdue_invoice(client, "10.00", days=3)
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=sonya, day=DAY, quantities={line.pk: 1})
    assert codes(refused) == ["overdue"]


@pytest.mark.parametrize(("included", "net", "vat", "total"), [
    (True, "983.61", "216.39", "1200.00"),
    (False, "1200.00", "264.00", "1464.00"),
])  # fmt: skip
def test_vat_is_of_the_day_of_shipment(anna, sonya, included, net, vat, total):
    column = price_column("net" if not included else "gross", vat_included=included)
    client = buyer(anna, price_column=column)
    goods = stocked_product(5, price="1200.00", column=column)
    last_of_2025 = dt.date(2025, 12, 31)
    order = confirmed_order(client, anna, {goods: 1}, day=last_of_2025)
    assert order.lines.get().vat_rate == 20
    shipment = ship_order(order.pk, by=sonya, day=dt.date(2026, 1, 12))
    line = shipment.lines.get()
    assert (line.vat_rate, line.net, line.vat, line.total) == (22, D(net), D(vat), D(total))
    assert shipment.invoice.amount == D(total)
    order.refresh_from_db()
    assert order.unshipped_total == 0


def distributor_of(anna):
    found = client_of(anna, channel="distributor")
    terms_of(found)
    accounts.create_contract(by=system_user(), client=found, number="Д-7", signed_on=dt.date(2024, 1, 1))
    return found


def test_a_special_shipment_leaves_the_distributors_warehouse(anna, sonya):
    distributor, dealer = distributor_of(anna), buyer(anna)
    goods = stocked_product(10)
    order = confirmed_order(dealer, anna, {goods: 3}, distributor_id=distributor.pk, payer="distributor")
    assert stock(goods) == (10, 0)
    assert exposure(distributor)[0] == order.total
    shipment = ship_order(order.pk, by=sonya, day=DAY)
    assert (shipment.warehouse, shipment.distributor, shipment.payer) == (None, distributor, distributor)
    assert shipment.invoice.client == distributor
    assert stock(goods) == (10, 0)
    assert exposure(distributor) == (0, 0, order.total)
    assert exposure(dealer) == (0, 0, 0)


def test_a_kam_does_not_ship(client, anna):
    order = confirmed_order(client, anna, {stocked_product(10): 4})
    before = counts()
    with pytest.raises(Forbidden):
        ship_order(order.pk, by=anna, day=DAY)
    assert counts() == before


def test_goods_do_not_leave_twice_or_before_the_order(client, anna, sonya):
    order = shipped_order(client, anna, {stocked_product(10): 4})
    with pytest.raises(Refused) as refused:
        ship_order(order.pk, by=sonya, day=DAY)
    assert codes(refused) == ["wrong_state"]
    fresh = confirmed_order(client, anna, {stocked_product(10): 4})
    with pytest.raises(Refused) as refused:
        ship_order(fresh.pk, by=sonya, day=DAY - ONE_DAY)
    assert codes(refused) == ["before_confirmed"]


def test_delivery_is_noted(client, anna, sonya):
    shipment = shipped_order(client, anna, {stocked_product(10): 4}).shipments.get()
    with pytest.raises(Refused) as refused:
        deliver_shipment(shipment.pk, by=sonya, day=DAY - ONE_DAY)
    assert codes(refused) == ["before_shipment"]
    deliver_shipment(shipment.pk, by=sonya, day=DAY + ONE_DAY, received_by="Иванов")
    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_on, shipment.received_by) == ("delivered", DAY + ONE_DAY, "Иванов")
    with pytest.raises(Refused) as refused:
        refuse_shipment(shipment.pk, by=sonya, day=DAY + ONE_DAY, reason="Поздно")
    assert codes(refused) == ["wrong_state"]


def test_a_refused_shipment_waits_to_be_received_back(client, anna, sonya):
    goods = stocked_product(10)
    order = confirmed_order(client, anna, {goods: 4})
    shipment = ship_order(order.pk, by=sonya, day=DAY, invoice=False)
    with pytest.raises(Refused) as refused:
        refuse_shipment(shipment.pk, by=sonya, day=DAY + ONE_DAY, reason=" ")
    assert codes(refused) == ["reason_missing"]
    assert not Invoice.objects.exists()
    refuse_shipment(shipment.pk, by=sonya, day=DAY + ONE_DAY, reason="Мятая упаковка", code="damage")
    back = Return.objects.get()
    assert (back.kind, back.status, back.reason, back.total) == ("refusal", "approved", "damage", order.total)
    assert list(back.lines.values_list("quantity", "is_sellable")) == [(4, True)]
    assert stock(goods) == (6, 0)


def test_the_way_of_a_shipment_may_be_changed(client, anna, sonya):
    shipment = shipped_order(client, anna, {stocked_product(10): 4}).shipments.get()
    change_shipment(shipment.pk, by=sonya, tracking="А-1", total=D("1.00"))
    shipment.refresh_from_db()
    assert shipment.tracking == "А-1"
    assert shipment.total != D("1.00")
    with pytest.raises(Refused):
        change_shipment(shipment.pk, by=sonya, window_from=moment(15), window_to=moment(9))


def test_a_stranger_ships_nothing_of_anothers_client(vera, anna):
    order = confirmed_order(buyer(anna), anna, {product(): 1}, distributor_id=distributor_of(anna).pk)
    with pytest.raises(Forbidden):
        ship_order(order.pk, by=vera, day=DAY)
