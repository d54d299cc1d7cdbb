"""Ageing of receivables as of any day, by client, group, KAM or invoice.

Open amounts are kept with the invoices, so today's picture is one pass over the partial index of open ones. A past
day D starts from there and takes back what happened since: allocations made after D, undone after D, credit notes
dated after D; documents dated after D are left out. docs/algorithms/receivables.md shows that this is the same as
amount − allocations standing on D − credit notes dated on or before D. Sums are grouped by client in SQL, each table
by itself; names are joined to the few groups afterwards. Money on account is a column of its own, never netted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Client, ClientGroup
from kam.models import User
from kam.money import ZERO
from orders.models import Allocation, CreditNote, Invoice, Payment
from orders.models.invoice import bucket_on
from orders.rules.aging import Bucket, days_overdue

BY = ("client", "group", "manager", "invoice")
NOBODY = 0  # the key of clients without a group or a KAM


@dataclass(slots=True)
class AgeingRow:
    """Open amounts of one client, group or KAM by bucket, and its money on account beside them."""

    key: int
    label: str = ""
    buckets: dict[Bucket, Decimal] = field(default_factory=lambda: dict.fromkeys(Bucket, ZERO))
    on_account: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All that is open, due or not."""
        return sum(self.buckets.values(), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What is open and past due."""
        return self.total - self.buckets[Bucket.NOT_DUE]

    @property
    def is_empty(self) -> bool:
        return not any(self.buckets.values()) and not self.on_account

    def add(self, other: "AgeingRow") -> None:
        """Add another row's sums to this one."""
        for bucket, amount in other.buckets.items():
            self.buckets[bucket] += amount
        self.on_account += other.on_account


@dataclass(slots=True)
class InvoiceAge:
    """One invoice with what was open of it on the day."""

    invoice: Invoice
    open_amount: Decimal
    bucket: Bucket
    days: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """The rows, largest debt first, and their sum; all in one currency."""

    as_of: date
    by: str
    currency: str
    rows: list[AgeingRow]
    total: AgeingRow


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of what the user may see: of one KAM, group or client (ids); None is all."""

    manager_id: int | None = None
    group_id: int | None = None
    client_id: int | None = None

    def on(self, path: str) -> Q:
        """The condition on rows whose client is found by this path (`client__`, `invoice__client__`)."""
        wanted = {"manager": self.manager_id, "group": self.group_id, "pk": self.client_id}
        return Q(**{f"{path}{name}": value for name, value in wanted.items() if value is not None})


def ageing(user, as_of: date, by: str = "client", scope: Scope | None = None, currency: str = "RUB") -> Ageing:
    """What the clients that the user may see owed on a day, by client, group or KAM (as they are assigned now).

    Raises ValueError for another `by`; invoices are asked by `invoices_on`.
    """
    if by not in ("client", "group", "manager"):
        raise ValueError(by)
    scope = scope or Scope()
    rows = _by_client(user, as_of, scope, currency)
    total = AgeingRow(NOBODY, _("Total"))
    for row in rows.values():
        total.add(row)
    named = _named_clients(rows) if by == "client" else _folded_up(rows, by)
    found = sorted((row for row in named if not row.is_empty), key=lambda row: (-row.total, row.label, row.key))
    return Ageing(as_of, by, currency, found, total)


def invoices_on(
    user, as_of: date, scope: Scope | None = None, bucket: Bucket | None = None, currency: str = "RUB"
) -> QuerySet:
    """The invoices behind a figure of the ageing: open on the day, each with `open_on_day` and `bucket`."""
    rows = Invoice.objects.visible_to(user).filter((scope or Scope()).on("client__"), currency=currency)
    rows = rows.open_on(as_of).with_bucket(as_of)
    return rows.filter(bucket=bucket) if bucket else rows


def age_of(invoice: Invoice, as_of: date) -> InvoiceAge:
    """One row of `invoices_on` with its days past due."""
    return InvoiceAge(invoice, invoice.open_on_day, Bucket(invoice.bucket), max(days_overdue(invoice.due_on, as_of), 0))


def key_figures(client_id: int, day: date) -> AgeingRow:
    """What one client owes on a day; for its page, where the client itself is seen already."""
    rows = Invoice.objects.filter(client=client_id).open().filter(issued_on__lte=day).with_bucket(day)
    row = AgeingRow(client_id)
    for bucket, amount in rows.order_by().values_list("bucket").annotate(Sum("open_amount")):
        row.buckets[Bucket(bucket)] = amount
    row.on_account = Payment.objects.on_account().filter(client=client_id).aggregate(s=Sum("unallocated"))["s"] or ZERO
    return row


def _by_client(user, as_of: date, scope: Scope, currency: str) -> dict[int, AgeingRow]:
    """The sums of every client: five groupings, each over one table, merged by client."""
    rows: dict[int, AgeingRow] = {}

    def add(found: Iterable[tuple[int, str, Decimal]], sign: int = 1) -> None:
        for client, bucket, amount in found:
            row = rows.get(client) or rows.setdefault(client, AgeingRow(client))
            row.buckets[Bucket(bucket)] += sign * amount

    invoices = Invoice.objects.visible_to(user).filter(scope.on("client__"), currency=currency)
    open_now = invoices.open().filter(issued_on__lte=as_of).with_bucket(as_of)
    add(open_now.totals_by("client_id", "bucket"))

    notes = CreditNote.objects.visible_to(user).filter(scope.on("invoice__client__"), invoice__currency=currency)
    add(_since(notes.filter(issued_on__gt=as_of), as_of))

    parts = Allocation.objects.visible_to(user).filter(scope.on("invoice__client__"), invoice__currency=currency)
    made_since = parts.filter(undone_on=None, allocated_on__gt=as_of)
    undone_since = parts.filter(allocated_on__lte=as_of, undone_on__gt=as_of)
    add(_since(made_since, as_of))
    add(_since(undone_since, as_of), -1)

    money = Payment.objects.visible_to(user).filter(scope.on("client__"), currency=currency)
    _add_on_account(rows, money.on_account().filter(received_on__lte=as_of).totals_by_client())
    paid = Q(payment__received_on__lte=as_of)
    _add_on_account(rows, made_since.filter(paid).totals_by_client())
    _add_on_account(rows, undone_since.filter(paid).totals_by_client(), -1)
    return rows


def _since(movements: QuerySet, as_of: date) -> Iterable[tuple[int, str, Decimal]]:
    """Sums of movements after the day, on invoices issued by then, by client and bucket of the invoice."""
    rows = movements.filter(invoice__issued_on__lte=as_of).annotate(bucket=bucket_on(as_of, "invoice__due_on"))
    return rows.order_by().values_list("invoice__client_id", "bucket").annotate(Sum("amount"))


def _add_on_account(rows: dict[int, AgeingRow], found: Iterable[tuple[int, Decimal]], sign: int = 1) -> None:
    for client, amount in found:
        row = rows.get(client) or rows.setdefault(client, AgeingRow(client))
        row.on_account += sign * amount


def _named_clients(rows: dict[int, AgeingRow]) -> list[AgeingRow]:
    names = dict(Client.objects.filter(pk__in=list(rows)).order_by().values_list("pk", "name"))
    for key, row in rows.items():
        row.label = names[key]
    return list(rows.values())


def _folded_up(rows: dict[int, AgeingRow], by: str) -> list[AgeingRow]:
    """Fold clients into their groups or KAMs; there are as many turns as clients, with sums made already."""
    above = dict(Client.objects.filter(pk__in=list(rows)).order_by().values_list("pk", f"{by}_id"))
    folded: dict[int, AgeingRow] = {}
    for client, row in rows.items():
        key = above[client] or NOBODY
        folded.setdefault(key, AgeingRow(key)).add(row)
    label_of = _labels(by, folded)
    for row in folded.values():
        row.label = label_of(row.key)
    return list(folded.values())


def _labels(by: str, keys) -> Callable[[int], str]:
    if by == "group":
        names = dict(ClientGroup.objects.filter(pk__in=list(keys)).values_list("pk", "name"))
        return lambda key: names.get(key) or _("No group")
    people = {user.pk: user.name for user in User.objects.filter(pk__in=list(keys))}
    return lambda key: people.get(key) or _("No KAM")
