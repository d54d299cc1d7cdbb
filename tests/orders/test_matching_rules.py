"""Whose money and what it pays: every way of the rule, at its edges."""

import datetime as dt
from decimal import Decimal

import pytest

from orders.rules.allocation import OpenInvoice
from orders.rules.matching import Candidate, Confidence, Debts, MovementKind, kind_of_movement, name_key, payer_of

D = Decimal
CERTAIN, LIKELY, GUESS, UNKNOWN = Confidence


def debts(*sums, prepaid=()):
    """Invoices А-1, А-2 … of these sums, due one day after another."""
    first = dt.date(2026, 11, 1)
    found = [
        OpenInvoice(pk, (f"А-{pk}",), first + dt.timedelta(days=pk), D(amount)) for pk, amount in enumerate(sums, 1)
    ]
    return Debts(found, prepaid)


@pytest.mark.parametrize(
    ("amount", "stated", "parts", "confidence", "code"),
    [
        ("900.00", ("А-2",), {2: "900.00"}, CERTAIN, "named_exact"),
        ("500.00", ("А-2",), {2: "500.00"}, CERTAIN, "part_of_named"),
        ("900.01", ("А-2",), {2: "900.00", 1: "0.01"}, LIKELY, "more_than_named"),
        ("1900.00", ("А-1", "А-2"), {1: "1000.00", 2: "900.00"}, CERTAIN, "named_exact"),
        ("1000.00", ("А-1", "А-2"), {1: "1000.00"}, LIKELY, "part_of_named"),
        ("900.00", ("А-9",), {2: "900.00"}, LIKELY, "exact_sum"),
        ("900.00", (), {2: "900.00"}, CERTAIN, "exact_sum"),
        ("1900.00", (), {1: "1000.00", 2: "900.00"}, CERTAIN, "exact_earliest"),
        ("1300.00", (), {1: "1000.00", 3: "300.00"}, LIKELY, "exact_few"),
        ("999.99", (), {1: "999.99"}, LIKELY, "earliest_due"),
        ("1000.01", (), {1: "1000.00", 2: "0.01"}, LIKELY, "earliest_due"),
        ("2500.00", (), {1: "1000.00", 2: "900.00", 3: "300.00"}, CERTAIN, "everything_open"),
    ],
)
def test_what_a_payment_pays(amount, stated, parts, confidence, code):
    match = debts("1000.00", "900.00", "300.00").match(D(amount), stated)
    assert {part.invoice: part.amount for part in match.parts} == {pk: D(each) for pk, each in parts.items()}
    assert (match.confidence, match.reasons[-1].code) == (confidence, code)
    assert match.on_account == D(amount) - sum(part.amount for part in match.parts)


def test_one_open_invoice_nothing_open_and_a_prepaid_order():
    assert debts("100.00").match(D("40.00"), ()).confidence is CERTAIN
    nothing = debts().match(D("40.00"), ())
    assert (nothing.parts, nothing.on_account, nothing.confidence) == ((), D("40.00"), CERTAIN)
    kept = debts("100.00", "90.00", prepaid=("З-5",)).match(D("40.00"), ("З-5",))
    assert (kept.parts, kept.confidence, kept.reasons[0].code) == ((), CERTAIN, "kept_for_order")


def test_two_of_one_sum_are_not_certain():
    match = debts("100.00", "100.00").match(D("100.00"), ())
    assert (match.parts[0].invoice, match.confidence) == (1, LIKELY)


def test_what_is_taken_is_open_no_more():
    found = debts("100.00", "200.00")
    first = found.match(D("60.00"), ("А-1",))
    found.take(first)
    again = found.match(D("40.00"), ())
    assert (again.parts[0].invoice, again.confidence, again.reasons[-1].code) == (1, CERTAIN, "exact_sum")
    found.take(again)
    assert found.match(D("100.00"), ("А-1",)).reasons[0].code == "stated_not_open"
    assert found.match(D("50.00"), ()).reasons[-1].code == "only_invoice"


@pytest.mark.parametrize(
    ("candidates", "inn", "client", "confidence"),
    [
        ([Candidate(1, by_inn=True)], "77", 1, CERTAIN),
        ([Candidate(1, by_inn=True), Candidate(2, by_inn=True, by_kpp=True)], "77", 2, CERTAIN),
        ([Candidate(1, by_inn=True), Candidate(2, by_inn=True, by_number=True)], "77", 2, CERTAIN),
        ([Candidate(1, by_inn=True), Candidate(2, by_inn=True)], "77", 1, GUESS),
        ([Candidate(1, by_number=True)], "77", 1, LIKELY),
        ([Candidate(1, by_name=True)], "77", 1, GUESS),
        ([Candidate(1, by_account=True)], "", 1, LIKELY),
        ([Candidate(1, by_account=True, by_name=True)], "", 1, CERTAIN),
        ([Candidate(1, by_number=True)], "", 1, GUESS),
        ([Candidate(1, by_name=True)], "", 1, GUESS),
        ([Candidate(1, by_name=True), Candidate(2, by_name=True)], "", None, UNKNOWN),
        ([], "77", None, UNKNOWN),
    ],
)
def test_whose_money_it_is(candidates, inn, client, confidence):
    payer = payer_of(candidates, inn=inn)
    assert (payer.client, payer.confidence) == (client, confidence) and payer.reasons


@pytest.mark.parametrize(
    "name",
    ['ООО "Ромашка"', "Ромашка, ООО", "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «РОМАШКА»", "ромашка"],
)
def test_names_are_compared_bare(name):
    assert name_key(name) == "ромашка"


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"is_incoming": True}, MovementKind.CLIENT),
        ({"is_incoming": True, "purpose": "Комиссия"}, MovementKind.CLIENT),
        ({"is_incoming": True, "own": True}, MovementKind.OWN),
        ({"is_incoming": True, "reversal": True}, MovementKind.OTHER),
        ({"purpose": "Комиссия за перевод"}, MovementKind.FEE),
        ({"fee": True}, MovementKind.FEE),
        ({"purpose": "Аренда"}, MovementKind.OUTGOING),
        ({"known_client": True, "purpose": "Возврат аванса"}, MovementKind.REFUND),
        ({"known_client": True, "purpose": "Бонус"}, MovementKind.OUTGOING),
    ],
)
def test_kinds_of_movements(facts, kind):
    plain = {"is_incoming": False, "fee": False, "reversal": False, "own": False, "purpose": "", "document_kind": "",
             "known_client": False}  # fmt: skip
    assert kind_of_movement(**{**plain, **facts}) is kind
