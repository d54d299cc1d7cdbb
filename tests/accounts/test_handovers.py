"""Clients go from one KAM to another."""

import pytest

from accounts.actions import hand_over_client, hand_over_clients
from accounts.models import Activity, Client, ClientHandover
from kam.models import Notification, TrailEntry
from kam.refusals import Forbidden, Refused
from tests.factories import DAY, activity_of, client_of, outlet_of

pytestmark = pytest.mark.django_db


def test_a_head_hands_a_client_over_with_its_open_work(boris, anna, dasha):
    client = client_of(anna, name="Компас")
    planned = activity_of(client, anna)
    support = activity_of(client, boris, subject="Согласовать лимит")
    handed = hand_over_client(client.pk, dasha, by=boris, day=DAY, reason="отпуск", notes="Любит звонки утром")
    assert handed.manager == dasha
    stored = Client.objects.get(pk=client.pk)
    assert (stored.manager, stored.version) == (dasha, 2)
    latest = ClientHandover.objects.filter(client=client).first()
    assert (latest.from_manager, latest.to_manager, latest.by, latest.reason) == (anna, dasha, boris, "отпуск")
    assert latest.notes == "Любит звонки утром"
    assert Activity.objects.get(pk=planned.pk).owner == dasha
    assert Activity.objects.get(pk=support.pk).owner == boris
    entry = TrailEntry.objects.of(client).first()
    assert (entry.verb, entry.reason, entry.changes) == ("hand_over", "отпуск", {"manager": ["Аннина", "Дарьина"]})
    assert list(Notification.objects.values_list("user__email", "kind").order_by("user__email")) == [
        ("anna@dcm.example", "handover"),
        ("dasha@dcm.example", "handover"),
    ]


def test_the_new_kam_sees_the_client_and_the_old_does_not(boris, anna, dasha):
    client = client_of(anna)
    hand_over_client(client.pk, dasha, by=boris, day=DAY, reason="отпуск")
    assert client in Client.objects.visible_to(dasha)
    assert client not in Client.objects.visible_to(anna)


def test_many_at_once_tell_each_person_once(boris, anna, dasha):
    clients = [client_of(anna) for _ in range(3)]
    hand_over_clients([c.pk for c in clients], dasha, by=boris, day=DAY, reason="передел территорий")
    assert Client.objects.filter(manager=dasha).count() == 3
    gained = Notification.objects.get(user=dasha)
    assert gained.values["count"] == 3
    assert Notification.objects.count() == 2
    assert TrailEntry.objects.filter(verb="hand_over").count() == 3


def test_all_or_none(boris, anna, dasha, vera):
    ours, theirs, already = client_of(anna), client_of(vera), client_of(dasha)
    with pytest.raises(Client.DoesNotExist):
        hand_over_clients([ours.pk, theirs.pk], dasha, by=boris, day=DAY, reason="x")
    with pytest.raises(Refused) as caught:
        hand_over_clients([ours.pk, already.pk], dasha, by=boris, day=DAY, reason=" ")
    assert [r.code for r in caught.value.refusals] == ["reason_missing", "same_manager"]
    assert Client.objects.get(pk=ours.pk).manager == anna
    assert not TrailEntry.objects.filter(verb="hand_over").exists()
    assert not Notification.objects.exists()


def test_a_kam_hands_nothing_over(anna, dasha):
    client = client_of(anna)
    with pytest.raises(Forbidden):
        hand_over_client(client.pk, dasha, by=anna, day=DAY, reason="x")
    assert Client.objects.get(pk=client.pk).manager == anna


def test_not_to_who_is_gone(boris, anna, dasha):
    client = client_of(anna)
    dasha.is_active = False
    dasha.save()
    with pytest.raises(Refused) as caught:
        hand_over_client(client.pk, dasha, by=boris, day=DAY, reason="x")
    assert [(r.code, r.field) for r in caught.value.refusals] == [("not_a_keeper", "to_manager")]


def test_an_outlet_keeps_its_own_kam(boris, anna, dasha, vera):
    client = client_of(anna)
    outlet = outlet_of(client, vera)
    hand_over_client(client.pk, dasha, by=boris, day=DAY, reason="x")
    outlet.refresh_from_db()
    assert outlet.manager == vera
