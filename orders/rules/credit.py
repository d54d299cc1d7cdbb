"""May this client take this order on credit? The one function, asked at every confirm, amendment, reopening, shipment.

Facts are gathered by the action (one query a table); the verdict lists every reason at once. See
docs/algorithms/credit.md for what each reason means and for prospects and prepaid orders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kam.money import ZERO
from kam.reasons import Reason, reason
from orders.rules.aging import Debt, days_overdue

ACTIVE = "active"
PROSPECT = "prospect"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a client (or group) already owes or will: three buckets, a document is in exactly one, all gross.

    The order in question is in none of them; a confirmed order that is checked again is taken out first.
    """

    open_invoices: Decimal = ZERO
    shipped_not_invoiced: Decimal = ZERO
    confirmed_not_shipped: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return the sum of the buckets."""
        return self.open_invoices + self.shipped_not_invoiced + self.confirmed_not_shipped


@dataclass(frozen=True, slots=True)
class Terms:
    """Credit terms: the limit, how much lateness is tolerated, and the days they are valid (both included)."""

    credit_limit: Decimal
    starts_on: date
    ends_on: date | None = None
    overdue_days_allowed: int = 0
    overdue_amount_allowed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ContractValidity:
    """The days a contract is valid, both included; None is open."""

    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on a client or its group. One placed by a person is lifted by a person only."""

    pk: int
    placed_on: date
    reason: str | Mapping = field(default="", hash=False)  # of the program: a phrase in parts
    placed_by: str = ""
    by_person: bool = True
    on_group: bool = False


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """The limit of the client's group (None: no limit of its own) and the exposure of all its members together.

    `debts` are the late ones of its other members, where the policy lets them stop the client; else empty.
    """

    credit_limit: Decimal | None
    exposure: Exposure
    debts: tuple[Debt, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """All that the verdict depends on; stored beside it.

    `order` is the gross amount of the order (what remains of it to ship), `prepaid` the money already received for
    it. `debts` are the client's open invoices. `terms` and `contract` are the ones in force, or the last ones. All
    amounts are roubles; `rates_missing` names the currencies of documents that could not be counted for want of a rate.
    """

    as_of: date
    order: Decimal
    exposure: Exposure = Exposure()
    terms: Terms | None = None
    debts: tuple[Debt, ...] = ()
    holds: tuple[Hold, ...] = ()
    group: GroupFacts | None = None
    contract: ContractValidity | None = None
    contract_required: bool = False
    status: str = ACTIVE
    prepaid: Decimal = ZERO
    rates_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditVerdict:
    """Whether the order may go on, every reason against, and the headroom before and after it.

    Headroom is limit minus exposure and may be negative; the least of client and group, and None when neither has a
    limit. `at_risk` is the part of the order that is not prepaid.
    """

    allowed: bool
    reasons: tuple[Reason, ...]
    headroom_before: Decimal | None
    headroom_after: Decimal | None
    at_risk: Decimal


def credit_verdict(facts: CreditFacts) -> CreditVerdict:
    """Judge an order by `facts`; the same facts always give the same verdict.

    An order that takes the headroom to exactly 0.00 is allowed. A fully prepaid order needs no terms and no
    headroom, yet holds, overdue debts, contract and status count for it too.
    """
    at_risk = max(facts.order - facts.prepaid, ZERO)
    reasons = (
        *_status_reasons(facts),
        *_contract_reasons(facts),
        *_hold_reasons(facts),
        *_terms_reasons(facts, at_risk),
        *_limit_reasons(facts, at_risk),
        *_overdue_reasons(facts),
        *_group_overdue_reasons(facts),
        *(reason("rate_missing", currency=each, day=facts.as_of) for each in facts.rates_missing),
    )
    before = headroom(facts)
    after = None if before is None else before - at_risk
    return CreditVerdict(not reasons, reasons, before, after, at_risk)


def headroom(facts: CreditFacts) -> Decimal | None:
    """Return the least of the client's and its group's limit minus exposure.

    None without any limit, and where a rate is missing: then the exposure is not known.
    """
    if facts.rates_missing:
        return None
    rooms = []
    if facts.terms is not None and _validity_code(facts.terms, facts.as_of) is None:
        rooms.append(facts.terms.credit_limit - facts.exposure.total)
    if facts.group is not None and facts.group.credit_limit is not None:
        rooms.append(facts.group.credit_limit - facts.group.exposure.total)
    return min(rooms, default=None)


def _status_reasons(facts: CreditFacts) -> tuple[Reason, ...]:
    if facts.status == ACTIVE:
        return ()
    code = "client_is_prospect" if facts.status == PROSPECT else "client_not_active"
    return (reason(code, status=facts.status),)


def _contract_reasons(facts: CreditFacts) -> tuple[Reason, ...]:
    if not facts.contract_required:
        return ()
    return _validity_reasons("contract", facts.contract, facts.as_of)


def _hold_reasons(facts: CreditFacts) -> tuple[Reason, ...]:
    """Holds of people, then automatic stops of shipping; the oldest first."""
    return tuple(
        reason(
            _hold_code(each),
            hold=each.pk,
            placed_on=each.placed_on,
            placed_by=each.placed_by,
            reason=each.reason,
        )
        for each in sorted(facts.holds, key=lambda hold: (not hold.by_person, hold.placed_on, hold.pk))
    )


def _hold_code(hold: Hold) -> str:
    if not hold.by_person:
        return "automatic_stop"
    return "group_on_hold" if hold.on_group else "on_hold"


def _terms_reasons(facts: CreditFacts, at_risk: Decimal) -> tuple[Reason, ...]:
    return _validity_reasons("terms", facts.terms, facts.as_of) if at_risk else ()


def _limit_reasons(facts: CreditFacts, at_risk: Decimal) -> tuple[Reason, ...]:
    if not at_risk:
        return ()
    limits = []
    if facts.terms is not None and _validity_code(facts.terms, facts.as_of) is None:
        limits.append(("over_limit", facts.terms.credit_limit, facts.exposure.total))
    if facts.group is not None and facts.group.credit_limit is not None:
        limits.append(("over_group_limit", facts.group.credit_limit, facts.group.exposure.total))
    return tuple(
        reason(code, limit=limit, exposure=used, order=at_risk, over_by=used + at_risk - limit)
        for code, limit, used in limits
        if used + at_risk > limit
    )


def _overdue_reasons(facts: CreditFacts) -> tuple[Reason, ...]:
    return _late_reasons("overdue", facts.debts, facts)


def _group_overdue_reasons(facts: CreditFacts) -> tuple[Reason, ...]:
    """Debts of the group are forgiven as far as the client's own terms forgive."""
    return _late_reasons("group_overdue", facts.group.debts, facts) if facts.group is not None else ()


def _late_reasons(code: str, debts: Iterable[Debt], facts: CreditFacts) -> tuple[Reason, ...]:
    """Debts late by more than the tolerated days count; together they must exceed the tolerated amount."""
    days, amount = (facts.terms.overdue_days_allowed, facts.terms.overdue_amount_allowed) if facts.terms else (0, ZERO)
    late = [each for each in debts if days_overdue(each.due_on, facts.as_of) > days]
    total = sum((each.amount for each in late), ZERO)
    if total <= amount:
        return ()
    oldest = max(days_overdue(each.due_on, facts.as_of) for each in late)
    return (reason(code, amount=total, days=oldest, days_allowed=days, amount_allowed=amount),)


def _validity_reasons(what: str, span: Terms | ContractValidity | None, day: date) -> tuple[Reason, ...]:
    if span is None:
        return (reason(f"{what}_missing"),)
    code = _validity_code(span, day)
    if code is None:
        return ()
    return (reason(f"{what}_{code}", starts_on=span.starts_on, ends_on=span.ends_on),)


def _validity_code(span: Terms | ContractValidity, day: date) -> str | None:
    if day < span.starts_on:
        return "not_yet_valid"
    if span.ends_on is not None and day > span.ends_on:
        return "expired"
    return None
