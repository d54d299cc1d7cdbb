"""Rates and means are written as the reader's language writes them; a payment without money on account opens."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from kam import formats
from orders.actions.payments import receive_payment
from orders.actions.refunds import refund_payment
from orders.models import BankAccount, BankStatement, KeyRate
from tests.factories import DAY, buyer
from tests.orders.visits import visitor

D = Decimal


@pytest.mark.parametrize(
    ("amount", "english", "russian"),
    [(D("16.00"), "16.00", "16,00"), (D("0.00"), "0.00", "0,00"), (D("1234.5670"), "1,234.5670", "1\u00a0234,5670"),
     (D("-7.25"), "−7.25", "−7,25"), (None, "—", "—")],
)  # fmt: skip
def test_a_rate_keeps_its_places(amount, english, russian):
    assert (formats.exact(amount, "en"), formats.exact(amount, "ru")) == (english, russian)


@pytest.mark.django_db
def test_key_rates_follow_the_language(fedor):
    KeyRate.objects.get_or_create(starts_on=DAY, defaults={"rate": D("16.25")})
    text = visitor(fedor).get("/key-rates/").content.decode()
    assert "16.25" in text
    assert "16,25" not in text


def test_a_statement_is_named_by_the_reader_s_days():
    statement = BankStatement(account=BankAccount(number="40702"), starts_on=DAY, ends_on=DAY)
    told = {}
    for language in ("en", "ru"):
        with override(language):
            told[language] = str(statement)
    assert told["en"] == "40702 20\u00a0Nov\u00a02026–20\u00a0Nov\u00a02026"
    assert told["ru"] == "40702 20.11.2026–20.11.2026"


@pytest.mark.django_db
def test_a_payment_with_nothing_on_account_has_nothing_to_allocate(anna, fedor):
    payment = receive_payment(by=fedor, client_id=buyer(anna).pk, amount=D("100.00"), received_on=DAY, day=DAY)
    refund_payment(payment.pk, by=fedor, day=DAY, amount=D("100.00"), refunded_on=DAY, reason="Overpaid")
    assert visitor(fedor).get(f"/payments/{payment.pk}/allocate/").status_code == 200
