"""Ageing of receivables as of any day, by client, group, KAM or invoice.

Open amounts are kept with the invoices, so today's picture is one pass over the partial index of open ones. A past
day D starts from there and takes back what happened since: allocations made after D, undone after D, credit notes
dated after D; documents dated after D are left out. docs/algorithms/receivables.md shows that this is the same as
amount − allocations standing on D − credit notes dated on or before D. A day that the nights kept is read as it was
kept, but for clients of whom something came late: these are told anew (orders/queries/snapshots.py); a day soon after
one, as today is after last night, is carried forward from it (orders/queries/rolling.py). One statement
groups each table by client, then adds the few groups up and joins their names. Money on account is a column of its
own, never netted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Client, ClientGroup
from kam.models import User
from kam.money import ZERO
from kam.replica import reading
from orders.models import Invoice, Payment
from orders.queries.movements import ANYTHING_SETTLED, SETTLED_SINCE, SPENT_SINCE, sums_by_age
from orders.queries.rolling import MOST_DAYS, carried
from orders.queries.snapshots import KEPT_DAY, STANDING
from orders.rules.aging import BUCKETS as AGES
from orders.rules.aging import Bucket

BY = ("client", "group", "manager", "channel")
YOUNGEST_FIRST = tuple(each.bucket for each in AGES)
AGES_FROM, AGES_TO = 2, 2 + len(AGES)  # where the amounts by age stand in a row
NOBODY = 0  # the key of clients without a group or a KAM


class AgeingRow(NamedTuple):
    """Open amounts of one client, group or KAM by age, and its money on account beside them.

    A tuple as the database gives it: of tens of thousands of rows nothing is reckoned that nobody reads.
    """

    key: int | str
    label: str
    not_due: Decimal
    days_1_30: Decimal
    days_31_60: Decimal
    days_61_90: Decimal
    over_90: Decimal
    on_account: Decimal
    total: Decimal  # all that is open, due or not

    @property
    def buckets(self) -> dict[Bucket, Decimal]:
        """The open amounts by bucket, youngest first."""
        return dict(zip(YOUNGEST_FIRST, self[AGES_FROM:AGES_TO], strict=True))

    @property
    def overdue(self) -> Decimal:
        """What is open and past due."""
        return self.total - self.not_due


@dataclass(frozen=True, slots=True)
class Ageing:
    """The rows, largest debt first, and the sum of all there are; all in one currency."""

    as_of: date
    by: str
    currency: str
    rows: list[AgeingRow]
    total: AgeingRow
    count: int  # of all rows there are, also of those not asked for


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of what the user may see: of one KAM, group or client (ids) or channel; None is all."""

    manager_id: int | None = None
    group_id: int | None = None
    client_id: int | None = None
    channel: str | None = None

    def on(self, path: str) -> Q:
        """The condition on rows whose client is found by this path (`client__`, `invoice__client__`)."""
        wanted = {"manager": self.manager_id, "group": self.group_id, "pk": self.client_id, "channel": self.channel}
        return Q(**{f"{path}{name}": value for name, value in wanted.items() if value is not None})


def ageing(
    user, as_of: date, by: str = "client", scope: Scope | None = None, currency: str = "RUB", most: int | None = None
) -> Ageing:
    """What the clients that the user may see owed on a day, by client, group, KAM or channel (as they are now).

    With `most` the largest debts only; total and count are of all. Raises ValueError for another `by`; invoices are
    asked by `invoices_on`.
    """
    if by not in BY:
        raise ValueError(by)
    found, (count, *whole) = _rows(user, as_of, by, scope or Scope(), currency, most)
    total = AgeingRow(NOBODY, _("Total"), *whole)
    if by != "client":
        label_of = _labels(by, [row.key for row in found])
        found = [row._replace(label=label_of(row.key)) for row in found]
    return Ageing(as_of, by, currency, found, total, count)


def invoices_on(
    user, as_of: date, scope: Scope | None = None, bucket: Bucket | None = None, currency: str = "RUB"
) -> QuerySet:
    """The invoices behind a figure of the ageing: open on the day, each with `open_on_day` and `bucket`."""
    rows = Invoice.objects.visible_to(user).filter((scope or Scope()).on("client__"), currency=currency)
    rows = rows.open_on(as_of).with_bucket(as_of)
    return rows.aged(as_of, [bucket]) if bucket else rows


def key_figures(client_id: int, day: date) -> AgeingRow:
    """What one client owes on a day; for its page, where the client itself is seen already."""
    rows = Invoice.objects.filter(client=client_id).open().filter(issued_on__lte=day).with_bucket(day)
    owed = dict(rows.order_by().values_list("bucket").annotate(Sum("open_amount")))
    money = Payment.objects.on_account().filter(client=client_id).aggregate(s=Sum("unallocated"))["s"] or ZERO
    amounts = [owed.get(bucket.value, ZERO) for bucket in YOUNGEST_FIRST]
    return AgeingRow(client_id, "", *amounts, money, sum(amounts, ZERO))


# Each part is grouped by client before anything is joined to it.
INVOICES = f"""
SELECT client_id, {sums_by_age("open_amount")} FROM orders_invoice
WHERE open_amount > 0 AND currency = %(currency)s AND issued_on <= %(day)s {{own}} GROUP BY client_id"""
ON_ACCOUNT = """
SELECT client_id, sum(unallocated) AS money FROM orders_payment
WHERE unallocated > 0 AND currency = %(currency)s AND received_on <= %(day)s {own} GROUP BY client_id"""
NOW = """
SELECT client_id, {filled}, coalesce(m.money, 0) AS money
FROM ({invoices}) i FULL JOIN ({on_account}) m USING (client_id)"""
# What happened after the day, to be taken back.
SINCE = f"""
SELECT client_id, {sums_by_age()}, 0
FROM (SELECT i.client_id, i.due_on, m.amount FROM ({SETTLED_SINCE}) m JOIN orders_invoice i ON i.id = m.invoice_id
    WHERE i.currency = %(currency)s AND i.issued_on <= %(day)s {{joined}}) t GROUP BY client_id
UNION ALL
SELECT i.client_id, {{nothing}}, sum(m.amount) FROM ({SPENT_SINCE}) m JOIN orders_payment i ON i.id = m.payment_id
WHERE i.currency = %(currency)s AND i.received_on <= %(day)s {{joined}} GROUP BY i.client_id"""
THEN = """
SELECT client_id, {sums}, sum(money) AS money
FROM (SELECT * FROM ({now}) n UNION ALL {since}) parts GROUP BY client_id"""
ANYTHING_SINCE = f"""
, {ANYTHING_SETTLED}
    OR EXISTS (SELECT FROM orders_refund WHERE refunded_on > %(day)s)
    OR EXISTS (SELECT FROM orders_refund WHERE undone_on > %(day)s)"""

KEYS = {
    "client": "",
    "group": "coalesce(c.group_id, 0)",
    "manager": "coalesce(c.manager_id, 0)",
    "channel": "c.channel",
}
CLIENTS = """
SELECT c.id AS key, c.name, {names}, money FROM ({source}) g JOIN accounts_client c ON c.id = g.client_id
WHERE money <> 0 OR {filled}"""
FOLDED = """
SELECT {key} AS key, '' AS name, {sums}, sum(money) AS money
FROM ({source}) g JOIN accounts_client c ON c.id = g.client_id
WHERE money <> 0 OR {filled} GROUP BY 1"""
# The row without a name is the sum of all: of thousands of clients a page needs the largest only. It comes first.
LARGEST = """
WITH aged AS MATERIALIZED (SELECT *, {total} AS total FROM ({aged}) a)
SELECT count(*)::{key_type} AS key, NULL AS name, {whole}, coalesce(sum(money), 0.00), coalesce(sum(total), 0.00)
FROM aged
UNION ALL
(SELECT key, name, {names}, money, total FROM aged ORDER BY total DESC, name, aged.key LIMIT %(most)s)"""


def _rows(user, as_of: date, by: str, scope: Scope, currency: str, most: int | None) -> tuple[list[AgeingRow], tuple]:
    """The clients, groups or KAMs that have anything, largest debt first; and of all: number, ages, money, total."""
    clients = clients_of(user, scope)
    values = {"day": as_of, "currency": currency, "most": most}
    own = joined = ""
    if clients is not None:
        # Of the type of the keys: an array of thousands is looked up in a hash then, else walked for every row.
        own, joined = "AND client_id = ANY(%(clients)s::bigint[])", "AND i.client_id = ANY(%(clients)s::bigint[])"
        values["clients"] = clients
    names = [each.bucket.value for each in AGES]
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    with reading().cursor() as cursor:
        cursor.execute(STANDING + ANYTHING_SINCE, {**values, "first": as_of - timedelta(days=MOST_DAYS)})
        kept, doubted, is_past = cursor.fetchone()
        if kept is None:
            source = _told(names, own, joined, is_past)
        else:
            values["kept"] = kept
            values["doubted"] = doubted if clients is None else sorted(set(doubted).intersection(clients))
            source = KEPT_DAY.format(names=", ".join(names), own=own)
            if kept < as_of:
                source = carried(source, kept, as_of, f"{joined} AND NOT i.client_id = ANY(%(doubted)s::bigint[])")
            if values["doubted"]:
                theirs = [f"AND {name} = ANY(%(doubted)s::bigint[])" for name in ("client_id", "i.client_id")]
                source = f"SELECT * FROM ({source}) as_kept UNION ALL {_told(names, *theirs, is_past)}"
        aged = (CLIENTS if by == "client" else FOLDED).format(
            key=KEYS[by],
            names=", ".join(names),
            sums=sums,
            source=source,
            filled=" OR ".join(f"{name} <> 0" for name in names),
        )
        cursor.execute(_largest(aged, names, "text" if by == "channel" else "bigint"), values)
        count, _label, *whole = cursor.fetchone()
        return list(map(AgeingRow._make, cursor)), (int(count), *whole)


def _largest(aged: str, names: list[str], key_type: str) -> str:
    whole = ", ".join(f"coalesce(sum({name}), 0.00)" for name in names)
    total = " + ".join(names)
    return LARGEST.format(aged=aged, names=", ".join(names), whole=whole, total=total, key_type=key_type)


def _told(names: list[str], own: str, joined: str, is_past: bool) -> str:
    """The statement that tells a day from documents: what is open now, and for a past day what happened since."""
    now = NOW.format(
        filled=", ".join(f"coalesce({name}, 0) AS {name}" for name in names),
        invoices=INVOICES.format(own=own),
        on_account=ON_ACCOUNT.format(own=own),
    )
    if not is_past:
        return now
    since = SINCE.format(nothing=", ".join(["0"] * len(names)), joined=joined)
    return THEN.format(sums=", ".join(f"sum({name}) AS {name}" for name in names), now=now, since=since)


def clients_of(user, scope: Scope) -> list[int] | None:
    """The clients whose invoices the user may see, in this scope; None stands for all."""
    rows = Client.objects.filter(scope.on(""))
    if not user.is_superuser:
        code = Invoice.objects.permission_to_view()
        if not user.standings.allows(code):
            return []
        reach = user.standings.reach_for(code)
        if not reach.everything:
            rows = rows.filter(manager__in=reach.managers)
    return list(rows.order_by().values_list("pk", flat=True)) if rows.query.where else None


def managers_of(user, scope: Scope) -> frozenset[int] | None:
    """The KAMs whose clients are just those that `clients_of` gives; None where no KAMs tell them."""
    if user.is_superuser:
        reach = None
    else:
        code = Invoice.objects.permission_to_view()
        reach = user.standings.reach_for(code) if user.standings.allows(code) else None
        if reach is None:
            return frozenset()
        reach = None if reach.everything else frozenset(reach.managers)
    if scope == Scope():
        return reach
    if scope.manager_id is None or scope != Scope(manager_id=scope.manager_id):
        return None
    asked = frozenset({scope.manager_id})
    return asked if reach is None else asked & reach


def _labels(by: str, keys) -> Callable[[int | str], str]:
    if by == "channel":
        names = dict(Client.Channel.choices)
        return lambda key: str(names[key])
    if by == "group":
        names = dict(ClientGroup.objects.filter(pk__in=list(keys)).values_list("pk", "name"))
        return lambda key: names.get(key) or _("No group")
    people = {user.pk: user.name for user in User.objects.filter(pk__in=list(keys))}
    return lambda key: people.get(key) or _("No KAM")
