"""Entering and changing clients."""

import pytest

from accounts.actions import EVERY_WARNING, Unconfirmed, change_client, create_client, move_client
from accounts.models import Client, ClientHandover
from kam.models import TrailEntry, User
from kam.refusals import EditConflict, Forbidden, Refused
from tests.factories import DAY, client_of, requisites

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def codes(caught):
    return [(refusal.code, refusal.field) for refusal in caught.value.refusals]


def test_a_kam_enters_a_client_of_their_own(anna):
    client = create_client(by=anna, day=DAY, name="Компас", channel="dealer", **requisites(1))
    stored = Client.objects.get(pk=client.pk)
    assert stored.manager == anna
    assert stored.status == "prospect"
    assert stored.inn == "7701000019"
    assert stored.sort_key == "компас"
    entry = TrailEntry.objects.of(stored).get()
    assert (entry.verb, entry.by) == ("create", anna)
    since = ClientHandover.objects.get(client=stored)
    assert (since.from_manager, since.to_manager, since.handed_on) == (None, anna, DAY)


def test_numbers_are_stored_without_spaces(anna):
    numbers = requisites(2)
    spaced = {**numbers, "account": f"{numbers['account'][:5]} {numbers['account'][5:]} "}
    client = create_client(by=anna, day=DAY, name="Компас", channel="dealer", **spaced)
    assert client.account == numbers["account"]


def test_a_kam_cannot_enter_a_client_of_another(anna, vera):
    with pytest.raises(Forbidden):
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", manager=vera)
    assert not Client.objects.exists()


def test_who_is_no_kam_looks_after_nobody(sonya, marina):
    with pytest.raises(Refused) as caught:
        create_client(by=sonya, day=DAY, name="Компас", channel="dealer", manager=marina)
    assert codes(caught) == [("not_a_keeper", "manager")]
    assert not Client.objects.exists()


def test_faults_of_requisites_are_refused_all_at_once_beside_their_fields(anna):
    numbers = {**requisites(3), "inn": "0000000000", "kpp": "12", "account": "40702810000000000001"}
    with pytest.raises(Refused) as caught:
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", **numbers)
    assert not isinstance(caught.value, Unconfirmed)
    assert codes(caught) == [("inn_zeros", "inn"), ("kpp_form", "kpp"), ("account_checksum", "account")]
    assert not Client.objects.exists()
    assert not TrailEntry.objects.exists()


def test_what_the_model_refuses_stands_beside_its_field(anna):
    with pytest.raises(Refused) as caught:
        create_client(by=anna, day=DAY, name="", channel="bazaar", email="nowhere")
    assert {field for _code, field in codes(caught)} == {"name", "channel", "email"}
    assert not Client.objects.exists()


def test_a_treasury_account_warns_and_passes_when_confirmed(anna):
    numbers = {**requisites(4), "account": "03100643000000011700"}
    with pytest.raises(Unconfirmed) as caught:
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", **numbers)
    assert codes(caught) == [("treasury_account", "account")]
    assert not Client.objects.exists()
    confirmed = ["treasury_account"]
    create_client(by=anna, day=DAY, name="Компас", channel="dealer", confirmed_warnings=confirmed, **numbers)
    assert Client.objects.get().account == "03100643000000011700"


def test_confirming_one_warning_does_not_confirm_another(anna):
    numbers = {**requisites(4), "kpp": "", "account": "03100643000000011700"}
    with pytest.raises(Unconfirmed) as caught:
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", confirmed_warnings={"kpp_needed"}, **numbers)
    assert codes(caught) == [("treasury_account", "account")]


def test_no_warning_confirms_an_error(anna):
    numbers = {**requisites(4), "inn": "7707083894"}
    with pytest.raises(Refused) as caught:
        create_client(by=anna, day=DAY, name="К", channel="dealer", confirmed_warnings=EVERY_WARNING, **numbers)
    assert codes(caught) == [("inn_checksum", "inn")]


def test_a_twin_is_named_to_who_may_see_it(anna):
    twin = client_of(anna, name="Старый Компас")
    numbers = {"inn": twin.inn, "kpp": twin.kpp}
    with pytest.raises(Unconfirmed) as caught:
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", **numbers)
    assert codes(caught) == [("duplicate", "inn")]
    assert "Старый Компас" in caught.value.refusals[0].text
    create_client(by=anna, day=DAY, name="Компас", channel="dealer", confirmed_warnings=["duplicate"], **numbers)
    assert Client.objects.filter(inn=twin.inn).count() == 2


def test_a_twin_of_another_team_is_not_named(anna, vera):
    twin = client_of(vera, name="Чужой Компас")
    with pytest.raises(Unconfirmed) as caught:
        create_client(by=anna, day=DAY, name="Компас", channel="dealer", inn=twin.inn, kpp=twin.kpp)
    assert codes(caught) == [("duplicate_unseen", "inn")]
    assert "Чужой" not in caught.value.refusals[0].text


def test_a_branch_is_no_twin(anna):
    twin = client_of(anna)
    client = create_client(by=anna, day=DAY, name="Филиал", channel="dealer", inn=twin.inn, kpp="770201001")
    assert client.pk


def test_changes_are_kept_with_what_was_before(anna):
    client = client_of(anna, name="Компас")
    changed = change_client(client.pk, by=anna, version=1, name="Компас Плюс", city="Орёл")
    assert changed.version == 2
    entry = TrailEntry.objects.of(client).first()
    assert entry.changes == {"name": ["Компас", "Компас Плюс"], "city": ["Тула", "Орёл"]}
    assert Client.objects.get(pk=client.pk).sort_key == "компас плюс"


def test_nothing_changed_writes_nothing(anna):
    client = client_of(anna)
    assert change_client(client.pk, by=anna, version=1, name=client.name).version == 1
    assert TrailEntry.objects.of(client).count() == 1


def test_who_saves_over_another_is_told(anna):
    client = client_of(anna, name="Компас")
    change_client(client.pk, by=anna, version=1, city="Орёл")
    with pytest.raises(EditConflict):
        change_client(client.pk, by=anna, version=1, city="Ливны")
    assert Client.objects.get(pk=client.pk).city == "Орёл"


def test_a_stranger_does_not_find_the_client(anna, vera):
    client = client_of(anna)
    with pytest.raises(Client.DoesNotExist):
        change_client(client.pk, by=vera, version=1, name="Мой")
    with pytest.raises(Client.DoesNotExist):
        move_client(client.pk, "pause", by=vera, reason="так")
    assert Client.objects.get(pk=client.pk).version == 1


def test_who_sees_but_may_not_change_is_forbidden(anna, marina):
    client = client_of(anna)
    with pytest.raises(Forbidden):
        change_client(client.pk, by=marina, version=1, name="Мой")
    assert Client.objects.get(pk=client.pk).name == client.name


def test_manager_and_status_are_not_written_by_an_edit(anna, dasha):
    client = client_of(anna)
    with pytest.raises(TypeError):
        change_client(client.pk, by=anna, manager=dasha)
    with pytest.raises(TypeError):
        change_client(client.pk, by=anna, status="closed")


def test_an_old_fault_does_not_stand_in_the_way_of_a_new_phone(anna):
    client = client_of(anna)
    Client.objects.filter(pk=client.pk).update(inn="7707083894")
    assert change_client(client.pk, by=anna, phone="+7 4872 00-00-00").phone == "+7 4872 00-00-00"
    with pytest.raises(Refused) as caught:
        change_client(client.pk, by=anna, kpp="770201001")
    assert codes(caught) == [("inn_checksum", "inn")]


def test_steps_of_a_client(anna):
    client = create_client(by=anna, day=DAY, name="Компас", channel="dealer")
    with pytest.raises(Refused) as caught:
        move_client(client.pk, "activate", by=fresh(anna))
    assert codes(caught) == [("inn_missing", "inn")]
    change_client(client.pk, by=anna, **requisites(5))
    assert move_client(client.pk, "activate", by=fresh(anna)).status == "active"
    with pytest.raises(Refused) as caught:
        move_client(client.pk, "pause", by=fresh(anna))
    assert codes(caught) == [("reason_missing", "reason")]
    assert Client.objects.get(pk=client.pk).status == "active"
    assert move_client(client.pk, "pause", by=fresh(anna), reason="ремонт").status == "paused"
    assert TrailEntry.objects.of(client).first().changes == {"status": ["active", "paused"]}
