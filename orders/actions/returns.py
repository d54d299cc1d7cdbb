"""Writers of returns: asked for, approved or rejected, received; a received one becomes a credit note."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from kam import trail
from kam.access import Authority, authority
from kam.flows import mover, take_step
from kam.money import ZERO
from kam.numbering import document_number
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.credit_notes import credit_units
from orders.actions.goods import put_back
from orders.actions.ledger import lock_client, lock_invoices
from orders.flow import RETURN_FLOW
from orders.models import Invoice, Return, ReturnLine
from orders.queries.shipping import returnable_units
from orders.rules.parts import part_of


@writes
def request_return(
    invoice_id: int,
    *,
    by,
    day: date,
    reason: str,
    lines: Iterable[tuple[int, int, bool]],
    kind: str = Return.Kind.RETURN,
    comment: str = "",
) -> Return:
    """Ask to take goods of an invoice back: (id of the invoice line, units, back to stock or not).

    No unit can be asked back twice: what was returned and what other returns wait for counts. Raises
    Forbidden, and Refused with every line that does not fit.
    """
    client = lock_client(Invoice.objects.values_list("client_id", flat=True).get(pk=invoice_id))
    who = authority(by, "orders.add_return", client.manager_id)
    invoice = lock_invoices([invoice_id])[invoice_id]
    wanted = [(line_id, units, sellable) for line_id, units, sellable in lines if units]
    _check_units(invoice, wanted, day)
    return _write(invoice, wanted, day=day, who=who, reason=reason, kind=kind, comment=comment)


def approve_return(pk: int, *, by, reason: str = "") -> Return:
    """Agree to take the goods back; never by whoever asked. Raises Forbidden, Refused."""
    return take_step(RETURN_FLOW, pk, "approve", by=by, reason=reason)


def reject_return(pk: int, *, by, reason: str) -> Return:
    """Decline a return with a reason; its units may be asked back again. Raises Forbidden, Refused."""
    return take_step(RETURN_FLOW, pk, "reject", by=by, reason=reason)


@writes
def receive_return(
    pk: int, *, by, day: date, warehouse_id: int | None = None, unsellable: Collection[int] = (), reason: str = ""
) -> Return:
    """Receive the goods: sellable units go on hand in the warehouse, the credit note is issued.

    `unsellable` names return lines (ids) found unfit to sell on receiving. Goods that left a distributor's
    warehouse go back there: ours stays untouched and none is named. Raises Forbidden, Refused.
    """
    lock_client(Return.objects.values_list("client_id", flat=True).get(pk=pk))
    document = Return.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(pk=pk)
    step, who = RETURN_FLOW.check(document, "receive", by=by, reason=reason)
    invoice = lock_invoices([document.invoice_id])[document.invoice_id]
    special = bool(invoice.shipment_id and invoice.shipment.distributor_id)
    _check_receipt(document, day, warehouse_id, special)
    lines = list(document.lines.select_related("invoice_line__product").order_by("pk"))
    for line in lines:
        line.is_sellable = line.is_sellable and line.pk not in unsellable
    ReturnLine.objects.bulk_update(lines, ["is_sellable"])
    if not special:
        units = defaultdict(int)
        for line in lines:
            if line.is_sellable:
                units[line.invoice_line.product_id] += line.quantity
        put_back(warehouse_id, units)
    quantities = {line.invoice_line: line.quantity for line in lines}
    note = credit_units(invoice, quantities, day=day, who=who, reason=_reason_of(document), returned=document)
    document.received_on, document.warehouse_id = day, None if special else warehouse_id
    document.total = note.amount if note else ZERO
    document.save(update_fields=["received_on", "warehouse", "total"])
    changes = {"credit_note": [None, note.number if note else None]}
    RETURN_FLOW.finish(document, step, who, reason=reason, changes=changes)
    return document


move_return = mover({"approve": approve_return, "reject": reject_return, "receive": receive_return})


def take_refusal(invoice: Invoice, *, day: date, who: Authority, code: str, comment: str) -> Return:
    """Write the approved return of everything on a locked invoice that is not on its way back yet.

    The client never took the goods, so there is nothing to approve. Raises Refused where nothing is left to come back.
    """
    left = returnable_units(invoice)
    wanted = [(line_id, units, True) for line_id, units in left.items() if units]
    if not wanted:
        raise Refused(Refusal("nothing_to_return", _("All goods of %(invoice)s are returned.") % {"invoice": invoice}))
    kind = Return.Kind.REFUSAL
    return take_agreed(invoice, wanted, day=day, who=who, code=code, comment=comment, kind=kind)


def take_agreed(
    invoice: Invoice, wanted, *, day: date, who: Authority, code: str, comment: str, kind: str = Return.Kind.RETURN
) -> Return:
    """Write a return that is agreed elsewhere and approved with it, of a locked invoice: (line id, units, sellable).

    The caller has made sure that these units can still come back.
    """
    document = _write(invoice, wanted, day=day, who=who, reason=code, kind=kind, comment=comment)
    document.status = Return.Status.APPROVED
    document.save(update_fields=["status"])
    trail.record(document, "approve", by=who, changes={"status": ["requested", "approved"]}, reason=comment)
    return document


def _write(invoice, wanted, *, day, who, reason, kind, comment) -> Return:
    document = Return.objects.create(
        number=document_number("ВЗ", day.year),
        client_id=invoice.client_id,
        invoice=invoice,
        kind=kind,
        reason=reason,
        requested_by=who.by,
        requested_on=day,
        comment=comment,
        total=_expected(invoice, wanted),
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(document=document, invoice_line_id=line_id, quantity=units, is_sellable=sellable)
        for line_id, units, sellable in wanted
    )
    trail.record(document, "create", by=who, changes={"invoice": [None, invoice.number]})
    return document


def _expected(invoice, wanted):
    """What the goods were invoiced at; receiving replaces it by what is credited."""
    lines = {line.pk: line for line in invoice.lines.all()}
    return sum((part_of(lines[pk].total, lines[pk].quantity, 0, units) for pk, units, _sellable in wanted), ZERO)


def _check_units(invoice, wanted, day) -> None:
    left = returnable_units(invoice)
    found = []
    if day < invoice.shipped_on:
        found.append(Refusal("before_shipment", _("Goods cannot come back before they left."), field="day"))
    if not wanted:
        found.append(Refusal("nothing_to_return", _("Say how many units come back."), field="lines"))
    if len({line_id for line_id, _units, _sellable in wanted}) < len(wanted):
        found.append(Refusal("line_twice", _("A line is given twice."), field="lines"))
    for place, (line_id, units, _sellable) in enumerate(wanted, start=1):
        if line_id not in left:
            found.append(Refusal("line_of_another", _("The line is not of this invoice."), line=place))
        elif not 0 < units <= left[line_id]:
            text = _("%(units)d units to return, %(left)d can still come back.")
            found.append(Refusal("more_than_left", text % {"units": units, "left": left[line_id]}, line=place))
    if found:
        raise Refused(*found)


def _check_receipt(document, day, warehouse_id, special) -> None:
    found = []
    if day < document.requested_on:
        found.append(Refusal("before_request", _("Goods cannot be received before the return."), field="day"))
    if warehouse_id is None and not special:
        found.append(Refusal("no_warehouse", _("Name the warehouse the goods go to."), field="warehouse_id"))
    if found:
        raise Refused(*found)


def _reason_of(document: Return) -> str:
    return f"{document.number}: {document.get_reason_display()}"
