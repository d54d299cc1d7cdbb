"""The part of the books that somebody sees: sales and receipts of months, and balances at their ends.

A kept day holds what was sold and received from the first of its month. Clients of whom something came late are told
from documents, so the figures are those of the ledger at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kam.money import ZERO
from kam.replica import reading
from orders.queries.receivables import Scope, clients_of, managers_of
from orders.queries.snapshots import AGES, days_of_clients

ONE_DAY = timedelta(days=1)

# Which days are kept; of each day asked, the last day kept up to it in its month; whom something came late of.
STANDING = """
SELECT ARRAY(SELECT day FROM orders_ageingday WHERE day = ANY(%(days)s)),
    ARRAY(SELECT max(k.day) FROM unnest(%(days)s::date[]) d (day) JOIN orders_ageingday k
        ON k.day BETWEEN date_trunc('month', d.day)::date AND d.day GROUP BY d.day),
    ARRAY(SELECT DISTINCT client_id FROM orders_ageingdoubt WHERE since_on <= %(last)s ORDER BY 1)"""
# Clients that have another KAM by now than the totals count them under.
MOVED = """
SELECT c.id FROM accounts_client c LEFT JOIN {place} p ON p.client_id = c.id
WHERE p.manager_id IS DISTINCT FROM c.manager_id {theirs}"""
MOVED_IN_OR_OUT = f"""
{MOVED.format(place="{place}", theirs="AND c.manager_id = ANY(%(managers)s)")}
UNION {MOVED.format(place="{place}", theirs="AND p.manager_id = ANY(%(managers)s)")}"""
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
# Of all clients, or of those of some KAMs: the totals, less (as they stand in these) clients of whom something came
# late and clients that have another KAM by now, and then the latter as they belong now. One statement, so that a client
# is seen in one place only, whatever the night does meanwhile.
TOTALS = """
SELECT {of_total}, t.day, {sums} FROM orders_ageingtotal t
WHERE t.day = ANY(%(kept)s) AND t.currency = %(currency)s {in_total} GROUP BY 1, 2
UNION ALL
SELECT {of_total}, s.day, {negated} FROM orders_ageingsnapshot s LEFT JOIN orders_ageingplace t USING (client_id)
WHERE s.client_id = ANY(%(apart)s::bigint[]) AND s.day = ANY(%(kept)s) AND s.currency = %(currency)s {in_total}
GROUP BY 1, 2
UNION ALL
SELECT {of_client}, s.day, {sums} FROM orders_ageingsnapshot s JOIN accounts_client c ON c.id = s.client_id
WHERE s.client_id = ANY(%(moved)s::bigint[]) AND s.day = ANY(%(kept)s) AND s.currency = %(currency)s {in_client}
GROUP BY 1, 2"""
MONTH = "BETWEEN m.since AND m.day"
DAYS = "unnest(%(told)s::date[], %(since)s::date[]) m (day, since)"
TOLD = f"""
SELECT {{key}}, t.day, sum(t.sales), sum(t.received) FROM (
    SELECT s.client_id, m.day, s.amount AS sales, 0 AS received FROM {DAYS}
    JOIN orders_invoice s ON s.issued_on {MONTH} WHERE s.currency = %(currency)s {{own}}
    UNION ALL
    SELECT s.client_id, s.day, s.amount, 0 FROM (
        SELECT i.client_id, i.currency, m.day, -n.amount AS amount FROM {DAYS}
        JOIN orders_creditnote n ON n.issued_on {MONTH} JOIN orders_invoice i ON i.id = n.invoice_id
        OFFSET 0  -- the few notes first: all invoices of a team would be read to find theirs
    ) s WHERE s.currency = %(currency)s {{own}}
    UNION ALL
    SELECT s.client_id, m.day, 0, s.amount FROM {DAYS}
    JOIN orders_payment s ON s.received_on {MONTH} WHERE s.currency = %(currency)s AND s.kind = 'money' {{own}}
    UNION ALL
    SELECT s.client_id, m.day, 0, r.amount FROM {DAYS}
    JOIN (SELECT payment_id, refunded_on AS day, -amount AS amount FROM orders_refund
        UNION ALL SELECT payment_id, undone_on, amount FROM orders_refund WHERE undone_on IS NOT NULL
    ) r ON r.day {MONTH} JOIN orders_payment s ON s.id = r.payment_id
    WHERE s.currency = %(currency)s AND s.kind = 'money' {{own}}
) t {{client}} GROUP BY 1, 2"""
OWED = f"""
    SELECT day, {", ".join(AGES)} FROM orders_ageingsnapshot s
    WHERE s.day = ANY(%(kept)s) AND s.currency = %(currency)s AND s.client_id = ANY(%(clients)s::bigint[])
        AND NOT s.client_id = ANY(%(doubted)s::bigint[])"""
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
class Standing:
    """Days that are kept; clients of whom something came late; those that have another KAM than in totals.

    `bases` has of each day asked the last one kept up to it in its month, if any.
    """

    kept: list[date]
    bases: dict[date, date]
    doubted: list[int]
    moved: list[int]

    def values(self, kept: list[date]) -> dict[str, list]:
        """What the statements call `kept`, `doubted`, `apart` (to be taken out of totals) and `moved` (put back)."""
        return {
            "kept": kept,
            "doubted": self.doubted,
            "apart": sorted({*self.doubted, *self.moved}),
            "moved": sorted(set(self.moved).difference(self.doubted)),
        }


@dataclass(frozen=True, slots=True)
class Books:
    """Which part of the books is asked: of these clients (None is all), in one currency.

    `managers` are the KAMs whose clients these are, None where no KAMs tell them: then no totals do either.
    """

    clients: list[int] | None
    currency: str
    managers: frozenset[int] | None = None
    moved: Sequence[int] = ()  # those that came to these KAMs or left them since the totals were kept

    @property
    def values(self) -> dict:
        """What the statements call `clients`, `managers` and `currency`."""
        return {"clients": self.clients, "managers": [*(self.managers or ())], "currency": self.currency}

    @property
    def has_totals(self) -> bool:
        """Whether kept totals tell of these clients."""
        return self.clients is None or self.managers is not None

    def standing(self, days: Sequence[date], by: str = "") -> Standing:
        """How the days are kept, for figures of these clients by this key."""
        moved = self.moved
        with reading().cursor() as cursor:
            cursor.execute(STANDING, {"days": list(days), "last": max(days)})
            kept, found, doubted = cursor.fetchone()
            if by == "manager" and self.clients is None:
                cursor.execute(self.moved_from("orders_ageingplace", by))
                moved = [row[0] for row in cursor.fetchall()]
        bases = {(base.year, base.month): base for base in sorted(found)}
        bases = {day: bases.get((day.year, day.month)) for day in days}
        if self.clients is not None:
            doubted = sorted(set(doubted).intersection(self.clients))
        return Standing(kept, {day: base for day, base in bases.items() if base and base <= day}, doubted, moved)

    def moved_from(self, place: str, by: str = "") -> str:
        """SELECT of the clients that count, by this table, in totals of other KAMs than their own, if it matters."""
        if self.managers is not None:
            return MOVED_IN_OR_OUT.format(place=place)
        if self.clients is None and by == "manager":
            return MOVED.format(place=place, theirs="")
        return "SELECT NULL::bigint WHERE false"

    def within(self, alias: str) -> str:
        """The condition that a row belongs to the KAMs of these books, if KAMs tell them."""
        return "" if self.managers is None else f"AND {alias}.manager_id = ANY(%(managers)s)"

    def totals(self, names: Sequence[str], by: str = "") -> str:
        """SELECT of key, day and the sums of these figures from the totals of %(kept)s; `by` is a KAM or nothing."""
        key = "coalesce({}.manager_id, 0)::text" if by == "manager" else "''"
        return TOTALS.format(
            of_total=key.format("t"),
            of_client=key.format("c"),
            in_total=self.within("t"),
            in_client=self.within("c"),
            sums=", ".join(f"sum({name})" for name in names),
            negated=", ".join(f"-sum({name})" for name in names),
        )


def books_of(user, scope: Scope, currency: str) -> Books:
    """The part of the books that this user sees in this scope."""
    books = Books(clients_of(user, scope), currency, managers_of(user, scope))
    if books.managers is None:
        return books
    with reading().cursor() as cursor:
        cursor.execute(books.moved_from("orders_ageingplace"), books.values)
        return replace(books, moved=[row[0] for row in cursor.fetchall()])


def month_ends(day: date, count: int) -> list[date]:
    """The day and the last days of the months before it, latest first: `count` in all."""
    found = [day]
    while len(found) < count:
        found.append(found[-1].replace(day=1) - ONE_DAY)
    return found


def flows(books: Books, days: Sequence[date], by: str = "") -> dict[tuple[str, date], Flow]:
    """Sales and receipts from the first of the month to each of the days, by key (see KEYS) and day.

    A day that is not kept is the last one kept in its month, and documents from then on.
    """
    standing = books.standing(days, by)
    kept = sorted(set(standing.bases.values()))
    own = "" if books.clients is None else "AND s.client_id = ANY(%(clients)s::bigint[])"
    join = "JOIN accounts_client c ON c.id = {}.client_id" if by else ""
    of_kept = KEPT.format(key=KEYS[by], client=join.format("s"), own=own)
    if books.has_totals and by in ("", "manager"):
        of_kept = books.totals(("sales", "received"), by)
    told = TOLD.format(key=KEYS[by], client=join.format("t"), own="{own}")
    values = {**books.values, **standing.values(kept)}
    known: dict[tuple[str, date], Flow] = {}
    if kept:
        _add(known, of_kept, values)
    if kept and standing.doubted:
        since = [day.replace(day=1) for day in kept]
        of_doubted = told.format(own="AND s.client_id = ANY(%(doubted)s::bigint[])")
        _add(known, of_doubted, {**values, "told": kept, "since": since})
    found = {(key, day): flow for (key, at), flow in known.items() for day in days if standing.bases.get(day) == at}
    missing = sorted(set(days).difference(standing.kept))
    if missing:
        since = [standing.bases[day] + ONE_DAY if day in standing.bases else day.replace(day=1) for day in missing]
        _add(found, told.format(own=own), {**values, "told": missing, "since": since})
    return found


def _add(found: dict[tuple[str, date], Flow], statement: str, values: dict) -> None:
    with reading().cursor() as cursor:
        cursor.execute(statement, values)
        for key, day, sales, received in cursor.fetchall():
            former = found.get((key, day), Flow())
            found[key, day] = Flow(former.sales + sales, former.received + received)


def balances(books: Books, days: Sequence[date]) -> dict[date, dict[str, Decimal]]:
    """What was owed at the end of each of the days that are kept, by age; days nobody kept are missing."""
    standing = books.standing(days)
    kept, doubted = standing.kept, standing.doubted
    if not kept:
        return {}
    nobody = f"SELECT NULL::date AS day, {', '.join(f'0::numeric AS {name}' for name in AGES)}, '' AS currency"
    anew = days_of_clients(WANTED, "SELECT unnest(%(kept)s::date[]) AS day") if doubted else nobody
    totals = f"SELECT day, {', '.join(AGES)} FROM ({books.totals(AGES)}) t ({', '.join(('key', 'day', *AGES))})"
    with reading().cursor() as cursor:
        cursor.execute(
            BALANCES.format(kept=totals if books.has_totals else OWED, anew=anew),
            {**books.values, **standing.values(kept), "first": min(kept)},
        )
        found = {row[0]: dict(zip(AGES, row[1:], strict=True)) for row in cursor.fetchall()}
    return {day: found.get(day, dict.fromkeys(AGES, ZERO)) for day in kept}
