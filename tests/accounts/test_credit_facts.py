"""Facts, covers and the policy of credit: who enters them, what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actions import (
    change_client_group,
    change_credit_fact,
    create_client_group,
    create_credit_cover,
    create_credit_fact,
    set_credit_policy,
)
from accounts.models import Client, CreditCover, CreditFact, CreditPolicy
from kam.refusals import Forbidden, Refused
from tests.factories import DAY, client_of, system_user
from tests.orders.visits import visitor

D = Decimal
pytestmark = pytest.mark.django_db


def codes(refused):
    return [each.code for each in refused.value.refusals]


def test_a_claim_says_how_much_and_lies_in_the_past(anna):
    client = client_of(anna)
    with pytest.raises(Refused) as refused:
        create_credit_fact(by=anna, day=DAY, client=client, kind="court_claim", happened_on=DAY + dt.timedelta(days=1))
    assert codes(refused) == ["in_the_future", "amount_missing"]
    assert not CreditFact.objects.exists()


@pytest.mark.parametrize(("over", "live"), [(None, True), (1, True), (0, False), (-1, False)])
def test_a_fact_is_so_until_the_day_it_is_over(anna, over, live):
    ended = None if over is None else DAY + dt.timedelta(days=over)
    fact = create_credit_fact(
        by=anna, day=DAY, client=client_of(anna), kind="tax_debt", amount=D(1), happened_on=dt.date(2026, 1, 1)
    )
    change_credit_fact(fact.pk, by=anna, day=DAY, ended_on=ended)
    assert CreditFact.objects.live_on(DAY).exists() is live


def test_who_may_enter_what(anna, vera, boris, marina):
    client = client_of(anna)
    told = {"kind": "bankruptcy", "happened_on": DAY}
    with pytest.raises(Client.DoesNotExist):
        create_credit_fact(by=vera, day=DAY, client=client, **told)
    with pytest.raises(Forbidden):
        create_credit_fact(by=marina, day=DAY, client=client, **told)
    create_credit_fact(by=anna, day=DAY, client=client, **told)
    cover = {"kind": "guarantee", "provider": "Банк", "amount": D("5.00"), "starts_on": DAY}
    with pytest.raises(Forbidden):
        create_credit_cover(by=anna, client=client, **cover)
    create_credit_cover(by=boris, client=client, **cover)
    assert (CreditFact.objects.count(), CreditCover.objects.count()) == (1, 1)


def test_a_cover_holds_to_the_end_of_its_last_day(anna, fedor):
    create_credit_cover(
        by=fedor, client=client_of(anna), kind="pledge", provider="ООО", amount=D(1), starts_on=DAY, ends_on=DAY
    )
    assert CreditCover.objects.valid_on(DAY).exists()
    assert not CreditCover.objects.valid_on(DAY + dt.timedelta(days=1)).exists()


def test_a_policy_never_begins_in_the_past(fedor, boris):
    with pytest.raises(Forbidden):
        set_credit_policy(by=boris, day=DAY, starts_on=DAY)
    with pytest.raises(Refused) as refused:
        set_credit_policy(by=fedor, day=DAY, starts_on=DAY - dt.timedelta(days=1))
    assert codes(refused) == ["begins_in_the_past"]
    set_credit_policy(by=fedor, day=DAY, starts_on=DAY, head_limit=D("7.00"))
    set_credit_policy(by=fedor, day=DAY, starts_on=DAY, head_limit=D("8.00"))
    assert CreditPolicy.objects.get().head_limit == D("8.00")
    assert CreditPolicy.objects.valid_on(DAY - dt.timedelta(days=1)).head_limit == D("5000000.00")


def test_the_limit_of_a_group_keeps_its_history(fedor):
    group = create_client_group(by=system_user(), name="Холдинг", credit_limit=D("100.00"))
    change_client_group(group.pk, by=fedor, credit_limit=D("250.00"))
    text = visitor(fedor).get(reverse("accounts:clientgroup_detail", args=[group.pk])).content.decode()
    assert "₽100.00" in text and "₽250.00" in text
