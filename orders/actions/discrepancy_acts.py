"""Writers of discrepancy acts: a difference found at acceptance is recorded, its claim decided, and closed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kam import trail
from kam.access import authority
from kam.money import ZERO
from kam.numbering import document_number
from kam.records import check_version, save_changes
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client
from orders.flow import ACT_FLOW
from orders.models import DiscrepancyAct, DiscrepancyActLine, Product, Shipment, ShipmentLine
from orders.queries.claims import claimable_units
from orders.rules.claims import Kind, takes_from_shipment, units_in_question
from orders.rules.parts import part_of

FACTS = ("client_number", "place", "carrier", "vehicle", "seals", "packaging", "method", "commission", "conclusion")


@dataclass(frozen=True, slots=True)
class ActLineInput:
    """One difference. `shipment_line_id` names what the papers say; only a surplus of another product has none.

    `actual` counts what came of a shortage or a surplus; `spoilt` the damaged or exchanged units of the others.
    """

    kind: str
    shipment_line_id: int | None = None
    product_id: int | None = None
    actual: int = 0
    spoilt: int = 0
    came_instead_id: int | None = None
    note: str = ""


@writes
def record_act(
    shipment_id: int, *, by, day: date, lines: Iterable[ActLineInput], accepted_on: date | None = None, **facts
) -> DiscrepancyAct:
    """Record what the client found when it accepted a shipment; `facts` are those of the paper (see FACTS).

    No unit is claimed twice: what was credited, waits in a return or is held by another act counts. Raises Forbidden,
    and Refused with every line that does not fit (`line` counts from 1).
    """
    lock_client(Shipment.objects.values_list("payer_id", flat=True).get(pk=shipment_id))
    rows = Shipment.objects.select_for_update(of=("self",), no_key=True)
    shipment = rows.select_related("order__client").get(pk=shipment_id)
    client = shipment.order.client
    who = authority(by, "orders.add_discrepancyact", client.manager_id)
    wanted = list(lines)
    accepted_on = accepted_on or day
    shipped = {line.pk: line for line in shipment.lines.select_related("product").order_by("pk")}
    found = [*_head_refusals(shipment, wanted, accepted_on, day), *_line_refusals(shipment, shipped, wanted)]
    if found:
        raise Refused(*found)
    document = DiscrepancyAct(
        number=document_number("АР", day.year),
        shipment=shipment,
        client=client,
        accepted_on=accepted_on,
        recorded_on=day,
        recorded_by=who.by,
        **{"carrier": shipment.carrier, "place": shipment.address, **facts},
    )
    made = [_line(document, each, shipped.get(each.shipment_line_id)) for each in wanted]
    document.total = sum((line.total for line in made), ZERO)
    document.save(force_insert=True)
    DiscrepancyActLine.objects.bulk_create(made)
    changes = {"shipment": [None, shipment.number], "total": [None, str(document.total)]}
    trail.record(document, "create", by=who, changes=changes)
    return document


@writes
def change_act(pk: int, *, by, version: int | None = None, **fields) -> DiscrepancyAct:
    """Change what the paper says around the lines, until the act is closed. Raises Forbidden, EditConflict, Refused."""
    document = locked_act(pk)
    check_version(document, version)
    who = authority(by, "orders.change_discrepancyact", document.client.manager_id)
    if document.status in (DiscrepancyAct.Status.CLOSED, DiscrepancyAct.Status.CANCELLED):
        raise Refused(Refusal("closed", _("%(document)s is closed.") % {"document": document}))
    return save_changes(document, who=who, **{name: fields[name] for name in FACTS if name in fields})


@writes
def accept_claim(pk: int, *, by, decision: str = "", reason: str = "") -> DiscrepancyAct:
    """Accept the claim; never by whoever recorded it. Raises Forbidden, Refused."""
    document = locked_act(pk)
    step, who = ACT_FLOW.check(document, "accept", by=by, reason=reason)
    document.decision = decision or reason
    ACT_FLOW.finish(document, step, who, reason=document.decision, also=("decision",))
    return document


@writes
def decline_claim(pk: int, *, by, reason: str) -> DiscrepancyAct:
    """Decline the claim with a reason; its units may be claimed again. Raises Forbidden, Refused."""
    document = locked_act(pk)
    step, who = ACT_FLOW.check(document, "decline", by=by, reason=reason)
    document.decision = reason
    ACT_FLOW.finish(document, step, who, reason=reason, also=("decision",))
    return document


@writes
def close_act(pk: int, *, by, day: date, cause: str, cause_found: str = "", reason: str = "") -> DiscrepancyAct:
    """Close a settled act with what caused the difference. Raises Forbidden, Refused."""
    document = locked_act(pk)
    step, who = ACT_FLOW.check(document, "close", by=by, reason=reason)
    if cause not in DiscrepancyAct.Cause.values:
        raise Refused(Refusal("cause_missing", _("Say what caused the difference."), field="cause"))
    document.cause, document.cause_found, document.closed_on = cause, cause_found.strip(), day
    also = ("cause", "cause_found", "closed_on")
    ACT_FLOW.finish(document, step, who, reason=document.cause_found, changes={"cause": ["", cause]}, also=also)
    return document


@writes
def cancel_act(pk: int, *, by, reason: str) -> DiscrepancyAct:
    """Cancel an act recorded by mistake. Raises Forbidden, Refused."""
    document = locked_act(pk)
    step, who = ACT_FLOW.check(document, "cancel", by=by, reason=reason)
    ACT_FLOW.finish(document, step, who, reason=reason)
    return document


def locked_act(pk: int) -> DiscrepancyAct:
    """The act under the lock of whoever is invoiced for its shipment."""
    lock_client(DiscrepancyAct.objects.values_list("shipment__payer_id", flat=True).get(pk=pk))
    rows = DiscrepancyAct.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("client", "shipment__order__client", "shipment__payer").get(pk=pk)


def _head_refusals(shipment: Shipment, wanted, accepted_on: date, day: date) -> list[Refusal]:
    found = []
    if shipment.status == Shipment.Status.REFUSED:
        found.append(Refusal("refused", _("%(shipment)s was not accepted at all.") % {"shipment": shipment}))
    if accepted_on < shipment.shipped_on:
        text = _("Goods cannot be accepted before they left.")
        found.append(Refusal("before_shipment", text, field="accepted_on"))
    if accepted_on > day:
        found.append(Refusal("in_the_future", _("The day has not come yet."), field="accepted_on"))
    if not wanted:
        found.append(Refusal("nothing_differs", _("Say what differs, line by line."), field="lines"))
    return found


def _line_refusals(shipment: Shipment, shipped: dict[int, ShipmentLine], wanted) -> list[Refusal]:
    left, asked = claimable_units(shipment), defaultdict(int)
    products = {pk for each in wanted for pk in (each.product_id, each.came_instead_id) if pk}
    known = set(Product.objects.filter(pk__in=products).values_list("pk", flat=True))
    found = []
    for place, each in enumerate(wanted, start=1):
        line = shipped.get(each.shipment_line_id) if each.shipment_line_id else None
        units = units_in_question(each.kind, line.quantity if line else 0, each.actual, each.spoilt)
        code, text = _wrong_shape(each, line, units, known)
        if not code and takes_from_shipment(each.kind):
            asked[line.pk] += units
            if asked[line.pk] > left[line.pk]:
                code = "more_than_left"
                text = _("%(sku)s: %(units)d units are claimed, %(left)d can still be.")
                text %= {"sku": line.product.sku, "units": asked[line.pk], "left": left[line.pk]}
        if code:
            found.append(Refusal(code, text, line=place))
    return found


def _wrong_shape(each: ActLineInput, line: ShipmentLine | None, units: int, known: set[int]) -> tuple[str, str]:
    """What is wrong with a line by itself: a code and words, both empty where nothing is."""
    if each.kind not in DiscrepancyActLine.Kind.values:
        return "unknown_kind", _("Say what kind of difference it is.")
    if each.shipment_line_id and line is None:
        return "line_of_another", _("The line is not of this shipment.")
    if line is None and (takes_from_shipment(each.kind) or each.product_id not in known):
        return "product_missing", _("Name the product.")
    if min(each.actual, each.spoilt) < 0 or units <= 0:
        return "nothing_differs", _("Both quantities are the same: nothing differs.")
    exchanged = Kind(each.kind) in (Kind.MIS_SORT, Kind.WRONG_ITEM)
    if exchanged and (each.came_instead_id not in known or each.came_instead_id == line.product_id):
        return "other_product_missing", _("Name the product that came instead.")
    return "", ""


def _line(document: DiscrepancyAct, each: ActLineInput, line: ShipmentLine | None) -> DiscrepancyActLine:
    expected = line.quantity if line else 0
    units = units_in_question(each.kind, expected, each.actual, each.spoilt)
    exchanged = Kind(each.kind) in (Kind.MIS_SORT, Kind.WRONG_ITEM)
    counted = Kind(each.kind) in (Kind.SHORTAGE, Kind.SURPLUS)
    actual = each.actual if counted else expected - units if exchanged else expected
    sums = part_of(line.total, expected, 0, units) if line and takes_from_shipment(each.kind) else ZERO
    return DiscrepancyActLine(
        act=document,
        kind=each.kind,
        shipment_line=line,
        product_id=line.product_id if line else each.product_id,
        came_instead_id=each.came_instead_id if exchanged else None,
        expected=expected,
        actual=actual,
        quantity=units,
        note=each.note.strip(),
        total=sums,
    )
