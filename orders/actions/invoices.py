"""Writers of invoices: what was shipped becomes a debt with a due date."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.queries import calendar, terms_on
from accounts.rules.calendar import DayKind, due_date_for
from kam import trail
from kam.access import Authority, authority
from kam.money import ZERO
from kam.numbering import document_number
from kam.reasons import as_stored
from kam.records import written
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client
from orders.models import Invoice, InvoiceLine, Shipment


@writes
def issue_invoice(shipment_id: int, *, by, day: date) -> Invoice:
    """Invoice a shipment to its payer; an invoiced one gives the invoice there is. Raises Forbidden, Refused."""
    payer = lock_client(Shipment.objects.values_list("payer_id", flat=True).get(pk=shipment_id))
    shipment = (
        Shipment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order__client", "payer")
        .get(pk=shipment_id)
    )
    who = authority(by, "orders.add_invoice", payer.manager_id)
    known = Invoice.objects.filter(shipment=shipment).first()
    return known or invoice_locked(shipment, day=day, who=who)


@writes
def enter_open_invoice(
    *,
    client_id: int,
    number: str,
    amount: Decimal,
    shipped_on: date,
    by,
    vat: Decimal = ZERO,
    issued_on: date | None = None,
    due_on: date | None = None,
    currency: str = "RUB",
    comment: str = "",
    external_id: str | None = None,
) -> Invoice:
    """Enter a debt that arose before this program kept the books: what was open of an invoice then is its amount.

    Without `due_on` it follows the client's terms of the day of shipment. The same `external_id` again returns the
    invoice there is and changes nothing. Raises Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.import_invoices", client.manager_id)
    known = Invoice.objects.filter(external_id=external_id).first() if external_id else None
    if known is not None:
        return known
    due, terms = (due_on, {"entered": True}) if due_on else due_day(client_id, shipped_on)
    invoice = Invoice(
        number=number,
        client=client,
        issued_on=issued_on or shipped_on,
        shipped_on=shipped_on,
        due_on=due,
        currency=currency,
        terms=terms,
        comment=comment,
        external_id=external_id or None,
        **_owed(amount, vat),
    )
    written(invoice, exclude=("order", "shipment", "contract"))
    trail.record(invoice, "create", by=who, changes={"amount": [None, str(amount)], "due_on": [None, str(due)]})
    return invoice


def invoice_locked(shipment: Shipment, *, day: date, who: Authority) -> Invoice:
    """Invoice a locked shipment of a locked payer: its sums leave the shipment and become the open amount.

    Raises Refused for a day before the shipment's, and where there is nothing to invoice.
    """
    if day < shipment.shipped_on:
        raise Refused(Refusal("before_shipment", _("An invoice follows the shipment: its day cannot be earlier.")))
    if not shipment.total:
        raise Refused(Refusal("nothing_to_invoice", _("The shipment costs nothing: there is nothing to invoice.")))
    order = shipment.order
    due, terms = due_day(shipment.payer_id, shipment.shipped_on)
    invoice = Invoice.objects.create(
        number=document_number("СЧ", day.year),
        client_id=shipment.payer_id,
        order=order,
        shipment=shipment,
        contract_id=order.contract_id if order.client_id == shipment.payer_id else None,
        issued_on=day,
        shipped_on=shipment.shipped_on,
        due_on=due,
        currency=order.currency,
        terms=terms,
        **_owed(shipment.total, shipment.vat),
    )
    _copy_lines(shipment, invoice)
    shipment.uninvoiced_total = ZERO
    shipment.save(update_fields=["uninvoiced_total"])
    changes = {"shipment": [None, shipment.number], "amount": [None, str(invoice.amount)], "due_on": [None, str(due)]}
    trail.record(invoice, "create", by=who, changes=changes)
    return invoice


def _owed(amount: Decimal, vat: Decimal) -> dict[str, Decimal]:
    """The sums of an invoice nothing of which is paid."""
    return {"net": amount - vat, "vat": vat, "amount": amount, "open_amount": amount}


def _copy_lines(shipment: Shipment, invoice: Invoice) -> None:
    """Give the invoice the lines of what was shipped."""
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            product_id=line.product_id,
            shipment_line=line,
            quantity=line.quantity,
            price=line.price,
            vat_rate=line.vat_rate,
            net=line.net,
            vat=line.vat,
            total=line.total,
        )
        for line in shipment.lines.order_by("pk")
    )


def due_day(client_id: int, shipped_on: date) -> tuple[date, dict]:
    """The day a debt of this shipment falls due, and the explanation kept with the invoice.

    Without terms in force on the day of shipment the client pays at once.
    """
    terms = terms_on([client_id], shipped_on).get(client_id)
    days, kind = (terms.days, terms.day_kind) if terms else (0, DayKind.CALENDAR)
    due = due_date_for(shipped_on, days, kind, calendar(day_from=shipped_on))
    explanation = {
        "terms": terms.terms_id if terms else None,
        "days": days,
        "kind": DayKind(kind).value,
        "counted_from": due.counted_from.isoformat(),
        "due_on": due.on.isoformat(),
        "steps": as_stored(due.steps),
    }
    return due.on, explanation
