"""Credit of a holding: its members use one limit together."""

from decimal import Decimal

import pytest

from accounts.actions import change_client, create_client_group
from orders.actions.confirming import confirm_order
from tests.factories import DAY, buyer, confirmed_order, stocked_product, submitted_order, system_user

pytestmark = pytest.mark.django_db


def test_what_one_member_uses_the_others_have_not(anna):
    group = create_client_group(by=system_user(), name="Холдинг", credit_limit=Decimal("5000.00"))
    one, other = buyer(anna), buyer(anna)
    for member in (one, other):
        change_client(member.pk, by=system_user(), group=group)
    goods = stocked_product(price="1000.00")
    assert confirmed_order(one, anna, {goods: 3}).status == "confirmed"
    held = confirm_order(submitted_order(other, anna, {goods: 3}).pk, by=anna, day=DAY)
    assert held.status == "held"
    assert [reason["code"] for reason in held.credit["reasons"]] == ["over_group_limit"]
    within = confirm_order(submitted_order(other, anna, {goods: 2}).pk, by=anna, day=DAY)
    assert within.status == "confirmed"
