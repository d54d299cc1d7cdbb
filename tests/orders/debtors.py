"""What tests of collecting begin with: a debtor who can be written to, a level of letters, a day after DAY."""

import datetime as dt

from accounts.actions import create_contact
from orders.models import LetterLevel
from tests.factories import DAY, client_of, system_user


def later(days):
    return DAY + dt.timedelta(days=days)


def debtor(manager, **fields):
    """A client whose accountant has an address."""
    client = client_of(manager, **fields)
    person = {"name": "Петрова Мария", "role": "accountant", "email": "buh@azimut.example"}
    create_contact(by=system_user(), client=client, **person)
    return client


def level(number):
    return LetterLevel.objects.get(level=number)
