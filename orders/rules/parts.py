"""Parts of a document line: what goes out, is invoiced or comes back always adds up to the line, to the kopeck."""

from dataclasses import dataclass
from decimal import Decimal

from kam.money import ZERO, rounded, vat_on, vat_within


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a line or of a part of it; `total` is always `net + vat`."""

    net: Decimal
    vat: Decimal
    total: Decimal


NOTHING = Sums(ZERO, ZERO, ZERO)


def part_of(whole: Decimal, quantity: int, before: int, units: int) -> Decimal:
    """Return the sum of `units` of `quantity` after `before` of them are gone.

    It is the difference of two rounded running sums, so parts taken one after another add up to `whole` however
    they are cut. Raises ValueError when the units are not among the quantity.
    """
    if quantity <= 0 or before < 0 or units < 0 or before + units > quantity:
        raise ValueError(f"{units} units after {before} are not among {quantity}")
    return rounded(whole * (before + units) / quantity) - rounded(whole * before / quantity)


def sums_of_part(whole: Sums, quantity: int, before: int, units: int) -> Sums:
    """Return the sums of `units` at the rate the whole has: total and VAT are cut, the net is what is left."""
    total = part_of(whole.total, quantity, before, units)
    vat = part_of(whole.vat, quantity, before, units)
    return Sums(total - vat, vat, total)


def sums_at_rate(part: Sums, rate: Decimal, *, vat_included: bool) -> Sums:
    """Return the part at another VAT rate: a price with VAT keeps its total, one without keeps its net."""
    if vat_included:
        vat = vat_within(part.total, rate)
        return Sums(part.total - vat, vat, part.total)
    vat = vat_on(part.net, rate)
    return Sums(part.net, vat, part.net + vat)


def sums_of_amount(left: Sums, amount: Decimal) -> Sums:
    """Return the sums of `amount` of what is `left` (gross), with VAT in the proportion it has there.

    Taking all that is left takes its VAT to the kopeck. Raises ValueError for more than is left.
    """
    if not 0 <= amount <= left.total:
        raise ValueError(f"{amount} is not among {left.total}")
    if not amount:
        return NOTHING
    vat = rounded(left.vat * amount / left.total)
    return Sums(amount - vat, vat, amount)


def added(parts) -> Sums:
    """Return the sums of all parts together."""
    parts = tuple(parts)
    return Sums(
        sum((part.net for part in parts), ZERO),
        sum((part.vat for part in parts), ZERO),
        sum((part.total for part in parts), ZERO),
    )
