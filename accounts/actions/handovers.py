"""Clients go from one KAM to another, with their history and open work."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.rows import check_keeper
from accounts.models import Activity, Client, ClientHandover
from kam import clock, trail
from kam.access import authority
from kam.models import TrailEntry, User
from kam.notifications import notify
from kam.refusals import Refusal, Refused
from kam.writing import writes

ONE_GAINED = gettext_noop("%(client)s is yours now, handed over by %(by)s: %(reason)s")
MANY_GAINED = gettext_noop("%(count)s clients are yours now, handed over by %(by)s: %(reason)s")
ONE_LOST = gettext_noop("%(client)s is looked after by %(to)s now: %(reason)s")
MANY_LOST = gettext_noop("%(count)s of your clients are looked after by %(to)s now: %(reason)s")


def hand_over_client(pk: int, to_manager: User, *, by: User, day: dt.date, reason: str, notes: str = "") -> Client:
    """Hand one client over; as `hand_over_clients`."""
    return hand_over_clients([pk], to_manager, by=by, day=day, reason=reason, notes=notes)[0]


@writes
def hand_over_clients(
    pks: Iterable[int], to_manager: User, *, by: User, day: dt.date, reason: str, notes: str = ""
) -> list[Client]:
    """Hand clients over to another KAM: all of them or, if one cannot be, none.

    Keeps who looked after them until when, gives the new KAM what the old one had planned, tells both. Outlets with
    a KAM of their own keep theirs. Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    wanted = sorted(set(pks))
    rows = Client.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    clients = list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(clients) != len(wanted) or not wanted:
        raise Client.DoesNotExist
    whose = {client.manager_id for client in clients}
    authorities = {manager_id: authority(by, "accounts.hand_over_client", manager_id) for manager_id in whose}
    _check(clients, to_manager, reason)
    former = dict(Counter(client.manager_id for client in clients))
    _write(clients, to_manager, authorities, by=by, day=day, reason=reason, notes=notes)
    _tell(clients, former, to_manager, by=by, reason=reason)
    return clients


def _check(clients: list[Client], to_manager: User, reason: str) -> None:
    check_keeper(to_manager, "to_manager")
    found = []
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say why the client is handed over."), field="reason"))
    for client in clients:
        if client.manager_id == to_manager.pk:
            text = _("%(client)s is looked after by %(manager)s already.")
            found.append(Refusal("same_manager", text % {"client": client, "manager": to_manager}, field="to_manager"))
    if found:
        raise Refused(*found)


def _write(clients, to_manager, authorities, *, by, day, reason, notes) -> None:
    keys = [client.pk for client in clients]
    history = [
        ClientHandover(
            client=client, from_manager_id=client.manager_id, to_manager=to_manager, handed_on=day, by=by,
            reason=reason, notes=notes,
        )
        for client in clients
    ]  # fmt: skip
    ClientHandover.objects.bulk_create(history)
    names = dict(User.objects.filter(pk__in=authorities).values_list("pk", "last_name"))
    entries = []
    for client in clients:
        changes = {"manager": [names.get(client.manager_id), to_manager.last_name]}
        entries.append(trail.entry_of(client, "hand_over", authorities[client.manager_id], changes, reason))
    TrailEntry.objects.bulk_create(entries)
    for manager_id in authorities:
        theirs = [client.pk for client in clients if client.manager_id == manager_id]
        Activity.objects.to_do().filter(client__in=theirs, owner=manager_id).update(
            owner=to_manager, version=F("version") + 1, updated_at=clock.now()
        )
    Client.objects.filter(pk__in=keys).update(manager=to_manager, version=F("version") + 1, updated_at=clock.now())
    for client in clients:
        client.manager = to_manager
        client.version += 1


def _tell(clients, former: dict, to_manager: User, *, by: User, reason: str) -> None:
    def told(people, one, many, count):
        people = [person for person in people if person.pk != by.pk]
        values = {"by": by.short_name, "to": to_manager.short_name, "reason": reason}
        if len(clients) == 1:
            values["client"] = clients[0].name
            notify(people, "handover", one, values=values, document=clients[0], urgent=True)
        else:
            notify(people, "handover", many, values={**values, "count": count}, urgent=True)

    told([to_manager], ONE_GAINED, MANY_GAINED, len(clients))
    for person in User.objects.active().filter(pk__in=[key for key in former if key]):
        told([person], ONE_LOST, MANY_LOST, former[person.pk])
