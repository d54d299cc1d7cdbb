"""Drafting orders: create, change, set the lines, copy."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Client, Contract, Outlet
from kam import trail
from kam.access import Authority, authority_over
from kam.numbering import document_number
from kam.refusals import EditConflict, Refusal, Refused
from kam.writing import writes
from orders.actions.order_lines import OrderLineInput, add_up, inputs_of, priced_lines, write_lines
from orders.flow import ORDER_FLOW
from orders.models import Order, OrderLine, Warehouse
from orders.queries.pasting import read_pasted

__all__ = ["OrderLineInput", "change_order", "copy_order", "create_order", "read_pasted", "set_lines"]

SERIES = "ЗК"
# What may be changed until goods leave, and what only while the order is a draft.
ALWAYS = frozenset({"wanted_on", "customer_number", "comment"})
DRAFT_ONLY = frozenset({"outlet_id", "contract_id", "warehouse_id", "distributor_id", "payer", "allow_partial"})


@writes
def create_order(
    *,
    by,
    day: date,
    client_id: int,
    lines: Sequence[OrderLineInput] = (),
    warehouse_id: int | None = None,
    outlet_id: int | None = None,
    distributor_id: int | None = None,
    intake_id: int | None = None,
    external_id: str | None = None,
    **head,
) -> Order:
    """Draft an order of a client on a day, priced from the terms in force then; `head` holds what else `change_order`
    may change.

    Without a warehouse goods leave the first active one; through a distributor they leave none of ours. Raises
    Client.DoesNotExist for a client the user does not see, Forbidden, and Refused with every reason.
    """
    unknown = set(head) - ALWAYS - DRAFT_ONLY
    assert not unknown, unknown
    client = Client.objects.visible_to(by).get(pk=client_id)
    outlet = Outlet.objects.filter(pk=outlet_id).first() if outlet_id else None
    who = authority_over(by, "orders.add_order", (client.manager_id, outlet and outlet.manager_id))
    if warehouse_id is None and distributor_id is None:
        warehouse_id = Warehouse.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True).first()
    order = Order(
        client=client,
        outlet_id=outlet_id,
        distributor_id=distributor_id,
        warehouse_id=warehouse_id,
        manager_id=(outlet and outlet.manager_id) or client.manager_id,
        author=by,
        intake_id=intake_id,
        ordered_on=day,
        external_id=external_id,
        **head,
    )
    refuse_nonsense(order, by)
    return _entered(order, lines, day, who)


def _entered(order: Order, lines: Sequence[OrderLineInput], day: date, who: Authority) -> Order:
    """Price the lines of a new order, give it its number and save it."""
    priced = priced_lines(order, lines, day)
    add_up(order, priced)
    order.number = document_number(SERIES, day.year)
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(priced)
    trail.record(order, "create", by=who, changes={"total": [None, str(order.total)]})
    return order


@writes
def change_order(pk: int, *, by, day: date, version: int | None = None, **fields) -> Order:
    """Change the head of an order: only comments and wishes once it is submitted.

    `version` is the one the person saw. Raises Forbidden, EditConflict, and Refused with every reason.
    """
    unknown = set(fields) - ALWAYS - DRAFT_ONLY
    assert not unknown, unknown
    order = Order.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(pk=pk)
    who = ORDER_FLOW.authority_on(order, by, "orders.change_order")
    refuse_stale(order, version)
    allowed = ALWAYS | (DRAFT_ONLY if order.status == Order.Status.DRAFT else frozenset())
    late = sorted(set(fields) - allowed)
    if late or order.status not in Order.IN_WORK:
        raise Refused(not_a_draft(order))
    changes = trail.changed(order, **fields)
    if not changes:
        return order
    refuse_nonsense(order, by)
    order.version += 1
    order.save(update_fields=[*changes, "version", "updated_at", "search"])
    trail.record(order, "change", by=who, changes=changes)
    return order


@writes
def set_lines(pk: int, *, by, day: date, lines: Sequence[OrderLineInput], version: int | None = None) -> Order:
    """Put these lines, priced on the day, in the place of a draft's own.

    Raises Forbidden, EditConflict, and Refused with every reason of every line.
    """
    order = Order.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(pk=pk)
    who = ORDER_FLOW.authority_on(order, by, "orders.change_order")
    refuse_stale(order, version)
    if order.status != Order.Status.DRAFT:
        raise Refused(not_a_draft(order))
    before = order.total
    write_lines(order, priced_lines(order, lines, day))
    order.version += 1
    order.save(update_fields=["price_column", "currency", "net", "vat", "total", "version", "updated_at"])
    trail.record(
        order, "lines", by=who, changes={"total": [str(before), str(order.total)], "lines": [None, len(lines)]}
    )
    return order


@writes
def copy_order(pk: int, *, by, day: date) -> Order:
    """Draft a new order with the products and quantities of an earlier one, at today's prices.

    Archived products are left out. Raises Order.DoesNotExist for an order the user does not see.
    """
    source = Order.objects.visible_to(by).get(pk=pk)
    lines = source.lines.filter(product__is_archived=False).order_by("position")
    return create_order(
        by=by,
        day=day,
        client_id=source.client_id,
        lines=[OrderLineInput(each.product_id, each.quantity) for each in inputs_of(lines)],
        warehouse_id=source.warehouse_id,
        outlet_id=source.outlet_id,
        distributor_id=source.distributor_id,
        payer=source.payer,
        allow_partial=source.allow_partial,
    )


def refuse_nonsense(order: Order, by) -> None:
    """Raise Refused with every way in which the order's head contradicts itself."""
    found = []
    if order.outlet_id and not Outlet.objects.filter(pk=order.outlet_id, client_id=order.client_id).exists():
        found.append(Refusal("foreign_outlet", _("This outlet belongs to another client."), "outlet_id"))
    if order.contract_id and not Contract.objects.filter(pk=order.contract_id, client_id=order.client_id).exists():
        found.append(Refusal("foreign_contract", _("This contract is with another client."), "contract_id"))
    if order.distributor_id:
        found += _special_refusals(order, by)
    elif order.payer == Order.Payer.DISTRIBUTOR:
        found.append(Refusal("no_distributor", _("Say through which distributor: it is to be invoiced."), "payer"))
    elif order.warehouse_id is None:
        found.append(Refusal("no_warehouse", _("Say from which warehouse the goods leave."), "warehouse_id"))
    if found:
        raise Refused(*found)


def _special_refusals(order: Order, by) -> list[Refusal]:
    found = []
    if order.warehouse_id is not None:
        text = _("Goods leave either our warehouse or the distributor's, not both.")
        found.append(Refusal("two_warehouses", text, "warehouse_id"))
    channel = Client.objects.filter(pk=order.distributor_id).values_list("channel", flat=True).first()
    if channel != Client.Channel.DISTRIBUTOR or order.distributor_id == order.client_id:
        text = _("A special shipment goes through another client that is a distributor.")
        found.append(Refusal("not_a_distributor", text, "distributor_id"))
    return found


def refuse_stale(order: Order, version: int | None) -> None:
    """Raise EditConflict when somebody saved the order after the person opened it at `version`."""
    if version is not None and version != order.version:
        text = _("%(order)s was changed by somebody else after you opened it.") % {"order": order}
        raise EditConflict(Refusal("edit_conflict", text))


def not_a_draft(order: Order) -> Refusal:
    """Why an order that is no draft cannot be edited."""
    status = ORDER_FLOW.label_of(order.status)
    text = _("%(order)s is “%(status)s”: take it back to draft first.") % {"order": order, "status": status}
    return Refusal("not_a_draft", text)
