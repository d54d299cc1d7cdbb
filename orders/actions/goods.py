"""Units leave our warehouse with a shipment and come back with a return: counters and reservations, under lock.

Locks in the order of the house: stock levels, supply lines, quotas, each by pk; the order is locked already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import clock
from kam.phrases import Phrase, parts_of
from kam.refusals import Refusal
from kam.rows import save_rows
from orders.models import Order, OrderLine, Quota, Reservation, StockLevel, SupplyLine

SHIPPED_ANOTHER_WAY = Phrase(gettext_noop("shipped from stock"))


@dataclass
class Picking:
    """What a shipment takes, planned on locked rows; `refusals` say what is missing, line by line."""

    levels: dict[int, StockLevel] = field(default_factory=dict)  # by product
    from_reserve: dict[int, list[tuple[Reservation, int]]] = field(default_factory=dict)  # by line
    surplus: list[tuple[Reservation, int]] = field(default_factory=list)
    units: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # by product, all that leaves
    reserved_units: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    refusals: list[Refusal] = field(default_factory=list)


def plan_picking(order: Order, wanted: dict[OrderLine, int]) -> Picking:
    """Lock the stock of the order's warehouse and plan what these lines take: their reserve first, then free units.

    Units of a scarce product leave only from the reserve, since quotas are asked where units are reserved.
    """
    picking = Picking()
    products = {line.product_id for line in wanted}
    levels = StockLevel.objects.filter(warehouse_id=order.warehouse_id, product_id__in=products)
    picking.levels = {level.product_id: level for level in levels.select_for_update(no_key=True).order_by("pk")}
    by_line = _live_reservations(wanted)
    free = {product: level.available for product, level in picking.levels.items()}
    for line, units in wanted.items():
        reserves = [each for each in by_line[line.pk] if _is_here(each, picking.levels.get(line.product_id))]
        left = _draw(picking, line, reserves, units)
        allowed = 0 if line.product.is_scarce else free.get(line.product_id, 0)
        if left > allowed:
            picking.refusals.append(_short(line, units, units - left + allowed))
            continue
        picking.units[line.product_id] += units
        if left:
            free[line.product_id] -= left
        _find_surplus(picking, line, by_line[line.pk], line.unshipped - units)
    return picking


def take_out(picking: Picking) -> None:
    """Write a planned picking: on hand and reserved fall together, what the lines no longer need is freed."""
    now = clock.now()
    for product, level in picking.levels.items():
        level.on_hand -= picking.units[product]
        level.reserved -= picking.reserved_units[product]
    save_rows(picking.levels.values(), ["on_hand", "reserved"])
    shipped = [pair for pairs in picking.from_reserve.values() for pair in pairs]
    _end(shipped, Reservation.Status.SHIPPED, now, "")
    _give_back(picking.surplus, now)


def put_back(warehouse_id: int, units_by_product: Mapping[int, int]) -> None:
    """Put units of products on hand in a warehouse; a product never held there gets its level."""
    if not units_by_product:
        return
    levels = StockLevel.objects.filter(warehouse_id=warehouse_id, product_id__in=list(units_by_product))
    missing = [StockLevel(warehouse_id=warehouse_id, product_id=product) for product in sorted(units_by_product)]
    StockLevel.objects.bulk_create(missing, ignore_conflicts=True)
    found = list(levels.select_for_update(no_key=True).order_by("pk"))
    for level in found:
        level.on_hand += units_by_product[level.product_id]
    save_rows(found, ["on_hand"])


def _live_reservations(lines: Iterable[OrderLine]) -> dict[int, list[Reservation]]:
    by_line = defaultdict(list)
    rows = Reservation.objects.live().filter(line__in=[line.pk for line in lines])
    for reservation in rows.select_for_update(no_key=True).order_by("pk"):
        by_line[reservation.line_id].append(reservation)
    return by_line


def _is_here(reservation: Reservation, level: StockLevel | None) -> bool:
    return level is not None and reservation.level_id == level.pk


def _draw(picking: Picking, line: OrderLine, reserves: list[Reservation], units: int) -> int:
    """Take units from the line's reserve; returns how many are left to find."""
    taken = []
    for reservation in reserves:
        part = min(reservation.quantity, units)
        if part:
            taken.append((reservation, part))
            units -= part
            picking.reserved_units[line.product_id] += part
    picking.from_reserve[line.pk] = taken
    return units


def _find_surplus(picking: Picking, line: OrderLine, reservations: list[Reservation], needed: int) -> None:
    """What stays reserved for a line beyond what it still has to ship is given up, the latest promise first."""
    taken = {reservation.pk: part for reservation, part in picking.from_reserve[line.pk]}
    staying = [(each, each.quantity - taken.get(each.pk, 0)) for each in reservations]
    excess = sum(units for _reservation, units in staying) - needed
    for reservation, units in reversed(staying):
        part = min(units, excess)
        if part > 0 and reservation.pk not in taken:
            picking.surplus.append((reservation, part))
            excess -= part


def _short(line: OrderLine, wanted: int, there: int) -> Refusal:
    text = _("%(sku)s: %(wanted)d units to ship, %(there)d can leave the warehouse.")
    values = {"sku": line.product.sku, "wanted": wanted, "there": there}
    return Refusal("short_of_goods", text % values, line=line.position)


def _end(parts: list[tuple[Reservation, int]], status: str, now, reason: str | Phrase) -> None:
    """End reservations; one that ends in part keeps the rest, and the part becomes a row of its own."""
    whole, cut, pieces = [], [], []
    told = {"end_reason": str(reason), "end_reason_parts": parts_of(reason)}
    for reservation, units in parts:
        if units == reservation.quantity:
            reservation.status, reservation.ended_at = status, now
            reservation.end_reason, reservation.end_reason_parts = told.values()
            whole.append(reservation)
            continue
        reservation.quantity -= units
        cut.append(reservation)
        piece = Reservation(
            line_id=reservation.line_id,
            product_id=reservation.product_id,
            level_id=reservation.level_id,
            supply_line_id=reservation.supply_line_id,
            quota_id=reservation.quota_id,
            quantity=units,
            status=status,
            promised_at=reservation.promised_at,
            expires_on=reservation.expires_on,
            ended_at=now,
            **told,
        )
        pieces.append(piece)
    save_rows(whole, ["status", "ended_at", *told])
    save_rows(cut, ["quantity"])
    Reservation.objects.bulk_create(pieces)


def _give_back(surplus: list[tuple[Reservation, int]], now) -> None:
    """Free units that were promised to lines which shipped from elsewhere: their supply, stock and quota."""
    if not surplus:
        return
    sources = (
        (StockLevel, "level_id", "reserved"),
        (SupplyLine, "supply_line_id", "reserved"),
        (Quota, "quota_id", "used"),
    )
    # Three tables, one lock and one update each.
    for model, key, counter in sources:
        freed = defaultdict(int)
        for reservation, units in surplus:
            if getattr(reservation, key):
                freed[getattr(reservation, key)] += units
        if not freed:
            continue
        rows = list(model.objects.select_for_update(no_key=True).filter(pk__in=freed).order_by("pk"))
        for row in rows:
            setattr(row, counter, getattr(row, counter) - freed[row.pk])
        save_rows(rows, [counter])
    _end(surplus, Reservation.Status.RELEASED, now, SHIPPED_ANOTHER_WAY)
