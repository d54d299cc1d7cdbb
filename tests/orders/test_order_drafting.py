"""Drafting: prices with their explanation, refusals of nonsense, pasted lines, copies."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Client
from kam.models import TrailEntry
from kam.refusals import EditConflict, Forbidden, Refused
from orders.actions.order_steps import submit_order
from orders.actions.orders import OrderLineInput, change_order, copy_order, create_order, read_pasted, set_lines
from orders.actions.special_terms import agree_special_term, withdraw_special_term
from orders.models import Order
from tests.factories import (
    DAY,
    buyer,
    client_of,
    confirmed_order,
    draft_order,
    outlet_of,
    price_column,
    product,
    stocked_product,
    submitted_order,
    warehouse,
)

pytestmark = pytest.mark.django_db


def codes(caught):
    return [refusal.code for refusal in caught.value.refusals]


def test_a_line_is_priced_from_the_column_and_adds_up(anna):
    one = product(price="1220.00")
    order = draft_order(buyer(anna), anna, {one: 3})
    line = order.lines.get()
    assert (line.list_price, line.price, line.vat_rate) == (Decimal("1220.00"), Decimal("1220.00"), Decimal("22.00"))
    assert (line.net, line.vat, line.total) == (Decimal("3000.00"), Decimal("660.00"), Decimal("3660.00"))
    assert (order.net, order.vat, order.total) == (line.net, line.vat, line.total)
    assert [step["code"] for step in line.price_source["reasons"]] == ["column_price"]
    assert order.number.startswith("ЗК-26-")
    assert order.manager == anna


def test_a_day_of_an_earlier_vat_rate_has_that_rate(anna):
    one = product(price="1200.00")
    order = draft_order(buyer(anna), anna, {one: 1}, day=dt.date(2025, 12, 30))
    assert order.lines.get().vat == Decimal("200.00")


def test_a_special_price_wins_over_the_column_and_is_explained(anna, boris):
    client, one = buyer(anna), product(price="1000.00")
    term = agree_special_term(
        by=boris, client_id=client.pk, product_id=one.pk, price=Decimal("910.00"), starts_on=DAY, reason="Акция"
    )
    line = draft_order(client, anna, {one: 1}).lines.get()
    assert (line.list_price, line.price) == (Decimal("1000.00"), Decimal("910.00"))
    assert line.price_source["reasons"][-1]["values"]["term"] == term.pk
    before = draft_order(client, anna, {one: 1}, day=DAY - dt.timedelta(days=1)).lines.get()
    assert before.price == Decimal("1000.00")
    withdraw_special_term(pk=term.pk, by=boris, reason="Ошибка")
    assert draft_order(client, anna, {one: 1}).lines.get().price == Decimal("1000.00")


def test_a_category_term_reaches_products_of_its_branches(anna, boris):
    client, one = buyer(anna), product(price="1000.00")
    agree_special_term(
        by=boris, client_id=client.pk, category_id=one.category_id, discount_percent=Decimal("7"), starts_on=DAY,
        reason="Акция",
    )  # fmt: skip
    assert draft_order(client, anna, {one: 1}).lines.get().price == Decimal("930.00")


def test_a_discount_is_taken_from_the_entitled_price(anna):
    one = product(price="999.99")
    line = draft_order(buyer(anna), anna, {one: (1, None, Decimal("5"))}).lines.get()
    assert (line.price, line.discount_percent) == (Decimal("949.99"), Decimal("5"))
    assert line.price_source["given_discount"] == "5"


def test_every_wrong_line_is_refused_at_once_and_nothing_is_written(anna):
    client, one, unpriced = buyer(anna), product(), product(price=None)
    archived = product(is_archived=True)
    lines = [
        OrderLineInput(one.pk, 0),
        OrderLineInput(10**9, 1),
        OrderLineInput(archived.pk, 1),
        OrderLineInput(unpriced.pk, 1),
        OrderLineInput(one.pk, 1, None, Decimal(100)),
    ]
    warehouse()
    with pytest.raises(Refused) as caught:
        create_order(by=anna, day=DAY, client_id=client.pk, lines=lines)
    assert [(each.code, each.line) for each in caught.value.refusals] == [
        ("bad_quantity", 1),
        ("unknown_product", 2),
        ("archived_product", 3),
        ("no_price", 4),
        ("bad_discount", 5),
    ]
    assert "20.11.2026" in caught.value.refusals[3].text
    assert not Order.objects.exists()
    assert not TrailEntry.objects.filter(document_kind="orders.order").exists()


def test_a_strangers_client_is_not_there(vera, anna):
    client = buyer(anna)
    warehouse()
    with pytest.raises(Client.DoesNotExist):
        create_order(by=vera, day=DAY, client_id=client.pk)
    assert not Order.objects.exists()


def test_a_trainer_may_not_order(timur, anna):
    client = buyer(anna)
    with pytest.raises(Forbidden):
        create_order(by=timur, day=DAY, client_id=client.pk)


def test_an_outlet_of_another_client_is_refused(anna):
    mine, other = buyer(anna), client_of(anna)
    with pytest.raises(Refused) as caught:
        draft_order(mine, anna, {}, outlet_id=outlet_of(other).pk)
    assert codes(caught) == ["foreign_outlet"]


def test_a_special_shipment_needs_a_distributor_and_no_warehouse_of_ours(anna):
    client = buyer(anna)
    distributor = client_of(anna, channel="distributor")
    order = draft_order(client, anna, {product(): 1}, distributor_id=distributor.pk, payer="distributor")
    assert (order.warehouse_id, order.payer_id) == (None, distributor.pk)
    with pytest.raises(Refused) as caught:
        draft_order(client, anna, {}, distributor_id=client_of(anna).pk, warehouse_id=warehouse().pk)
    assert codes(caught) == ["two_warehouses", "not_a_distributor"]


def test_lines_are_replaced_and_a_stale_version_is_refused(anna):
    one, two = product(price="100.00"), product(price="200.00")
    order = draft_order(buyer(anna), anna, {one: 1})
    changed = set_lines(order.pk, by=anna, day=DAY, lines=[OrderLineInput(two.pk, 2)], version=order.version)
    assert (changed.total, changed.lines.get().product) == (Decimal("400.00"), two)
    with pytest.raises(EditConflict):
        set_lines(order.pk, by=anna, day=DAY, lines=[], version=order.version)
    assert order.lines.get().product == two


def test_after_submission_only_wishes_can_be_changed(anna):
    order = submitted_order(buyer(anna), anna, {product(): 1})
    assert change_order(order.pk, by=anna, day=DAY, comment="Срочно").comment == "Срочно"
    with pytest.raises(Refused) as caught:
        change_order(order.pk, by=anna, day=DAY, allow_partial=False)
    assert codes(caught) == ["not_a_draft"]
    order.refresh_from_db()
    assert order.allow_partial


def test_a_copy_has_todays_prices_and_leaves_archived_products_out(anna):
    one, gone = stocked_product(), stocked_product()
    client = buyer(anna)
    order = confirmed_order(client, anna, {one: 2, gone: 1})
    type(gone).objects.filter(pk=gone.pk).update(is_archived=True)
    copy = copy_order(order.pk, by=anna, day=DAY)
    assert (copy.status, [(line.product, line.quantity) for line in copy.lines.all()]) == ("draft", [(one, 2)])


def test_pasted_rows_are_read_and_bad_ones_named(anna):
    one = product(sku="GPS-1", ean="4600000000017")
    pasted = read_pasted("gps-1\t1 200\n\nАртикул\tКоличество\n4600000000017;2;99,50\nGPS-1\tмного\nGPS-1")
    assert [(row.row, row.product_id, row.quantity, row.price) for row in pasted.lines] == [
        (1, one.pk, 1200, None),
        (4, one.pk, 2, Decimal("99.50")),
    ]
    assert [error.row for error in pasted.errors] == [3, 5, 6]


def test_without_terms_the_first_column_is_quoted(anna):
    column = price_column("retail")
    one = product(price="10.00", column=column)
    order = draft_order(client_of(anna, status="prospect"), anna, {one: 1})
    assert (order.price_column, order.total) == (column, Decimal("10.00"))


def test_the_kam_of_an_outlet_orders_for_it_and_for_nothing_else(anna, vera):
    client, one = buyer(anna), stocked_product(10)
    own = outlet_of(client, manager=vera)
    order = confirmed_order(client, vera, {one: 1}, outlet_id=own.pk)
    assert (order.status, order.manager) == ("confirmed", vera)
    with pytest.raises(Forbidden):
        draft_order(client, vera, {one: 1})
    with pytest.raises(Forbidden):
        submit_order(draft_order(client, anna, {one: 1}).pk, by=vera, day=DAY)


def test_orders_of_a_client_that_nobody_looks_after_are_for_those_who_see_everything(anna, sonya):
    client, one = buyer(anna), stocked_product(10)
    order = draft_order(client, anna, {one: 1})
    Client.objects.filter(pk=client.pk).update(manager=None)
    with pytest.raises(Forbidden):
        submit_order(order.pk, by=anna, day=DAY)
    assert submit_order(order.pk, by=sonya, day=DAY).status == "submitted"
