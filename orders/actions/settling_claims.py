"""Settles an accepted claim line by line: credit note, goods that come back, an order for what is delivered again."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.utils.translation import gettext as _

from kam.flows import mover
from kam.money import ZERO
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.credit_notes import credit_units
from orders.actions.discrepancy_acts import (
    accept_claim,
    cancel_act,
    close_act,
    decline_claim,
    locked_act,
)
from orders.actions.goods import put_back
from orders.actions.invoices import invoice_locked
from orders.actions.ledger import lock_invoices
from orders.actions.orders import OrderLineInput, create_order
from orders.actions.returns import take_agreed
from orders.flow import ACT_FLOW
from orders.models import CreditNote, DiscrepancyAct, DiscrepancyActLine, Invoice, Order, Return
from orders.queries.claims import claimable_units
from orders.rules.claims import MAY_LIE_HERE, Effect, Kind, Ordered, effect_of, takes_from_shipment

Effects = dict[DiscrepancyActLine, Effect]


@writes
def settle_claim(
    pk: int,
    *,
    by,
    day: date,
    outcomes: Mapping[int, str],
    in_stock: Collection[int] = (),
    warehouse_id: int | None = None,
    reason: str = "",
) -> DiscrepancyAct:
    """Do what was decided for each line (id → outcome, see `orders.rules.claims`).

    Missing and spoilt units are credited once, in one credit note; what is delivered again or kept stands in one draft
    order at the prices of the shipment; damaged goods that come back wait in an approved return, credited when
    received. `in_stock` names lines (ids) whose units were found in our warehouse: they go on hand there. A shipment
    not invoiced yet is invoiced first. Raises Forbidden, and Refused with every line that does not fit.
    """
    document = locked_act(pk)
    step, who = ACT_FLOW.check(document, "settle", by=by, reason=reason)
    lines = list(document.lines.select_related("shipment_line", "product", "came_instead").order_by("pk"))
    effects = _checked_effects(document, lines, outcomes, in_stock, warehouse_id)
    for line in effects:
        line.outcome, line.in_stock = outcomes[line.pk], line.pk in in_stock
    DiscrepancyActLine.objects.bulk_update(lines, ["outcome", "in_stock"])
    # The act gives its units up before the return and the credit note take them.
    document.credit_note = _credit(document, effects, day, who)
    document.returned = _take_back(document, effects, day, who)
    document.order = _order_anew(document, effects, day, by)
    document.credited = document.credit_note.amount if document.credit_note else ZERO
    document.settled_on = day
    _put_found_back(document, effects, warehouse_id)
    changes = {
        name: [None, getattr(document, name).number]
        for name in ("credit_note", "returned", "order")
        if getattr(document, name)
    }
    also = ("credit_note", "returned", "order", "credited", "settled_on")
    ACT_FLOW.finish(document, step, who, reason=reason, changes=changes, also=also)
    return document


move_act = mover(
    {
        "accept": accept_claim,
        "decline": decline_claim,
        "settle": settle_claim,
        "close": close_act,
        "cancel": cancel_act,
    }
)


def _checked_effects(document: DiscrepancyAct, lines, outcomes, in_stock, warehouse_id) -> Effects:
    """What each line's outcome does; raises Refused with every line that has none or cannot have it."""
    left, found, effects = claimable_units(document.shipment, without=document.pk), [], {}
    asked = defaultdict(int)
    for place, line in enumerate(lines, start=1):
        effect = effect_of(line.kind, outcomes.get(line.pk, ""))
        if effect is None:
            found.append(Refusal("no_outcome", _("Say what is done about this line."), line=place))
            continue
        effects[line] = effect
        if takes_from_shipment(line.kind):
            asked[line.shipment_line_id] += line.quantity
            if asked[line.shipment_line_id] > left[line.shipment_line_id]:
                text = _("%(sku)s: these units were credited or came back meanwhile.") % {"sku": line.product.sku}
                found.append(Refusal("credited_already", text, line=place))
        if line.pk in in_stock and (Kind(line.kind) not in MAY_LIE_HERE or document.shipment.distributor_id):
            text = _("Only missing units that left our warehouse by the papers can be found there.")
            found.append(Refusal("not_ours", text, line=place))
    if in_stock and warehouse_id is None:
        text = _("Name the warehouse where the units were found.")
        found.append(Refusal("no_warehouse", text, field="warehouse_id"))
    if found:
        raise Refused(*found)
    return effects


def _invoice_of(document: DiscrepancyAct, day: date, who) -> Invoice:
    """The locked invoice of the act's shipment, issued first where there was none."""
    shipment = document.shipment
    found = Invoice.objects.filter(shipment=shipment).values_list("pk", flat=True).first()
    pk = found or invoice_locked(shipment, day=day, who=who).pk
    return lock_invoices([pk])[pk]


def _units_by_line(invoice: Invoice, lines) -> dict:
    """The units of act lines by the invoice line they were invoiced in."""
    invoiced = {line.shipment_line_id: line for line in invoice.lines.order_by("pk")}
    units = defaultdict(int)
    for line in lines:
        units[invoiced[line.shipment_line_id]] += line.quantity
    return dict(units)


def _credit(document: DiscrepancyAct, effects: Effects, day: date, who) -> CreditNote | None:
    lines = [line for line, effect in effects.items() if effect.credits]
    if not lines:
        return None
    invoice = _invoice_of(document, day, who)
    return credit_units(invoice, _units_by_line(invoice, lines), day=day, who=who, reason=_reason_of(document))


def _take_back(document: DiscrepancyAct, effects: Effects, day: date, who) -> Return | None:
    lines = [line for line, effect in effects.items() if effect.returns]
    if not lines:
        return None
    invoice = _invoice_of(document, day, who)
    wanted = [(line.pk, units, False) for line, units in _units_by_line(invoice, lines).items()]
    code, comment = Return.Reason.DAMAGE, _reason_of(document)
    return take_agreed(invoice, wanted, day=day, who=who, code=code, comment=comment)


def _order_anew(document: DiscrepancyAct, effects: Effects, day: date, by) -> Order | None:
    """The draft order of what is delivered again or kept; what was shipped keeps its price."""
    units, prices = defaultdict(int), {}
    for line, effect in effects.items():
        if effect.orders is Ordered.NOTHING:
            continue
        product_id = line.came_instead_id if effect.orders is Ordered.CAME and line.came_instead_id else line.product_id
        units[product_id] += line.quantity
        if line.shipment_line and line.shipment_line.product_id == product_id:
            prices[product_id] = line.shipment_line.price
    if not units:
        return None
    former = document.shipment.order
    return create_order(
        by=by,
        day=day,
        client_id=former.client_id,
        lines=[OrderLineInput(product, count, prices.get(product)) for product, count in units.items()],
        warehouse_id=former.warehouse_id,
        outlet_id=former.outlet_id,
        contract_id=former.contract_id,
        distributor_id=former.distributor_id,
        payer=former.payer,
        customer_number=former.customer_number,
        comment=_reason_of(document),
    )


def _put_found_back(document: DiscrepancyAct, effects: Effects, warehouse_id: int | None) -> None:
    units = defaultdict(int)
    for line in effects:
        if line.in_stock:
            units[line.product_id] += line.quantity
    if units:
        put_back(warehouse_id, units)


def _reason_of(document: DiscrepancyAct) -> str:
    return _("By discrepancy act %(number)s") % {"number": document.number}
