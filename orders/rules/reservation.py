"""Which units an order gets: from what lies in the warehouse, then from what is on its way, scarce ones by quota.

The action reads levels, supplies and quotas under lock, asks `plan_reservation`, and moves the counters by exactly
what the plan takes. Units are whole. See docs/algorithms/reservation.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from accounts.rules.calendar import WorkingCalendar
from kam.reasons import Reason, reason

EXPIRES_AFTER = 3  # working days
WARNS_BEFORE = 1  # working day


class Source(StrEnum):
    """Where reserved units come from."""

    LEVEL = "level"
    SUPPLY = "supply"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order line: so many units of a product, from one warehouse or (None) from any of those given."""

    line: int
    product_id: int
    quantity: int
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A stock level; lower `rank` is emptied first."""

    pk: int
    product_id: int
    warehouse_id: int
    on_hand: int
    reserved: int
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Supply:
    """A line of an expected delivery; one without a date cannot be promised from."""

    pk: int
    product_id: int
    warehouse_id: int
    expected_on: date | None
    quantity: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Quota:
    """Units of a scarce product set aside for this client (`of_client`) or its KAM in the period of the order."""

    pk: int
    product_id: int
    units: int
    used: int
    of_client: bool
    ends_on: date = date.max


@dataclass(frozen=True, slots=True)
class Take:
    """Units taken from a level or a supply, within one quota where the product is scarce: one reservation.

    `ready_on` is None for units that are here.
    """

    source: Source
    pk: int
    quantity: int
    ready_on: date | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of what is short that a later supply could give."""

    on: date
    quantity: int
    supply: int


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What a line takes, what it is short of and why, and when the rest arrives.

    `rest_on` is the day on which supplies cover all that is short; None when they do not, or nothing is short, or a
    quota is what is short.
    """

    line: int
    product_id: int
    wanted: int
    takes: tuple[Take, ...]
    short: int
    arrivals: tuple[Arrival, ...]
    rest_on: date | None
    reasons: tuple[Reason, ...]

    @property
    def reserved(self) -> int:
        """Return the units taken."""
        return sum(each.quantity for each in self.takes)


@dataclass(frozen=True, slots=True)
class ReservationPlan:
    """The lines in the order given. `complete`: nothing is short; `accepted`: take what the lines say.

    A plan that is not accepted takes nothing, and its lines still say what was short.
    """

    lines: tuple[LinePlan, ...]
    complete: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """A live reservation of supply: who was promised first is served first."""

    pk: int
    promised_at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A promise after an arrival: units that are now reserved in stock, and units that still wait."""

    pk: int
    to_stock: int
    waiting: int


@dataclass(frozen=True, slots=True)
class TurnedSupply:
    """All promises in the order they were made, and the arrived units that nobody was promised."""

    promises: tuple[Turned, ...]
    free: int


@dataclass(frozen=True, slots=True)
class Held:
    """A live reservation of a line: `ready_on` is None for units that are here."""

    pk: int
    quantity: int
    promised_at: datetime
    ready_on: date | None = None


def plan_reservation(
    wanted: Sequence[Wanted],
    levels: Iterable[Level],
    supplies: Iterable[Supply],
    quotas: Iterable[Quota] = (),
    *,
    partial: bool,
    wanted_on: date | None = None,
    scarce: Collection[int] = (),
) -> ReservationPlan:
    """Plan the lines one after another, as given; what a line takes is gone for the next.

    A line takes from levels (by rank, then pk), then from supplies expected on or before `wanted_on` (by date, then
    pk; any dated supply when None). A product in `scarce`, or with any quota given, is taken only within quotas: the
    client's first, then its KAM's, those that end sooner first. With `partial` lines take what there is; without it
    one short line refuses the whole order.

    Raises ValueError when a quantity is not positive or a line comes twice.
    """
    if any(each.quantity <= 0 for each in wanted):
        raise ValueError("a line wants at least one unit")
    if len({each.line for each in wanted}) != len(wanted):
        raise ValueError("a line is given twice")
    pool = _Pool(levels, supplies, quotas, scarce, wanted_on)
    lines = tuple(pool.plan(each) for each in wanted)
    complete = not any(each.short for each in lines)
    accepted = complete or (partial and any(each.takes for each in lines))
    if not accepted:
        lines = tuple(replace(each, takes=()) for each in lines)
    return ReservationPlan(lines, complete, accepted)


def expires_on(day: date, calendar: WorkingCalendar, working_days: int = EXPIRES_AFTER) -> date:
    """Return the last day a reservation made on `day` holds: it is released on the day after."""
    return calendar.add_working_days(day, working_days)


def turn_supply(promises: Iterable[Promise], arrived: int) -> TurnedSupply:
    """Serve promises from `arrived` units in the order they were made (then by pk); the last promised wait.

    A promise may be served in part. Raises ValueError for a negative arrival.
    """
    if arrived < 0:
        raise ValueError("a negative number of units cannot arrive")
    turned = []
    for promise in sorted(promises, key=lambda each: (each.promised_at, each.pk)):
        served = min(promise.quantity, arrived)
        arrived -= served
        turned.append(Turned(promise.pk, served, promise.quantity - served))
    return TurnedSupply(tuple(turned), arrived)


def given_up(held: Iterable[Held], needed: int) -> dict[int, int]:
    """What a line that needs fewer units gives back: units by reservation; the rest keeps its place and its moment.

    What comes last goes first: units of the latest supply, then those on hand; of the same day the last promised.
    """
    held = tuple(held)
    surplus = max(sum(each.quantity for each in held) - max(needed, 0), 0)
    given: dict[int, int] = {}
    latest_first = sorted(held, key=lambda each: (each.ready_on or date.min, each.promised_at, each.pk), reverse=True)
    for each in latest_first:
        units = min(each.quantity, surplus)
        surplus -= units
        if units:
            given[each.pk] = units
    return given


class _Pool:
    """What is still free while lines are planned; lives for one call of `plan_reservation`."""

    def __init__(self, levels, supplies, quotas, scarce, wanted_on):
        dated = [each for each in supplies if each.expected_on is not None]
        self.levels = _by_product(levels, key=lambda each: (each.rank, each.pk))
        self.supplies = _by_product(dated, key=lambda each: (each.expected_on, each.pk))
        self.quotas = _by_product(quotas, key=lambda each: (not each.of_client, each.ends_on, each.pk))
        self.scarce = frozenset(scarce) | self.quotas.keys()
        self.last = wanted_on or date.max
        self.free: dict[tuple[Source, int], int] = {}
        self.unused: dict[int, int] = {}

    def plan(self, line: Wanted) -> LinePlan:
        allowed = self._allowed(line)
        takes = self._within_quotas(line, self._takes(line, allowed))
        taken = sum(each.quantity for each in takes)
        arrivals = self._arrivals(line, allowed - taken)
        covered = sum(each.quantity for each in arrivals)
        short = line.quantity - taken
        return LinePlan(
            line=line.line,
            product_id=line.product_id,
            wanted=line.quantity,
            takes=takes,
            short=short,
            arrivals=arrivals,
            rest_on=arrivals[-1].on if arrivals and covered == short else None,
            reasons=_reasons(line.quantity, allowed, taken),
        )

    def _allowed(self, line: Wanted) -> int:
        if line.product_id not in self.scarce:
            return line.quantity
        return min(line.quantity, sum(map(self._unused, self._quotas_of(line))))

    def _takes(self, line: Wanted, quantity: int) -> tuple[Take, ...]:
        here = [(Source.LEVEL, each, None) for each in self.levels.get(line.product_id, ())]
        coming = [
            (Source.SUPPLY, each, each.expected_on)
            for each in self.supplies.get(line.product_id, ())
            if each.expected_on <= self.last
        ]
        takes = []
        for source, each, ready_on in here + coming:
            units = self._draw(source, each, line, quantity)
            quantity -= units
            if units:
                takes.append(Take(source, each.pk, units, ready_on))
        return tuple(takes)

    def _arrivals(self, line: Wanted, quantity: int) -> tuple[Arrival, ...]:
        """Supplies after the wanted day; they too are gone for the next line, so that no unit is shown twice."""
        arrivals = []
        for each in self.supplies.get(line.product_id, ()):
            units = self._draw(Source.SUPPLY, each, line, quantity) if each.expected_on > self.last else 0
            quantity -= units
            if units:
                arrivals.append(Arrival(each.expected_on, units, each.pk))
        return tuple(arrivals)

    def _draw(self, source: Source, row: Level | Supply, line: Wanted, quantity: int) -> int:
        """Take up to `quantity` free units of a row out of the pool; none when it is of another warehouse."""
        if line.warehouse_id not in (None, row.warehouse_id):
            return 0
        held = row.on_hand if source is Source.LEVEL else row.quantity
        free = self.free.setdefault((source, row.pk), max(held - row.reserved, 0))
        units = min(free, quantity)
        self.free[source, row.pk] = free - units
        return units

    def _within_quotas(self, line: Wanted, takes: tuple[Take, ...]) -> tuple[Take, ...]:
        """Cut takes of a scarce product where one quota ends and the next begins."""
        if line.product_id not in self.scarce:
            return takes
        quotas = self._quotas_of(line)
        cut = []
        for take in takes:
            left = take.quantity
            for each in quotas:
                units = min(self._unused(each), left)
                self.unused[each.pk] -= units
                left -= units
                if units:
                    cut.append(replace(take, quantity=units, quota=each.pk))
        return tuple(cut)

    def _quotas_of(self, line: Wanted) -> list[Quota]:
        return self.quotas.get(line.product_id, [])

    def _unused(self, quota: Quota) -> int:
        return self.unused.setdefault(quota.pk, max(quota.units - quota.used, 0))


def _by_product(rows, key) -> dict:
    grouped: dict = {}
    for each in sorted(rows, key=key):
        grouped.setdefault(each.product_id, []).append(each)
    return grouped


def _reasons(wanted: int, allowed: int, taken: int) -> tuple[Reason, ...]:
    reasons = []
    if allowed < wanted:
        reasons.append(reason("short_of_quota", wanted=wanted, quota=allowed, short=wanted - allowed))
    if taken < allowed:
        reasons.append(reason("short_of_goods", wanted=wanted, free=taken, short=allowed - taken))
    return tuple(reasons)
