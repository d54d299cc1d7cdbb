"""Writers of our own bank accounts."""

from kam.records import change_record, create_record
from kam.writing import writes
from orders.models import BankAccount


def _tidy(fields):
    return {**fields, "number": "".join(fields["number"].split())} if "number" in fields else fields


@writes
def create_bank_account(*, by, **fields) -> BankAccount:
    """Add an account of ours; statements of it are taken from now on. Raises Forbidden, Refused."""
    return create_record(BankAccount, by=by, permission="orders.add_bankaccount", **_tidy(fields))


@writes
def change_bank_account(pk: int, *, by, version: int | None = None, **fields) -> BankAccount:
    """Change what is said of an account of ours. Raises Forbidden, EditConflict, Refused."""
    permission = "orders.change_bankaccount"
    return change_record(BankAccount, pk, by=by, permission=permission, version=version, **_tidy(fields))
