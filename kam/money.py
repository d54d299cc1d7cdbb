"""Money: the one way to round it, to split it and to take VAT from it.

Amounts are `Decimal`, rates are percents (`Decimal("20")` is 20 %). Floats are refused.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal | int) -> Decimal:
    """Return `amount` with two places, halves away from zero: 0.005 → 0.01, −0.005 → −0.01; never −0.00.

    Raises TypeError for a float and ValueError for what is not a finite number.
    """
    exact = _exact(amount)
    return exact.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO


def split(total: Decimal | int, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share `total` in proportion to `weights`; the shares always add up to `total`.

    Each share is cut to whole kopecks, and the kopecks left over go one each to the largest cut-off parts,
    the earlier weight first when these are equal. A negative total is split as its positive twin and negated,
    so a reversal mirrors what it reverses. A zero weight gets nothing, unless all weights are zero: then the
    shares are equal, for nothing tells them apart.

    Raises ValueError when `total` has parts of a kopeck, a weight is negative, or there is no weight at all.
    """
    whole = _exact(total)
    if whole != rounded(whole):
        raise ValueError(f"{whole} has parts of a kopeck and cannot be split without loss")
    shares_of = [Fraction(_exact(weight)) for weight in weights]
    if not shares_of:
        raise ValueError("nothing to split among")
    if any(weight < 0 for weight in shares_of):
        raise ValueError("a weight is negative")
    if not any(shares_of):
        shares_of = [Fraction(1)] * len(shares_of)
    cents = _cents_split(abs(int(whole * 100)), shares_of)
    sign = -1 if whole < 0 else 1
    return [rounded(Decimal(sign * each).scaleb(-2)) for each in cents]


def vat_on(net: Decimal | int, rate: Decimal | int) -> Decimal:
    """Return the VAT to add to `net` at `rate` percent, rounded."""
    return rounded(_exact(net) * _rate(rate) / 100)


def vat_within(gross: Decimal | int, rate: Decimal | int) -> Decimal:
    """Return the VAT contained in `gross` at `rate` percent, rounded; what is left is the net."""
    percent = _rate(rate)
    return rounded(_exact(gross) * percent / (100 + percent))


def _cents_split(cents: int, weights: list[Fraction]) -> list[int]:
    whole_weight = sum(weights)
    exact = [cents * weight / whole_weight for weight in weights]
    shares = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: cents - sum(shares)]:
        shares[i] += 1
    return shares


def _exact(amount: Decimal | int) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError(f"money is Decimal, not {type(amount).__name__}")
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError(f"{amount} is not an amount")
    return exact


def _rate(rate: Decimal | int) -> Decimal:
    percent = _exact(rate)
    if percent < 0:
        raise ValueError(f"a VAT rate of {percent} % is negative")
    return percent
