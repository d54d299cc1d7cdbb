"""Rough orders: handed over, taken, entered, returned; what was promised against what was entered."""

from decimal import Decimal

import pytest

from accounts.models import Client
from kam.models import Notification
from kam.refusals import Forbidden, Refused
from orders.actions.intakes import (
    IntakeLineInput,
    change_intake,
    create_intake,
    enter_intake,
    move_intake,
    return_intake,
    take_intake,
)
from orders.actions.orders import OrderLineInput
from orders.models import Intake, Order
from orders.queries.intakes import promised_and_entered
from tests.factories import DAY, buyer, product, warehouse

pytestmark = pytest.mark.django_db


def codes(caught):
    return [refusal.code for refusal in caught.value.refusals]


def test_a_rough_order_is_taken_entered_and_compared(anna, sonya):
    warehouse()
    one, two, three = product(price="100.00"), product(price="50.00"), product(price="10.00")
    lines = [IntakeLineInput(5, one.pk, price=Decimal("98.00")), IntakeLineInput(2, two.pk)]
    intake = create_intake(by=anna, day=DAY, client_id=buyer(anna).pk, lines=lines, promised_total=Decimal("590.00"))
    assert (intake.status, intake.number[:6]) == ("waiting", "РЗ-26-")
    taken = take_intake(intake.pk, by=sonya)
    assert (taken.status, taken.taken_by) == ("taken", sonya)
    with pytest.raises(Refused) as caught:
        take_intake(intake.pk, by=sonya)
    assert codes(caught) == ["wrong_state"]
    entered = [OrderLineInput(one.pk, 4), OrderLineInput(two.pk, 2), OrderLineInput(three.pk, 1)]
    order = enter_intake(intake.pk, by=sonya, day=DAY, lines=entered)
    assert (order.intake_id, order.status, order.author, order.manager) == (intake.pk, "draft", sonya, anna)
    assert Notification.objects.get(user=anna, kind="intake_entered").document_id == order.pk
    found = promised_and_entered(Intake.objects.get(pk=intake.pk))
    assert [(row.product_id, row.promised, row.entered, row.units, row.differs) for row in found.rows] == [
        (one.pk, 5, 4, -1, True),
        (two.pk, 2, 2, 0, False),
        (three.pk, 0, 1, 1, True),
    ]
    assert (found.rows[0].promised_price, found.rows[0].entered_price) == (Decimal("98.00"), Decimal("100.00"))
    assert (found.promised_total, found.entered_total, found.differs) == (Decimal("590.00"), Decimal("510.00"), True)


def test_promised_prices_are_entered_where_nothing_else_is_said(anna, sonya):
    warehouse()
    one = product(price="100.00")
    lines = [IntakeLineInput(5, one.pk, price=Decimal("98.00"))]
    intake = create_intake(by=anna, day=DAY, client_id=buyer(anna).pk, lines=lines)
    order = enter_intake(intake.pk, by=sonya, day=DAY)
    assert (order.lines.get().price, Intake.objects.get().status) == (Decimal("98.00"), "entered")
    assert promised_and_entered(intake).differs is False


def test_words_without_a_product_have_to_be_chosen(anna, sonya):
    intake = create_intake(
        by=anna, day=DAY, client_id=buyer(anna).pk, lines=[IntakeLineInput(5, wording="навигаторы как в прошлый раз")]
    )
    with pytest.raises(Refused) as caught:
        enter_intake(intake.pk, by=sonya, day=DAY)
    assert [(each.code, each.line) for each in caught.value.refusals] == [("no_product", 1)]
    assert (Order.objects.count(), Intake.objects.get().status) == (0, "waiting")


def test_an_empty_rough_order_is_refused(anna):
    client = buyer(anna)
    with pytest.raises(Refused) as caught:
        create_intake(by=anna, day=DAY, client_id=client.pk)
    assert codes(caught) == ["nothing_asked"]
    with pytest.raises(Refused) as caught:
        create_intake(by=anna, day=DAY, client_id=client.pk, lines=[IntakeLineInput(0)])
    assert codes(caught) == ["no_product", "bad_quantity"]
    assert not Intake.objects.exists()


def test_a_returned_one_is_mended_and_handed_over_again(anna, sonya):
    intake = create_intake(by=anna, day=DAY, client_id=buyer(anna).pk, text="Как обычно")
    with pytest.raises(Refused) as caught:
        return_intake(intake.pk, by=sonya)
    assert codes(caught) == ["reason_missing"]
    assert return_intake(intake.pk, by=sonya, reason="Какие модели?").status == "returned"
    assert Notification.objects.get(user=anna).values["reason"] == "Какие модели?"
    lines = [IntakeLineInput(1, product().pk)]
    assert change_intake(intake.pk, by=anna, lines=lines, text="Одна штука").lines.count() == 1
    assert move_intake(intake.pk, "resend", by=anna).status == "waiting"


def test_strangers_and_the_wrong_roles(anna, vera, fedor):
    client = buyer(anna)
    with pytest.raises(Client.DoesNotExist):
        create_intake(by=vera, day=DAY, client_id=client.pk, text="Чужой клиент")
    intake = create_intake(by=anna, day=DAY, client_id=client.pk, text="Как обычно")
    with pytest.raises(Intake.DoesNotExist):
        take_intake(intake.pk, by=vera)
    with pytest.raises(Forbidden):
        take_intake(intake.pk, by=fedor)
    assert Intake.objects.get().status == "waiting"
