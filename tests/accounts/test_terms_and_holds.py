"""Credit terms in their periods; holds and who lifts them."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions import lift_hold, place_hold, set_terms
from accounts.models import Client, CreditHold, CreditTerms
from accounts.queries import live_holds, terms_on
from kam.models import Notification, TrailEntry
from kam.refusals import Forbidden, Refused
from tests.factories import client_of, price_column, terms_of

pytestmark = pytest.mark.django_db


def periods(client):
    rows = CreditTerms.objects.filter(client=client).order_by("starts_on")
    return list(rows.values_list("starts_on", "ends_on", "credit_limit"))


def test_new_terms_end_the_former_period(anna, boris):
    client = client_of(anna)
    terms_of(client)
    new = set_terms(
        client.pk, by=boris, starts_on=dt.date(2026, 3, 1), credit_limit=Decimal("2500000.50"), days=45,
        day_kind="working", price_column_id=price_column().pk, discount_percent=Decimal("2.5"), reason="вырос",
    )  # fmt: skip
    assert periods(client) == [
        (dt.date(2024, 1, 1), dt.date(2026, 2, 28), Decimal("1000000.00")),
        (dt.date(2026, 3, 1), None, Decimal("2500000.50")),
    ]
    assert new.agreed_by == boris
    before, after = terms_on([client.pk], dt.date(2026, 2, 28)), terms_on([client.pk], dt.date(2026, 3, 1))
    assert before[client.pk].credit_limit == Decimal("1000000.00")
    assert (after[client.pk].days, after[client.pk].day_kind) == (45, "working")
    assert after[client.pk].price_currency == "RUB"
    assert terms_on([client.pk], dt.date(2023, 12, 31)) == {}


def test_terms_set_before_later_ones_end_where_those_begin(anna):
    client = client_of(anna)
    terms_of(client, starts_on=dt.date(2026, 6, 1))
    terms_of(client, starts_on=dt.date(2026, 1, 1), credit_limit=Decimal(5))
    terms_of(client, starts_on=dt.date(2026, 3, 1), credit_limit=Decimal(7))
    assert periods(client) == [
        (dt.date(2026, 1, 1), dt.date(2026, 2, 28), Decimal(5)),
        (dt.date(2026, 3, 1), dt.date(2026, 5, 31), Decimal(7)),
        (dt.date(2026, 6, 1), None, Decimal(1000000)),
    ]


def test_terms_of_the_same_day_are_corrected_in_place(anna):
    client = client_of(anna)
    first = terms_of(client)
    second = terms_of(client, credit_limit=Decimal(900))
    assert first.pk == second.pk
    assert periods(client) == [(dt.date(2024, 1, 1), None, Decimal(900))]
    entry = TrailEntry.objects.of(first).first()
    assert entry.changes == {"credit_limit": ["1000000.00", "900"]}
    terms_of(client, credit_limit=Decimal(900))
    assert TrailEntry.objects.of(first).count() == 2


@pytest.mark.parametrize(
    ("field", "value"), [("credit_limit", Decimal(-1)), ("discount_percent", Decimal(100)), ("days", -1)]
)
def test_nonsense_is_refused_and_the_former_period_stays_open(anna, boris, field, value):
    client = client_of(anna)
    terms_of(client)
    fields = {"credit_limit": Decimal(1), "days": 10, "price_column": price_column(), field: value}
    with pytest.raises(Refused):
        set_terms(client.pk, by=boris, starts_on=dt.date(2026, 3, 1), **fields)
    assert periods(client) == [(dt.date(2024, 1, 1), None, Decimal(1000000))]


def test_who_may_set_terms(anna, vera, gleb, fedor):
    client = client_of(anna)
    facts = {"starts_on": dt.date(2026, 3, 1), "credit_limit": Decimal(1), "days": 1, "price_column": price_column()}
    with pytest.raises(Forbidden):
        set_terms(client.pk, by=anna, **facts)
    with pytest.raises(Client.DoesNotExist):
        set_terms(client.pk, by=gleb, **facts)
    assert not CreditTerms.objects.exists()
    assert set_terms(client.pk, by=fedor, **facts).pk


def test_a_hold_is_placed_with_its_reason_and_the_kam_is_told(anna, boris):
    client = client_of(anna)
    with pytest.raises(Refused):
        place_hold(client.pk, by=boris, reason=" ")
    assert not CreditHold.objects.exists()
    hold = place_hold(client.pk, by=boris, reason="обещали и не заплатили")
    found = live_holds([client.pk])[client.pk]
    assert [(each.hold_id, each.reason, each.by_person) for each in found] == [
        (hold.pk, "обещали и не заплатили", True)
    ]
    assert Notification.objects.get().user == anna
    assert TrailEntry.objects.of(client).first().verb == "place_hold"


def test_a_job_never_lifts_the_hold_of_a_person(anna, boris):
    hold = place_hold(client_of(anna).pk, by=boris, reason="спор")
    with pytest.raises(Refused) as caught:
        lift_hold(hold.pk, by=None, reason="оплачено")
    assert [r.code for r in caught.value.refusals] == ["hold_of_person"]
    hold.refresh_from_db()
    assert hold.lifted_at is None


def test_a_job_may_come_twice_and_lifts_its_own(anna):
    client = client_of(anna)
    hold = place_hold(client.pk, by=None, reason="просрочка")
    assert place_hold(client.pk, by=None, reason="просрочка").pk == hold.pk
    assert Notification.objects.count() == 1
    lifted = lift_hold(hold.pk, by=None, reason="оплачено")
    assert lifted.lifted_at is not None
    assert live_holds([client.pk]) == {}


def test_a_hold_is_lifted_once_and_by_who_may(anna, boris, vera):
    hold = place_hold(client_of(anna).pk, by=boris, reason="спор")
    with pytest.raises(Forbidden):
        lift_hold(hold.pk, by=anna, reason="пора")
    with pytest.raises(CreditHold.DoesNotExist):
        lift_hold(hold.pk, by=vera, reason="пора")
    hold.refresh_from_db()
    assert hold.lifted_at is None
    assert lift_hold(hold.pk, by=boris, reason="договорились").lifted_by == boris
    with pytest.raises(Refused) as caught:
        lift_hold(hold.pk, by=boris, reason="ещё раз")
    assert [r.code for r in caught.value.refusals] == ["lifted_already"]
