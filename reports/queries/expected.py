"""What the nights foresaw: cash by week, what came, what is late against it; debts by brand; standing with credit."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kam.money import ZERO
from kam.replica import reading
from reports.queries.books import Books

ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS_BACK, WEEKS_AHEAD = 4, 8

LAST = "SELECT max(day) FROM {table} WHERE day <= %(day)s"
WEEKS = """
SELECT week_on, sum(due), sum(expected) FROM reports_expectedcash
WHERE day = %(day)s AND currency = %(currency)s {own} GROUP BY 1"""
# The same from totals: less clients that have another KAM by now, as they stand in these, and as they belong now.
WEEKS_OF_TOTALS = """
WITH moved (id) AS MATERIALIZED ({moved})
SELECT week_on, sum(due), sum(expected) FROM (
    SELECT week_on, due, expected FROM reports_expectedtotal t
    WHERE day = %(day)s AND currency = %(currency)s {in_total}
    UNION ALL
    SELECT week_on, -due, -expected FROM moved m JOIN reports_expectedcash e ON e.client_id = m.id
    LEFT JOIN reports_expectedplace t ON t.client_id = m.id
    WHERE day = %(day)s AND currency = %(currency)s {in_total}
    UNION ALL
    SELECT week_on, due, expected FROM moved m JOIN reports_expectedcash e ON e.client_id = m.id
    JOIN accounts_client c ON c.id = m.id WHERE day = %(day)s AND currency = %(currency)s {in_client}
) weeks GROUP BY 1 HAVING sum(due) <> 0 OR sum(expected) <> 0"""
# Money that came on these days and stayed: what was given back of it by the day, or moved to another client, is not it.
STAYED = """
SELECT client_id, received_on, amount FROM orders_payment
WHERE kind = 'money' AND currency = %(currency)s AND received_on BETWEEN %(first)s AND %(day)s {own}
UNION ALL
SELECT client_id, received_on, -r.amount FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id
WHERE p.kind = 'money' AND currency = %(currency)s AND received_on BETWEEN %(first)s AND %(day)s {own}
    AND r.refunded_on <= %(day)s AND (r.undone_on IS NULL OR r.undone_on > %(day)s)"""
# By days first: so few are left that to find the week of each costs nothing.
CAME = f"""
SELECT date_trunc('week', received_on)::date, sum(amount) FROM (
    SELECT received_on, sum(amount) AS amount FROM ({STAYED}) m GROUP BY 1
) days GROUP BY 1"""
LATE = f"""
SELECT c.id, c.name, e.expected, coalesce(m.received, 0) FROM (
    SELECT client_id, sum(expected) AS expected FROM reports_expectedcash
    WHERE day = %(foreseen)s AND currency = %(currency)s AND week_on + 6 <= %(day)s {{own}} GROUP BY 1
) e LEFT JOIN (
    SELECT client_id, sum(amount) AS received FROM ({STAYED}) stayed GROUP BY 1
) m USING (client_id) JOIN accounts_client c ON c.id = e.client_id
WHERE e.expected > coalesce(m.received, 0) ORDER BY e.expected - coalesce(m.received, 0) DESC, c.id LIMIT %(limit)s"""
BRANDS = """
SELECT b.id, b.name, sum(f.total), sum(f.overdue)
FROM reports_brandfigure f LEFT JOIN orders_brand b ON b.id = f.brand_id
WHERE f.day = %(day)s AND f.currency = %(currency)s {own} GROUP BY 1, 2 ORDER BY 3 DESC, 1"""
CREDIT = """
SELECT sum(exposure), sum("limit"), sum(least(exposure, covered)), sum(greatest(exposure - "limit", 0)),
    count(*) FILTER (WHERE exposure > "limit"), sum(held_orders), sum(held_total), sum(promises), sum(promised)
FROM reports_keyfigure WHERE day = %(day)s {own}"""


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday: what falls due, what is expected, and what came if it is over or going on."""

    monday: date
    due: Decimal | None
    expected: Decimal | None
    received: Decimal | None


@dataclass(frozen=True, slots=True)
class Cash:
    """Expected cash around a day. `foreseen_on` is the night whose forecast the weeks ahead show, `compared_on` the one
    that the weeks gone by are held against; None where no night left one.
    """

    foreseen_on: date | None
    compared_on: date | None
    weeks: list[Week]


@dataclass(frozen=True, slots=True)
class LatePayer:
    """A client that brought less than was expected of it since the forecast."""

    client_id: int
    name: str
    expected: Decimal
    received: Decimal

    @property
    def late(self) -> Decimal:
        """What is missing."""
        return self.expected - self.received


@dataclass(frozen=True, slots=True)
class BrandDebt:
    """What is owed for the goods of a brand; no brand where debts have no lines."""

    brand_id: int | None
    name: str
    total: Decimal
    overdue: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Exposure against limits, in roubles, as it was at the close of a day. `limit` is None where nobody has one."""

    day: date
    exposure: Decimal
    limit: Decimal | None
    insured: Decimal
    over_limit: Decimal
    clients_over: int
    held_orders: int
    held_total: Decimal
    promises: int
    promised: Decimal


def held_against(day: date) -> date:
    """The night whose forecast the weeks gone by are held against: the Sunday before the first of them."""
    return day - timedelta(days=day.weekday()) - WEEKS_BACK * WEEK - ONE_DAY


def cash_by_week(books: Books, day: date) -> Cash:
    """Expected and received cash of the weeks before and after a day, by the forecasts of the nights."""
    monday = day - timedelta(days=day.weekday())
    first = monday - WEEKS_BACK * WEEK
    foreseen_on = _last("reports_expectedcash", day)
    compared_on = _last("reports_expectedcash", held_against(day))
    ahead = _weeks(books, foreseen_on) if foreseen_on else {}
    before = _weeks(books, compared_on) if compared_on else {}
    came = dict(_rows(CAME, books, {"first": first, "day": day}))
    weeks = []
    for number in range(WEEKS_BACK + 1 + WEEKS_AHEAD):
        at = first + number * WEEK
        due, expected = (before if at < monday else ahead).get(at, (None, None))
        weeks.append(Week(at, due, expected, came.get(at, ZERO) if at <= day else None))
    return Cash(foreseen_on, compared_on, weeks)


def late_payers(books: Books, day: date, limit: int = 50) -> tuple[date | None, list[LatePayer]]:
    """Clients that brought less in the weeks gone by than was foreseen, most missing first, and the night it was."""
    foreseen = _last("reports_expectedcash", held_against(day))
    if foreseen is None:
        return None, []
    rows = _rows(LATE, books, {"foreseen": foreseen, "first": foreseen + ONE_DAY, "day": day, "limit": limit})
    return foreseen, [LatePayer(*row) for row in rows]


def debts_by_brand(books: Books, day: date) -> tuple[date | None, list[BrandDebt]]:
    """Debts by brand as the last night up to the day left them, and that night's day."""
    kept = _last("reports_brandfigure", day)
    if kept is None:
        return None, []
    return kept, [BrandDebt(row[0], row[1] or "", *row[2:]) for row in _rows(BRANDS, books, {"day": kept})]


def credit_standing(books: Books, day: date) -> Credit | None:
    """Exposure, limits, cover, held orders and promises as the last night up to the day left them; None without one."""
    kept = _last("reports_keyfigure", day)
    if kept is None:
        return None
    (found,) = _rows(CREDIT, books, {"day": kept})
    exposure, limit, *others = found
    return Credit(kept, exposure or ZERO, limit, *(each or ZERO for each in others))


def _last(table: str, day: date) -> date | None:
    with reading().cursor() as cursor:
        cursor.execute(LAST.format(table=table), {"day": day})
        return cursor.fetchone()[0]


def _weeks(books: Books, day: date) -> dict[date, tuple[Decimal, Decimal]]:
    statement = WEEKS
    if books.has_totals:
        moved = books.moved_from("reports_expectedplace")
        statement = WEEKS_OF_TOTALS.format(moved=moved, in_total=books.within("t"), in_client=books.within("c"))
    return {row[0]: (row[1], row[2]) for row in _rows(statement, books, {"day": day})}


def _rows(statement: str, books: Books, values: dict) -> list[tuple]:
    own = "" if books.clients is None else "AND client_id = ANY(%(clients)s::bigint[])"
    with reading().cursor() as cursor:
        cursor.execute(statement.format(own=own), {**books.values, **values})
        return cursor.fetchall()
