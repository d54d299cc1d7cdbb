"""Two give a new document the same number at the same moment: one has it, the other is told that it is taken."""

import threading
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions.outlets import create_outlet
from accounts.models import Outlet
from kam.writing import writes
from orders.actions import supplies
from orders.actions.supplies import SupplyLineInput, create_supply
from orders.models import Supply, Warehouse
from tests.factories import DAY, buyer, stocked_product, system_user
from tests.races.test_confirming import told
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


class NobodyYet:
    """Answers that the number is free only when both have asked: what happens when both ask before either writes."""

    def __init__(self, rows):
        self.rows, self.both = rows, threading.Barrier(2)

    def filter(self, **kwargs):
        self.both.wait(10)
        return self.rows.none()

    def __getattr__(self, name):
        return getattr(self.rows, name)


@pytest.fixture
def announcing(monkeypatch):
    line, warehouse, by = SupplyLineInput(stocked_product(10).pk, 5), Warehouse.objects.get().pk, system_user()
    monkeypatch.setattr(supplies, "Supply", SimpleNamespace(objects=NobodyYet(Supply.objects)))
    return lambda: create_supply(by=by, number="П-7", warehouse_id=warehouse, expected_on=DAY, lines=[line]).number


def test_two_supplies_with_one_number(announcing):
    outcomes = together([announcing] * 2)
    assert sorted(told(outcomes)) == ["taken", "П-7"]
    (refused,) = [each for each in outcomes if not isinstance(each, str)]
    assert [(each.code, each.field) for each in refused.refusals] == [("taken", "number")]
    assert Supply.objects.get(number="П-7").lines.count() == 1


def test_without_the_mechanism_it_is_a_fault(announcing, monkeypatch):
    """The twin."""
    monkeypatch.setattr("kam.writing.refused_as_taken", lambda error: None)
    outcomes = together([announcing] * 2)
    assert [type(each) for each in outcomes if not isinstance(each, str)] == [IntegrityError]
    assert Supply.objects.filter(number="П-7").count() == 1


def test_a_constraint_of_several_fields_names_what_was_typed(anna):
    client = buyer(anna)
    create_outlet(by=anna, client_id=client.pk, name="На Тверской")

    @writes
    def written_past_the_check():
        Outlet.objects.create(client=client, name="На Тверской")

    (outcome,) = together([written_past_the_check])
    assert [(each.code, each.field) for each in outcome.refusals] == [("taken", "name")]


def test_a_broken_rule_that_is_no_uniqueness_stays_a_fault(anna):
    stocked_product(1)

    @writes
    def oversold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE orders_stocklevel SET reserved = on_hand + 1")

    assert [type(each) for each in together([oversold])] == [IntegrityError]
