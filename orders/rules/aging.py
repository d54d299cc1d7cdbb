"""How old a debt is: days overdue, the bucket they fall in, and what was open on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kam.money import ZERO


class Bucket(StrEnum):
    """Codes of the buckets, youngest first."""

    NOT_DUE = "not_due"
    DAYS_1_30 = "days_1_30"
    DAYS_31_60 = "days_31_60"
    DAYS_61_90 = "days_61_90"
    OVER_90 = "over_90"


@dataclass(frozen=True, slots=True)
class BucketBounds:
    """The days overdue that fall in a bucket, both bounds included; None is open."""

    bucket: Bucket
    first: int | None
    last: int | None


# The one list of bounds: `bucket_of` reads it, and so does the CASE of the receivables query.
BUCKETS = (
    BucketBounds(Bucket.NOT_DUE, None, 0),
    BucketBounds(Bucket.DAYS_1_30, 1, 30),
    BucketBounds(Bucket.DAYS_31_60, 31, 60),
    BucketBounds(Bucket.DAYS_61_90, 61, 90),
    BucketBounds(Bucket.OVER_90, 91, None),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """A part of an invoice that an allocation or a credit note settled, from its date on."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of one invoice and when it was due."""

    due_on: date
    amount: Decimal


def days_overdue(due_on: date, as_of: date) -> int:
    """Return `as_of - due_on` in days; 0 or less is not overdue: a debt is overdue from the day after it is due."""
    return (as_of - due_on).days


def bucket_of(due_on: date, as_of: date) -> Bucket:
    """Return the bucket of a debt due on `due_on`, seen on `as_of`."""
    days = days_overdue(due_on, as_of)
    return next(each.bucket for each in BUCKETS if each.last is None or days <= each.last)


def open_as_of(amount: Decimal, settled: Iterable[Settled], as_of: date) -> Decimal:
    """Return what of `amount` was open at the end of `as_of`: less all that is dated on or before it."""
    return amount - sum((each.amount for each in settled if each.on <= as_of), ZERO)


def totals_by_bucket(debts: Iterable[Debt], as_of: date) -> dict[Bucket, Decimal]:
    """Return the open amount in every bucket, empty ones as 0.00; money on account is not part of it.

    The rule that the ageing's SQL is held against (`tests/orders/test_receivables.py`).
    """
    totals = dict.fromkeys(Bucket, ZERO)
    for debt in debts:
        totals[bucket_of(debt.due_on, as_of)] += debt.amount
    return totals
