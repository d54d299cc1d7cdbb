"""Expected deliveries: announced, changed, received, cancelled. Arrival turns promises into reserved stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import trail
from kam.access import authority
from kam.phrases import Phrase
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.goods import put_back
from orders.actions.holding import Ended, end_reservations
from orders.actions.locking import lock_counters
from orders.actions.promises import REST_DROPPED, SUPPLY_CANCELLED, tell_of_loss
from orders.models import Reservation, Supply, SupplyLine
from orders.rules.reservation import Promise, TurnedSupply, turn_supply

WHOLE = """
UPDATE orders_reservation r SET level_id = l.id, supply_line_id = NULL
FROM unnest(%s::bigint[]) t(id), orders_stocklevel l
WHERE r.id = t.id AND l.product_id = r.product_id AND l.warehouse_id = %s"""

# A promise served in part is cut in two: what came is stock, what waits keeps its place in the row of promises.
CUT = """
WITH cut AS (
    UPDATE orders_reservation r SET quantity = r.quantity - t.units
    FROM unnest(%s::bigint[], %s::int[]) t(id, units) WHERE r.id = t.id
    RETURNING r.*, t.units AS came
)
INSERT INTO orders_reservation (line_id, product_id, level_id, quota_id, quantity, status, promised_at, expires_on,
    warned_at, end_reason)
SELECT c.line_id, c.product_id, l.id, c.quota_id, c.came, 'live', c.promised_at, c.expires_on, c.warned_at, ''
FROM cut c JOIN orders_stocklevel l ON l.product_id = c.product_id AND l.warehouse_id = %s"""

COUNTERS = """
WITH arrived AS (
    SELECT * FROM unnest(%(lines)s::bigint[], %(products)s::bigint[], %(received)s::int[], %(turned)s::int[],
        %(closed)s::bool[]) a(line, product, received, turned, closed)
), levels AS (
    UPDATE orders_stocklevel l SET reserved = l.reserved + a.turned FROM arrived a
    WHERE l.product_id = a.product AND l.warehouse_id = %(warehouse)s
)
UPDATE orders_supplyline s SET reserved = s.reserved - a.turned, received = s.received + a.received,
    is_open = NOT a.closed
FROM arrived a WHERE s.id = a.line"""


@dataclass(frozen=True, slots=True)
class SupplyLineInput:
    """Units of a product that are announced."""

    product_id: int
    quantity: int


@writes
def create_supply(
    *, by, number: str, warehouse_id: int, expected_on: date, lines, supplier: str = "", comment: str = ""
) -> Supply:
    """Announce a delivery; its units can be reserved at once. `lines` are SupplyLineInput.

    Raises Forbidden, and Refused for a number that is taken, no lines, a product twice or no units.
    """
    who = authority(by, "orders.add_supply")
    lines, found = list(lines), []
    if Supply.objects.filter(number=number).exists():
        text = _("There is a supply with the number %(number)s already.") % {"number": number}
        found.append(Refusal("number_taken", text, "number"))
    if not lines:
        found.append(Refusal("no_lines", _("A supply has at least one line."), "lines"))
    if len({line.product_id for line in lines}) < len(lines):
        found.append(Refusal("product_twice", _("A product stands in a supply only once."), "lines"))
    if any(line.quantity <= 0 for line in lines):
        found.append(Refusal("bad_quantity", _("Every line has at least one unit."), "lines"))
    if found:
        raise Refused(*found)
    supply = Supply.objects.create(
        number=number, warehouse_id=warehouse_id, expected_on=expected_on, supplier=supplier, comment=comment
    )
    SupplyLine.objects.bulk_create(
        [SupplyLine(supply=supply, product_id=line.product_id, quantity=line.quantity) for line in lines]
    )
    trail.record(supply, "create", by=who)
    return supply


@writes
def move_supply(pk: int, *, by, expected_on: date, reason: str = "") -> Supply:
    """Change the day a supply is expected. Raises Forbidden, and Refused for one that is no longer expected."""
    who = authority(by, "orders.change_supply")
    supply = _expected(pk)
    changes = trail.changed(supply, expected_on=expected_on)
    if changes:
        supply.version += 1
        supply.save(update_fields=["expected_on", "version", "updated_at"])
        trail.record(supply, "change", by=who, changes=changes, reason=reason)
    return supply


@writes
def receive_supply(
    pk: int, *, by, day: date, received: Mapping[int, int] | None = None, rest_comes: bool = False
) -> Supply:
    """Put the units that arrived on hand and give them to their promises, the earliest promised first.

    `received` maps line ids to units; None is everything announced. Of a line that came short the last promised
    wait for the rest where `rest_comes`; otherwise they are released and their KAMs told. Raises Forbidden, and
    Refused for a supply that is no longer expected, a line of another supply or a negative number of units.
    """
    who = authority(by, "orders.receive_supply")
    supply = _expected(pk)
    lines = {line.pk: line for line in supply.lines.filter(is_open=True).order_by("pk")}
    arrived = {line.pk: line.coming for line in lines.values()} if received is None else dict(received)
    _refuse_units(arrived, lines)
    units = {lines[each].product_id: count for each, count in arrived.items() if count}
    put_back(supply.warehouse_id, units)
    lock_counters((), lines.keys(), ())
    promises = _promises(lines)
    turned = {each: turn_supply(promises.get(each, ()), arrived.get(each, 0)) for each in lines}
    _turn(supply, lines, arrived, turned)
    lost = [] if rest_comes else _drop_rest(supply, lines)
    if not supply.lines.filter(is_open=True).exists():
        supply.status, supply.arrived_on = Supply.Status.ARRIVED, day
    supply.version += 1
    supply.save(update_fields=["status", "arrived_on", "version", "updated_at"])
    trail.record(supply, "receive", by=who, changes={"received": [None, sum(arrived.values())]})
    tell_of_loss(lost, REST_DROPPED, verb="supply_came_short", by=who, supply=supply)
    return supply


@writes
def cancel_supply(pk: int, *, by, reason: str) -> Supply:
    """Cancel a supply that has not arrived: what was promised from it is released and the KAMs told.

    Raises Forbidden, and Refused without a reason or for a supply that is no longer expected.
    """
    who = authority(by, "orders.change_supply")
    if not reason.strip():
        raise Refused(Refusal("reason_missing", _("Say why the supply is cancelled."), "reason"))
    supply = _expected(pk)
    lines = list(supply.lines.order_by("pk").values_list("pk", flat=True))
    lock_counters((), lines, ())
    live = Reservation.objects.live().filter(supply_line__in=lines)
    lost = end_reservations(list(live.values_list("pk", flat=True)), reason)
    supply.lines.update(is_open=False)
    supply.status = Supply.Status.CANCELLED
    supply.version += 1
    supply.save(update_fields=["status", "version", "updated_at"])
    trail.record(supply, "cancel", by=who, reason=reason)
    tell_of_loss(lost, SUPPLY_CANCELLED, verb="supply_cancelled", by=who, reason=reason, supply=supply)
    return supply


def _expected(pk: int) -> Supply:
    supply = Supply.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if supply.status != Supply.Status.EXPECTED:
        text = _("The supply %(supply)s is no longer expected.") % {"supply": supply}
        raise Refused(Refusal("not_expected", text))
    return supply


def _refuse_units(arrived: Mapping[int, int], lines: Mapping[int, SupplyLine]) -> None:
    found = []
    if set(arrived) - set(lines):
        found.append(Refusal("foreign_line", _("A line does not belong to this supply or is closed."), "received"))
    if any(units < 0 for units in arrived.values()):
        found.append(Refusal("bad_quantity", _("A negative number of units cannot arrive."), "received"))
    if found:
        raise Refused(*found)


def _promises(lines) -> dict[int, list[Promise]]:
    found: dict[int, list[Promise]] = {}
    rows = Reservation.objects.live().filter(supply_line__in=list(lines)).order_by("promised_at", "pk")
    for line, pk, at, units in rows.values_list("supply_line_id", "pk", "promised_at", "quantity"):
        found.setdefault(line, []).append(Promise(pk, at, units))
    return found


def _turn(supply: Supply, lines, arrived, turned: Mapping[int, TurnedSupply]) -> None:
    """Move the served promises, and the counters behind them, from the supply to stock; close what came in full."""
    served = [each for line in turned.values() for each in line.promises if each.to_stock]
    whole = [each.pk for each in served if not each.waiting]
    cut = [each for each in served if each.waiting]
    rows = [
        (pk, line.product_id, arrived.get(pk, 0), sum(each.to_stock for each in turned[pk].promises))
        for pk, line in lines.items()
    ]
    full = [arrived.get(pk, 0) >= line.coming for pk, line in lines.items()]
    pks, products, received, moved = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, [whole, supply.warehouse_id])
        cursor.execute(CUT, [[each.pk for each in cut], [each.to_stock for each in cut], supply.warehouse_id])
        cursor.execute(
            COUNTERS,
            {
                "lines": pks,
                "products": products,
                "received": received,
                "turned": moved,
                "closed": full,
                "warehouse": supply.warehouse_id,
            },
        )


def _drop_rest(supply: Supply, lines) -> list[Ended]:
    """Close what came short: the promises left on it, the last ones made, are released."""
    waiting = Reservation.objects.live().filter(supply_line__in=list(lines))
    reason = Phrase(gettext_noop("the supply came short"))
    lost = end_reservations(list(waiting.values_list("pk", flat=True)), reason)
    supply.lines.filter(is_open=True).update(is_open=False)
    return lost
