"""People at a client."""

from accounts.actions.rows import authority_over, check_belongs, locked, locked_client, only
from accounts.models import Client, Contact
from kam import trail
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.writing import writes

DETAILS = ("name", "role", "position", "phone", "email", "is_active", "comment", "outlet")


@writes
def create_contact(*, by: User, client: Client | None = None, client_id: int | None = None, **fields) -> Contact:
    """Add a person to a client, perhaps at one of its outlets.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    fields = only(Contact, fields, DETAILS)
    client = locked_client(by, client, client_id)
    contact = Contact(client=client, **fields)
    check_belongs(client.pk, outlet=contact.outlet)
    who = authority_over(by, "accounts.add_contact", _keepers(contact, client))
    written(contact)
    trail.record(contact, "create", by=who)
    return contact


@writes
def change_contact(pk: int, *, by: User, version: int | None = None, **fields) -> Contact:
    """Change a person's details; one who left is no longer active, never removed.

    Raises Contact.DoesNotExist for one unseen, Forbidden, EditConflict, Refused.
    """
    fields = only(Contact, fields, DETAILS)
    contact = locked(Contact, pk, by)
    check_belongs(contact.client_id, outlet=fields.get("outlet"))
    who = authority_over(by, "accounts.change_contact", _keepers(contact, contact.client))
    check_version(contact, version)
    return save_changes(contact, who=who, **fields)


def _keepers(contact: Contact, client: Client) -> list[int | None]:
    own = contact.outlet.manager_id if contact.outlet_id else None
    return [client.manager_id, own] if own else [client.manager_id]
