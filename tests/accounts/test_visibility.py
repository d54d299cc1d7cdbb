"""Who sees which clients and what belongs to them."""

import datetime as dt

import pytest

from accounts.actions import change_client, change_contact, change_outlet, create_contact, create_outlet
from accounts.models import Activity, Client, Contact, Contract, CreditHold, CreditTerms, Outlet
from accounts.queries import next_steps, terms_shown
from kam.clock import today
from kam.models import Substitution, TrailEntry, User
from kam.refusals import Forbidden, Refused
from tests.factories import activity_of, client_of, outlet_of, system_user, terms_of

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def names(model, user):
    return set(model.objects.visible_to(fresh(user)))


def test_scopes(anna, dasha, boris, vera, gleb, sonya, fedor, marina):
    first, second, third = client_of(anna), client_of(dasha), client_of(vera)
    assert names(Client, anna) == {first}
    assert names(Client, boris) == {first, second}
    assert names(Client, gleb) == {third}
    for everybody in (sonya, fedor, marina):
        assert names(Client, everybody) == {first, second, third}


def test_what_belongs_to_a_client_goes_with_it(anna, vera):
    client = client_of(anna)
    outlet_of(client)
    terms_of(client)
    activity_of(client, anna)
    create_contact(by=anna, client=client, name="Пётр")
    for model in (Outlet, CreditTerms, Activity, Contact):
        assert len(names(model, anna)) == 1, model
        assert names(model, vera) == set(), model
    for model in (Contract, CreditHold):
        assert names(model, anna) == set()


def test_who_looks_after_an_outlet_sees_its_client_and_that_outlet_only(anna, vera):
    client = client_of(anna)
    other, own = outlet_of(client), outlet_of(client, vera)
    assert names(Client, vera) == {client}
    assert names(Outlet, vera) == {own}
    assert names(Outlet, anna) == {other, own}


def test_who_looks_after_an_outlet_changes_it_but_neither_client_nor_other_outlets(anna, vera):
    client = client_of(anna)
    other, own = outlet_of(client), outlet_of(client, vera)
    assert change_outlet(own.pk, by=fresh(vera), version=1, phone="1").phone == "1"
    with pytest.raises(Outlet.DoesNotExist):
        change_outlet(other.pk, by=fresh(vera), version=1, phone="1")
    with pytest.raises(Forbidden):
        change_client(client.pk, by=fresh(vera), version=1, phone="1")
    with pytest.raises(Forbidden):
        change_outlet(own.pk, by=fresh(vera), version=2, manager=None)
    assert Outlet.objects.get(pk=own.pk).manager == vera
    assert Client.objects.get(pk=client.pk).version == 1


def test_who_looks_after_an_outlet_sees_its_people_and_plans_but_no_terms(anna, vera):
    client = client_of(anna)
    terms_of(client)
    other, own = outlet_of(client), outlet_of(client, vera)
    create_contact(by=anna, client=client, name="Директор")
    create_contact(by=anna, client=client, name="Сосед", outlet=other)
    seller = create_contact(by=anna, client=client, name="Продавец", outlet=own)
    activity_of(client, anna, due_on=today())
    visit = activity_of(client, anna, outlet=own, due_on=today(), subject="Выкладка")
    assert names(Contact, vera) == {seller}
    assert names(Activity, vera) == {visit}
    assert names(CreditTerms, vera) == set()
    assert change_contact(seller.pk, by=fresh(vera), version=1, phone="1").phone == "1"
    assert next_steps([client.pk], fresh(vera))[client.pk].subject == "Выкладка"
    assert terms_shown([client], fresh(vera), today()) == {}
    assert set(terms_shown([client], fresh(anna), today())) == {client.pk}


def test_a_contact_at_an_outlet_is_of_that_client(anna):
    client, other = client_of(anna), client_of(anna)
    outlet = outlet_of(other)
    with pytest.raises(Refused) as caught:
        create_contact(by=anna, client=client, name="Пётр", outlet=outlet)
    assert [(r.code, r.field) for r in caught.value.refusals] == [("of_another_client", "outlet")]
    contact = create_contact(by=anna, client=client, name="Пётр")
    with pytest.raises(Refused):
        change_contact(contact.pk, by=anna, version=1, outlet=outlet)
    assert Contact.objects.get().outlet is None


def test_outlets_of_a_client_have_names_of_their_own(anna):
    client = client_of(anna)
    create_outlet(by=anna, client_id=client.pk, name="Ленина, 1")
    with pytest.raises(Refused):
        create_outlet(by=anna, client_id=client.pk, name="Ленина, 1")
    assert Outlet.objects.count() == 1
    create_outlet(by=anna, client_id=client_of(anna).pk, name="Ленина, 1")


def test_a_stranger_adds_nothing(anna, vera):
    client = client_of(anna)
    for add in (create_outlet, create_contact):
        with pytest.raises(Client.DoesNotExist):
            add(by=vera, client_id=client.pk, name="Моё")
    assert not Outlet.objects.exists()
    assert not Contact.objects.exists()


def test_a_deputy_sees_and_changes_for_the_window_on_behalf_of_the_absent(anna, vera, boris):
    client = client_of(anna)
    day = today()
    cover = Substitution.objects.create(absent=anna, deputy=vera, starts_on=day, ends_on=day, arranged_by=boris)
    assert names(Client, vera) == {client}
    change_client(client.pk, by=fresh(vera), version=1, phone="1")
    entry = TrailEntry.objects.of(client).first()
    assert (entry.by, entry.on_behalf_of) == (vera, anna)
    Substitution.objects.filter(pk=cover.pk).update(starts_on=day - dt.timedelta(2), ends_on=day - dt.timedelta(1))
    assert names(Client, vera) == set()
    with pytest.raises(Client.DoesNotExist):
        change_client(client.pk, by=fresh(vera), phone="2")
    assert Client.objects.get(pk=client.pk).phone == "1"


def test_a_client_of_nobody_is_seen_from_everywhere_only(anna, boris, sonya):
    client = client_of(None)
    assert client.manager is None
    assert names(Client, anna) == names(Client, boris) == set()
    assert names(Client, sonya) == {client}
    assert system_user().is_superuser


def test_a_client_that_nobody_looks_after_is_not_changed_by_who_has_an_outlet_of_it(vera, galina):
    client = client_of(None, name="Ничей")
    outlet_of(client, vera)
    assert Client.objects.visible_to(vera).get() == client
    with pytest.raises(Forbidden):
        change_client(client.pk, by=vera, city="Псков")
    client.refresh_from_db()
    assert client.city == "Тула"
