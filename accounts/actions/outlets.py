"""Outlets of a client."""

from accounts.actions.rows import authority_over, check_keeper, locked, locked_client, only
from accounts.models import Client, Outlet
from kam import trail
from kam.access import authority
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.writing import writes

DETAILS = (
    "name", "city", "address", "territory", "manager", "phone", "opening_hours", "is_active", "external_id",
)  # fmt: skip


@writes
def create_outlet(*, by: User, client: Client | None = None, client_id: int | None = None, **fields) -> Outlet:
    """Add an outlet to a client; `manager` only where another KAM than the client's looks after it.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    fields = only(Outlet, fields, DETAILS)
    client = locked_client(by, client, client_id)
    who = authority(by, "accounts.add_outlet", client.manager_id)
    outlet = Outlet(client=client, **fields)
    check_keeper(outlet.manager)
    written(outlet)
    trail.record(outlet, "create", by=who)
    return outlet


@writes
def change_outlet(pk: int, *, by: User, version: int | None = None, **fields) -> Outlet:
    """Change an outlet: the client's KAM or the outlet's own may; who looks after it only the client's side says.

    Raises Outlet.DoesNotExist for one unseen, Forbidden, EditConflict, Refused.
    """
    fields = only(Outlet, fields, DETAILS)
    outlet = locked(Outlet, pk, by)
    client_manager_id = Client.objects.values_list("manager_id", flat=True).get(pk=outlet.client_id)
    who = authority_over(by, "accounts.change_outlet", [client_manager_id, outlet.manager_id or client_manager_id])
    check_version(outlet, version)
    if "manager" in fields and fields["manager"] != outlet.manager:
        who = authority(by, "accounts.change_outlet", client_manager_id)
        check_keeper(fields["manager"])
    return save_changes(outlet, who=who, **fields)
