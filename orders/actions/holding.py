"""Moves the counters of stock levels, supply lines and quotas, and the reservations behind them, together.

Every function here is called under the locks of the rows it moves (see locking.py). Counters move by one
statement, whatever the number of rows.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kam.clock import told
from kam.phrases import Phrase
from orders.actions.locking import lock_counters
from orders.models import Reservation
from orders.rules.reservation import Held, LinePlan, Source, given_up

MOVES = {
    "levels": "UPDATE orders_stocklevel t SET reserved = t.reserved + m.units",
    "supplies": "UPDATE orders_supplyline t SET reserved = t.reserved + m.units",
    "quotas": "UPDATE orders_quota t SET used = t.used + m.units",
}
FROM_UNNEST = "FROM unnest(%s::bigint[], %s::int[]) m(id, units) WHERE t.id = m.id"

INSERT = """
INSERT INTO orders_reservation (line_id, product_id, level_id, supply_line_id, quota_id, quantity, expires_on,
    status, promised_at, end_reason)
SELECT line, product, level, supply, quota, units, %s::date, 'live', moment.at, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
    AS r(line, product, level, supply, quota, units),
    (SELECT coalesce(%s::timestamptz, clock_timestamp()) AS at) moment"""

# Counters are grouped by row: several reservations may stand on one.
END = """
WITH ended AS (
    UPDATE orders_reservation SET status = 'released', end_reason = %(reason)s, end_reason_parts = %(parts)s::jsonb,
        ended_at = coalesce(%(at)s::timestamptz, clock_timestamp())
    WHERE id = ANY(%(pks)s) AND status = 'live'
        AND (%(expired_before)s::date IS NULL OR expires_on < %(expired_before)s::date)
    RETURNING id, line_id, level_id, supply_line_id, quota_id, quantity
), levels AS (
    UPDATE orders_stocklevel t SET reserved = t.reserved - m.units
    FROM (SELECT level_id, sum(quantity) AS units FROM ended GROUP BY 1) m WHERE t.id = m.level_id
), supplies AS (
    UPDATE orders_supplyline t SET reserved = t.reserved - m.units
    FROM (SELECT supply_line_id, sum(quantity) AS units FROM ended GROUP BY 1) m WHERE t.id = m.supply_line_id
), quotas AS (
    UPDATE orders_quota t SET used = t.used - m.units
    FROM (SELECT quota_id, sum(quantity) AS units FROM ended GROUP BY 1) m WHERE t.id = m.quota_id
)
SELECT id, line_id, quantity FROM ended"""

# Units given up of a reservation become one of their own, so that its end is written like any other.
CUT = """
WITH cut AS (
    UPDATE orders_reservation r SET quantity = r.quantity - t.units
    FROM unnest(%s::bigint[], %s::int[]) t(id, units)
    WHERE r.id = t.id AND r.status = 'live' AND r.quantity > t.units
    RETURNING r.*, t.units AS given
)
INSERT INTO orders_reservation (line_id, product_id, level_id, supply_line_id, quota_id, quantity, status,
    promised_at, expires_on, warned_at, end_reason)
SELECT line_id, product_id, level_id, supply_line_id, quota_id, given, 'live', promised_at, expires_on, warned_at, ''
FROM cut RETURNING id"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A reservation that was ended: its line and the units it gave back."""

    pk: int
    line_id: int
    units: int


def place_reservations(plans: Iterable[LinePlan], expires_on: date) -> int:
    """Write the reservations of the plans and move the counters by them, in one statement; returns the units.

    The levels, supply lines and quotas the plans take from are locked.
    """
    rows = [row for plan in plans for row in _rows_of(plan)]
    if not rows:
        return 0
    parts, parameters = [], []
    for name, column in (("levels", 2), ("supplies", 3), ("quotas", 4)):
        moved = _units_by(rows, column)
        if moved:
            parts.append(f"{name} AS ({MOVES[name]} {FROM_UNNEST})")
            parameters += [list(moved), list(moved.values())]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(parts)} {INSERT}",
            [*parameters, expires_on, *map(list, zip(*rows, strict=True)), told()],
        )
    return sum(row[5] for row in rows)


def end_reservations(pks: Collection[int], reason: str | Phrase, expired_before: date | None = None) -> list[Ended]:
    """End those of the reservations that still live and give their units back; locks the counters first.

    With `expired_before` only those whose last day is still before that day: one may have been prolonged meanwhile.
    """
    if not pks:
        return []
    rows = Reservation.objects.filter(pk__in=pks, status=Reservation.Status.LIVE)
    sources = list(rows.values_list("level_id", "supply_line_id", "quota_id"))
    if sources:
        lock_counters(*({each for each in column if each} for column in zip(*sources, strict=True)))
    with connection.cursor() as cursor:
        values = {"pks": list(pks), "reason": str(reason)[:200], "expired_before": expired_before, "at": told()}
        values["parts"] = json.dumps(reason.parts(), ensure_ascii=False) if isinstance(reason, Phrase) else None
        cursor.execute(END, values)
        return [Ended(*row) for row in cursor.fetchall()]


def shrink_lines(needed: Mapping[int, int], reason: str | Phrase) -> list[Ended]:
    """Let lines of a locked order (ids) hold no more than these units; what they keep keeps its place in the queue."""
    rows = Reservation.objects.live().filter(line_id__in=needed)
    # An arrival may turn a promise into stock meanwhile: what is held is read under the lock of its source.
    sources = list(rows.values_list("level_id", "supply_line_id", "quota_id"))
    if not sources:
        return []
    lock_counters(*({each for each in column if each} for column in zip(*sources, strict=True)))
    held: dict[int, list[Held]] = {}
    units = {}
    for line, pk, quantity, at, on in rows.values_list(
        "line_id", "pk", "quantity", "promised_at", "supply_line__supply__expected_on"
    ):
        held.setdefault(line, []).append(Held(pk, quantity, at, on))
        units[pk] = quantity
    given = {pk: count for line in held for pk, count in given_up(held[line], needed[line]).items()}
    cut = {pk: count for pk, count in given.items() if count < units[pk]}
    with connection.cursor() as cursor:
        cursor.execute(CUT, [list(cut), list(cut.values())])
        parts = [row[0] for row in cursor.fetchall()]
    return end_reservations([*(pk for pk in given if pk not in cut), *parts], reason)


def free_order(order_id: int, reason: str | Phrase, line_ids: Collection[int] | None = None) -> list[Ended]:
    """End the live reservations of a locked order, or only of some of its lines."""
    rows = Reservation.objects.live().filter(line__order_id=order_id)
    if line_ids is not None:
        rows = rows.filter(line_id__in=line_ids)
    return end_reservations(list(rows.values_list("pk", flat=True)), reason)


def _rows_of(plan: LinePlan) -> list[tuple]:
    """A line's reservations: (line, product, level, supply line, quota, units)."""
    return [
        (
            plan.line,
            plan.product_id,
            take.pk if take.source is Source.LEVEL else None,
            take.pk if take.source is Source.SUPPLY else None,
            take.quota,
            take.quantity,
        )
        for take in plan.takes
    ]


def _units_by(rows: Iterable[tuple], column: int) -> Mapping[int, int]:
    units: dict[int, int] = {}
    for row in rows:
        if row[column] is not None:
            units[row[column]] = units.get(row[column], 0) + row[5]
    return units
