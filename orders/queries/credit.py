"""Where a client stands with its credit on a day: terms, contract, holds, exposure, overdue debts, its group.

Two statements for any number of clients: what the clients' floor knows, and the buckets of exposure. A document
is in exactly one bucket: an order until it ships, a shipment until it is invoiced, an invoice until it is paid;
each counts for who is invoiced.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection

from kam.clock import day_of
from kam.money import ZERO
from orders.rules.aging import Debt
from orders.rules.credit import (
    ContractValidity,
    CreditFacts,
    CreditVerdict,
    Exposure,
    GroupFacts,
    Hold,
    Terms,
    credit_verdict,
    headroom,
)

STANDING = """
SELECT c.id, c.status, g.credit_limit,
    CASE WHEN g.credit_limit IS NOT NULL
        THEN ARRAY(SELECT m.id FROM accounts_client m WHERE m.group_id = g.id ORDER BY m.id) END,
    t.credit_limit, t.starts_on, t.ends_on, t.overdue_days_allowed, t.overdue_amount_allowed,
    k.signed_on, k.ends_on, h.ids, h.moments, h.reasons, h.people
FROM accounts_client c
LEFT JOIN accounts_clientgroup g ON g.id = c.group_id
LEFT JOIN LATERAL (
    SELECT credit_limit, starts_on, ends_on, overdue_days_allowed, overdue_amount_allowed
    FROM accounts_creditterms WHERE client_id = c.id
    ORDER BY (starts_on <= %(day)s) DESC, starts_on DESC LIMIT 1
) t ON true
LEFT JOIN LATERAL (
    SELECT signed_on, ends_on FROM accounts_contract WHERE client_id = c.id AND is_active
    ORDER BY (id = %(contract)s) DESC NULLS LAST,
        (signed_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)) DESC, signed_on DESC LIMIT 1
) k ON true
LEFT JOIN LATERAL (
    SELECT array_agg(l.id ORDER BY l.id) AS ids, array_agg(l.placed_at ORDER BY l.id) AS moments,
        array_agg(l.reason ORDER BY l.id) AS reasons,
        array_agg(concat_ws(' ', u.last_name, u.first_name) ORDER BY l.id) AS people
    FROM accounts_credithold l LEFT JOIN kam_user u ON u.id = l.placed_by_id
    WHERE l.client_id = c.id AND l.lifted_at IS NULL AND l.by_person
) h ON true
WHERE c.id = ANY(%(clients)s)"""

BUCKETS = """
SELECT client_id, 'invoice', CASE WHEN due_on < %(day)s THEN due_on END AS late, sum(open_amount)
FROM orders_invoice WHERE open_amount > 0 AND client_id = ANY(%(clients)s) GROUP BY 1, 3
UNION ALL
SELECT payer_id, 'shipment', NULL, sum(uninvoiced_total)
FROM orders_shipment WHERE uninvoiced_total > 0 AND payer_id = ANY(%(clients)s) GROUP BY 1
UNION ALL
SELECT client_id, 'order', NULL, sum(unshipped_total) FROM orders_order
WHERE unshipped_total > 0 AND payer = 'client' AND client_id = ANY(%(clients)s) GROUP BY 1
UNION ALL
SELECT distributor_id, 'order', NULL, sum(unshipped_total) FROM orders_order
WHERE unshipped_total > 0 AND payer = 'distributor' AND distributor_id = ANY(%(clients)s) GROUP BY 1
UNION ALL
SELECT client_id, 'payment', NULL, sum(unallocated)
FROM orders_payment WHERE unallocated > 0 AND client_id = ANY(%(clients)s) GROUP BY 1"""


@dataclass(slots=True)
class Buckets:
    """Sums of one client by bucket, its late debts by due day, and its money on account."""

    invoice: Decimal = ZERO
    shipment: Decimal = ZERO
    order: Decimal = ZERO
    payment: Decimal = ZERO
    late: list[Debt] = field(default_factory=list)

    def exposure(self) -> Exposure:
        return Exposure(self.invoice, self.shipment, self.order)


@dataclass(frozen=True, slots=True)
class ClientCredit:
    """The credit of one client on a day. `overdue` is all that is late, forgiven days or not."""

    client_id: int
    facts: CreditFacts
    on_account: Decimal

    @property
    def exposure(self) -> Exposure:
        return self.facts.exposure

    @property
    def headroom(self) -> Decimal | None:
        """The least of the client's and its group's limit minus exposure; None without any limit."""
        return headroom(self.facts)

    @property
    def overdue(self) -> Decimal:
        return sum((debt.amount for debt in self.facts.debts), ZERO)


def credit_facts(client_ids: Collection[int], day: date, contract_id: int | None = None) -> dict[int, ClientCredit]:
    """The credit of each client on a day, as if nothing new were ordered.

    `contract_id` names the contract an order is under; otherwise the client's best one counts. Only live
    documents are read: for a check under lock, lock the clients (and members of limited groups) before.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"clients": list(client_ids), "day": day, "contract": contract_id})
        standing = cursor.fetchall()
        watched = {row[0] for row in standing}.union(*(row[3] or () for row in standing))
        cursor.execute(BUCKETS, {"clients": sorted(watched), "day": day})
        buckets = {client: Buckets() for client in watched}
        for client, bucket, late_since, amount in cursor.fetchall():
            setattr(buckets[client], bucket, getattr(buckets[client], bucket) + amount)
            if late_since:
                buckets[client].late.append(Debt(late_since, amount))
    return {row[0]: _credit_of(row, buckets, day) for row in standing}


def check_credit(order, day: date, amount: Decimal | None = None) -> tuple[CreditFacts, CreditVerdict]:
    """THE credit check: may this order go on credit on this day? Asked at confirm, amend, reopen and ship.

    The order's own part of the exposure is taken out and `amount` (its total, or what of it is unshipped once
    confirmed) judged anew. The payer is judged for money; the client who gets the goods for holds and status.
    Money on account that earlier documents do not need counts as prepayment of this order.
    """
    if amount is None:
        amount = order.unshipped_total or order.total
    people = {order.payer_id, order.client_id}
    contract = order.contract_id if order.payer_id == order.client_id else None
    found = credit_facts(people, day, contract)
    payer = found[order.payer_id]
    goods_to = found[order.client_id].facts
    facts = _without(payer, order.unshipped_total, amount)
    if order.payer_id != order.client_id:
        status = goods_to.status if goods_to.status != "active" else facts.status
        facts = _replaced(facts, holds=(*facts.holds, *goods_to.holds), status=status)
    return facts, credit_verdict(facts)


def _without(credit: ClientCredit, own: Decimal, amount: Decimal) -> CreditFacts:
    """The facts for an order of `amount` whose `own` part already stands in the bucket of confirmed orders."""
    facts = credit.facts
    group = facts.group and GroupFacts(facts.group.credit_limit, _less(facts.group.exposure, own))
    exposure = _less(facts.exposure, own)
    spoken_for = exposure.confirmed_not_shipped + exposure.shipped_not_invoiced
    prepaid = min(max(credit.on_account - spoken_for, ZERO), amount)
    return _replaced(facts, order=amount, exposure=exposure, group=group, prepaid=prepaid)


def _less(exposure: Exposure, own: Decimal) -> Exposure:
    return Exposure(exposure.open_invoices, exposure.shipped_not_invoiced, exposure.confirmed_not_shipped - own)


def _replaced(facts: CreditFacts, **values) -> CreditFacts:
    kept = {name: getattr(facts, name) for name in CreditFacts.__slots__}
    return CreditFacts(**{**kept, **values})


def _credit_of(row: tuple, buckets: dict[int, Buckets], day: date) -> ClientCredit:
    client, status, group_limit, members, limit, since, until, days, amount, signed, ends, *holds = row
    own = buckets[client]
    return ClientCredit(
        client,
        CreditFacts(
            as_of=day,
            order=ZERO,
            exposure=own.exposure(),
            terms=None if limit is None else Terms(limit, since, until, days, amount),
            debts=tuple(sorted(own.late, key=lambda debt: debt.due_on)),
            holds=tuple(
                Hold(pk, day_of(at), reason, who) for pk, at, reason, who in zip(*(h or () for h in holds), strict=True)
            ),
            group=None if group_limit is None else GroupFacts(group_limit, _together(members, buckets)),
            contract=None if signed is None else ContractValidity(signed, ends),
            contract_required=settings.CONTRACT_REQUIRED,
            status=status,
        ),
        own.payment,
    )


def _together(members: list[int], buckets: dict[int, Buckets]) -> Exposure:
    parts = [buckets[member].exposure() for member in members]
    return Exposure(
        sum((part.open_invoices for part in parts), ZERO),
        sum((part.shipped_not_invoiced for part in parts), ZERO),
        sum((part.confirmed_not_shipped for part in parts), ZERO),
    )
