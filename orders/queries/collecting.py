"""What the one who collects sees beside a client's debts: whom to ring, what was promised, what holds it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, IntegerField, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Client, Contact
from accounts.queries import Hold, NextStep, live_holds, next_steps
from kam.models import User
from kam.money import ZERO
from orders.models import Invoice, Payment, PaymentPromise, ShippingStop, StopListEntry
from orders.queries.penalties import penalties_on
from orders.rules.penalty import Penalty

# Who pays at a client: the nearest to its money first.
PAYERS = (Contact.Role.ACCOUNTANT, Contact.Role.DIRECTOR, Contact.Role.OWNER, Contact.Role.BUYER)


@dataclass(frozen=True, slots=True)
class Payer:
    """Whom to ring about money, and the number."""

    client_id: int
    contact_id: int | None
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Work:
    """What stands beside the debts of one client."""

    payer: Payer | None
    promise: PaymentPromise | None
    next_step: NextStep | None
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """One late invoice with its penalty up to the day."""

    invoice: Invoice
    days: int
    penalty: Penalty


def payers_of(clients: Iterable[Client]) -> dict[int, Payer]:
    """Whom to ring at each of these clients: who pays there and has a phone, else the client's own number."""
    clients = {client.pk: client for client in clients}
    place = Case(
        *(When(role=role, then=Value(number)) for number, role in enumerate(PAYERS)),
        default=Value(len(PAYERS)),
        output_field=IntegerField(),
    )
    rows = Contact.objects.filter(client__in=clients, is_active=True).exclude(phone="")
    rows = rows.order_by("client_id", place, "pk").distinct("client_id")
    found = {row[0]: Payer(*row) for row in rows.values_list("client_id", "pk", "name", "phone")}
    for pk, client in clients.items():
        if pk not in found and client.phone:
            found[pk] = Payer(pk, None, "", client.phone)
    return found


def work_of(clients: Collection[Client], user: User) -> dict[int, Work]:
    """What stands beside the debts of each of these clients as the user sees it; one query a question."""
    pks = [client.pk for client in clients]
    payers, steps, holds = payers_of(clients), next_steps(pks, user), live_holds(pks)
    promises = {each.client_id: each for each in PaymentPromise.objects.open().filter(client__in=pks)}
    return {pk: Work(payers.get(pk), promises.get(pk), steps.get(pk), tuple(holds.get(pk, ()))) for pk in pks}


def late_invoices(client_id: int, day: date) -> list[LateInvoice]:
    """The client's late invoices, oldest first, each with its penalty up to and with the day."""
    rows = Invoice.objects.overdue(day).filter(client=client_id).order_by("due_on", "pk")
    invoices = list(rows.select_related("client", "contract"))
    penalties = penalties_on(invoices, day)
    return [LateInvoice(each, (day - each.due_on).days, penalties[each.pk]) for each in invoices]


def received_for(promise: PaymentPromise, day: date) -> Decimal:
    """The money that came for an open promise so far; a settled one keeps its own figure."""
    if promise.status != PaymentPromise.Status.OPEN:
        return promise.received
    rows = Payment.objects.filter(
        client=promise.client_id, currency="RUB", kind=Payment.Kind.MONEY, received_on__lte=day,
    ).alias(came_on=Coalesce("paid_on", "received_on")).filter(came_on__gte=promise.promised_on)  # fmt: skip
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def live_stop(client_id: int) -> ShippingStop | None:
    """The program's own stop of a client, if shipping is stopped by lateness."""
    stops = ShippingStop.objects.live().filter(client=client_id, hold__lifted_at=None)
    return next(iter(stops.select_related("policy", "hold").order_by()), None)  # a client has one at most


def stop_list_of(client_id: int, day: date) -> list[StopListEntry]:
    """What keeps letters to the client back on a day."""
    rows = StopListEntry.objects.standing_on(day).filter(client=client_id)
    return list(rows.select_related("invoice", "placed_by").order_by("pk"))
