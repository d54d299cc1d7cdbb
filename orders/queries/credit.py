"""Where a client stands with its credit on a day: terms, contract, holds, exposure, overdue debts, its group.

Two statements for any number of clients: what the clients' floor knows, and the buckets of exposure. A document
is in exactly one bucket: an order until it ships, a shipment until it is invoiced, an invoice until it is paid;
each counts for who is invoiced. Foreign documents count in roubles at the rate of the day; where there is none, the
verdict says so and nothing is guessed.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection

from accounts.models import Contract
from kam.clock import day_of
from kam.money import ZERO
from orders.queries.exchange import RATE_OF_DAY, ROUBLE, in_roubles, rates_on, sum_in_roubles
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
    CASE WHEN g.credit_limit IS NOT NULL OR p.group_overdue_counts
        THEN ARRAY(SELECT m.id FROM accounts_client m WHERE m.group_id = g.id ORDER BY m.id) END,
    coalesce(p.group_overdue_counts, false),
    t.credit_limit, t.starts_on, t.ends_on, t.overdue_days_allowed, t.overdue_amount_allowed,
    k.signed_on, k.ends_on, h.ids, h.moments, h.reasons, h.people, h.by_person
FROM accounts_client c
LEFT JOIN accounts_clientgroup g ON g.id = c.group_id
LEFT JOIN LATERAL (
    SELECT group_overdue_counts FROM accounts_creditpolicy WHERE starts_on <= %(day)s AND g.id IS NOT NULL
    ORDER BY starts_on DESC LIMIT 1
) p ON true
LEFT JOIN LATERAL (
    SELECT credit_limit, starts_on, ends_on, overdue_days_allowed, overdue_amount_allowed
    FROM accounts_creditterms WHERE client_id = c.id
    ORDER BY (starts_on <= %(day)s) DESC, starts_on DESC LIMIT 1
) t ON true
LEFT JOIN LATERAL (
    SELECT signed_on, ends_on FROM accounts_contract WHERE client_id = c.id AND is_active
    ORDER BY (id = ANY(%(contracts)s)) DESC,
        (signed_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)) DESC, signed_on DESC LIMIT 1
) k ON true
LEFT JOIN LATERAL (
    SELECT array_agg(l.id ORDER BY l.id) AS ids, array_agg(l.placed_at ORDER BY l.id) AS moments,
        array_agg(coalesce(l.reason_parts, to_jsonb(l.reason)) ORDER BY l.id) AS reasons,
        array_agg(concat_ws(' ', u.last_name, u.first_name) ORDER BY l.id) AS people,
        array_agg(l.by_person ORDER BY l.id) AS by_person
    FROM accounts_credithold l LEFT JOIN kam_user u ON u.id = l.placed_by_id
    WHERE l.client_id = c.id AND l.lifted_at IS NULL
) h ON true
WHERE c.id = ANY(%(clients)s::bigint[])"""


def _unknown(document: str) -> str:
    """The currency of a row of the table `document` where no rate is known for it, else NULL."""
    currency = f"{document}.currency"
    rate = RATE_OF_DAY.format(currency=currency)
    return f"CASE WHEN {currency} = 'RUB' THEN NULL WHEN {rate} IS NULL THEN {currency} END"


BUCKETS = f"""
SELECT client_id, 'invoice', CASE WHEN due_on < %(day)s THEN due_on END AS late, {sum_in_roubles("i", "open_amount")},
    {_unknown("i")} AS unknown
FROM orders_invoice i WHERE open_amount > 0 AND client_id = ANY(%(clients)s::bigint[]) GROUP BY 1, 3, 5
UNION ALL
SELECT s.payer_id, 'shipment', NULL, {sum_in_roubles("s", "uninvoiced_total", "o")}, {_unknown("o")}
FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
WHERE s.uninvoiced_total > 0 AND s.payer_id = ANY(%(clients)s::bigint[]) GROUP BY 1, 5
UNION ALL
SELECT client_id, 'order', NULL, {sum_in_roubles("o", "unshipped_total")}, {_unknown("o")} FROM orders_order o
WHERE unshipped_total > 0 AND payer = 'client' AND client_id = ANY(%(clients)s::bigint[]) GROUP BY 1, 5
UNION ALL
SELECT distributor_id, 'order', NULL, {sum_in_roubles("o", "unshipped_total")}, {_unknown("o")} FROM orders_order o
WHERE unshipped_total > 0 AND payer = 'distributor' AND distributor_id = ANY(%(clients)s::bigint[]) GROUP BY 1, 5
UNION ALL
SELECT client_id, 'payment', NULL, {sum_in_roubles("p", "unallocated")}, NULL
FROM orders_payment p WHERE unallocated > 0 AND client_id = ANY(%(clients)s::bigint[]) GROUP BY 1"""


@dataclass(slots=True)
class Buckets:
    """Sums of one client by bucket, its late debts by due day, its money on account, currencies without a rate."""

    invoice: Decimal = ZERO
    shipment: Decimal = ZERO
    order: Decimal = ZERO
    payment: Decimal = ZERO
    late: list[Debt] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

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


def credit_facts(client_ids: Collection[int], day: date, contracts: Collection[int] = ()) -> dict[int, ClientCredit]:
    """The credit of each client on a day, as if nothing new were ordered.

    `contracts` names the contracts that orders are under; otherwise the client's best one counts. Only live
    documents are read: for a check under lock, lock the clients (and members of limited groups) before.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"clients": list(client_ids), "day": day, "contracts": list(contracts)})
        standing = cursor.fetchall()
        watched = {row[0] for row in standing}.union(*(row[3] or () for row in standing))
        cursor.execute(BUCKETS, {"clients": sorted(watched), "day": day})
        buckets = {client: Buckets() for client in watched}
        for client, bucket, late_since, amount, unknown in cursor.fetchall():
            if unknown:
                buckets[client].unknown.add(unknown)
                continue
            # Foreign money on account without a rate counts as none: it only prepays.
            setattr(buckets[client], bucket, getattr(buckets[client], bucket) + (amount or ZERO))
            if late_since:
                buckets[client].late.append(Debt(late_since, amount))
    return {row[0]: _credit_of(row, buckets, day) for row in standing}


def check_credit(order, day: date, amount: Decimal | None = None) -> tuple[CreditFacts, CreditVerdict]:
    """THE credit check: may this order go on credit on this day? Asked at confirm, amend, reopen and ship.

    The order's own part of the exposure is taken out and `amount` (its total, or what of it is unshipped once
    confirmed) judged anew. The payer is judged for money; the client who gets the goods for holds and status.
    Money on account that earlier documents do not need counts as prepayment of this order.
    """
    facts = _facts_of([order], day, amount)[order.pk]
    return facts, credit_verdict(facts)


def check_orders(orders: Collection, day: date) -> dict[int, CreditVerdict]:
    """What the check says of each of these orders by itself, by pk; a constant number of queries, no locks."""
    return {pk: credit_verdict(facts) for pk, facts in _facts_of(orders, day).items()}


def _facts_of(orders: Collection, day: date, amount: Decimal | None = None) -> dict[int, CreditFacts]:
    people = {each for order in orders for each in (order.payer_id, order.client_id)}
    under = {(order.payer_id, _contract_of(order)) for order in orders}
    # Where orders of one payer are under different contracts, each is judged by its own, as if it were alone.
    differ = len(under) > len({payer for payer, _contract in under})
    contracts = {contract for _payer, contract in under} - {None}
    found = credit_facts(people, day, () if differ else contracts) if orders else {}
    own = _validity_of(contracts) if differ else {}
    foreign = {order.currency for order in orders} - {ROUBLE}
    rates = rates_on(foreign, day) if foreign else {}
    facts = {order.pk: _facts_for(order, found, rates, amount) for order in orders}
    for order in orders:
        if (valid := own.get(_contract_of(order))) is not None:
            facts[order.pk] = _replaced(facts[order.pk], contract=valid)
    return facts


def _contract_of(order) -> int | None:
    """The contract an order is judged by: one with the client says nothing of a distributor that pays."""
    return order.contract_id if order.payer_id == order.client_id else None


def _validity_of(contracts: Collection[int]) -> dict[int, ContractValidity]:
    rows = Contract.objects.filter(pk__in=contracts, is_active=True).values_list("pk", "signed_on", "ends_on")
    return {pk: ContractValidity(signed, ends) for pk, signed, ends in rows}


def _facts_for(order, found: dict[int, ClientCredit], rates: dict[str, Decimal], amount: Decimal | None) -> CreditFacts:
    if amount is None:
        amount = order.unshipped_total or order.total
    facts = _without(found[order.payer_id], order, amount, rates)
    if order.payer_id != order.client_id:
        goods_to = found[order.client_id].facts
        status = goods_to.status if goods_to.status != "active" else facts.status
        facts = _replaced(facts, holds=(*facts.holds, *goods_to.holds), status=status)
    return facts


def _without(credit: ClientCredit, order, amount: Decimal, rates: dict[str, Decimal]) -> CreditFacts:
    """The facts for `amount` of the order, whose own part already stands in the bucket of confirmed orders."""
    facts, own, unknown = credit.facts, order.unshipped_total, credit.facts.rates_missing
    if order.currency != ROUBLE:
        if order.currency not in rates:
            unknown = tuple(sorted({*unknown, order.currency}))
        own, amount = (in_roubles(each, order.currency, rates) or ZERO for each in (own, amount))
    group = facts.group and GroupFacts(facts.group.credit_limit, _less(facts.group.exposure, own), facts.group.debts)
    exposure = _less(facts.exposure, own)
    spoken_for = exposure.confirmed_not_shipped + exposure.shipped_not_invoiced
    prepaid = min(max(credit.on_account - spoken_for, ZERO), amount)
    return _replaced(facts, order=amount, exposure=exposure, group=group, prepaid=prepaid, rates_missing=unknown)


def _less(exposure: Exposure, own: Decimal) -> Exposure:
    return Exposure(exposure.open_invoices, exposure.shipped_not_invoiced, exposure.confirmed_not_shipped - own)


def _replaced(facts: CreditFacts, **values) -> CreditFacts:
    kept = {name: getattr(facts, name) for name in CreditFacts.__slots__}
    return CreditFacts(**{**kept, **values})


def _credit_of(row: tuple, buckets: dict[int, Buckets], day: date) -> ClientCredit:
    client, status, group_limit, members, group_debts, limit, since, until, days, amount, signed, ends, *holds = row
    own = buckets[client]
    watched = [own] if members is None else [buckets[member] for member in members]
    return ClientCredit(
        client,
        CreditFacts(
            as_of=day,
            order=ZERO,
            exposure=own.exposure(),
            terms=None if limit is None else Terms(limit, since, until, days, amount),
            debts=_by_age(own.late),
            holds=tuple(
                Hold(pk, day_of(at), json.loads(reason), who, by_person)
                for pk, at, reason, who, by_person in zip(*(h or () for h in holds), strict=True)
            ),
            group=None if members is None else _group_of(client, group_limit, members, buckets, group_debts),
            contract=None if signed is None else ContractValidity(signed, ends),
            contract_required=settings.CONTRACT_REQUIRED,
            status=status,
            rates_missing=tuple(sorted(set().union(*(each.unknown for each in watched)))),
        ),
        own.payment,
    )


def _group_of(client: int, limit: Decimal | None, members, buckets: dict[int, Buckets], debts_count: bool):
    others = [debt for member in members if member != client for debt in buckets[member].late] if debts_count else []
    return GroupFacts(limit, _together(members, buckets), _by_age(others))


def _by_age(debts: list[Debt]) -> tuple[Debt, ...]:
    return tuple(sorted(debts, key=lambda debt: debt.due_on))


def _together(members: list[int], buckets: dict[int, Buckets]) -> Exposure:
    parts = [buckets[member].exposure() for member in members]
    return Exposure(
        sum((part.open_invoices for part in parts), ZERO),
        sum((part.shipped_not_invoiced for part in parts), ZERO),
        sum((part.confirmed_not_shipped for part in parts), ZERO),
    )
