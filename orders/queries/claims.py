"""How many units of a shipment can still be claimed, whichever way units of it were claimed or came back before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum

from orders.models import DiscrepancyAct, DiscrepancyActLine, InvoiceLine, ReturnLine, Shipment, ShipmentLine
from orders.models.returns import PENDING

# Acts whose claim is not decided or not settled yet hold their units; a settled one has credited them or asked them
# back, which invoice and return tell.
HOLDING = (DiscrepancyAct.Status.RECORDED, DiscrepancyAct.Status.ACCEPTED)


@dataclass(frozen=True, slots=True)
class ClaimableLine:
    """A line of a shipment and how many of its units nobody has claimed yet."""

    line: ShipmentLine
    left: int


def claimed_units(shipment_line_ids, without: int | None = None) -> dict[int, int]:
    """Units by shipment line that live acts hold; `without` leaves one act out."""
    rows = DiscrepancyActLine.objects.filter(shipment_line__in=list(shipment_line_ids), act__status__in=HOLDING)
    rows = rows.exclude(kind=DiscrepancyActLine.Kind.SURPLUS)
    if without is not None:
        rows = rows.exclude(act=without)
    return dict(rows.order_by().values_list("shipment_line").annotate(Sum("quantity")))


def claimable_units(shipment: Shipment, without: int | None = None) -> dict[int, int]:
    """Units of each shipment line (id) that were neither credited, nor wait in a return, nor are held by an act."""
    shipped = dict(shipment.lines.order_by("pk").values_list("pk", "quantity"))
    invoiced = list(
        InvoiceLine.objects.filter(shipment_line__in=list(shipped)).values_list("pk", "shipment_line", "returned")
    )
    waiting = dict(
        ReturnLine.objects.filter(invoice_line__in=[pk for pk, _line, _units in invoiced], document__status__in=PENDING)
        .order_by()
        .values_list("invoice_line")
        .annotate(Sum("quantity"))
    )
    taken: Mapping[int, int] = defaultdict(int, claimed_units(shipped, without))
    gone = {line: returned + waiting.get(pk, 0) for pk, line, returned in invoiced}
    return {line: units - gone.get(line, 0) - taken[line] for line, units in shipped.items()}


def claimable_lines(shipment: Shipment) -> list[ClaimableLine]:
    """The lines of a shipment with what can still be claimed of each."""
    left = claimable_units(shipment)
    rows = shipment.lines.select_related("product").order_by("pk")
    return [ClaimableLine(row, left[row.pk]) for row in rows]
