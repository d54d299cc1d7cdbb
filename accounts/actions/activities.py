"""The KAM's week: planned, moved, done with a result and the next step."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actions.rows import authority_over, check_belongs, locked, only
from accounts.models import Activity, Client
from kam import clock, trail
from kam.access import Authority
from kam.models import User
from kam.records import check_version, save_changes, written
from kam.refusals import Refusal, Refused
from kam.writing import writes

DETAILS = ("outlet", "contact", "owner", "kind", "subject", "due_on", "comment")


@writes
def create_activity(*, by: User, client: Client | None = None, client_id: int | None = None, **fields) -> Activity:
    """Plan a step with a client; without an `owner` it is one's own.

    Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    fields = only(Activity, fields, DETAILS)
    client = Client.objects.visible_to(by).get(pk=client.pk if client is not None else client_id)
    activity = Activity(client=client, **fields)
    if activity.owner_id is None:
        activity.owner = by
    who = _authority(by, "accounts.add_activity", activity)
    _check(activity)
    written(activity)
    trail.record(activity, "create", by=who)
    return activity


@writes
def change_activity(pk: int, *, by: User, version: int | None = None, **fields) -> Activity:
    """Change what is planned; what is done stays as it was.

    Raises Activity.DoesNotExist for one unseen, Forbidden, EditConflict, Refused.
    """
    fields = only(Activity, fields, DETAILS)
    activity, who = _open(pk, by)
    check_version(activity, version)
    check_belongs(activity.client_id, outlet=fields.get("outlet"), contact=fields.get("contact"))
    _check_owner(fields.get("owner"))
    return save_changes(activity, who=who, **fields)


@writes
def complete_activity(
    pk: int,
    *,
    by: User,
    result: str,
    next_subject: str | None = None,
    next_due_on: dt.date | None = None,
    next_kind: str = "",
    version: int | None = None,
) -> Activity:
    """Mark an activity done with its result, and plan the next step where one is named.

    Raises Activity.DoesNotExist for one unseen, Forbidden, EditConflict, Refused (no result; a next step without
    its day or a day without its step; done already).
    """
    activity, who = _open(pk, by)
    check_version(activity, version)
    _check_told(result, next_subject, next_due_on)
    activity.result, activity.done_at, activity.done_by = result.strip(), clock.now(), by
    activity.version += 1
    activity.save(update_fields=["result", "done_at", "done_by", "version", "updated_at"])
    trail.record(activity, "complete", by=who, reason=activity.result)
    if next_subject:
        _plan_next(activity, who, next_subject, next_due_on, next_kind or activity.kind)
    return activity


@writes
def log_activity(
    client_id: int,
    *,
    by: User,
    day: dt.date,
    result: str,
    kind: str = Activity.Kind.CALL,
    subject: str = "",
    contact_id: int | None = None,
    next_subject: str = "",
    next_due_on: dt.date | None = None,
) -> Activity:
    """Write down a call or a visit that nobody planned: an activity of the day, done at once, and its next step.

    Without a `subject` it is called by its kind. Raises Client.DoesNotExist for one unseen, Forbidden, Refused (as
    `create_activity` and `complete_activity`); nothing stays of what was refused.
    """
    _check_told(result, next_subject, next_due_on)
    subject = subject or str(Activity.Kind(kind).label)
    done = create_activity(
        by=by, client_id=client_id, contact_id=contact_id, kind=kind, subject=subject, due_on=day
    )  # fmt: skip
    return complete_activity(
        done.pk, by=by, result=result, next_subject=next_subject or None, next_due_on=next_due_on, next_kind=kind
    )


@writes
def drop_activity(pk: int, *, by: User, reason: str) -> Activity:
    """Close a planned activity that will not take place; the reason stands as its result.

    Raises as `complete_activity`.
    """
    return complete_activity(
        pk, by=by, result=_("Cancelled: %(reason)s") % {"reason": reason} if reason.strip() else ""
    )


def _open(pk: int, by: User) -> tuple[Activity, Authority]:
    activity = locked(Activity, pk, by)
    who = _authority(by, "accounts.change_activity", activity)
    if activity.done_at is not None:
        raise Refused(Refusal("done_already", _("“%(subject)s” is done already.") % {"subject": activity}))
    return activity, who


def _authority(by: User, permission: str, activity: Activity) -> Authority:
    keepers = [activity.owner_id, activity.client.manager_id or activity.owner_id]
    if activity.outlet_id and activity.outlet.manager_id:
        keepers.append(activity.outlet.manager_id)
    return authority_over(by, permission, keepers)


def _check(activity: Activity) -> None:
    check_belongs(activity.client_id, outlet=activity.outlet, contact=activity.contact)
    _check_owner(activity.owner)


def _check_told(result: str, next_subject: str | None, next_due_on: dt.date | None) -> None:
    found = []
    if not result.strip():
        found.append(Refusal("result_missing", _("Say what came of it."), field="result"))
    if next_subject and next_due_on is None:
        found.append(Refusal("day_missing", _("Say on which day the next step is due."), field="next_due_on"))
    if next_due_on is not None and not next_subject:
        found.append(Refusal("subject_missing", _("Say what the next step is."), field="next_subject"))
    if found:
        raise Refused(*found)


def _check_owner(owner: User | None) -> None:
    if owner is not None and not owner.is_active:
        text = _("%(person)s no longer works here.") % {"person": owner}
        raise Refused(Refusal("owner_gone", text, field="owner"))


def _plan_next(done: Activity, who: Authority, subject: str, due_on: dt.date, kind: str) -> None:
    following = Activity(
        client_id=done.client_id,
        outlet_id=done.outlet_id,
        contact_id=done.contact_id,
        owner_id=done.owner_id,
        kind=kind,
        subject=subject,
        due_on=due_on,
    )
    written(following)
    trail.record(following, "create", by=who)
