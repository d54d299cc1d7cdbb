"""How far a client may be trusted: points by criterion, and the limit and days they recommend.

A scorecard has a version: weights and bounds are never edited, a changed card is the next version, so that a review
reads the same for ever. docs/algorithms/scorecard.md tells the card in words with an example.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from kam.money import ZERO
from kam.reasons import Reason, reason

LATEST = 1
MONTH = Decimal(30)
HALF = Decimal("0.5")
KNOWN_MONTHS = 3  # of sales, from which on they are taken for the need
WHOLE = Decimal(1000)


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """All that the score depends on; stored beside it. Amounts are roubles with VAT.

    `monthly_sales` is the mean of the last twelve whole calendar months, or of fewer where the client is newer
    (`months`). `average_days_late` and `late_percent` are None without a history of payment. Claims, enforcement and
    tax debts are those not over. `secured` covers pay at once (insurer, bank guarantee), `promised` ones are pledges
    and sureties.
    """

    as_of: date
    asked_days: int
    requisites_missing: tuple[str, ...] = ()
    registered_on: date | None = None
    months: int = 0
    monthly_sales: Decimal = ZERO
    expected_sales: Decimal | None = None
    claims: Decimal = ZERO
    enforcement: Decimal = ZERO
    tax_debt: Decimal = ZERO
    bankrupt_since: date | None = None
    liquidated_since: date | None = None
    average_days_late: Decimal | None = None
    late_percent: Decimal | None = None
    promises_broken: int = 0
    overdue_days: int = 0
    overdue_amount: Decimal = ZERO
    secured: Decimal = ZERO
    promised: Decimal = ZERO
    rates_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """Points of one criterion, of how many, and why."""

    name: str
    points: int
    most: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the points with its grade, and what it recommends with the reasons in the order they applied."""

    version: int
    criteria: tuple[Criterion, ...]
    points: int
    grade: str
    limit: Decimal
    days: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grade allows: from how many points, how much of the need without cover, and for how many days."""

    letter: str
    least: int
    share: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Card:
    """One version: bounds as (up to and including, points), most points first; beyond the last bound there are none."""

    requisites: int
    age: tuple[tuple[int, int], ...]  # years at least
    history: tuple[tuple[int, int], ...]  # months of buying at least
    debts: tuple[tuple[Decimal, int], ...]  # claims in months of sales
    levies: tuple[tuple[Decimal, int], ...]  # enforcement and taxes in months of sales
    days_late: tuple[tuple[Decimal, int], ...]
    late_percent: tuple[tuple[Decimal, int], ...]
    broken: tuple[tuple[int, int], ...]
    covers: tuple[tuple[Decimal, int], ...]  # in months of sales at least
    unknown_days: int
    unknown_percent: int
    grades: tuple[Grade, ...]
    ceiling: Decimal  # of the need, with covers
    stop_days: int  # an overdue debt older than this stops all credit


CARDS = {
    1: Card(
        requisites=10,
        age=((5, 15), (3, 10), (1, 5)),
        history=((24, 10), (12, 6), (6, 3)),
        debts=((ZERO, 15), (Decimal(1), 8)),
        levies=((ZERO, 10), (Decimal(1), 4)),
        days_late=((Decimal(3), 20), (Decimal(10), 14), (Decimal(30), 6)),
        late_percent=((Decimal(5), 10), (Decimal(20), 6), (Decimal(50), 2)),
        broken=((0, 5), (1, 2)),
        covers=((Decimal(1), 5), (Decimal("0.01"), 3)),
        unknown_days=8,
        unknown_percent=4,
        grades=(
            Grade("A", 80, Decimal("1.5"), 60),
            Grade("B", 60, Decimal("1.2"), 45),
            Grade("C", 40, Decimal("0.8"), 21),
            Grade("D", 0, Decimal(0), 0),
        ),
        ceiling=Decimal(2),
        stop_days=90,
    )
}


def score_of(inputs: ScoreInputs, version: int = LATEST) -> Score:
    """Score a client and recommend its credit; KeyError for a version there never was."""
    card = CARDS[version]
    criteria = (
        _requisites(inputs, card),
        _age(inputs, card),
        _history(inputs, card),
        _burden("claims", inputs.claims, inputs, card.debts),
        _burden("levies", inputs.enforcement + inputs.tax_debt, inputs, card.levies),
        _days_late(inputs, card),
        _late_share(inputs, card),
        _promises(inputs, card),
        _covers(inputs, card),
    )
    points = sum(each.points for each in criteria)
    grade = next(each for each in card.grades if points >= each.least)
    limit, days, reasons = _advice(inputs, card, grade, points)
    return Score(version, criteria, points, grade.letter, limit, days, reasons)


def _advice(inputs: ScoreInputs, card: Card, grade: Grade, points: int) -> tuple[Decimal, int, tuple[Reason, ...]]:
    stops = _stops(inputs, card)
    if stops:
        return ZERO, 0, stops
    reasons = [reason("graded", grade=grade.letter, points=points)]
    if inputs.rates_missing:
        reasons.append(reason("rates_left_out", currencies=inputs.rates_missing))
    sales = inputs.monthly_sales
    if inputs.months >= KNOWN_MONTHS or inputs.expected_sales is None:
        reasons.append(reason("measured_sales", amount=sales, months=inputs.months))
    else:
        sales = max(sales, inputs.expected_sales * HALF)
        reasons.append(reason("expected_sales", amount=inputs.expected_sales, counted=sales))
    secured = inputs.secured + inputs.promised * HALF
    days = min(inputs.asked_days, grade.days) if not secured else inputs.asked_days
    if days < inputs.asked_days:
        reasons.append(reason("days_of_grade", grade=grade.letter, days=days, asked=inputs.asked_days))
    need = sales * inputs.asked_days / MONTH
    reasons.append(reason("need", amount=_whole(need), days=inputs.asked_days))
    unsecured = sales * min(inputs.asked_days, grade.days) / MONTH * grade.share
    reasons.append(reason("unsecured", amount=_whole(unsecured), share_percent=grade.share * 100, grade=grade.letter))
    if secured:
        reasons.append(reason("secured", amount=secured, secured=inputs.secured, promised=inputs.promised))
    limit = unsecured + secured
    ceiling = need * card.ceiling
    if limit > ceiling:
        reasons.append(reason("ceiling", amount=_whole(ceiling), times=card.ceiling))
        limit = ceiling
    limit = _whole(limit)
    if not limit or not days:
        reasons.append(reason("prepayment_only"))
        return ZERO, 0, tuple(reasons)
    return limit, days, tuple(reasons)


def _stops(inputs: ScoreInputs, card: Card) -> tuple[Reason, ...]:
    """What leaves nothing but payment in advance, whatever the points and covers."""
    found = []
    if inputs.bankrupt_since is not None:
        found.append(reason("stop_bankruptcy", since=inputs.bankrupt_since))
    if inputs.liquidated_since is not None:
        found.append(reason("stop_liquidation", since=inputs.liquidated_since))
    if inputs.overdue_days > card.stop_days:
        found.append(reason("stop_overdue", days=inputs.overdue_days, amount=inputs.overdue_amount))
    return tuple(found)


def _requisites(inputs: ScoreInputs, card: Card) -> Criterion:
    if inputs.requisites_missing:
        why = reason("requisites_missing", missing=inputs.requisites_missing)
        return Criterion("requisites", 0, card.requisites, why)
    return Criterion("requisites", card.requisites, card.requisites, reason("requisites_complete"))


def _age(inputs: ScoreInputs, card: Card) -> Criterion:
    most = card.age[0][1]
    if inputs.registered_on is None:
        return Criterion("age", 0, most, reason("age_unknown"))
    years = whole_years(inputs.registered_on, inputs.as_of)
    return Criterion("age", _at_least(years, card.age), most, reason("age", years=years, since=inputs.registered_on))


def _history(inputs: ScoreInputs, card: Card) -> Criterion:
    points = _at_least(inputs.months, card.history)
    return Criterion("history", points, card.history[0][1], reason("history", months=inputs.months))


def _burden(name: str, amount: Decimal, inputs: ScoreInputs, bounds) -> Criterion:
    """Debts to others, measured in months of our sales: who owes more than it buys in a month is in trouble."""
    most = bounds[0][1]
    if not amount:
        return Criterion(name, most, most, reason(f"no_{name}"))
    if not inputs.monthly_sales:
        return Criterion(name, 0, most, reason(f"{name}_without_sales", amount=amount))
    points = _up_to(amount / inputs.monthly_sales, bounds)
    return Criterion(name, points, most, reason(name, amount=amount, sales=inputs.monthly_sales))


def _days_late(inputs: ScoreInputs, card: Card) -> Criterion:
    most = card.days_late[0][1]
    if inputs.average_days_late is None:
        return Criterion("days_late", card.unknown_days, most, reason("never_paid_yet"))
    points = _up_to(inputs.average_days_late, card.days_late)
    return Criterion("days_late", points, most, reason("days_late", average=inputs.average_days_late))


def _late_share(inputs: ScoreInputs, card: Card) -> Criterion:
    most = card.late_percent[0][1]
    if inputs.late_percent is None:
        return Criterion("late_share", card.unknown_percent, most, reason("never_paid_yet"))
    points = _up_to(inputs.late_percent, card.late_percent)
    return Criterion("late_share", points, most, reason("late_share", late_percent=inputs.late_percent))


def _promises(inputs: ScoreInputs, card: Card) -> Criterion:
    points = _up_to(inputs.promises_broken, card.broken)
    return Criterion("promises", points, card.broken[0][1], reason("promises", broken=inputs.promises_broken))


def _covers(inputs: ScoreInputs, card: Card) -> Criterion:
    most = card.covers[0][1]
    amount = inputs.secured + inputs.promised
    if not amount:
        return Criterion("covers", 0, most, reason("no_covers"))
    points = _at_least(amount / inputs.monthly_sales, card.covers) if inputs.monthly_sales else most
    return Criterion("covers", points, most, reason("covers", amount=amount))


def whole_years(since: date, day: date) -> int:
    """Whole years between two days; somebody born on 29 February is a year older on 1 March."""
    return max(day.year - since.year - ((day.month, day.day) < (since.month, since.day)), 0)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, the last of a shorter month."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _at_least(value, bounds) -> int:
    return next((points for bound, points in bounds if value >= bound), 0)


def _up_to(value, bounds) -> int:
    return next((points for bound, points in bounds if value <= bound), 0)


def _whole(amount: Decimal) -> Decimal:
    """Whole thousands, downward: a limit is no place for kopecks."""
    return (amount / WHOLE).quantize(Decimal(1), ROUND_DOWN) * WHOLE
