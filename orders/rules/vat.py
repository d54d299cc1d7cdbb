"""Which VAT rate applied on a day. Rates are dated rows; nothing of ours carries a rate in its code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in percent for a kind of goods, valid from a day to another, both included; None is open."""

    kind: str
    rate: Decimal
    starts_on: date
    ends_on: date | None = None


class NoRate(LookupError):
    """No rate of this kind is valid on this day: a gap in the table that a person must close."""

    def __init__(self, kind: str, day: date):
        super().__init__(f"no VAT rate of kind {kind!r} on {day.isoformat()}")
        self.kind, self.day = kind, day


def rate_on(rows: Iterable[DatedRate], kind: str, day: date) -> DatedRate:
    """Return the row of `kind` that is valid on `day`, the day of shipment; `.rate` is its percent.

    Raises NoRate when there is none. The latest start wins should rows overlap.
    """
    valid = [
        row for row in rows if row.kind == kind and row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
    ]
    if not valid:
        raise NoRate(kind, day)
    return max(valid, key=lambda row: row.starts_on)
