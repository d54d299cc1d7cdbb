"""Notes of calls about debts: an activity of the KAM's week that is done at once, with what comes next."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.actions import log_activity
from accounts.models import Activity
from kam.writing import writes


@writes
def note_call(
    *,
    client_id: int,
    by,
    day: date,
    result: str,
    contact_id: int | None = None,
    kind: str = Activity.Kind.CALL,
    next_subject: str = "",
    next_due_on: date | None = None,
) -> Activity:
    """Write down what came of a talk about the client's debts, and plan the next step where one is named.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    return log_activity(
        client_id, by=by, day=day, kind=kind, subject=_("Talk about debts"), result=result, contact_id=contact_id,
        next_subject=next_subject, next_due_on=next_due_on,
    )  # fmt: skip
