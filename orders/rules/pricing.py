"""What a product costs a client on a day, what a line comes to, and who must agree to a discount.

A price found or missing, a verdict and a total all say how they came about; see docs/algorithms/pricing.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.money import ZERO, rounded, vat_on, vat_within
from kam.reasons import Reason, reason

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Priced:
    """What special terms can name: a product, its brand, and its categories, nearest first."""

    product_id: int
    brand_id: int | None = None
    category_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPrice:
    """A price of the client's price column, valid from a day to another, both included; None is open."""

    pk: int
    amount: Decimal
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class SpecialTerm:
    """A dated term of the client: a fixed price or a discount in percent of the column price, for what it names.

    It may name a product, a brand, a category, a brand within a category, or nothing (all the client buys).
    """

    pk: int
    starts_on: date
    ends_on: date | None = None
    product_id: int | None = None
    brand_id: int | None = None
    category_id: int | None = None
    price: Decimal | None = None
    discount_percent: Decimal | None = None

    def __post_init__(self):
        if (self.price is None) == (self.discount_percent is None):
            raise ValueError("a special term is either a fixed price or a discount")


@dataclass(frozen=True, slots=True)
class PriceFound:
    """The price (None when there is none), the column price it departs from, and why.

    `term` is the winning special term. A missing price is a refusal: `reasons` says what is missing.
    """

    price: Decimal | None
    list_price: Decimal | None
    term: int | None
    reasons: tuple[Reason, ...]

    @property
    def found(self) -> bool:
        """Return whether there is a price to sell at."""
        return self.price is not None


@dataclass(frozen=True, slots=True)
class DiscountVerdict:
    """Whether a person above must approve the price, with all the reasons; percents for people to two places."""

    needs_approval: bool
    discount_percent: Decimal | None
    margin_percent: Decimal | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A line in money; `total` is net and VAT together, always."""

    net: Decimal
    vat: Decimal
    total: Decimal
    vat_rate: Decimal


def price_for(
    product: Priced,
    day: date,
    prices: Iterable[ColumnPrice],
    terms: Iterable[SpecialTerm] = (),
    standing_percent: Decimal = ZERO,
) -> PriceFound:
    """Return the price of one unit on `day`, in the currency and VAT mode of the client's column.

    `prices` are those of this product in the client's column; `terms` any of the client's. The most specific valid
    term wins: product, brand within a category, nearest category, brand, all; then the latest start, then the
    latest entered. A discount needs a column price to be taken from; a fixed price does not. `standing_percent` is
    the discount of the client's credit terms: taken where no special term speaks, never on top of one.

    Rows of the tables themselves will do for `prices` and `terms`: they carry the same names.
    """
    column = max((each for each in prices if _valid(each, day)), key=lambda each: each.starts_on, default=None)
    list_price = column.amount if column else None
    ranked = sorted(
        ((rank, each) for each in terms if _valid(each, day) and (rank := _rank(each, product)) is not None),
        key=lambda pair: (pair[0], pair[1].starts_on, pair[1].pk),
        reverse=True,
    )
    steps = (reason("column_price", price=list_price, since=column.starts_on),) if column else ()
    if not ranked:
        return _standing_price(list_price, standing_percent, day, steps)
    term = ranked[0][1]
    passed_over = tuple(each.pk for _, each in ranked[1:])
    if term.price is not None:
        why = reason("special_price", term=term.pk, price=term.price, passed_over=passed_over)
        return PriceFound(term.price, list_price, term.pk, (*steps, why))
    if list_price is None:
        return PriceFound(None, None, None, (reason("no_column_price", day=day, term=term.pk),))
    percent = term.discount_percent
    price = _less(list_price, percent)
    why = reason("special_discount", term=term.pk, percent=percent, price=price, passed_over=passed_over)
    return PriceFound(price, list_price, term.pk, (*steps, why))


def discount_verdict(
    list_price: Decimal | None,
    price: Decimal,
    cost: Decimal | None,
    limit_percent: Decimal,
    min_margin_percent: Decimal | None,
) -> DiscountVerdict:
    """Say whether `price` stays within the KAM's discount limit and above the least margin.

    All three prices share one VAT mode. `list_price` is the price the client has a right to, special terms included,
    so an agreed special price needs no second approval. Standing exactly on a limit is within it: the lowest price
    allowed is the list price less the limit, rounded as every price is, so that a discount given as the limit itself
    never asks for approval through a kopeck. The margin is compared exactly, not through its percent. Without a list
    price any price needs approval; without a cost the margin cannot be judged, which is said and does not by itself
    ask for approval.
    """
    discount = _percent(list_price - price, list_price) if list_price else None
    margin = _percent(price - cost, price) if cost is not None else None
    reasons, notes = [], []
    if not list_price:
        reasons.append(reason("no_list_price", price=price))
    elif price < _less(list_price, limit_percent):
        reasons.append(
            reason(
                "discount_over_limit",
                percent=discount,
                limit_percent=limit_percent,
                price=price,
                list_price=list_price,
            )
        )
    if cost is None:
        notes.append(reason("cost_unknown"))
    elif min_margin_percent is not None and (price - cost) * HUNDRED < price * min_margin_percent:
        reasons.append(reason("margin_below_least", percent=margin, least_percent=min_margin_percent, price=price))
    return DiscountVerdict(bool(reasons), discount, margin, (*reasons, *notes))


def line_total(price: Decimal, quantity: int, vat_rate: Decimal, vat_included: bool) -> LineTotal:
    """Return what a line comes to: price × quantity is rounded once, then VAT is taken from or put on that.

    With VAT included the gross amount is price × quantity and VAT is found within it; else that is the net amount and
    VAT is put on it. Nothing is rounded per unit.
    """
    amount = rounded(price * quantity)
    if vat_included:
        vat = vat_within(amount, vat_rate)
        return LineTotal(amount - vat, vat, amount, vat_rate)
    vat = vat_on(amount, vat_rate)
    return LineTotal(amount, vat, amount + vat, vat_rate)


def net_price(price: Decimal, rate: Decimal, vat_included: bool) -> Decimal:
    """Return a unit price without VAT, rounded: for margins and comparisons, never to be multiplied into a line."""
    return price - vat_within(price, rate) if vat_included else price


def _standing_price(list_price: Decimal | None, percent: Decimal, day: date, steps: tuple[Reason, ...]) -> PriceFound:
    if list_price is None:
        return PriceFound(None, None, None, (reason("no_column_price", day=day),))
    if not percent:
        return PriceFound(list_price, list_price, None, steps)
    price = _less(list_price, percent)
    why = reason("standing_discount", percent=percent, price=price)
    return PriceFound(price, list_price, None, (*steps, why))


def _less(price: Decimal, percent: Decimal) -> Decimal:
    return rounded(price * (HUNDRED - percent) / HUNDRED)


def _valid(row: ColumnPrice | SpecialTerm, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def _rank(term: SpecialTerm, product: Priced) -> tuple[int, int] | None:
    """Return how specific `term` is for `product`, None when it names something else."""
    if term.product_id is not None:
        return (4, 0) if term.product_id == product.product_id else None
    if term.brand_id is not None and term.brand_id != product.brand_id:
        return None
    if term.category_id is None:
        return (0, 0) if term.brand_id is None else (1, 0)
    if term.category_id not in product.category_ids:
        return None
    nearness = -product.category_ids.index(term.category_id)
    return (2 if term.brand_id is None else 3, nearness)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return rounded(part * HUNDRED / whole) if whole else None
