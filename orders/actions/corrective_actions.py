"""Writers of corrective actions: planned with an owner and a day, done with a result."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import trail
from kam.access import authority_over
from kam.flows import mover
from kam.models import User
from kam.notifications import notify
from kam.records import check_version
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.flow import ACTION_FLOW
from orders.models import CorrectiveAction, DiscrepancyAct, Return

CHANGEABLE = ("what", "owner_id", "due_on", "reason", "client_id", "product_id")


@writes
def plan_action(
    *,
    what: str,
    owner_id: int,
    due_on: date,
    by,
    day: date,
    reason: str = "",
    client_id: int | None = None,
    product_id: int | None = None,
    act_id: int | None = None,
    returned_id: int | None = None,
) -> CorrectiveAction:
    """Plan what somebody does by a day so that something does not happen again; its owner is told.

    Raises Forbidden, Refused with every reason.
    """
    act = DiscrepancyAct.objects.visible_to(by).get(pk=act_id) if act_id else None
    returned = Return.objects.visible_to(by).get(pk=returned_id) if returned_id else None
    source = act or returned
    client_id = client_id or (source and source.client_id)
    managers = (source.client.manager_id if source else None, by.pk, owner_id)
    who = authority_over(by, "orders.add_correctiveaction", managers)
    _check(what, due_on, day)
    document = CorrectiveAction.objects.create(
        what=what.strip(),
        owner_id=owner_id,
        due_on=due_on,
        reason=reason or (returned.reason if returned else ""),
        client_id=client_id,
        product_id=product_id,
        act=act,
        returned=returned,
        asked_by=who.by,
    )
    trail.record(document, "create", by=who, changes={"due_on": [None, str(due_on)]})
    _tell_owner(document, who.by)
    return document


def _check(what: str, due_on: date, day: date) -> None:
    found = []
    if not what.strip():
        found.append(Refusal("what_missing", _("Say what is to be done."), field="what"))
    if due_on < day:
        found.append(Refusal("in_the_past", _("The day has passed."), field="due_on"))
    if found:
        raise Refused(*found)


@writes
def change_action(pk: int, *, by, version: int | None = None, **fields) -> CorrectiveAction:
    """Change an open action. Raises Forbidden, EditConflict, Refused."""
    document = _locked(pk)
    check_version(document, version)
    who = ACTION_FLOW.authority_on(document, by, "orders.change_correctiveaction")
    if document.status != CorrectiveAction.Status.OPEN:
        raise Refused(Refusal("not_open", _("“%(action)s” is over.") % {"action": document}))
    before = document.owner_id
    changes = trail.changed(document, **{name: fields[name] for name in CHANGEABLE if name in fields})
    if not changes:
        return document
    if not document.what.strip():
        raise Refused(Refusal("what_missing", _("Say what is to be done."), field="what"))
    document.version += 1
    document.save()
    trail.record(document, "change", by=who, changes=changes)
    if document.owner_id != before:
        _tell_owner(document, who.by)
    return document


@writes
def finish_action(pk: int, *, by, day: date, result: str, reason: str = "") -> CorrectiveAction:
    """Note that it is done and what came of it. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = ACTION_FLOW.check(document, "finish", by=by, reason=reason)
    if not result.strip():
        raise Refused(Refusal("result_missing", _("Say what came of it."), field="result"))
    document.done_on, document.result = day, result.strip()
    ACTION_FLOW.finish(document, step, who, reason=document.result, also=("done_on", "result"))
    return document


@writes
def drop_action(pk: int, *, by, reason: str) -> CorrectiveAction:
    """Give an action up with a reason. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = ACTION_FLOW.check(document, "drop", by=by, reason=reason)
    ACTION_FLOW.finish(document, step, who, reason=reason)
    return document


move_action = mover({"finish": finish_action, "drop": drop_action})


def _locked(pk: int) -> CorrectiveAction:
    rows = CorrectiveAction.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("client").get(pk=pk)


def _tell_owner(document: CorrectiveAction, by) -> None:
    if document.owner_id == by.pk:
        return
    values = {"what": document.what, "day": document.due_on}
    text = gettext_noop("“%(what)s” is yours to do by %(day)s.")
    notify(User.objects.filter(pk=document.owner_id), "corrective_action", text, values=values, document=document)
