"""What can come of a difference found at acceptance, and what the books then say. Pure.

A shortage, a mis-sort and a wrong item lack units of what the papers name; damage spoils such units; a surplus adds
units that nobody was invoiced for. Missing and spoilt units are credited once, whatever comes instead of them: what is
delivered again is ordered, shipped and invoiced anew, so stock, VAT and debt each follow their own papers.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with the units."""

    SHORTAGE = "shortage"
    SURPLUS = "surplus"
    MIS_SORT = "mis_sort"
    DAMAGE = "damage"
    WRONG_ITEM = "wrong_item"


class Outcome(StrEnum):
    """What is done about them."""

    CREDIT = "credit"
    REDELIVER = "redeliver"
    RETURN = "return"
    KEEP = "keep"


class Ordered(StrEnum):
    """Which product the new order names, if any."""

    NOTHING = "nothing"
    MISSING = "missing"  # what the papers named
    CAME = "came"  # what came beyond the papers or instead


@dataclass(frozen=True, slots=True)
class Effect:
    """What an outcome does: credits the units at once, orders a product anew, has invoiced units come back first."""

    credits: bool = False
    orders: Ordered = Ordered.NOTHING
    returns: bool = False


EXCHANGED = {
    Outcome.CREDIT: Effect(credits=True),
    Outcome.REDELIVER: Effect(credits=True, orders=Ordered.MISSING),
    Outcome.KEEP: Effect(credits=True, orders=Ordered.CAME),
}
EFFECTS: dict[Kind, dict[Outcome, Effect]] = {
    Kind.SHORTAGE: {
        Outcome.CREDIT: Effect(credits=True),
        Outcome.REDELIVER: Effect(credits=True, orders=Ordered.MISSING),
    },
    # A surplus was never written off our stock nor invoiced: coming back it changes no book, kept it is sold.
    Kind.SURPLUS: {Outcome.RETURN: Effect(), Outcome.KEEP: Effect(orders=Ordered.CAME)},
    Kind.MIS_SORT: EXCHANGED,
    Kind.WRONG_ITEM: EXCHANGED,
    Kind.DAMAGE: {
        Outcome.CREDIT: Effect(credits=True),
        Outcome.REDELIVER: Effect(credits=True, orders=Ordered.MISSING),
        # Damaged goods that come back are credited when they are received, like any return.
        Outcome.RETURN: Effect(returns=True),
    },
}
# Units that may turn out never to have left our warehouse.
MAY_LIE_HERE = frozenset((Kind.SHORTAGE, Kind.MIS_SORT, Kind.WRONG_ITEM))


def effect_of(kind: str, outcome: str) -> Effect | None:
    """What the outcome does for this kind of difference; None where it makes no sense."""
    return EFFECTS[Kind(kind)].get(outcome)


def outcomes_for(kind: str) -> tuple[Outcome, ...]:
    """The outcomes to choose from, the usual one first."""
    return tuple(EFFECTS[Kind(kind)])


def units_in_question(kind: str, expected: int, actual: int, spoilt: int) -> int:
    """How many units a line is about: counted from both figures, or told for damaged and exchanged ones."""
    if kind == Kind.SHORTAGE:
        return expected - actual
    if kind == Kind.SURPLUS:
        return actual - expected
    return spoilt


def takes_from_shipment(kind: str) -> bool:
    """Whether the units in question are units that the shipment's papers name: these are never claimed twice."""
    return kind != Kind.SURPLUS


@dataclass(frozen=True, slots=True)
class Counted:
    """A line as it was counted: what the papers say, what came (None: as by the papers less what came instead), how
    many of them are damaged, and how many units of another product came instead, of the same category or not."""

    expected: int
    actual: int | None = None
    damaged: int = 0
    other: int = 0
    other_alike: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a counted line; see `units_in_question` for what the figures mean."""

    kind: Kind
    actual: int = 0
    spoilt: int = 0


def differences_of(counted: Counted) -> list[Difference]:
    """The differences that follow from counting one line: what is missing beyond what came instead is a shortage."""
    found = []
    actual = counted.expected - counted.other if counted.actual is None else counted.actual
    missing = counted.expected - actual - counted.other
    if missing > 0:
        found.append(Difference(Kind.SHORTAGE, actual=counted.expected - missing))
    elif actual > counted.expected:
        found.append(Difference(Kind.SURPLUS, actual=actual))
    if counted.other:
        kind = Kind.MIS_SORT if counted.other_alike else Kind.WRONG_ITEM
        found.append(Difference(kind, spoilt=counted.other))
    if counted.damaged:
        found.append(Difference(Kind.DAMAGE, spoilt=counted.damaged))
    return found
