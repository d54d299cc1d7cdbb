import datetime as dt

import pytest

from tests import factories

# One row or more of everything the factories can make, for the tests that open every page. A floor adds its own here.
BUILDERS = []


def builder(function):
    BUILDERS.append(function)
    return function


@builder
def clients_and_money(anna, boris):
    first, second, third = (factories.client_of(anna) for _number in range(3))
    for client in (first, second, third):
        factories.terms_of(client)
        factories.outlet_of(client)
        factories.activity_of(client, anna)
        factories.overdue_invoice(client)
        factories.payment_of(client)


@pytest.fixture
def company(anna, boris, vera, db):
    """A small company in which every page has something to show."""
    for build in BUILDERS:
        build(anna, boris)
    return dt.date(2026, 11, 20)
