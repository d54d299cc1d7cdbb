"""Writers of shipments: goods leave, are delivered or refused at the door."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from kam import trail
from kam.access import Authority, authority
from kam.flows import mover
from kam.money import ZERO
from kam.numbering import document_number
from kam.records import check_version, save_changes
from kam.refusals import Refusal, Refused
from kam.rows import save_rows
from kam.wording import refusals_for
from kam.writing import writes
from orders.actions.crediting import judge_credit
from orders.actions.goods import plan_picking, take_out
from orders.actions.invoices import invoice_locked
from orders.actions.ledger import lock_client
from orders.actions.locking import lock_order
from orders.actions.returns import take_refusal
from orders.flow import ORDER_FLOW, SHIPMENT_FLOW
from orders.models import Order, OrderLine, Return, Shipment, ShipmentLine
from orders.queries.vat import rates_on
from orders.rules.parts import Sums, added, part_of, sums_at_rate, sums_of_part
from orders.wording import credit_texts

CHANGEABLE = ("carrier", "tracking", "address", "window_from", "window_to")


@writes
def ship_order(
    pk: int,
    *,
    by,
    day: date,
    quantities: Mapping[int, int] | None = None,
    invoice: bool = True,
    **delivery,
) -> Shipment:
    """Ship an order or a part of it and, unless told not to, invoice what was shipped.

    `quantities` maps ids of order lines to units; without it everything unshipped leaves. `delivery` holds what
    `change_shipment` may change: carrier, tracking, address, the moments of the window. Goods come from the
    order's reserve, then from free stock; a special shipment leaves the distributor's warehouse and touches no
    stock of ours. The credit of whoever is invoiced is checked again. What leaves the order's unshipped
    total enters the shipment's uninvoiced one, and from there the invoice: nothing counts twice.

    Raises Forbidden, and Refused with every reason at once: units, goods, credit.
    """
    unknown = set(delivery) - set(CHANGEABLE)
    assert not unknown, unknown
    order = lock_order(pk)
    step, who = ORDER_FLOW.check(order, "ship", by=by)
    lines = list(OrderLine.objects.filter(order=order).select_related("product").order_by("position"))
    wanted = _wanted(order, lines, quantities, day)
    _pick(order, wanted, delivery, day, by)
    shipment = Shipment(
        order=order,
        client_id=order.client_id,
        warehouse_id=order.warehouse_id,
        distributor_id=order.distributor_id,
        payer=order.paying_client,
        shipped_on=day,
        **{**delivery, "address": delivery.get("address") or _address_of(order)},
    )
    _fill(shipment, order, wanted, day)
    _mark_shipped(order, lines, wanted, step, who, shipment)
    if invoice:
        invoice_locked(shipment, day=day, who=who)
    return shipment


def _pick(order: Order, wanted, delivery: Mapping, day: date, by) -> None:
    """Take the goods out of the warehouse they leave; Refused with every reason against the shipment."""
    picking = plan_picking(order, wanted) if order.warehouse_id else None
    refusals = list(picking.refusals) if picking else []
    refusals += _window_refusals(delivery.get("window_from"), delivery.get("window_to"))
    refusals += refusals_for(judge_credit(order, day), credit_texts(order.shows_money_to(by)))
    if refusals:
        raise Refused(*refusals)
    if picking:
        take_out(picking)


@writes
def deliver_shipment(pk: int, *, by, day: date, received_by: str = "", reason: str = "") -> Shipment:
    """Note that the client took the goods; raises Forbidden, Refused."""
    shipment = _locked(pk)
    step, who = SHIPMENT_FLOW.check(shipment, "deliver", by=by, reason=reason)
    if day < shipment.shipped_on:
        raise Refused(Refusal("before_shipment", _("Goods cannot arrive before they left."), field="day"))
    shipment.delivered_on, shipment.received_by = day, received_by
    shipment.save(update_fields=["delivered_on", "received_by"])
    SHIPMENT_FLOW.finish(shipment, step, who, reason=reason, changes={"delivered_on": [None, str(day)]})
    return shipment


@writes
def refuse_shipment(pk: int, *, by, day: date, reason: str, code: str = Return.Reason.OTHER) -> Shipment:
    """Note that the client did not accept the goods: they are on their way back.

    An approved return of the kind "refusal" with every unit stands ready to be received; receiving it puts
    the goods on hand and issues the credit note. A shipment not invoiced yet is invoiced first, so that each refusal
    leaves the same papers. Raises Forbidden, Refused.
    """
    lock_client(Shipment.objects.values_list("payer_id", flat=True).get(pk=pk))
    shipment = _locked(pk)
    step, who = SHIPMENT_FLOW.check(shipment, "refuse", by=by, reason=reason)
    if day < shipment.shipped_on:
        raise Refused(Refusal("before_shipment", _("Goods cannot be refused before they left."), field="day"))
    invoice = getattr(shipment, "invoice", None) or invoice_locked(shipment, day=day, who=who)
    shipment.refusal_reason = reason
    shipment.save(update_fields=["refusal_reason"])
    SHIPMENT_FLOW.finish(shipment, step, who, reason=reason)
    take_refusal(invoice, day=day, who=who, code=code, comment=reason)
    return shipment


move_shipment = mover({"deliver": deliver_shipment, "refuse": refuse_shipment})


@writes
def change_shipment(pk: int, *, by, version: int | None = None, **fields) -> Shipment:
    """Change carrier, tracking, address or delivery window; never what was shipped.

    Raises Forbidden, EditConflict, and Refused for a window that ends before it begins.
    """
    shipment = _locked(pk)
    check_version(shipment, version)
    who = authority(by, "orders.change_shipment", shipment.client.manager_id)
    wrong = _window_refusals(fields.get("window_from"), fields.get("window_to"))
    if wrong:
        raise Refused(*wrong)
    return save_changes(shipment, who=who, **{name: fields[name] for name in CHANGEABLE if name in fields})


def _locked(pk: int) -> Shipment:
    rows = Shipment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("client", "order__client", "order__price_column", "payer").get(pk=pk)


def _wanted(order: Order, lines: list[OrderLine], quantities, day: date) -> dict[OrderLine, int]:
    """The units to ship by line; raises Refused with every line that is wrong."""
    if quantities is None:
        quantities = {line.pk: line.unshipped for line in lines}
    by_pk = {line.pk: line for line in lines}
    found = []
    if order.confirmed_on and day < order.confirmed_on:
        found.append(Refusal("before_confirmed", _("Goods cannot leave before the order was confirmed."), field="day"))
    if set(quantities) - set(by_pk):
        found.append(Refusal("line_of_another", _("Some lines do not belong to this order."), field="quantities"))
    wanted = {line: quantities[line.pk] for line in lines if quantities.get(line.pk)}
    if not wanted:
        found.append(Refusal("nothing_to_ship", _("Say how many units leave: nothing is left to ship otherwise.")))
    for line, units in wanted.items():
        if not 0 < units <= line.unshipped:
            text = _("%(sku)s: %(units)d units to ship, %(left)d are left of the order.")
            values = {"sku": line.product.sku, "units": units, "left": line.unshipped}
            found.append(Refusal("more_than_ordered", text % values, line=line.position))
    if found:
        raise Refused(*found)
    return wanted


def _window_refusals(window_from, window_to) -> list[Refusal]:
    if window_from and window_to and window_to < window_from:
        return [Refusal("window_ends_early", _("The delivery window ends before it begins."), field="window_to")]
    return []


def _address_of(order: Order) -> str:
    if order.outlet and order.outlet.address:
        return ", ".join(filter(None, (order.outlet.city, order.outlet.address)))
    return order.client.legal_address


def _fill(shipment: Shipment, order: Order, wanted: dict[OrderLine, int], day: date) -> None:
    """Write the shipment with its lines: their part of the order's sums, at the rate of the day of shipment."""
    rates = rates_on(day, {line.product.vat_kind for line in wanted})
    sums, rows = [], []
    for line, units in wanted.items():
        part = sums_of_part(Sums(line.net, line.vat, line.total), line.quantity, line.shipped, units)
        rate = rates[line.product.vat_kind]
        if rate != line.vat_rate:
            part = sums_at_rate(part, rate, vat_included=order.price_column.vat_included)
        sums.append(part)
        row = ShipmentLine(order_line=line, product_id=line.product_id, quantity=units, price=line.price)
        row.vat_rate, row.net, row.vat, row.total = rate, part.net, part.vat, part.total
        rows.append(row)
    everything = added(sums)
    shipment.net, shipment.vat, shipment.total = everything.net, everything.vat, everything.total
    shipment.uninvoiced_total = everything.total
    shipment.number = document_number("ТН", day.year)
    shipment.save(force_insert=True)
    for row in rows:
        row.shipment = shipment
    ShipmentLine.objects.bulk_create(rows)


def _mark_shipped(order, lines, wanted, step, who: Authority, shipment: Shipment) -> None:
    """Count the units on the order's lines and take their part out of what the order still exposes us to."""
    before = order.unshipped_total
    for line, units in wanted.items():
        line.shipped += units
    save_rows(wanted, ["shipped"])
    order.unshipped_total = sum(
        (part_of(line.total, line.quantity, line.shipped, line.unshipped) for line in lines), ZERO
    )
    done = not any(line.unshipped for line in lines)
    changes = {
        "shipment": [None, shipment.number],
        "unshipped_total": [str(before), str(order.unshipped_total)],
    }
    also = ("unshipped_total", "credit")
    ORDER_FLOW.finish(order, step, who, to="" if done else Order.Status.PARTLY_SHIPPED, changes=changes, also=also)
    trail.record(
        shipment, "create", by=who, changes={"order": [None, order.number], "total": [None, str(shipment.total)]}
    )
