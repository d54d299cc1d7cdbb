import datetime as dt
from decimal import Decimal

import pytest

from kam.refusals import Forbidden, Refused
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import receive_payment
from orders.actions.returns import approve_return, receive_return, reject_return, request_return
from orders.actions.shipments import refuse_shipment, ship_order
from orders.models import CreditNote, Return, StockLevel
from tests.factories import DAY, buyer, confirmed_order, open_invoice, shipped_order, stocked_product, warehouse

D = Decimal
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def goods(db):
    return stocked_product(10, price="1000.00")


@pytest.fixture
def invoice(anna, goods):
    return shipped_order(buyer(anna), anna, {goods: 4}).invoices.get()


def codes(refused):
    return [refusal.code for refusal in refused.value.refusals]


def asked(invoice, by, units, sellable=True, day=DAY):
    line = invoice.lines.get()
    return request_return(invoice.pk, by=by, day=day, reason="defect", lines=[(line.pk, units, sellable)])


def on_hand(goods):
    return StockLevel.objects.get(product=goods).on_hand


def test_a_return_goes_back_on_hand_and_reduces_the_debt(invoice, goods, anna, boris, sonya):
    back = asked(invoice, anna, 1)
    assert (back.status, back.total) == ("requested", invoice.amount / 4)
    with pytest.raises(Forbidden):
        approve_return(back.pk, by=anna)
    approve_return(back.pk, by=boris)
    assert on_hand(goods) == 6
    receive_return(back.pk, by=sonya, day=DAY + ONE_DAY, warehouse_id=warehouse().pk)
    assert on_hand(goods) == 7
    note = CreditNote.objects.get()
    assert (note.returned_id, note.issued_on, note.amount) == (back.pk, DAY + ONE_DAY, invoice.amount / 4)
    assert note.net + note.vat == note.amount
    invoice.refresh_from_db()
    assert invoice.open_amount == invoice.amount - note.amount
    assert invoice.lines.get().returned == 1


def test_who_asked_does_not_approve(invoice, boris):
    back = asked(invoice, boris, 1)
    with pytest.raises(Refused) as refused:
        approve_return(back.pk, by=boris)
    assert codes(refused) == ["four_eyes"]


def test_no_unit_comes_back_twice(invoice, anna, boris, sonya):
    first = asked(invoice, anna, 3)
    with pytest.raises(Refused) as refused:
        asked(invoice, anna, 2)
    assert codes(refused) == ["more_than_left"]
    with pytest.raises(Refused):
        reject_return(first.pk, by=boris, reason="")
    reject_return(first.pk, by=boris, reason="Товар исправен")
    second = asked(invoice, anna, 4)
    approve_return(second.pk, by=boris)
    receive_return(second.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    with pytest.raises(Refused) as refused:
        asked(invoice, anna, 1)
    assert codes(refused) == ["more_than_left"]
    invoice.refresh_from_db()
    assert invoice.open_amount == D("0.00")


@pytest.mark.parametrize(("units", "day", "found"), [
    (0, DAY, ["nothing_to_return"]),
    (-1, DAY, ["more_than_left"]),
    (5, DAY - ONE_DAY, ["before_shipment", "more_than_left"]),
])  # fmt: skip
def test_nonsense_is_refused_with_every_reason(invoice, anna, units, day, found):
    with pytest.raises(Refused) as refused:
        asked(invoice, anna, units, day=day)
    assert codes(refused) == found
    assert not Return.objects.exists()


def test_broken_units_do_not_go_back_to_stock(invoice, goods, anna, boris, sonya):
    back = asked(invoice, anna, 2, sellable=False)
    approve_return(back.pk, by=boris)
    with pytest.raises(Refused) as refused:
        receive_return(back.pk, by=sonya, day=DAY)
    assert codes(refused) == ["no_warehouse"]
    receive_return(back.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    assert on_hand(goods) == 6
    assert CreditNote.objects.get().amount == invoice.amount / 2


def test_units_found_broken_on_receiving_stay_out_of_stock(invoice, goods, anna, boris, sonya):
    back = asked(invoice, anna, 2)
    approve_return(back.pk, by=boris)
    receive_return(back.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk, unsellable=[back.lines.get().pk])
    assert on_hand(goods) == 6


def test_a_refused_shipment_comes_back_whole_and_its_payment_goes_on_account(anna, sonya, fedor, goods):
    client = buyer(anna)
    order = confirmed_order(client, anna, {goods: 4})
    shipment = ship_order(order.pk, by=sonya, day=DAY)
    payment = receive_payment(client_id=client.pk, amount=order.total, received_on=DAY, by=fedor)
    refuse_shipment(shipment.pk, by=sonya, day=DAY + ONE_DAY, reason="Не тот товар", code="wrong_item")
    receive_return(Return.objects.get().pk, by=sonya, day=DAY + 2 * ONE_DAY, warehouse_id=warehouse().pk)
    payment.refresh_from_db()
    assert payment.unallocated == order.total
    assert on_hand(goods) == 10
    assert CreditNote.objects.get().amount == order.total


def test_a_correction_has_the_rate_of_the_original_shipment(anna, boris, sonya):
    goods = stocked_product(10, price="1200.00")
    day = dt.date(2025, 12, 1)
    invoice = shipped_order(buyer(anna), anna, {goods: 2}, day=day).invoices.get()
    back = asked(invoice, anna, 1, day=DAY)
    approve_return(back.pk, by=boris)
    receive_return(back.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    note = CreditNote.objects.get()
    assert note.vat * 5 == note.net


def test_goods_credited_before_are_not_credited_twice(invoice, anna, boris, sonya, fedor):
    whole = invoice.amount
    issue_credit_note(invoice.pk, by=fedor, day=DAY, amount=D("1000.01"), reason="Скидка задним числом")
    back = asked(invoice, anna, 3)
    approve_return(back.pk, by=boris)
    receive_return(back.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    last = asked(invoice, anna, 1)
    approve_return(last.pk, by=boris)
    receive_return(last.pk, by=sonya, day=DAY, warehouse_id=warehouse().pk)
    assert sum(CreditNote.objects.values_list("amount", flat=True)) == whole
    assert sum(CreditNote.objects.values_list("vat", flat=True)) == invoice.vat
    invoice.refresh_from_db()
    assert invoice.open_amount == D("0.00")


def test_an_old_debt_without_lines_takes_no_goods_back(anna):
    debt = open_invoice(buyer(anna))
    with pytest.raises(Refused) as refused:
        request_return(debt.pk, by=anna, day=DAY, reason="defect", lines=[(1, 1, True)])
    assert codes(refused) == ["line_of_another"]


def test_a_stranger_asks_for_nothing(invoice, vera):
    with pytest.raises(Forbidden):
        asked(invoice, vera, 1)
