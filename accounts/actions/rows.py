"""What the actions of this floor ask first: which row, locked; which fields; whose right."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.access import Authority, authority
from kam.models import User
from kam.refusals import Forbidden, Refusal, Refused

KEEPER_ROLES = ("kam", "head_of_sales")


def locked(model: type[models.Model], pk: int, by: User):
    """The row, locked, if the person may see it; raises model.DoesNotExist otherwise.

    The lock leaves foreign keys free: a payment for the client need not wait for an edit of its phone.
    """
    return model.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=pk)


def locked_client(by: User, client: Client | None, client_id: int | None) -> Client:
    """The client that something is added to, locked, so that two people do not add the same."""
    return locked(Client, client.pk if client is not None else client_id, by)


def only(model: type[models.Model], fields: dict, allowed: Iterable[str]) -> dict:
    """The fields with related rows instead of their ids (`group_id` becomes `group`), so that the trail names them.

    Raises TypeError for a field that the action does not write, Refused for an id that is none.
    """
    found = {}
    for name, value in fields.items():
        if name not in allowed and name.removesuffix("_id") in allowed:
            name = name.removesuffix("_id")
            value = _related(model, name, value)
        elif name not in allowed:
            raise TypeError(f"not written by this action: {name}")
        elif name == "external_id" and value == "":
            value = None  # unique: a blank is "no id", not an id
        found[name] = value
    return found


def _related(model: type[models.Model], name: str, pk: int | None) -> models.Model | None:
    if pk is None:
        return None
    row = model._meta.get_field(name).related_model._base_manager.filter(pk=pk).first()
    if row is None:
        raise Refused(Refusal("no_such_row", _("There is no such row: %(pk)s.") % {"pk": pk}, field=name))
    return row


def authority_over(by: User, permission: str, manager_ids: Iterable[int | None]) -> Authority:
    """On whose authority the person may do this to a row that any of these managers looks after.

    Raises Forbidden where the person may do it for none of them.
    """
    refused = None
    for manager_id in dict.fromkeys(manager_ids):
        try:
            return authority(by, permission, manager_id)
        except Forbidden as forbidden:
            refused = forbidden
    raise refused or Forbidden(permission)


def check_keeper(user: User | None, field: str = "manager") -> None:
    """Raise Refused unless the person can look after clients: works here, as a KAM or a head of sales."""
    if user is None:
        return
    if not User.objects.active().in_role(*KEEPER_ROLES).filter(pk=user.pk).exists():
        text = _("%(person)s cannot look after clients: choose an active KAM or head of sales.")
        raise Refused(Refusal("not_a_keeper", text % {"person": user}, field=field))


def check_belongs(client_id: int, **parts) -> None:
    """Raise Refused where an outlet or a contact is one of another client."""
    found = [
        Refusal("of_another_client", _("%(what)s belongs to another client.") % {"what": part}, field=field)
        for field, part in parts.items()
        if part is not None and part.client_id != client_id
    ]
    if found:
        raise Refused(*found)
