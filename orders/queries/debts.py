"""Rouble debts as of the end of any day, set-based: what letters are written about and stops stand on.

Open amounts are kept with the invoices; a past day takes back what was settled since, as the ageing does
(docs/algorithms/receivables.md). The statements below begin with `debts(id, client_id, due_on, amount)`; where nothing
was settled since, as the night finds it, that is simply what stands open.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from orders.queries.movements import ANYTHING_SETTLED, open_invoices

# Without the clients on the stop list and without disputed invoices. NOT IN is one look into a small set for each debt,
# in the same pass; NOT EXISTS would be two joins of all debts with a list that is mostly empty.
WRITTEN_ABOUT = """, stopped AS (
    SELECT client_id, invoice_id FROM orders_stoplistentry
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
        AND (removed_on IS NULL OR removed_on > %(day)s)
), kept AS (
    SELECT d.* FROM debts d
    WHERE d.client_id NOT IN (SELECT client_id FROM stopped WHERE invoice_id IS NULL)
        AND d.id NOT IN (SELECT invoice_id FROM stopped WHERE invoice_id IS NOT NULL)
)"""
# The highest level that the oldest debt of each client has reached, unless this spell of debt had it or a higher one.
LATE_LETTERS = """, spells AS (
    SELECT client_id, min(due_on) AS episode_on, sum(amount) AS overdue
    FROM kept WHERE due_on < %(day)s GROUP BY client_id
)
SELECT s.client_id, v.id, s.episode_on
FROM spells s JOIN LATERAL (
    SELECT id, days FROM orders_letterlevel
    WHERE is_active AND days > 0 AND days <= %(day)s::date - s.episode_on AND min_amount <= s.overdue
    ORDER BY days DESC, level DESC LIMIT 1
) v ON true
WHERE NOT EXISTS (
    SELECT FROM orders_collectionletter l JOIN orders_letterlevel w ON w.id = l.level_id
    WHERE l.client_id = s.client_id AND l.episode_on = s.episode_on AND w.days >= v.days
)"""
# What falls due soon and was not reminded of at this level, by the nearest level; one reminder a client and level. What
# is near is found first, and its former reminders are looked up one by one (OFFSET keeps that so): all lines of all
# letters are many more.
REMINDERS = """, near AS (
    SELECT k.client_id, v.id AS level_id, min(k.due_on) AS episode_on, sum(k.amount) AS amount, v.min_amount
    FROM kept k JOIN LATERAL (
        SELECT id, days, min_amount FROM orders_letterlevel
        WHERE is_active AND days <= 0 AND k.due_on <= %(day)s::date - days ORDER BY days DESC, level LIMIT 1
    ) v ON true
    WHERE k.due_on BETWEEN %(day)s
            AND (SELECT %(day)s::date - min(days) FROM orders_letterlevel WHERE is_active AND days <= 0)
        AND NOT EXISTS (
            SELECT FROM orders_letterline n JOIN orders_collectionletter l ON l.id = n.letter_id
            WHERE n.invoice_id = k.id AND l.level_id = v.id OFFSET 0
        )
    GROUP BY k.client_id, v.id, v.min_amount
)
SELECT client_id, level_id, episode_on FROM near
WHERE amount >= min_amount AND NOT EXISTS (
    SELECT FROM orders_collectionletter l
    WHERE l.client_id = near.client_id AND l.level_id = near.level_id AND l.episode_on = near.episode_on
)"""
# With the client once more, so that both sides are found by it.
KEPT = """
SELECT i.id, i.number, i.client_id, i.contract_id, i.issued_on, i.shipped_on, i.due_on, i.currency, i.amount, k.amount
FROM kept k JOIN orders_invoice i ON i.id = k.id AND i.client_id = ANY(%(clients)s::bigint[]) ORDER BY i.due_on, i.id"""
# Clients that a rule for stops catches; of several rules the strictest, that is the one that catches first.
CAUGHT = """, late AS (
    SELECT d.client_id, p.id AS policy_id, p.days, p.amount AS amount_from,
        sum(d.amount) AS overdue, max(%(day)s::date - d.due_on) AS oldest
    FROM debts d JOIN accounts_client c ON c.id = d.client_id
    JOIN orders_stoppolicy p ON p.is_active AND (p.channel = '' OR p.channel = c.channel)
        AND d.due_on < %(day)s::date - p.days
    GROUP BY d.client_id, p.id
)
SELECT DISTINCT ON (client_id) client_id, policy_id, days, amount_from, overdue, oldest
FROM late WHERE overdue >= amount_from ORDER BY client_id, days, policy_id"""
OWN = "AND i.client_id = ANY(%(clients)s::bigint[])"


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is due: to which client, of which level, for the spell of debt that began on a day."""

    client_id: int
    level_id: int
    episode_on: date


class OpenDebt(NamedTuple):
    """An invoice with what was open of it at the end of the day, as letters name it: without the weight of its model,
    for there are very many."""

    pk: int
    number: str
    client_id: int
    contract_id: int | None
    issued_on: date
    shipped_on: date
    due_on: date
    currency: str
    amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Caught:
    """A client that a rule for stops catches: so much is late by more than its days, the oldest by so many."""

    client_id: int
    policy_id: int
    days_allowed: int
    amount_from: Decimal
    overdue: Decimal
    oldest: int


def letters_due(day: date, client_ids: Collection[int] | None = None) -> list[Due]:
    """The letters that the policy asks for as of a day, not prepared yet, by client; of all clients or of these."""
    found = []
    for part in (LATE_LETTERS, REMINDERS):
        found += [Due(*row) for row in _rows(WRITTEN_ABOUT + part, day, client_ids)]
    return sorted(found, key=lambda each: (each.client_id, each.level_id))


def debts_written_about(client_ids: Collection[int], day: date) -> dict[int, list[OpenDebt]]:
    """The rouble debts of these clients that letters may name, earliest due first."""
    found: dict[int, list[OpenDebt]] = defaultdict(list)
    for row in _rows(WRITTEN_ABOUT + KEPT, day, client_ids):
        debt = OpenDebt._make(row)
        found[debt.client_id].append(debt)
    return found


def clients_caught(day: date, client_ids: Collection[int] | None = None) -> dict[int, Caught]:
    """The clients that a rule for stops catches as of a day; of all clients or of these."""
    return {row[0]: Caught(*row) for row in _rows(CAUGHT, day, client_ids)}


def _rows(statement: str, day: date, client_ids: Collection[int] | None = None) -> list[tuple]:
    own = "" if client_ids is None else OWN
    values = {"day": day, "clients": list(client_ids or ())}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ANYTHING_SETTLED}", values)
        debts = open_invoices(f"AND i.currency = 'RUB' {own}", settled=cursor.fetchone()[0])
        cursor.execute(f"WITH debts AS ({debts}) {statement}", values)
        return cursor.fetchall()
