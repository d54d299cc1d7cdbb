"""What people enter about a client's credit: facts, covers; and the policy that says who decides."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actions.rows import locked, locked_client, only
from accounts.models import Client, CreditCover, CreditFact, CreditPolicy
from kam import trail
from kam.access import authority
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.refusals import Refusal, Refused
from kam.writing import writes

FACT = ("kind", "happened_on", "ended_on", "amount", "number", "source", "comment")
COVER = ("kind", "provider", "number", "amount", "currency", "starts_on", "ends_on", "comment")
POLICY = ("head_limit", "validity_months", "recheck_days", "group_overdue_counts", "comment")


@writes
def create_credit_fact(
    *, by: User, day: dt.date, client: Client | None = None, client_id: int | None = None, **fields
) -> CreditFact:
    """Enter something found out about a client; `amount` is in roubles.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused for what is said to have happened later than `day`.
    """
    fields = only(CreditFact, fields, FACT)
    client = locked_client(by, client, client_id)
    who = authority(by, "accounts.add_creditfact", client.manager_id)
    fact = CreditFact(client=client, entered_by=by, **fields)
    _check_fact(fact, day)
    return _added(fact, who)


@writes
def change_credit_fact(pk: int, *, by: User, day: dt.date, version: int | None = None, **fields) -> CreditFact:
    """Correct a fact, or say since when it is over; raises DoesNotExist, Forbidden, Refused."""
    fields = only(CreditFact, fields, FACT)
    fact = locked(CreditFact, pk, by)
    who = authority(by, "accounts.change_creditfact", fact.client.manager_id)
    check_version(fact, version)
    told = ("kind", "happened_on", "amount")
    _check_fact(CreditFact(**{name: fields.get(name, getattr(fact, name)) for name in told}), day)
    return save_changes(fact, who=who, **fields)


@writes
def create_credit_cover(
    *, by: User, client: Client | None = None, client_id: int | None = None, **fields
) -> CreditCover:
    """Enter what pays us if the client does not; raises Client.DoesNotExist for one unseen, Forbidden, Refused."""
    fields = only(CreditCover, fields, COVER)
    client = locked_client(by, client, client_id)
    who = authority(by, "accounts.add_creditcover", client.manager_id)
    return _added(CreditCover(client=client, entered_by=by, **fields), who)


@writes
def change_credit_cover(pk: int, *, by: User, version: int | None = None, **fields) -> CreditCover:
    """Change a cover; raises CreditCover.DoesNotExist for one unseen, Forbidden, EditConflict, Refused."""
    fields = only(CreditCover, fields, COVER)
    cover = locked(CreditCover, pk, by)
    who = authority(by, "accounts.change_creditcover", cover.client.manager_id)
    check_version(cover, version)
    return save_changes(cover, who=who, **fields)


@writes
def set_credit_policy(*, by: User, day: dt.date, starts_on: dt.date, **fields) -> CreditPolicy:
    """Let a policy hold from a day on; one of the same day is corrected. The past keeps the policies it had.

    Raises Forbidden, and Refused for a day before `day`.
    """
    who = authority(by, "accounts.change_creditpolicy")
    fields = only(CreditPolicy, fields, POLICY)
    if starts_on < day:
        text = _("A policy begins today or later: what was decided before keeps the policy of its day.")
        raise Refused(Refusal("begins_in_the_past", text, field="starts_on"))
    same = CreditPolicy.objects.select_for_update(no_key=True).filter(starts_on=starts_on).first()
    if same is not None:
        return save_changes(same, who=who, **fields)
    return _added(CreditPolicy(starts_on=starts_on, **fields), who)


def _added(document, who):
    written(document)
    trail.record(document, "create", by=who)
    return document


def _check_fact(fact: CreditFact, day: dt.date) -> None:
    found = []
    if fact.happened_on and fact.happened_on > day:
        text = _("Enter what has happened; for what is expected, plan a step.")
        found.append(Refusal("in_the_future", text, field="happened_on"))
    if fact.kind in CreditFact.DEBTS and fact.amount is None:
        # A debt of an unknown size would count as none.
        found.append(Refusal("amount_missing", _("Say how much is claimed."), field="amount"))
    if found:
        raise Refused(*found)
