"""Two ask for a letter to one client, or one and the night: it is written once."""

import contextlib
import threading

import pytest

from accounts.models import Client
from orders.actions import letters_on_demand
from orders.actions.letters import prepare_letters
from orders.actions.letters_on_demand import letters_offered, prepare_letter
from orders.models import CollectionLetter, LetterLevel
from tests.factories import DAY, client_of, overdue_invoice
from tests.races.test_confirming import told
from tests.races.together import TIMEOUT, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(anna):
    # A race empties the tables after it, the policy of the migrations too.
    words = {"name": "Письмо", "subject": "Долг", "text": "{overdue}"}
    LetterLevel.objects.update_or_create(level=3, defaults={"days": 14, "min_amount": 1000, **words})
    found = client_of(anna)
    overdue_invoice(found, "20000.00", days=14)
    return found


def preparing(client, by):
    return lambda: bool(prepare_letter(client.pk, by=by, day=DAY))


def test_two_people(anna, boris, client):
    outcomes = together([preparing(client, each) for each in (anna, boris, anna, boris)])
    assert told(outcomes) == ["True", *["written_already"] * 3]
    assert list(CollectionLetter.objects.values_list("step", "repeat")) == [(3, 0)]


def test_a_person_and_the_night(anna, client):
    outcomes = together([preparing(client, anna), lambda: prepare_letters(day=DAY)])
    assert told(outcomes) in (["0", "True"], ["1", "written_already"])
    assert list(CollectionLetter.objects.values_list("step", "repeat")) == [(3, 0)]


def test_without_the_lock_both_would_write_it(anna, boris, client, monkeypatch):
    """Without the lock neither sees the other's letter: the key of the table stops the second, not the rule."""
    barrier = threading.Barrier(2)

    def offered(*args):
        found = letters_offered(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(TIMEOUT)
        return found

    monkeypatch.setattr(letters_on_demand, "lock_client", lambda pk: Client.objects.get(pk=pk))
    monkeypatch.setattr(letters_on_demand, "letters_offered", offered)
    outcomes = together([preparing(client, each) for each in (anna, boris)])
    assert told(outcomes) == ["True", "taken"]
