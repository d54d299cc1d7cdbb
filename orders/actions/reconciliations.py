"""Writers of reconciliations: our account of a period is drawn up, sent, agreed or worked off."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Contract
from kam import formats, trail
from kam.access import Authority, authority
from kam.flows import mover
from kam.numbering import document_number
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client
from orders.flow import RECONCILIATION_FLOW
from orders.models import Discrepancy, Reconciliation, ReconciliationLine
from orders.queries.client_ledger import ledger

MOST_LINES = 20_000
SHEET = ("opening", "debit", "credit", "closing")


@writes
def draw_up_reconciliation(
    *,
    client_id: int,
    starts_on: date,
    ends_on: date,
    by,
    day: date,
    contract_id: int | None = None,
    currency: str = "RUB",
) -> Reconciliation:
    """Draw up the account of a client, or of one contract, for a period; the same question again gives the same sheet.

    The rows are kept with the sheet as the books have them now. Raises Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.add_reconciliation", client.manager_id)
    _check(client_id, contract_id, starts_on, ends_on, day)
    asked = {
        "client_id": client_id,
        "contract_id": contract_id,
        "currency": currency,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    known = Reconciliation.objects.filter(**asked).exclude(status=Reconciliation.Status.CANCELLED).first()
    if known is not None:
        return known
    document = Reconciliation(**asked, number=document_number("АС", day.year), drawn_up_on=day, drawn_up_by=who.by)
    document.save(force_insert=True)
    _fill(document)
    document.save(update_fields=SHEET)
    trail.record(document, "create", by=who, changes={"closing": [None, str(document.closing)]})
    return document


@writes
def redraw_reconciliation(pk: int, *, by, day: date) -> Reconciliation:
    """Draw a draft up again from the books of now. Raises Forbidden, Refused for one that is sent."""
    document = _locked(pk)
    who = authority(by, "orders.change_reconciliation", document.client.manager_id)
    if document.status != Reconciliation.Status.DRAFT:
        text = _("%(document)s is sent: take it back to draft first.") % {"document": document}
        raise Refused(Refusal("not_a_draft", text))
    _redraw(document, day, who)
    return document


@writes
def send_reconciliation(pk: int, *, by, day: date, reason: str = "") -> Reconciliation:
    """Note that the sheet went to the client; it is drawn up anew first, so that it says what the books say."""
    document = _locked(pk)
    step, who = RECONCILIATION_FLOW.check(document, "send", by=by, reason=reason)
    _redraw(document, day, who)
    document.sent_on = day
    RECONCILIATION_FLOW.finish(document, step, who, reason=reason, also=("sent_on",))
    return document


@writes
def agree_reconciliation(
    pk: int, *, by, day: date, signed_by: str = "", their_closing: Decimal | None = None, reason: str = ""
) -> Reconciliation:
    """Note that the client signed without differences. Raises Forbidden, Refused where its balance is another."""
    document = _locked(pk)
    step, who = RECONCILIATION_FLOW.check(document, "agree", by=by, reason=reason)
    if their_closing is not None and their_closing != document.closing:
        text = _("The client's balance is %(theirs)s, ours %(ours)s: record the differences instead.")
        values = {
            "theirs": formats.money(their_closing, document.currency),
            "ours": formats.money(document.closing, document.currency),
        }
        raise Refused(Refusal("balance_differs", text % values, field="their_closing"))
    document.their_closing, document.signed_by, document.answered_on = document.closing, signed_by, day
    also = ("their_closing", "signed_by", "answered_on")
    RECONCILIATION_FLOW.finish(document, step, who, reason=reason, also=also)
    return document


@writes
def settle_reconciliation(pk: int, *, by, day: date, reason: str = "") -> Reconciliation:
    """Note that every difference is worked off. Raises Forbidden, Refused while one is open."""
    document = _locked(pk)
    step, who = RECONCILIATION_FLOW.check(document, "settle", by=by, reason=reason)
    left = document.discrepancies.filter(status=Discrepancy.Status.OPEN).count()
    if left:
        text = _("%(count)d differences are still open.") % {"count": left}
        raise Refused(Refusal("differences_open", text))
    document.answered_on = document.answered_on or day
    RECONCILIATION_FLOW.finish(document, step, who, reason=reason, also=("answered_on",))
    return document


@writes
def withdraw_reconciliation(pk: int, *, by, reason: str) -> Reconciliation:
    """Take a sent sheet back to draft, for the client has not answered it. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = RECONCILIATION_FLOW.check(document, "withdraw", by=by, reason=reason)
    document.sent_on = None
    RECONCILIATION_FLOW.finish(document, step, who, reason=reason, also=("sent_on",))
    return document


@writes
def cancel_reconciliation(pk: int, *, by, reason: str) -> Reconciliation:
    """Give a sheet up; another one may be drawn up for its period. Raises Forbidden, Refused."""
    document = _locked(pk)
    step, who = RECONCILIATION_FLOW.check(document, "cancel", by=by, reason=reason)
    RECONCILIATION_FLOW.finish(document, step, who, reason=reason)
    return document


move_reconciliation = mover(
    {
        "send": send_reconciliation,
        "agree": agree_reconciliation,
        "settle": settle_reconciliation,
        "withdraw": withdraw_reconciliation,
        "cancel": cancel_reconciliation,
    }
)


def _locked(pk: int) -> Reconciliation:
    """The sheet under its client's lock, so that the books stand still while it is drawn up."""
    lock_client(Reconciliation.objects.values_list("client_id", flat=True).get(pk=pk))
    rows = Reconciliation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("client").get(pk=pk)


def _check(client_id: int, contract_id: int | None, starts_on: date, ends_on: date, day: date) -> None:
    found = []
    if starts_on > ends_on:
        found.append(Refusal("period_ends_early", _("The period ends before it begins."), field="ends_on"))
    if ends_on > day:
        text = _("The period is not over: a sheet states what has happened.")
        found.append(Refusal("in_the_future", text, field="ends_on"))
    if contract_id is not None and not Contract.objects.filter(pk=contract_id, client=client_id).exists():
        found.append(Refusal("foreign_contract", _("This contract is with another client."), field="contract"))
    if found:
        raise Refused(*found)


def _redraw(document: Reconciliation, day: date, who: Authority) -> None:
    """Draw the locked sheet up again and tell in the trail what became another."""
    before = {name: getattr(document, name) for name in SHEET}
    document.lines.all().delete()
    _fill(document)
    document.drawn_up_on = day
    document.save(update_fields=[*SHEET, "drawn_up_on"])
    changes = {
        name: [str(before[name]), str(getattr(document, name))]
        for name in SHEET
        if before[name] != getattr(document, name)
    }
    if changes:
        trail.record(document, "redraw", by=who, changes=changes)


def _fill(document: Reconciliation) -> None:
    """Put the rows and sums of the books onto the sheet; the sums are set, not saved."""
    found = ledger(
        document.client_id,
        document.starts_on,
        document.ends_on,
        contract_id=document.contract_id,
        currency=document.currency,
    )
    if len(found.rows) > MOST_LINES:
        text = _("The period has %(count)d documents, a sheet holds %(most)d: choose a shorter one.")
        raise Refused(Refusal("too_many_lines", text % {"count": len(found.rows), "most": MOST_LINES}))
    ReconciliationLine.objects.bulk_create(
        (
            ReconciliationLine(
                reconciliation=document,
                position=position,
                happened_on=row.day,
                kind=row.entry.value,
                document_id=row.document_id,
                document_number=row.number,
                debit=row.debit,
                credit=row.credit,
            )
            for position, row in enumerate(found.rows, start=1)
        ),
        batch_size=1000,
    )
    document.opening, document.debit, document.credit = found.opening, found.debit, found.credit
    document.closing = found.closing
