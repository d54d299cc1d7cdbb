import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from accounts import wording as accounts_wording
from accounts.rules.requisites import check_inn
from kam.reasons import as_stored, reason, stored_text
from kam.wording import refusals_for, worded
from orders import wording
from orders.rules.aging import Settled
from orders.rules.penalty import KeyRates, Rate, penalty_for

ROOT = Path(__file__).parents[2]
OVER = reason(
    "over_limit", limit=Decimal("1000"), exposure=Decimal("900"), order=Decimal("250"), over_by=Decimal("150")
)


def plain(text):
    return text.replace("\u00a0", " ")


def test_a_reason_in_two_languages():
    with translation.override("en"):
        assert worded(OVER, wording.CREDIT) == (
            "Over the credit limit by ₽150.00: limit ₽1,000.00, exposure ₽900.00, order ₽250.00."
        )
    with translation.override("ru"):
        assert plain(worded(OVER, wording.CREDIT)) == (
            "Кредитный лимит превышен на 150,00 ₽: лимит 1 000,00 ₽, кредитная нагрузка 900,00 ₽, заказ 250,00 ₽."
        )


@pytest.mark.parametrize(
    ("why", "texts"),
    [
        (OVER, wording.CREDIT),
        (reason("no_column_price", day=date(2026, 11, 21)), wording.PRICES),
        (reason("standing_discount", percent=Decimal("2.50"), price=Decimal("975.00")), wording.PRICES),
        (reason("moved_off_day_off", off_on=date(2026, 11, 21), moved_on=date(2026, 11, 23)),
         accounts_wording.DUE_DATES),
    ],
)  # fmt: skip
def test_a_stored_reason_reads_as_the_fresh_one(why, texts):
    stored = json.loads(json.dumps(as_stored(why)))
    with translation.override("ru"):
        assert worded(stored, texts) == worded(why, texts)


def test_many_explanations_are_stored_as_one_is():
    settled = (Settled(date(2026, 9, 20), Decimal("100.00")),)
    rates = KeyRates([Rate(date(2025, 6, 9), Decimal("20.00")), Rate(date(2026, 9, 14), Decimal("17.50"))])
    penalty = penalty_for(Decimal("1220.00"), date(2026, 9, 1), settled, date(2026, 11, 21), rates=rates)
    nested = {"one": OVER, "many": (penalty, frozenset({3, 1}), None, True, "ё")}
    for value in (penalty, OVER, nested, {}):
        assert json.loads(stored_text(value)) == as_stored(value)
    with pytest.raises(TypeError):
        stored_text(object())


def test_a_finding_becomes_a_refusal_beside_its_field():
    with translation.override("en"):
        (refusal,) = refusals_for(check_inn("123"), accounts_wording.REQUISITES, line=4)
    assert (refusal.code, refusal.field, refusal.line) == ("inn_form", "inn", 4)
    assert refusal.text == "An INN has 10 digits (organisation) or 12 (person); this one has 3 characters."


def test_an_unknown_code_is_shown_as_it_is():
    with translation.override("en"):
        assert worded(reason("odd", price=None, term=4), {}) == "odd: price —, term 4"
        assert worded(reason("odd"), {}) == "odd"


def codes_in(path):
    return set(re.findall(r'(?:reason|Finding)\(\s*"(\w+)"', (ROOT / path).read_text()))


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ("orders/rules/pricing.py", wording.PRICES),
        ("orders/rules/reservation.py", wording.RESERVATION),
        ("orders/rules/allocation.py", wording.ALLOCATION),
        ("accounts/rules/requisites.py", accounts_wording.REQUISITES),
    ],
)
def test_every_code_of_a_rule_has_a_text(rule, texts):
    codes = codes_in(rule)
    assert codes
    assert codes <= set(texts)


def test_codes_that_rules_put_together_have_texts_too():
    spans = {f"{what}_{how}" for what in ("terms", "contract") for how in ("missing", "not_yet_valid", "expired")}
    limits = {"over_limit", "over_group_limit"}
    stops = {"client_is_prospect", "client_not_active", "on_hold", "group_on_hold", "automatic_stop"}
    rest = stops | {"overdue", "group_overdue", "rate_missing"}
    assert set(wording.CREDIT) == spans | limits | rest
    accounts = {f"{field}_{how}" for field in ("account", "correspondent_account") for how in ("form", "checksum")}
    assert accounts <= set(accounts_wording.REQUISITES)
