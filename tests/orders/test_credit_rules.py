from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.reasons import as_stored, reason
from orders.rules.aging import Debt
from orders.rules.credit import (
    ContractValidity,
    CreditFacts,
    Exposure,
    GroupFacts,
    Hold,
    Terms,
    credit_verdict,
)

D = Decimal
DAY = date(2026, 11, 21)
START = date(2026, 1, 1)
TERMS = Terms(credit_limit=D("1000.00"), starts_on=START)
FACTS = CreditFacts(
    as_of=DAY,
    order=D("100.00"),
    terms=TERMS,
    exposure=Exposure(D("500.00"), D("300.00"), D("100.00")),
)


def late(days, amount):
    return Debt(DAY - timedelta(days=days), D(amount))


def codes(verdict):
    return [each.code for each in verdict.reasons]


@pytest.mark.parametrize(
    ("order", "allowed", "after"),
    [("99.99", True, "0.01"), ("100.00", True, "0.00"), ("100.01", False, "-0.01")],
)
def test_the_limit_to_the_kopeck(order, allowed, after):
    verdict = credit_verdict(replace(FACTS, order=D(order)))
    assert verdict.allowed is allowed
    assert (verdict.headroom_before, verdict.headroom_after) == (D("100.00"), D(after))
    assert codes(verdict) == ([] if allowed else ["over_limit"])


def test_over_the_limit_tells_its_figures():
    assert credit_verdict(replace(FACTS, order=D("250.00"))).reasons == (
        reason(
            "over_limit",
            limit=D("1000.00"),
            exposure=D("900.00"),
            order=D("250.00"),
            over_by=D("150.00"),
        ),
    )


@pytest.mark.parametrize(
    ("debts", "days", "amount", "expected"),
    [
        ([], 0, "0", None),
        ([late(0, "50.00")], 0, "0", None),
        ([late(1, "0.01")], 0, "0", ("0.01", 1)),
        ([late(5, "50.00")], 5, "0", None),
        ([late(6, "50.00")], 5, "0", ("50.00", 6)),
        ([late(6, "99.99")], 5, "100.00", None),
        ([late(6, "100.00")], 5, "100.00", None),
        ([late(6, "100.01")], 5, "100.00", ("100.01", 6)),
        # what is late by no more than the tolerated days does not help to exceed the amount
        ([late(5, "900.00"), late(40, "10.00")], 5, "100.00", None),
        ([late(7, "60.00"), late(40, "60.00")], 5, "100.00", ("120.00", 40)),
    ],
)
def test_overdue_beyond_tolerance(debts, days, amount, expected):
    terms = replace(TERMS, overdue_days_allowed=days, overdue_amount_allowed=D(amount))
    verdict = credit_verdict(replace(FACTS, terms=terms, debts=tuple(debts)))
    assert verdict.allowed is (expected is None)
    if expected:
        assert verdict.reasons == (
            reason(
                "overdue",
                amount=D(expected[0]),
                days=expected[1],
                days_allowed=days,
                amount_allowed=D(amount),
            ),
        )


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (None, ["terms_missing"]),
        (replace(TERMS, starts_on=DAY), []),
        (replace(TERMS, starts_on=DAY + timedelta(days=1)), ["terms_not_yet_valid"]),
        (replace(TERMS, ends_on=DAY), []),
        (replace(TERMS, ends_on=DAY - timedelta(days=1)), ["terms_expired"]),
        (replace(TERMS, credit_limit=D("0.00")), ["over_limit"]),
    ],
)
def test_terms_in_force(terms, expected):
    verdict = credit_verdict(replace(FACTS, terms=terms, exposure=Exposure()))
    assert codes(verdict) == expected


def test_without_terms_there_is_no_headroom_to_speak_of():
    verdict = credit_verdict(replace(FACTS, terms=None))
    assert (verdict.headroom_before, verdict.headroom_after) == (None, None)


@pytest.mark.parametrize(
    ("contract", "required", "expected"),
    [
        (None, False, []),
        (None, True, ["contract_missing"]),
        (ContractValidity(START), True, []),
        (ContractValidity(START, DAY), True, []),
        (ContractValidity(START, DAY - timedelta(days=1)), True, ["contract_expired"]),
        (ContractValidity(START, DAY - timedelta(days=1)), False, []),
        (ContractValidity(DAY + timedelta(days=1)), True, ["contract_not_yet_valid"]),
    ],
)
def test_contract(contract, required, expected):
    verdict = credit_verdict(replace(FACTS, contract=contract, contract_required=required))
    assert codes(verdict) == expected


@pytest.mark.parametrize(("order", "expected"), [("99.99", []), ("100.00", []), ("100.01", ["over_group_limit"])])
def test_the_group_has_a_limit_too(order, expected):
    group = GroupFacts(D("5000.00"), Exposure(D("4900.00")))
    verdict = credit_verdict(replace(FACTS, order=D(order), exposure=Exposure(), group=group))
    assert codes(verdict) == expected
    assert verdict.headroom_before == D("100.00")


def test_a_group_without_a_limit_does_not_bind():
    group = GroupFacts(None, Exposure(D("9999999.00")))
    verdict = credit_verdict(replace(FACTS, group=group))
    assert (verdict.allowed, verdict.headroom_before) == (True, D("100.00"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("active", []), ("prospect", ["client_is_prospect"]), ("closed", ["client_not_active"])],
)
def test_only_active_clients_buy(status, expected):
    assert codes(credit_verdict(replace(FACTS, status=status))) == expected


def test_a_prepaid_order_needs_no_terms_and_no_headroom():
    prepaid = replace(FACTS, order=D("5000.00"), prepaid=D("5000.00"))
    for terms in (TERMS, None, replace(TERMS, credit_limit=D("0.00"))):
        verdict = credit_verdict(replace(prepaid, terms=terms))
        assert (verdict.allowed, verdict.at_risk) == (True, D("0.00"))


def test_a_prepaid_order_is_still_stopped_by_holds_debts_and_status():
    facts = replace(FACTS, prepaid=D("100.00"), debts=(late(1, "1.00"),), holds=(Hold(1, DAY),), status="prospect")
    assert codes(credit_verdict(facts)) == ["client_is_prospect", "on_hold", "overdue"]


def test_only_the_unpaid_part_is_at_risk():
    verdict = credit_verdict(replace(FACTS, order=D("150.00"), prepaid=D("49.99")))
    assert (verdict.at_risk, verdict.headroom_after) == (D("100.01"), D("-0.01"))
    assert credit_verdict(replace(FACTS, order=D("150.00"), prepaid=D("50.00"))).allowed


def test_paying_more_than_the_order_opens_no_headroom():
    verdict = credit_verdict(replace(FACTS, prepaid=D("1000.00")))
    assert (verdict.at_risk, verdict.headroom_after) == (D("0.00"), D("100.00"))


def test_every_reason_is_shown_at_once():
    facts = CreditFacts(
        as_of=DAY,
        order=D("100.00"),
        terms=replace(TERMS, credit_limit=D("50.00")),
        exposure=Exposure(D("10.00")),
        debts=(late(3, "10.00"),),
        holds=(Hold(2, DAY, "рекламация", "Борис"), Hold(1, START, on_group=True)),
        group=GroupFacts(D("60.00"), Exposure(D("10.00"))),
        contract_required=True,
        status="paused",
    )
    verdict = credit_verdict(facts)
    assert codes(verdict) == [
        "client_not_active",
        "contract_missing",
        "group_on_hold",
        "on_hold",
        "over_limit",
        "over_group_limit",
        "overdue",
    ]
    assert (verdict.headroom_before, verdict.headroom_after) == (D("40.00"), D("-60.00"))
    assert verdict.reasons[3].values == {
        "hold": 2,
        "placed_on": DAY,
        "placed_by": "Борис",
        "reason": "рекламация",
    }
    assert as_stored(verdict)["headroom_after"] == "-60.00"
    assert as_stored(facts)["exposure"]["open_invoices"] == "10.00"


def test_an_automatic_stop_is_a_reason_beside_others():
    holds = (Hold(1, DAY, by_person=False), Hold(2, DAY, by_person=False))
    verdict = credit_verdict(replace(FACTS, holds=holds))
    assert [each.code for each in verdict.reasons] == ["automatic_stop", "automatic_stop"]
    beyond = credit_verdict(replace(FACTS, holds=holds, order=FACTS.order + D("0.01")))
    assert [each.code for each in beyond.reasons] == ["automatic_stop", "automatic_stop", "over_limit"]


kopecks = st.integers(0, 10**9).map(lambda n: D(n).scaleb(-2))


@given(kopecks, kopecks, kopecks, kopecks, kopecks)
def test_moving_a_document_on_changes_nothing(limit, invoices, shipped, confirmed, order):
    facts = replace(FACTS, order=order, terms=replace(TERMS, credit_limit=limit))
    before = credit_verdict(replace(facts, exposure=Exposure(invoices, shipped, confirmed)))
    after = credit_verdict(replace(facts, exposure=Exposure(invoices + shipped, D(0), confirmed)))
    assert before == after
    assert before.allowed is (order == 0 or before.headroom_after >= 0)
