"""What was promised in a rough order against what was entered in its orders."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from kam.money import ZERO, rounded
from orders.models import Intake, IntakeLine, OrderLine


@dataclass(frozen=True, slots=True)
class Difference:
    """One product (or wording) promised and entered; prices None where unknown, the mean where several lines differ."""

    product_id: int | None
    name: str
    promised: int
    entered: int
    promised_price: Decimal | None
    entered_price: Decimal | None

    @property
    def units(self) -> int:
        """Units entered beyond what was promised, negative where fewer."""
        return self.entered - self.promised

    @property
    def differs(self) -> bool:
        """Whether the units, or a promised price, differ from what was entered."""
        priced = self.promised_price is not None and self.entered_price is not None
        return bool(self.units) or (priced and self.promised_price != self.entered_price)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rough order against its orders: each product once, in the order promised, then what was added."""

    rows: tuple[Difference, ...]
    promised_total: Decimal | None
    entered_total: Decimal

    @property
    def differs(self) -> bool:
        """Whether anything differs, the promised total included."""
        total = self.promised_total is not None and self.promised_total != self.entered_total
        return total or any(row.differs for row in self.rows)


def promised_and_entered(intake: Intake) -> Comparison:
    """Compare a rough order with all orders entered from it that are not cancelled."""
    sides: dict[tuple, dict[str, list]] = {}
    names: dict[tuple, str] = {}
    for line in intake.lines.select_related("product").order_by("position"):
        key = (line.product_id, "" if line.product_id else line.wording)
        names[key] = str(line.product) if line.product_id else line.wording
        sides.setdefault(key, {"promised": [], "entered": []})["promised"].append((line.quantity, line.price))
    entered = OrderLine.objects.filter(order__intake=intake).exclude(order__status="cancelled")
    total = ZERO
    for line in entered.select_related("product").order_by("order", "position"):
        key = (line.product_id, "")
        names[key] = str(line.product)
        sides.setdefault(key, {"promised": [], "entered": []})["entered"].append((line.quantity, line.price))
        total += line.total
    rows = tuple(
        Difference(
            key[0],
            names[key],
            sum(units for units, _price in side["promised"]),
            sum(units for units, _price in side["entered"]),
            _mean(side["promised"]),
            _mean(side["entered"]),
        )
        for key, side in sides.items()
    )
    return Comparison(rows, intake.promised_total, total)


def _mean(parts: list[tuple[int, Decimal | None]]) -> Decimal | None:
    """The price of a unit over the lines that have one."""
    priced = [(units, price) for units, price in parts if price is not None]
    if not priced:
        return None
    units = sum(count for count, _price in priced)
    return rounded(sum(count * price for count, price in priced) / units)


def line_counts(intake_ids: Collection[int]) -> dict[int, int]:
    """By id of a rough order: how many lines it has; those with none are left out."""
    lines = IntakeLine.objects.filter(intake__in=intake_ids).order_by().values("intake_id")
    return dict(lines.annotate(count=Count("pk")).values_list("intake_id", "count"))
