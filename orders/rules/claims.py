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
