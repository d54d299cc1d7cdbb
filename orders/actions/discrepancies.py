"""Writers of differences with clients: recorded on a reconciliation, looked into, resolved."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import trail
from kam.access import Authority, authority
from kam.flows import mover
from kam.models import User
from kam.money import ZERO, rounded
from kam.notifications import notify
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.flow import DISCREPANCY_FLOW, RECONCILIATION_FLOW
from orders.models import Discrepancy, Reconciliation, ReconciliationLine

DAYS_TO_FIND_OUT = 10
ANSWERABLE = (Reconciliation.Status.SENT, Reconciliation.Status.DIFFERS)


@writes
def record_discrepancy(
    reconciliation_id: int,
    *,
    by,
    day: date,
    their_amount: Decimal,
    line_id: int | None = None,
    their_document: str = "",
    their_side: str = "credit",
    comment: str = "",
    owner_id: int | None = None,
    due_on: date | None = None,
) -> Discrepancy:
    """Record what the client's books say of a row (0: they have no such document), or of a document we do not have.

    The sheet then stands "with differences". Without an owner the client's KAM finds out, within ten days. Raises
    Forbidden, Refused with every reason.
    """
    sheet = _locked_sheets().select_related("client").get(pk=reconciliation_id)
    who = authority(by, "orders.change_reconciliation", sheet.client.manager_id)
    line = ReconciliationLine.objects.filter(pk=line_id, reconciliation=sheet).first() if line_id else None
    ours = line.debit + line.credit if line else ZERO
    _check(sheet, line_id, line, ours, their_amount, their_document)
    who = _note_answer(sheet, who, by, day, comment)
    document = Discrepancy.objects.create(
        reconciliation=sheet,
        line=line,
        our_amount=ours,
        their_amount=their_amount,
        their_side=_other_side(line) if line else their_side,
        their_document=their_document.strip(),
        comment=comment.strip(),
        owner_id=owner_id or sheet.client.manager_id or who.by.pk,
        due_on=due_on or day + timedelta(days=DAYS_TO_FIND_OUT),
    )
    sums = {"our_amount": [None, str(ours)], "their_amount": [None, str(their_amount)]}
    trail.record(document, "create", by=who, changes=sums, reason=document.comment)
    _tell_owner(document, sheet, who.by)
    return document


def _other_side(line: ReconciliationLine) -> str:
    """Where the client books what we book on this row: the side across."""
    return "credit" if line.debit else "debit"


def _note_answer(sheet: Reconciliation, who: Authority, by, day: date, comment: str) -> Authority:
    """With the first difference the client has answered; returns on whose authority it is recorded."""
    if sheet.status != Reconciliation.Status.SENT:
        return who
    step, who = RECONCILIATION_FLOW.check(sheet, "differ", by=by)
    sheet.answered_on = day
    RECONCILIATION_FLOW.finish(sheet, step, who, reason=comment, also=("answered_on",))
    return who


@dataclass(frozen=True, slots=True)
class DiscrepancyInput:
    """One difference of several; `place` is what a refusal calls it."""

    their_amount: Decimal
    line_id: int | None = None
    their_document: str = ""
    their_side: str = "credit"
    comment: str = ""
    place: int | None = None


@writes
def record_discrepancies(
    reconciliation_id: int,
    found: Sequence[DiscrepancyInput],
    *,
    by,
    day: date,
    owner_id: int | None = None,
    due_on: date | None = None,
) -> list[Discrepancy]:
    """Record all of these differences or none; raises Forbidden, and Refused with every one that does not fit."""
    made, refusals = [], []
    # One turn for each row in which the client differs: a few, each with a trail and an owner who is told.
    for each in found:
        try:
            facts = {name: value for name, value in asdict(each).items() if name != "place"}
            made.append(
                record_discrepancy(reconciliation_id, by=by, day=day, owner_id=owner_id, due_on=due_on, **facts)
            )
        except Refused as refused:
            refusals += [replace(refusal, line=each.place) for refusal in refused.refusals]
    if not found:
        refusals.append(Refusal("nothing_differs", _("Fill at least one row that differs.")))
    if refusals:
        raise Refused(*refusals)
    return made


@writes
def change_discrepancy(
    pk: int, *, by, version: int | None = None, owner_id: int | None = None, due_on: date | None = None
) -> Discrepancy:
    """Give an open difference to somebody else, or more time. Raises Forbidden, Refused, EditConflict."""
    document = _locked(pk)
    who = DISCREPANCY_FLOW.authority_on(document, by, "orders.change_reconciliation")
    if document.status != Discrepancy.Status.OPEN:
        raise Refused(Refusal("resolved", _("The difference is resolved.")))
    before = document.owner_id
    changes = trail.changed(document, owner_id=owner_id or before, due_on=due_on or document.due_on)
    if changes:
        document.version += 1
        document.save(update_fields=["owner", "due_on", "version", "updated_at"])
        trail.record(document, "change", by=who, changes=changes)
    if document.owner_id != before:
        _tell_owner(document, document.reconciliation, who.by)
    return document


@writes
def resolve_discrepancy(pk: int, *, by, day: date, cause: str, result: str, reason: str = "") -> Discrepancy:
    """Say why the books differed and what was done about it. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = DISCREPANCY_FLOW.check(document, "resolve", by=by, reason=reason)
    found = []
    if cause not in Discrepancy.Cause.values:
        found.append(Refusal("cause_missing", _("Say why the books differ."), field="cause"))
    if not result.strip():
        found.append(Refusal("result_missing", _("Say what was done about it."), field="result"))
    if found:
        raise Refused(*found)
    document.cause, document.result = cause, result.strip()
    document.resolved_on, document.resolved_by = day, who.by
    also = ("cause", "result", "resolved_on", "resolved_by")
    DISCREPANCY_FLOW.finish(document, step, who, reason=document.result, changes={"cause": ["", cause]}, also=also)
    return document


@writes
def reopen_discrepancy(pk: int, *, by, reason: str) -> Discrepancy:
    """Open a resolved difference again while its sheet is not settled. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = DISCREPANCY_FLOW.check(document, "reopen", by=by, reason=reason)
    if document.reconciliation.status != Reconciliation.Status.DIFFERS:
        text = _("%(document)s is settled.") % {"document": document.reconciliation}
        raise Refused(Refusal("sheet_settled", text))
    document.resolved_on = document.resolved_by = None
    DISCREPANCY_FLOW.finish(document, step, who, reason=reason, also=("resolved_on", "resolved_by"))
    return document


move_discrepancy = mover({"resolve": resolve_discrepancy, "reopen": reopen_discrepancy})


def _locked_sheets():
    return Reconciliation.objects.select_for_update(of=("self",), no_key=True)


def _locked(pk: int) -> Discrepancy:
    """The difference under the lock of its sheet, so that a sheet is never settled over an open one."""
    sheet_id = Discrepancy.objects.values_list("reconciliation_id", flat=True).get(pk=pk)
    _locked_sheets().get(pk=sheet_id)
    rows = Discrepancy.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("reconciliation__client", "line").get(pk=pk)


def _check(sheet, line_id, line, ours, theirs, their_document) -> None:
    found = []
    if sheet.status not in ANSWERABLE:
        text = _("%(document)s is not with the client: differences are recorded on a sheet that was sent.")
        found.append(Refusal("not_sent", text % {"document": sheet}))
    if line_id and line is None:
        found.append(Refusal("line_of_another", _("The row is of another sheet."), field="line"))
    if line is not None and line.discrepancies.exists():
        found.append(Refusal("line_twice", _("A difference of this row is recorded already."), field="line"))
    if theirs < 0 or theirs != rounded(theirs):
        text = _("Their sum is an amount in whole kopecks, 0 where they have no such document.")
        found.append(Refusal("amount_negative", text, field="their_amount"))
    elif theirs == ours:
        found.append(Refusal("no_difference", _("Both sums are the same."), field="their_amount"))
    if line is None and not their_document.strip():
        text = _("Name the client's document that our books do not have.")
        found.append(Refusal("document_missing", text, field="their_document"))
    if found:
        raise Refused(*found)


def _tell_owner(document: Discrepancy, sheet: Reconciliation, by) -> None:
    if document.owner_id == by.pk:
        return
    text = gettext_noop("A difference with %(client)s is yours to look into: %(document)s, by %(day)s.")
    values = {"client": sheet.client.name, "document": str(document), "day": document.due_on}
    notify(User.objects.filter(pk=document.owner_id), "discrepancy", text, values=values, document=document)
