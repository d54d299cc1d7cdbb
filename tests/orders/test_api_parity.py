"""What stood on pages only and is over the API too: standings, reconciliations of many, nights, days, brands."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.actions import set_decreed_day
from accounts.models import DecreedDay
from kam.clock import today
from kam.models import Run, TrailEntry, User
from orders.actions.reconciliations import draw_up_reconciliation, move_reconciliation
from orders.models import Discrepancy
from orders.pages.client_parts import headroom, orders_in_work, overdue
from reports.models import BrandFigure
from tests import factories

pytestmark = pytest.mark.django_db
SHEETS = "/api/v1/reconciliations/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def test_a_client_at_first_sight_stands_as_on_its_page(anna, vera):
    client = factories.buyer(anna)
    factories.overdue_invoice(client, "1200.00")
    goods = factories.stocked_product(50)
    factories.confirmed_order(client, anna, {goods: 2})
    told = api(anna).get(f"/api/v1/credit-standings/{client.pk}/").json()
    assert Decimal(told["headroom"]) == headroom(client, anna)
    assert Decimal(told["overdue"]) == overdue(client, anna) == Decimal("1200.00")
    assert told["orders_in_work"] == orders_in_work(client, anna) == 1
    parts = told["exposure"]
    assert Decimal(parts["open_invoices"]) == Decimal("1200.00")
    assert Decimal(parts["total"]) == sum(Decimal(amount) for name, amount in parts.items() if name != "total")
    assert api(vera).get(f"/api/v1/credit-standings/{client.pk}/").status_code == 404


def test_who_looks_after_an_outlet_only_does_not_learn_the_money(anna, vera):
    client = factories.buyer(anna)
    factories.overdue_invoice(client)
    factories.outlet_of(client, manager=vera)
    told = api(vera).get(f"/api/v1/credit-standings/{client.pk}/").json()
    assert [told[name] for name in ("exposure", "headroom", "overdue", "on_account", "rates_missing")] == [None] * 5


def test_a_decreed_day_is_cleared(admin, anna):
    day = set_decreed_day(dt.date(2026, 12, 31), is_working=False, by=admin)
    place = f"/api/v1/decreed-days/{day.pk}/"
    assert api(anna).delete(place).status_code == 403
    assert DecreedDay.objects.count() == 1
    assert api(admin).delete(place).status_code == 204
    assert not DecreedDay.objects.exists()
    assert api(admin).delete(place).status_code == 404
    assert TrailEntry.objects.filter(document_kind="accounts.decreedday", verb="remove").count() == 1


def test_sheets_of_many_clients_are_prepared_by_a_worker(fedor, marina):
    factories.our_company()
    sent = {"starts_on": "2026-07-01", "ends_on": "2026-09-30"}
    answer = api(fedor).post(f"{SHEETS}prepare/", sent, format="json")
    assert (answer.status_code, answer.json()["kind"]) == (202, "reconciliations")
    assert Run.objects.get().parameters == {**sent, "manager": None, "currency": "RUB"}
    wrong = api(fedor).post(f"{SHEETS}prepare/", {"starts_on": "2026-09-30", "ends_on": "2026-07-01"}, format="json")
    assert wrong.status_code == 409
    assert api(marina).post(f"{SHEETS}prepare/", sent, format="json").status_code == 403
    assert Run.objects.count() == 1


@pytest.fixture
def sheet(anna):
    factories.our_company()
    client = factories.client_of(anna)
    for amount in ("1200.00", "300.00"):
        factories.overdue_invoice(client, amount)
    drawn = draw_up_reconciliation(
        client_id=client.pk,
        starts_on=factories.DAY - dt.timedelta(days=90),
        ends_on=factories.DAY,
        by=anna,
        day=today(),
    )
    return move_reconciliation(drawn.pk, "send", by=anna, day=today())


@pytest.mark.django_db(transaction=True)
def test_differences_are_recorded_together_or_not_at_all(anna, vera, sheet):
    first, second = sheet.lines.order_by("pk")[:2]
    place = f"{SHEETS}{sheet.pk}/differences/"
    both = [{"line": first.pk, "their_amount": "0.00"}, {"line": second.pk, "their_amount": "1.00"}]
    bad = [both[0], {"line": second.pk, "their_amount": str(second.debit + second.credit)}]
    refused = api(anna).post(place, {"differences": bad}, format="json")
    assert (refused.status_code, [each["line"] for each in refused.json()["refusals"]]) == (409, [1])
    assert not Discrepancy.objects.exists()
    assert api(vera).post(place, {"differences": both}, format="json").status_code == 404
    assert api(anna).post(place, {"differences": []}, format="json").status_code == 400
    made = api(anna).post(place, {"differences": both, "due_on": "2026-12-20"}, format="json")
    assert made.status_code == 201
    assert [each["line"] for each in made.json()["differences"]] == [first.pk, second.pk]
    assert {each.due_on for each in Discrepancy.objects.all()} == {dt.date(2026, 12, 20)}


def test_a_day_is_closed_again_also_one_without_a_night(admin, anna):
    day = today() - dt.timedelta(days=3)
    answer = api(admin).post("/api/v1/nights/again/", {"day": day.isoformat()}, format="json")
    assert answer.status_code == 202
    assert Run.objects.get().parameters["day"] == day.isoformat()
    assert api(admin).post("/api/v1/nights/again/", {"day": today().isoformat()}, format="json").status_code == 409
    assert api(anna).post("/api/v1/nights/again/", {"day": day.isoformat()}, format="json").status_code == 403
    assert Run.objects.count() == 1


def test_debts_by_brand(anna, vera):
    client = factories.client_of(anna)
    brand = factories.product().brand
    BrandFigure.objects.create(
        day=factories.DAY, client=client, brand=brand, currency="RUB", total=Decimal("10.00"), overdue=Decimal("4.00")
    )
    found = api(anna).get("/api/v1/brand-figures/", {"brand": brand.pk, "late": "true"}).json()["results"]
    assert [(each["client"], each["total"], each["overdue"]) for each in found] == [(client.pk, "10.00", "4.00")]
    assert api(vera).get("/api/v1/brand-figures/").json()["results"] == []


def test_all_clients_of_a_kam_are_handed_over(anna, boris, dasha, vera):
    mine, hers = [factories.client_of(anna) for _number in range(2)], factories.client_of(vera)
    place, sent = "/api/v1/clients/hand-over/", {"to_manager": dasha.pk, "reason": "Отпуск"}
    assert api(boris).post(place, sent, format="json").status_code == 400
    told = api(boris).post(place, {**sent, "from_manager": anna.pk}, format="json")
    assert (told.status_code, told.json()) == (200, {"handed_over": 2})
    assert api(boris).post(place, {**sent, "from_manager": vera.pk}, format="json").json() == {"handed_over": 0}
    for client in (*mine, hers):
        client.refresh_from_db()
    assert [client.manager for client in (*mine, hers)] == [dasha, dasha, vera]
