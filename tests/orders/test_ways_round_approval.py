"""Ways round the approval of prices stay shut: through a substitution, through an amendment; what is not told."""

from decimal import Decimal

import pytest
from django.utils import translation

from kam.clock import today
from kam.models import Substitution, User
from kam.refusals import Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.confirming import confirm_order
from orders.actions.order_steps import approve_order, submit_order
from orders.flow import ORDER_FLOW
from orders.models import Reservation
from tests.factories import DAY, buyer, confirmed_order, draft_order, stocked_product

pytestmark = pytest.mark.django_db


def codes(caught) -> list[str]:
    return [refusal.code for refusal in caught.value.refusals]


def cheap_order(by, price="500.00"):
    """An order at half the price, submitted and waiting for approval."""
    one = stocked_product(100, price="1000.00", cost="100.00")
    order = submit_order(draft_order(buyer(by), by, {one: (1, Decimal(price))}).pk, by=by, day=DAY)
    assert order.status == "approval"
    return order


def standing_in(deputy, absent):
    """The deputy with the rights of the absent as well."""
    Substitution.objects.create(absent=absent, deputy=deputy, starts_on=today(), ends_on=today(), arranged_by=absent)
    return User.objects.get(pk=deputy.pk)


def to_approve(user) -> list:
    return [order for step, rows in ORDER_FLOW.waiting_for(user) if step.name == "approve" for order in rows]


def test_a_deputy_does_not_approve_for_the_head_what_the_head_submitted(boris, gleb, galina):
    """A right of one's own counts as far as one's own reach; beyond it the deputy decides with the absent's eyes."""
    order = cheap_order(boris)
    deputy = standing_in(gleb, boris)
    with pytest.raises(Refused) as caught:
        approve_order(order.pk, by=deputy, day=DAY)
    assert codes(caught) == ["four_eyes"]
    assert to_approve(deputy) == []
    order.refresh_from_db()
    assert order.status == "approval"
    assert approve_order(order.pk, by=galina, day=DAY).status == "submitted"


def test_a_deputy_approves_for_the_head_what_a_kam_submitted(anna, boris, gleb):
    order = cheap_order(anna)
    deputy = standing_in(gleb, boris)
    assert to_approve(deputy) == [order]
    assert approve_order(order.pk, by=deputy, day=DAY).status == "submitted"


def test_somebody_who_reaches_everything_decides_with_their_own_eyes(boris, galina):
    order = cheap_order(boris)
    deputy = standing_in(galina, boris)
    assert to_approve(deputy) == [order]
    assert approve_order(order.pk, by=deputy, day=DAY).approved_by == galina


def test_a_price_approved_for_one_unit_is_not_taken_for_fifty(anna, boris):
    order = cheap_order(anna)
    approve_order(order.pk, by=boris, day=DAY)
    confirm_order(order.pk, by=anna, day=DAY)
    line = order.lines.get()
    with pytest.raises(Refused) as caught:
        amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(50, line_id=line.pk)])
    assert codes(caught) == ["approved_units"]
    line.refresh_from_db()
    assert (line.quantity, Reservation.objects.live().get().quantity) == (1, 1)
    assert amend_order(order.pk, by=anna, day=DAY, changes=[LineChange(0, line_id=line.pk)]).total == 0


def test_a_refused_amendment_does_not_tell_support_the_margin(anna, sonya):
    one = stocked_product(100, price="1000.00", cost="900.00")
    order = confirmed_order(buyer(anna), anna, {stocked_product(10): 1})
    with pytest.raises(Refused) as caught, translation.override("en"):
        amend_order(order.pk, by=sonya, day=DAY, changes=[LineChange(1, product_id=one.pk)])
    assert [(each.code, str(each.text)) for each in caught.value.refusals] == [
        ("margin_below_least", "The price is below what is usual."),
    ]  # fmt: skip
