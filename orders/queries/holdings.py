"""What an order may take from: stock levels, supplies and quotas, and the plan over them.

Actions ask with `lock`: rows are then locked by pk, tables in the order of all locks (stock level < supply < quota),
and what is read is what counts. Pages ask without it, and see what would be taken now.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from orders.rules.reservation import Level, Quota, ReservationPlan, Supply, Wanted, plan_reservation

OPEN_LINES = """
SELECT l.id, l.position, l.product_id, l.quantity - l.shipped - l.cancelled
        - coalesce((SELECT sum(r.quantity) FROM orders_reservation r WHERE r.line_id = l.id AND r.status = 'live'), 0),
    p.is_scarce
FROM orders_orderline l JOIN orders_product p ON p.id = l.product_id
WHERE l.order_id = %s ORDER BY l.position"""

LEVELS = """
SELECT id, product_id, on_hand, reserved FROM orders_stocklevel
WHERE warehouse_id = %s AND product_id = ANY(%s) ORDER BY id"""

SUPPLIES = """
SELECT l.id, l.product_id, s.expected_on, l.quantity - l.received, l.reserved
FROM orders_supplyline l JOIN orders_supply s ON s.id = l.supply_id
WHERE l.is_open AND s.warehouse_id = %s AND l.product_id = ANY(%s) ORDER BY l.id"""

QUOTAS = """
SELECT id, product_id, units, used, client_id, ends_on FROM orders_quota
WHERE product_id = ANY(%s) AND (client_id = %s OR manager_id = %s) AND starts_on <= %s AND ends_on >= %s ORDER BY id"""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order with the units that nothing is reserved for yet."""

    pk: int
    position: int
    product_id: int
    units: int
    is_scarce: bool


def open_lines(order_id: int) -> list[OpenLine]:
    """The lines of an order that nothing is reserved for yet, wholly or in part."""
    lines = (OpenLine(*row) for row in _rows(OPEN_LINES, [order_id]))
    return [line for line in lines if line.units > 0]


def levels_for(warehouse_id: int, product_ids: Collection[int], *, lock: bool = False) -> list[Level]:
    """The stock levels of products in a warehouse."""
    rows = _rows(LEVELS + (" FOR NO KEY UPDATE" if lock else ""), [warehouse_id, list(product_ids)])
    return [Level(pk, product, warehouse_id, on_hand, reserved) for pk, product, on_hand, reserved in rows]


def supplies_for(warehouse_id: int, product_ids: Collection[int], *, lock: bool = False) -> list[Supply]:
    """The open lines of supplies of products to a warehouse."""
    rows = _rows(SUPPLIES + (" FOR NO KEY UPDATE OF l" if lock else ""), [warehouse_id, list(product_ids)])
    return [Supply(pk, product, warehouse_id, on, coming, held) for pk, product, on, coming, held in rows]


def quotas_for(
    client_id: int, manager_id: int | None, product_ids: Collection[int], day: date, *, lock: bool = False
) -> list[Quota]:
    """The quotas of products that hold on a day for a client or its manager."""
    sql = QUOTAS + (" FOR NO KEY UPDATE" if lock else "")
    rows = _rows(sql, [list(product_ids), client_id, manager_id, day, day])
    return [
        Quota(pk, product, units, used, client is not None, ends_on)
        for pk, product, units, used, client, ends_on in rows
    ]


def plan_for(order, lines: Sequence[OpenLine], day: date, *, partial: bool) -> ReservationPlan:
    """What the lines of an order can take on a day; locks what they take from. Supplies and quotas are read only where
    they matter.
    """
    products = {line.product_id for line in lines}
    scarce = {line.product_id for line in lines if line.is_scarce}
    levels = levels_for(order.warehouse_id, products, lock=True)
    short = _beyond(levels, lines)
    supplies = supplies_for(order.warehouse_id, short, lock=True) if short else ()
    quotas = quotas_for(order.client_id, order.client.manager_id, scarce, day, lock=True) if scarce else ()
    wanted = [Wanted(line.pk, line.product_id, line.units, order.warehouse_id) for line in lines]
    return plan_reservation(wanted, levels, supplies, quotas, partial=partial, wanted_on=order.wanted_on, scarce=scarce)


def _beyond(levels: Sequence[Level], lines: Sequence[OpenLine]) -> set[int]:
    """The products of which the lines want more than lies free."""
    free = {level.product_id: level.on_hand - level.reserved for level in levels}
    for line in lines:
        free[line.product_id] = free.get(line.product_id, 0) - line.units
    return {product for product, left in free.items() if left < 0}


def _rows(sql: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
