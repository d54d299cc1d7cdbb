import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import PriceColumn
from kam.models import TrailEntry
from kam.refusals import Forbidden, Refused
from orders.actions.catalogue import create_brand, create_product
from orders.actions.prices import set_costs, set_price, set_prices
from orders.models import Price, ProductCost

JAN, FEB, MAR = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)


@pytest.fixture
def column(db):
    return PriceColumn.objects.create(code="D1", name="Дилер 1")


@pytest.fixture
def product(marina):
    return create_product(by=marina, sku="NV-100", name="Навигатор", brand=create_brand(by=marina, name="Норд"))


def periods(model=Price):
    return list(model.objects.order_by("starts_on").values_list("starts_on", "ends_on", "amount"))


def test_a_new_price_closes_the_one_before(product, column, marina):
    set_price(product_id=product.pk, column_id=column.pk, amount=Decimal("100.00"), starts_on=JAN, by=marina)
    set_price(product_id=product.pk, column_id=column.pk, amount=Decimal("90.00"), starts_on=MAR, by=marina)
    assert periods() == [
        (JAN, dt.date(2026, 2, 28), Decimal("100.00")),
        (MAR, None, Decimal("90.00")),
    ]


def test_a_price_set_between_two_ends_before_the_later(product, column, marina):
    for day, amount in ((JAN, "100.00"), (MAR, "90.00"), (FEB, "95.00")):
        set_price(product_id=product.pk, column_id=column.pk, amount=Decimal(amount), starts_on=day, by=marina)
    assert periods() == [
        (JAN, dt.date(2026, 1, 31), Decimal("100.00")),
        (FEB, dt.date(2026, 2, 28), Decimal("95.00")),
        (MAR, None, Decimal("90.00")),
    ]


def test_a_price_of_the_same_day_is_replaced_and_an_equal_one_changes_nothing(product, column, marina):
    def set_to(amount, day):
        return set_prices(column_id=column.pk, amounts={product.pk: Decimal(amount)}, starts_on=day, by=marina)

    assert set_to("100.00", JAN) == 1
    assert set_to("101.00", JAN) == 1
    entries = TrailEntry.objects.count()
    assert set_to("101.00", FEB) == 0
    assert periods() == [(JAN, None, Decimal("101.00"))]
    assert TrailEntry.objects.count() == entries


def test_a_price_of_nothing_is_refused_and_nothing_changes(product, column, marina):
    with pytest.raises(Refused) as refused:
        set_price(product_id=product.pk, column_id=column.pk, amount=Decimal("0.00"), starts_on=JAN, by=marina)
    assert [refusal.code for refusal in refused.value.refusals] == ["price_not_positive"]
    assert periods() == []


def test_a_kam_sets_no_prices(product, column, anna):
    with pytest.raises(Forbidden):
        set_price(product_id=product.pk, column_id=column.pk, amount=Decimal("1.00"), starts_on=JAN, by=anna)
    assert periods() == []


def test_costs_lie_in_periods_too(product, boris, marina):
    set_costs(amounts={product.pk: Decimal("70.00")}, starts_on=JAN, by=boris)
    set_costs(amounts={product.pk: Decimal("72.50")}, starts_on=FEB, by=boris)
    with pytest.raises(Forbidden):
        set_costs(amounts={product.pk: Decimal("1.00")}, starts_on=FEB, by=marina)
    assert periods(ProductCost) == [
        (JAN, dt.date(2026, 1, 31), Decimal("70.00")),
        (FEB, None, Decimal("72.50")),
    ]
