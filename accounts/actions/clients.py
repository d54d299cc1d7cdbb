"""Clients: entered, changed, moved between their states."""

import datetime as dt
from collections.abc import Iterable

from accounts.actions.requisites import NUMBERS, check_findings, requisite_findings, tidied
from accounts.actions.rows import check_keeper, locked, only
from accounts.flow import CLIENT_FLOW
from accounts.models import Client, ClientHandover
from kam import trail
from kam.access import authority
from kam.flows import take_step
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.writing import writes

DETAILS = (
    "name",
    "legal_name",
    "inn",
    "kpp",
    "ogrn",
    "legal_address",
    "bank_name",
    "bik",
    "account",
    "correspondent_account",
    "channel",
    "group",
    "territory",
    "segment",
    "city",
    "phone",
    "email",
    "website",
    "comment",
    "external_id",
)


@writes
def create_client(*, by: User, day: dt.date, confirmed_warnings: Iterable[str] = (), **fields) -> Client:
    """Enter a client; without a `manager` it is the KAM's own who enters it.

    Raises Forbidden (no right, or not for this manager), Refused (requisites that cannot be, beside their fields),
    Unconfirmed (warnings whose codes are not in `confirmed_warnings`).
    """
    fields = tidied(only(Client, fields, (*DETAILS, "manager", "status")))
    client = Client(**fields)
    if client.manager_id is None and not by.is_superuser and not by.reach.everything:
        client.manager = by
    who = authority(by, "accounts.add_client", client.manager_id)
    check_keeper(client.manager)
    check_findings(_findings(client, by), confirmed_warnings)
    written(client)
    if client.manager_id:
        ClientHandover.objects.create(client=client, to_manager=client.manager, handed_on=day, by=by, reason="")
    trail.record(client, "create", by=who)
    return client


@writes
def change_client(
    pk: int, *, by: User, version: int | None = None, confirmed_warnings: Iterable[str] = (), **fields
) -> Client:
    """Change the details of a client; its KAM changes by a hand-over, its status by steps.

    Raises EditConflict if `version` is behind, else as `create_client`. Requisites are looked at only if one of
    them changes: an old fault does not stand in the way of a new phone number.
    """
    fields = tidied(only(Client, fields, DETAILS))
    client = locked(Client, pk, by)
    who = authority(by, "accounts.change_client", client.manager_id)
    check_version(client, version)
    if any(name in fields and fields[name] != getattr(client, name) for name in NUMBERS):
        after = Client(pk=client.pk, **{name: fields.get(name, getattr(client, name)) for name in NUMBERS})
        check_findings(_findings(after, by), confirmed_warnings)
    return save_changes(client, who=who, **fields)


def move_client(pk: int, step: str, *, by: User, reason: str = "") -> Client:
    """Take a step of CLIENT_FLOW; raises Refused, Forbidden, Client.DoesNotExist for one unseen."""
    Client.objects.visible_to(by).only("pk").get(pk=pk)
    return take_step(CLIENT_FLOW, pk, step, by=by, reason=reason)


def _findings(client: Client, by: User):
    return requisite_findings({name: getattr(client, name) for name in NUMBERS}, by, client.pk)
