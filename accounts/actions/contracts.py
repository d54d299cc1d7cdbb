"""Supply contracts with a client."""

from accounts.actions.rows import locked, locked_client, only
from accounts.models import Client, Contract
from kam import trail
from kam.access import authority
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.writing import writes

DETAILS = (
    "number", "signed_on", "ends_on", "is_active", "penalty_percent", "penalty_cap_percent", "penalty_grace_days",
    "comment",
)  # fmt: skip


@writes
def create_contract(*, by: User, client: Client | None = None, client_id: int | None = None, **fields) -> Contract:
    """Enter a contract; its number is unique within the client.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    fields = only(Contract, fields, DETAILS)
    client = locked_client(by, client, client_id)
    who = authority(by, "accounts.add_contract", client.manager_id)
    contract = Contract(client=client, **fields)
    written(contract)
    trail.record(contract, "create", by=who)
    return contract


@writes
def change_contract(pk: int, *, by: User, version: int | None = None, **fields) -> Contract:
    """Change a contract; raises Contract.DoesNotExist for one unseen, Forbidden, EditConflict, Refused."""
    fields = only(Contract, fields, DETAILS)
    contract = locked(Contract, pk, by)
    who = authority(by, "accounts.change_contract", contract.client.manager_id)
    check_version(contract, version)
    return save_changes(contract, who=who, **fields)
