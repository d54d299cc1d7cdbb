"""Returns, refusals and discrepancies at acceptance over a period: how much, of what sales, and what repeats.

A fact is a line of a return that was not rejected, or a line of a discrepancy act that was neither declined nor
cancelled; damaged goods that come back by an act are counted once, as the return. The day of a fact is the day it was
asked or recorded, its money what the goods were invoiced at. One statement groups the facts, another the sales.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kam.money import ZERO

# How facts are grouped: the expression over a fact, and the same over an invoice line (None: all sales together).
KEYS = {
    "reason": ("reason", None),
    "product": ("product_id::text", "l.product_id::text"),
    "client": ("client_id::text", "i.client_id::text"),
    "carrier": ("carrier", "coalesce(s.carrier, '')"),
    "month": ("to_char(day, 'YYYY-MM')", "to_char(i.issued_on, 'YYYY-MM')"),
}
FACTS = """
SELECT 'return' AS source, r.id AS document, r.number, r.requested_on AS day, r.client_id, c.name AS client,
    l.product_id, r.reason, coalesce(s.carrier, '') AS carrier, rl.quantity AS units,
    round(l.total * rl.quantity / l.quantity, 2) AS money
FROM orders_returnline rl JOIN orders_return r ON r.id = rl.document_id
    JOIN orders_invoiceline l ON l.id = rl.invoice_line_id JOIN orders_invoice i ON i.id = l.invoice_id
    LEFT JOIN orders_shipment s ON s.id = i.shipment_id JOIN accounts_client c ON c.id = r.client_id
WHERE r.status <> 'rejected' AND i.currency = 'RUB' AND r.requested_on BETWEEN %(starts_on)s AND %(ends_on)s {own}
UNION ALL
SELECT 'act', a.id, a.number, a.recorded_on, a.client_id, c.name, al.product_id, al.kind, a.carrier, al.quantity,
    al.total
FROM orders_discrepancyactline al JOIN orders_discrepancyact a ON a.id = al.act_id
    JOIN accounts_client c ON c.id = a.client_id
WHERE a.status NOT IN ('declined', 'cancelled') AND al.outcome <> 'return'
    AND a.recorded_on BETWEEN %(starts_on)s AND %(ends_on)s {own}"""
WANTED = "SELECT * FROM (" + FACTS + ") f WHERE true {narrowed}"
GROUPED = """
WITH facts AS ({wanted}), keyed AS (SELECT *, {key} AS key, source || document AS paper FROM facts),
pairs AS (SELECT key, client_id, product_id, count(DISTINCT paper) AS papers FROM keyed GROUP BY 1, 2, 3),
repeats AS (SELECT key, count(*) AS pairs, count(*) FILTER (WHERE papers > 1) AS repeated FROM pairs GROUP BY 1)
SELECT k.key, sum(k.units), sum(k.money), count(DISTINCT k.paper) FILTER (WHERE k.source = 'return'),
    count(DISTINCT k.paper) FILTER (WHERE k.source = 'act'), r.pairs, r.repeated
FROM keyed k JOIN repeats r ON r.key = k.key GROUP BY k.key, r.pairs, r.repeated ORDER BY sum(k.money) DESC, k.key"""
SALES = """
SELECT {key}, sum(l.total) FROM orders_invoiceline l JOIN orders_invoice i ON i.id = l.invoice_id
    JOIN accounts_client c ON c.id = i.client_id LEFT JOIN orders_shipment s ON s.id = i.shipment_id
WHERE i.currency = 'RUB' AND i.issued_on BETWEEN %(starts_on)s AND %(ends_on)s {own} {narrowed} GROUP BY 1"""
NARROWED = {
    "reason": "AND reason = %(reason)s",
    "product": "AND product_id = %(product)s",
    "client": "AND client_id = %(client)s",
    "carrier": "AND carrier = %(carrier)s",
}
NARROWED_SALES = {
    "product": "AND l.product_id = %(product)s",
    "client": "AND i.client_id = %(client)s",
    "carrier": "AND s.carrier = %(carrier)s",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The period, its ends included, how facts are grouped, and what they are narrowed to."""

    starts_on: date
    ends_on: date
    by: str = "reason"
    narrowed: dict[str, Any] = field(default_factory=dict)
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnsRow:
    """One group: units and money that came back, by how many papers, of what sales, and how much of it repeats."""

    key: str
    units: int
    money: Decimal
    returns: int
    acts: int
    pairs: int
    repeated: int
    sales: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """The share of sales in percent; None where nothing was sold in the period."""
        return self.money * 100 / self.sales if self.sales else None

    @property
    def repeat_rate(self) -> Decimal:
        """Of the pairs of client and product, the share that came back by more than one paper, in percent."""
        return Decimal(self.repeated * 100) / self.pairs if self.pairs else ZERO


@dataclass(frozen=True, slots=True)
class Fact:
    """One line behind a figure."""

    source: str
    document: int
    number: str
    day: date
    client_id: int
    client: str
    product_id: int
    reason: str
    carrier: str
    units: int
    money: Decimal


def returns_by(user, asked: Asked) -> list[ReturnsRow]:
    """What came back by the key asked for, the most money first, of clients whose returns the user may see."""
    own, values = _scope(user, asked)
    key, sales_key = KEYS[asked.by]
    wanted = WANTED.format(own=own, narrowed=_narrowed(asked, NARROWED))
    sold = SALES.format(key=sales_key or "''", own=own, narrowed=_narrowed(asked, NARROWED_SALES))
    with connection.cursor() as cursor:
        cursor.execute(sold, values)
        sales = dict(cursor.fetchall())
        cursor.execute(GROUPED.format(wanted=wanted, key=key), values)
        rows = cursor.fetchall()
    return [ReturnsRow(*row, sales.get(row[0] if sales_key else "")) for row in rows]


def sales_in(user, asked: Asked) -> Decimal:
    """All that was invoiced in the period, in the same scope."""
    own, values = _scope(user, asked)
    with connection.cursor() as cursor:
        narrowed = _narrowed(asked, NARROWED_SALES)
        cursor.execute(SALES.format(key="''", own=own, narrowed=narrowed), values)
        found = cursor.fetchone()
    return found[1] if found else ZERO


def facts_of(user, asked: Asked, key: str | None = None, most: int = 500) -> list[Fact]:
    """The lines behind a figure, the latest first; of one group, or of all."""
    own, values = _scope(user, asked)
    wanted = WANTED.format(own=own, narrowed=_narrowed(asked, NARROWED))
    of_group = f"AND {KEYS[asked.by][0]} = %(key)s" if key is not None else ""
    statement = f"{wanted} {of_group} ORDER BY day DESC, number LIMIT %(most)s"
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "key": key, "most": most})
        return [Fact(*row) for row in cursor.fetchall()]


def _narrowed(asked: Asked, by: dict[str, str]) -> str:
    return " ".join(by[name] for name in asked.narrowed if name in by)


def _scope(user, asked: Asked) -> tuple[str, dict[str, Any]]:
    """The condition on clients the user may see and asked for, and the values of the statements."""
    values = {"starts_on": asked.starts_on, "ends_on": asked.ends_on, **asked.narrowed}
    own = ""
    if asked.manager_id is not None:
        own, values["manager"] = "AND c.manager_id = %(manager)s", asked.manager_id
    if not user.is_superuser:
        reach = user.standings.reach_for("orders.view_return")
        if not reach.everything:
            own += " AND c.manager_id = ANY(%(managers)s)"
            values["managers"] = sorted(reach.managers)
    return own, values
