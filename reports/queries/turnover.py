"""Sales and receipts of months, and balances at their ends: from kept days, and from documents where none is kept.

A kept day holds what was sold and received from the first of its month. Clients of whom something came late are told
from documents, so the figures are those of the ledger at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kam.money import ZERO
from kam.replica import reading
from orders.queries.receivables import Ageing, Scope, ageing, clients_of
from orders.queries.snapshots import AGES, days_of_clients
from reports.rules.turnover import (
    CountBack,
    MonthSales,
    Turnover,
    best_possible_dso,
    collection_effectiveness,
    count_back_dso,
    simple_dso,
)

ONE_DAY = timedelta(days=1)
MONTHS_BACK = 13  # of sales that count-back may go through, the one of the day included

STANDING = """
SELECT ARRAY(SELECT day FROM orders_ageingday WHERE day = ANY(%(days)s)),
    ARRAY(SELECT DISTINCT client_id FROM orders_ageingdoubt WHERE since_on <= %(last)s {own} ORDER BY 1)"""
KEYS = {
    "": "''",
    "client": "c.id::text",
    "group": "coalesce(c.group_id, 0)::text",
    "manager": "coalesce(c.manager_id, 0)::text",
    "channel": "c.channel",
}
KEPT = """
SELECT {key}, s.day, sum(s.sales), sum(s.received) FROM orders_ageingsnapshot s {client}
WHERE s.day = ANY(%(kept)s) AND s.currency = %(currency)s AND NOT s.client_id = ANY(%(doubted)s::bigint[]) {own}
GROUP BY 1, 2"""
# Of all clients together: the kept total less those of whom something came late.
KEPT_WHOLE = """
SELECT '', day, sales, received FROM orders_ageingtotal WHERE day = ANY(%(kept)s) AND currency = %(currency)s
UNION ALL
SELECT '', day, -sum(sales), -sum(received) FROM orders_ageingsnapshot
WHERE client_id = ANY(%(doubted)s::bigint[]) AND day = ANY(%(kept)s) AND currency = %(currency)s GROUP BY 2"""
MONTH = "BETWEEN date_trunc('month', m.day)::date AND m.day"
TOLD = f"""
SELECT {{key}}, t.day, sum(t.sales), sum(t.received) FROM (
    SELECT s.client_id, m.day, s.amount AS sales, 0 AS received FROM unnest(%(told)s::date[]) m (day)
    JOIN orders_invoice s ON s.issued_on {MONTH} WHERE s.currency = %(currency)s {{own}}
    UNION ALL
    SELECT s.client_id, s.day, s.amount, 0 FROM (
        SELECT i.client_id, i.currency, m.day, -n.amount AS amount FROM unnest(%(told)s::date[]) m (day)
        JOIN orders_creditnote n ON n.issued_on {MONTH} JOIN orders_invoice i ON i.id = n.invoice_id
        OFFSET 0  -- the few notes first: all invoices of a team would be read to find theirs
    ) s WHERE s.currency = %(currency)s {{own}}
    UNION ALL
    SELECT s.client_id, m.day, 0, s.amount FROM unnest(%(told)s::date[]) m (day)
    JOIN orders_payment s ON s.received_on {MONTH} WHERE s.currency = %(currency)s AND s.kind = 'money' {{own}}
    UNION ALL
    SELECT s.client_id, m.day, 0, r.amount FROM unnest(%(told)s::date[]) m (day)
    JOIN (SELECT payment_id, refunded_on AS day, -amount AS amount FROM orders_refund
        UNION ALL SELECT payment_id, undone_on, amount FROM orders_refund WHERE undone_on IS NOT NULL
    ) r ON r.day {MONTH} JOIN orders_payment s ON s.id = r.payment_id
    WHERE s.currency = %(currency)s AND s.kind = 'money' {{own}}
) t {{client}} GROUP BY 1, 2"""
OWED = f"""
    SELECT day, {", ".join(AGES)} FROM orders_ageingsnapshot s
    WHERE s.day = ANY(%(kept)s) AND s.currency = %(currency)s AND s.client_id = ANY(%(clients)s)
        AND NOT s.client_id = ANY(%(doubted)s::bigint[])"""
OWED_WHOLE = f"""
    SELECT day, {", ".join(AGES)} FROM orders_ageingtotal WHERE day = ANY(%(kept)s) AND currency = %(currency)s
    UNION ALL
    SELECT day, {", ".join(f"-{name}" for name in AGES)} FROM orders_ageingsnapshot
    WHERE client_id = ANY(%(doubted)s::bigint[]) AND day = ANY(%(kept)s) AND currency = %(currency)s"""
BALANCES = f"""
SELECT day, {", ".join(f"sum({name})" for name in AGES)} FROM (
    {{kept}}
    UNION ALL
    SELECT day, {", ".join(AGES)} FROM ({{anew}}) late WHERE currency = %(currency)s
) s GROUP BY 1"""
WANTED = "SELECT client_id, %(first)s::date AS since FROM unnest(%(doubted)s::bigint[]) w (client_id)"


@dataclass(frozen=True, slots=True)
class Flow:
    """What was sold and received in a month, to one of its days."""

    sales: Decimal = ZERO
    received: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Books:
    """Which part of the books is asked: of these clients (None is all), in one currency."""

    clients: list[int] | None
    currency: str

    def standing(self, days: Sequence[date]) -> tuple[list[date], list[int]]:
        """Which of the days are kept, and the clients of whom something came late by the last of them."""
        own = "" if self.clients is None else "AND client_id = ANY(%(clients)s)"
        values = {"days": list(days), "last": max(days), "clients": self.clients}
        with reading().cursor() as cursor:
            cursor.execute(STANDING.format(own=own), values)
            return cursor.fetchone()


def books_of(user, scope: Scope, currency: str) -> Books:
    """The part of the books that this user sees in this scope."""
    return Books(clients_of(user, scope), currency)


def month_ends(day: date, count: int) -> list[date]:
    """The day and the last days of the months before it, latest first: `count` in all."""
    found = [day]
    while len(found) < count:
        found.append(found[-1].replace(day=1) - ONE_DAY)
    return found


def flows(books: Books, days: Sequence[date], by: str = "") -> dict[tuple[str, date], Flow]:
    """Sales and receipts from the first of the month to each of the days, by key (see KEYS) and day."""
    kept, doubted = books.standing(days)
    own = "" if books.clients is None else "AND s.client_id = ANY(%(clients)s)"
    join = "JOIN accounts_client c ON c.id = {}.client_id" if by else ""
    values = {"currency": books.currency, "clients": books.clients, "kept": kept, "doubted": doubted}
    is_whole = books.clients is None and not by
    of_kept = KEPT_WHOLE if is_whole else KEPT.format(key=KEYS[by], client=join.format("s"), own=own)
    asked = [(of_kept, {})] if kept else []
    told = TOLD.format(key=KEYS[by], client=join.format("t"), own="{own}")
    if kept and doubted:
        asked.append((told.format(own="AND s.client_id = ANY(%(doubted)s)"), {"told": kept}))
    missing = sorted(set(days).difference(kept))
    if missing:
        asked.append((told.format(own=own), {"told": missing}))
    found: dict[tuple[str, date], Flow] = {}
    with reading().cursor() as cursor:
        for statement, more in asked:
            cursor.execute(statement, {**values, **more})
            for key, day, sales, received in cursor.fetchall():
                former = found.get((key, day), Flow())
                found[key, day] = Flow(former.sales + sales, former.received + received)
    return found


def balances(books: Books, days: Sequence[date]) -> dict[date, dict[str, Decimal]]:
    """What was owed at the end of each of the days that are kept, by age; days nobody kept are missing."""
    kept, doubted = books.standing(days)
    if not kept:
        return {}
    nobody = f"SELECT NULL::date AS day, {', '.join(f'0::numeric AS {name}' for name in AGES)}, '' AS currency"
    anew = days_of_clients(WANTED, "SELECT unnest(%(kept)s::date[]) AS day") if doubted else nobody
    values = {"currency": books.currency, "clients": books.clients, "kept": kept, "doubted": doubted}
    with reading().cursor() as cursor:
        cursor.execute(
            BALANCES.format(kept=OWED_WHOLE if books.clients is None else OWED, anew=anew),
            {**values, "first": min(kept)},
        )
        found = {row[0]: dict(zip(AGES, row[1:], strict=True)) for row in cursor.fetchall()}
    return {day: found.get(day, dict.fromkeys(AGES, ZERO)) for day in kept}


@dataclass(frozen=True, slots=True)
class TurnoverFigures:
    """The named figures of a part of the books as of a day; whole months and the one of the day so far."""

    first: date
    day: date
    sales: Decimal
    opening: Decimal
    simple: Turnover
    best_possible: Turnover
    count_back: CountBack
    effectiveness: Turnover

    @property
    def days(self) -> int:
        """The days of the period, both ends included."""
        return (self.day - self.first).days + 1


def turnover(user, closing: Ageing, scope: Scope, months: int) -> TurnoverFigures:
    """The turnover figures at the day of `closing`, of the month so far and the `months` − 1 before it."""
    day = closing.as_of
    books = books_of(user, scope, closing.currency)
    ends = month_ends(day, max(MONTHS_BACK, months))
    sold = flows(books, ends)
    sales_of = [sold.get(("", end), Flow()).sales for end in ends]
    first = ends[months - 1].replace(day=1)
    opening_day = first - ONE_DAY
    kept = balances(books, [opening_day])
    if opening_day in kept:
        opening = sum(kept[opening_day].values(), ZERO)
    else:
        opening = ageing(user, opening_day, "channel", scope, closing.currency).total.total
    return _figures(first, day, closing.total.total, closing.total.overdue, opening, sales_of, ends, months)


def _figures(first, day, total, overdue, opening, sales_of, ends, months) -> TurnoverFigures:
    sales = sum(sales_of[:months], ZERO)
    days = (day - first).days + 1
    back = [
        MonthSales(end.replace(day=1), end.day, sales, (end + ONE_DAY).day == 1)
        for end, sales in zip(ends, sales_of, strict=True)
    ]
    return TurnoverFigures(
        first,
        day,
        sales,
        opening,
        simple_dso(total, sales, days),
        best_possible_dso(total - overdue, sales, days),
        count_back_dso(total, back),
        collection_effectiveness(opening, sales, total, total - overdue),
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """One KAM, group, channel or client with what it owes and its turnover of the period."""

    key: str
    label: str
    total: Decimal
    overdue: Decimal
    over_90: Decimal
    on_account: Decimal
    simple: Turnover
    effectiveness: Turnover


def slices(user, day: date, by: str, scope: Scope, currency: str, months: int) -> list[Slice]:
    """What each key owed on the day, with simple DSO and collection effectiveness of the period, largest debt first."""
    ends = month_ends(day, months)
    first = ends[-1].replace(day=1)
    sold = flows(books_of(user, scope, currency), ends, by)
    opened = {str(row.key): row.total for row in ageing(user, first - ONE_DAY, by, scope, currency).rows}
    days = (day - first).days + 1
    found = []
    for row in ageing(user, day, by, scope, currency).rows:
        sales = sum((sold.get((str(row.key), end), Flow()).sales for end in ends), ZERO)
        not_due = row.total - row.overdue
        found.append(
            Slice(
                str(row.key),
                row.label,
                row.total,
                row.overdue,
                row.buckets["over_90"],
                row.on_account,
                simple_dso(row.total, sales, days),
                collection_effectiveness(opened.get(str(row.key), ZERO), sales, row.total, not_due),
            )
        )
    return found
