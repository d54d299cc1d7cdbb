"""What foreign money is worth in roubles on a day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kam.money import rounded
from orders.models import ExchangeRate

ROUBLE = "RUB"


def rates_on(currencies: Iterable[str], day: date) -> dict[str, Decimal]:
    """Roubles for one unit of each of these currencies on a day; a currency without a rate by then is missing."""
    found = dict(ExchangeRate.objects.valid_on(day).filter(currency__in=currencies).values_list("currency", "rate"))
    return {ROUBLE: Decimal(1), **found}


def in_roubles(amount: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal | None:
    """The amount in roubles at these rates, in whole kopecks; None without a rate."""
    if currency == ROUBLE:
        return amount
    return rounded(amount * rates[currency]) if currency in rates else None
