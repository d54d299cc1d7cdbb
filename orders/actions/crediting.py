"""Asks the one credit check for an order and keeps its answer with the order."""

from datetime import date
from decimal import Decimal

from kam.reasons import Reason, as_stored
from orders.models import Order
from orders.queries.credit import check_credit


def judge_credit(order: Order, day: date, amount: Decimal | None = None) -> tuple[Reason, ...]:
    """Check the locked order's credit, store facts and verdict in `order.credit` (unsaved), return what is against it.

    What a person released by name does not count again for this order; anything new does.
    """
    facts, verdict = check_credit(order, day, amount)
    released = order.credit.get("released", [])
    order.credit = {
        "facts": as_stored(facts),
        "allowed": verdict.allowed,
        "reasons": as_stored(verdict.reasons),
        "headroom_before": as_stored(verdict.headroom_before),
        "headroom_after": as_stored(verdict.headroom_after),
        "at_risk": as_stored(verdict.at_risk),
        "released": released,
    }
    return tuple(each for each in verdict.reasons if _key(each.code, each.values) not in released)


def release_reasons(order: Order, against: tuple[Reason, ...]) -> None:
    """Note that a person took these reasons on themselves for this order (unsaved)."""
    released = order.credit.get("released", [])
    order.credit["released"] = sorted({*released, *(_key(each.code, each.values) for each in against)})


def held_by_person(order: Order) -> bool:
    """Whether the last check found a hold that a person placed: no job may let the order pass it."""
    return any(each["code"] in ("on_hold", "group_on_hold") for each in order.credit.get("reasons", []))


def _key(code: str, values) -> str:
    """What is released: a kind of reason, and of holds the very one."""
    return f"{code}:{values['hold']}" if "hold" in values else code
