"""Writers of exchange rates."""

from datetime import date
from decimal import Decimal

from kam import trail
from kam.access import authority
from kam.records import save_changes, written
from kam.writing import writes
from orders.models import ExchangeRate


@writes
def set_exchange_rate(*, by, currency: str, day: date, rate: Decimal) -> ExchangeRate:
    """Say what one unit of a currency is worth in roubles from a day on; a rate of that day is corrected.

    Raises Forbidden, Refused.
    """
    who = authority(by, "orders.add_exchangerate")
    same = ExchangeRate.objects.select_for_update(no_key=True).filter(currency=currency, day=day).first()
    if same is not None:
        return save_changes(same, who=who, rate=rate)
    added = ExchangeRate(currency=currency, day=day, rate=rate)
    written(added)
    trail.record(added, "create", by=who)
    return added
