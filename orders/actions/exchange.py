"""Writers of exchange rates."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from kam import trail
from kam.access import authority
from kam.records import save_changes, written
from kam.writing import writes
from orders.actions.confirming import re_evaluate_holds
from orders.models import ExchangeRate
from orders.queries.exchange import held_payers_with


@writes
def set_exchange_rate(*, by, currency: str, day: date, rate: Decimal, asked_on: date | None = None) -> ExchangeRate:
    """Say what one unit of a currency is worth in roubles from a day on; a rate of that day is corrected.

    With `asked_on` (today) the orders held for this currency are asked again once the rate is in, as after a payment.
    Raises Forbidden, Refused.
    """
    who = authority(by, "orders.add_exchangerate")
    if asked_on is not None:
        transaction.on_commit(lambda: re_evaluate_holds(held_payers_with(currency), asked_on), robust=True)
    same = ExchangeRate.objects.select_for_update(no_key=True).filter(currency=currency, day=day).first()
    if same is not None:
        return save_changes(same, who=who, rate=rate)
    added = ExchangeRate(currency=currency, day=day, rate=rate)
    written(added)
    trail.record(added, "create", by=who)
    return added
