"""Questions about clients, one each; set-based, typed answers."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Activity, Client, CreditHold, CreditTerms
from accounts.rules.calendar import WorkingCalendar
from kam.clock import MOSCOW
from kam.models import User


def clients_to_hand_over(user: User, chosen: Iterable[int], former_id: int | None) -> set[int]:
    """The clients named by their keys, with all of a KAM's that the person sees where one is named."""
    of_former = Client.objects.visible_to(user).filter(manager=former_id) if former_id else Client.objects.none()
    return {*chosen, *of_former.values_list("pk", flat=True)}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a client on a day; amounts in roubles, `price_currency` is what the column's prices are in."""

    client_id: int
    terms_id: int
    starts_on: dt.date
    ends_on: dt.date | None
    credit_limit: Decimal
    days: int
    day_kind: str
    price_column_id: int
    price_column_name: str
    price_currency: str
    vat_included: bool
    discount_percent: Decimal
    overdue_days_allowed: int
    overdue_amount_allowed: Decimal


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A client that may be the same company."""

    client_id: int
    name: str
    manager_id: int | None
    manager_name: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is planned next with a client; overdue where `due_on` is past."""

    client_id: int
    activity_id: int
    kind: str
    subject: str
    due_on: dt.date
    owner_id: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A live stop on shipping to a client."""

    client_id: int
    hold_id: int
    reason: str
    by_person: bool
    placed_at: dt.datetime
    placed_by: str


@dataclass(frozen=True, slots=True)
class Week:
    """What a person has to do with clients: late, today, in the rest of the seven days; and what is done today."""

    overdue: list[Activity]
    today: list[Activity]
    soon: list[Activity]
    done: list[Activity]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.overdue or self.today or self.soon)


DECREED = "SELECT day, is_working FROM accounts_decreedday WHERE day BETWEEN %s AND %s"


def terms_on(client_ids: Iterable[int], day: dt.date) -> dict[int, Terms]:
    """The terms of each of these clients valid on a day; a client without terms is missing."""
    rows = CreditTerms.objects.valid_on(day).filter(client__in=list(client_ids))
    names = (
        "client_id", "pk", "starts_on", "ends_on", "credit_limit", "days", "day_kind", "price_column_id",
        "price_column__name", "price_column__currency", "price_column__vat_included", "discount_percent",
        "overdue_days_allowed", "overdue_amount_allowed",
    )  # fmt: skip
    return {row[0]: Terms(*row) for row in rows.order_by().values_list(*names)}


def terms_shown(clients: Iterable[Client], user: User, day: dt.date) -> dict[int, Terms]:
    """As `terms_on`, for those of the clients whose terms the user may see: who looks after an outlet only may not."""
    if not user.is_superuser:
        reach = user.standings.reach_for("accounts.view_creditterms")
        clients = [client for client in clients if reach.covers(client.manager_id)]
    return terms_on([client.pk for client in clients], day)


def calendar(day_from: dt.date | None = None, day_to: dt.date | None = None) -> WorkingCalendar:
    """The working calendar with the decreed days of a period; of all time without one (they are few)."""
    # By hand: this is asked under the locks of every confirm, and building a query costs more than running it.
    with connection.cursor() as cursor:
        cursor.execute(DECREED, [day_from or dt.date.min, day_to or dt.date.max])
        return WorkingCalendar(dict(cursor.fetchall()))


def duplicates_of(inn: str, kpp: str, except_id: int | None = None) -> list[Duplicate]:
    """Clients with this ИНН and the same КПП; one without a КПП may be any branch, so it counts both ways."""
    if not inn:
        return []
    rows = Client.objects.filter(inn=inn).exclude(pk=except_id)
    if kpp:
        rows = rows.filter(Q(kpp=kpp) | Q(kpp=""))
    return [
        Duplicate(client.pk, client.name, client.manager_id, client.manager.short_name if client.manager else "")
        for client in rows.select_related("manager").order_by("pk")[:5]
    ]


def live_holds(client_ids: Iterable[int]) -> dict[int, list[Hold]]:
    """Every live hold of each of these clients, oldest first; a client without one is missing."""
    found: dict[int, list[Hold]] = {}
    rows = CreditHold.objects.live().filter(client__in=list(client_ids)).select_related("placed_by").order_by("pk")
    for row in rows:
        placed_by = row.placed_by.short_name if row.placed_by else ""
        hold = Hold(row.client_id, row.pk, row.why, row.by_person, row.placed_at, placed_by)
        found.setdefault(row.client_id, []).append(hold)
    return found


def next_steps(client_ids: Iterable[int], user: User) -> dict[int, NextStep]:
    """The earliest open activity of each of these clients that the user sees; a client without one is missing."""
    rows = Activity.objects.visible_to(user).to_do().filter(client__in=list(client_ids))
    names = ("client_id", "pk", "kind", "subject", "due_on", "owner_id")
    rows = rows.order_by("client_id", "due_on", "pk").distinct("client_id")
    return {row[0]: NextStep(*row) for row in rows.values_list(*names)}


def without_next_step(clients: QuerySet) -> QuerySet:
    """Those of the clients with whom nothing is planned."""
    return clients.filter(~Exists(Activity.objects.to_do().filter(client=OuterRef("pk"))))


def week_of(user: User, day: dt.date, owner_id: int | None = None) -> Week:
    """The open activities of a person (`owner_id`, else the user's own) up to six days after `day`, as `user` sees
    them; with what that person did on `day`.
    """
    owners = [owner_id] if owner_id else [user.pk, *(each.user_id for each in user.standings.absent)]
    rows = Activity.objects.visible_to(user).filter(owner__in=owners)
    rows = rows.select_related("client", "outlet", "contact", "owner")
    open_rows = list(rows.to_do().filter(due_on__lte=day + dt.timedelta(days=6)).order_by("due_on", "pk")[:200])
    begins = dt.datetime.combine(day, dt.time(), MOSCOW)
    done = rows.filter(done_at__gte=begins, done_at__lt=begins + dt.timedelta(days=1)).order_by("-done_at")[:50]
    return Week(
        overdue=[each for each in open_rows if each.due_on < day],
        today=[each for each in open_rows if each.due_on == day],
        soon=[each for each in open_rows if each.due_on > day],
        done=list(done),
    )


def neglected_clients(user: User, limit: int = 20) -> list[Client]:
    """The user's own active clients with whom nothing is planned, those untouched for longest first."""
    rows = Client.objects.visible_to(user).active().filter(manager=user)
    return list(without_next_step(rows).order_by(F("updated_at").asc(), "pk")[:limit])
