"""Writers of credit notes: an invoice is reduced, at the VAT rate of its shipment."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from kam import formats, trail
from kam.access import Authority, authority
from kam.money import ZERO, rounded, split
from kam.numbering import document_number
from kam.refusals import Refusal, Refused
from kam.rows import save_rows
from kam.writing import writes
from orders.actions.ledger import last_undoing, lock_client, lock_invoices, look_at_holds, make_room, note_movement
from orders.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, Return
from orders.rules.parts import NOTHING, Sums, added, sums_of_amount, sums_of_part


@writes
def issue_credit_note(invoice_id: int, *, by, day: date, amount: Decimal, reason: str) -> CreditNote:
    """Reduce an invoice by an amount (gross) without goods coming back: a price corrected, a bonus credited.

    The amount is spread over the lines in proportion to what is left of them, each at its own VAT rate. Never more
    than the invoice less what was credited before. What the invoice was paid beyond the rest goes back on account.
    Raises Forbidden, Refused.
    """
    client = lock_client(Invoice.objects.values_list("client_id", flat=True).get(pk=invoice_id))
    who = authority(by, "orders.issue_credit_note", client.manager_id)
    invoice = lock_invoices([invoice_id])[invoice_id]
    lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("pk"))
    left = _left_of_lines(lines)
    of_invoice = _left_of_invoice(invoice)
    found = []
    if amount <= 0 or amount != rounded(amount):
        found.append(Refusal("amount_not_positive", _("Credit a positive amount in whole kopecks."), field="amount"))
    if amount > of_invoice.total:
        text = _("Only %(left)s of %(invoice)s can still be credited.")
        values = {"left": formats.money(of_invoice.total), "invoice": invoice}
        found.append(Refusal("more_than_invoiced", text % values, field="amount"))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say what the credit note is for."), field="reason"))
    if found:
        raise Refused(*found)
    if not lines:
        return _write(invoice, {}, sums_of_amount(of_invoice, amount), day=day, who=who, reason=reason)
    shares = split(amount, [left[line.pk].total for line in lines])
    parts = {
        line: (0, sums_of_amount(left[line.pk], share)) for line, share in zip(lines, shares, strict=True) if share
    }
    return _write(invoice, parts, added(sums for _units, sums in parts.values()), day=day, who=who, reason=reason)


def credit_units(
    invoice: Invoice,
    quantities: Mapping[InvoiceLine, int],
    *,
    day: date,
    who: Authority,
    reason: str,
    returned: Return | None = None,
) -> CreditNote | None:
    """Credit units that came back to a locked invoice and count them on its lines; None where they cost nothing.

    What was credited before without goods is gone already: the units that can still come back share what is left
    of the line, and the last of them takes the rest.
    """
    left = _left_of_lines(quantities)
    parts = {}
    for line, units in quantities.items():
        parts[line] = (units, sums_of_part(left[line.pk], line.quantity - line.returned, 0, units))
        line.returned += units
    save_rows(quantities, ["returned"])
    total = added(sums for _units, sums in parts.values())
    if not total.total:
        return None
    return _write(invoice, parts, total, day=day, who=who, reason=reason, returned=returned)


def _left_of_lines(lines) -> dict[int, Sums]:
    """What of each invoice line is not credited yet."""
    lines = list(lines)
    credited = {
        pk: Sums(net, vat, total)
        for pk, net, vat, total in CreditNoteLine.objects.filter(invoice_line__in=[line.pk for line in lines])
        .values_list("invoice_line")
        .annotate(Sum("net"), Sum("vat"), Sum("total"))
    }
    return {line.pk: _less(line.net, line.vat, credited.get(line.pk, NOTHING)) for line in lines}


def _left_of_invoice(invoice: Invoice) -> Sums:
    credited = invoice.credit_notes.aggregate(net=Sum("net"), vat=Sum("vat"))
    net, vat = credited["net"] or ZERO, credited["vat"] or ZERO
    return _less(invoice.net, invoice.vat, Sums(net, vat, net + vat))


def _less(net: Decimal, vat: Decimal, credited: Sums) -> Sums:
    return Sums(net - credited.net, vat - credited.vat, net + vat - credited.total)


def _write(invoice, parts, total: Sums, *, day, who, reason, returned=None) -> CreditNote:
    """Write the note and take its amount off the invoice; money that paid it goes back on account first."""
    earliest = max(filter(None, (invoice.issued_on, last_undoing(invoice))))
    if day < earliest:
        text = _("A credit note to %(invoice)s cannot be dated before %(day)s.")
        values = {"invoice": invoice, "day": formats.day(earliest)}
        raise Refused(Refusal("dated_too_early", text % values, field="day"))
    note = CreditNote.objects.create(
        number=document_number("КН", day.year),
        invoice=invoice,
        returned=returned,
        issued_on=day,
        net=total.net,
        vat=total.vat,
        amount=total.total,
        reason=reason,
        issued_by=who.by,
    )
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(
            credit_note=note, invoice_line=line, quantity=units, net=sums.net, vat=sums.vat, total=sums.total
        )
        for line, (units, sums) in parts.items()
    )
    freed = make_room(invoice, note.amount, day=day, who=who, reason=note.number)
    before = invoice.open_amount
    invoice.open_amount -= note.amount
    note_movement(invoice, note.issued_on)
    invoice.save(update_fields=["open_amount", "moved_on"])
    changes = {"open_amount": [str(before), str(invoice.open_amount)], "back_on_account": [None, str(freed)]}
    trail.record(invoice, "credit", by=who, changes=changes, reason=note.number)
    trail.record(note, "create", by=who, changes={"amount": [None, str(note.amount)]}, reason=reason)
    look_at_holds(invoice.client, day)
    return note
