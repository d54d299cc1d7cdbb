"""A line of an order in money: the client's price, what a person made of it, VAT, and who must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.money import ZERO, rounded
from kam.reasons import Reason, reason
from orders.rules.pricing import (
    HUNDRED,
    ColumnPrice,
    DiscountVerdict,
    LineTotal,
    Priced,
    SpecialTerm,
    discount_verdict,
    line_total,
    net_price,
    price_for,
)


@dataclass(frozen=True, slots=True)
class Article:
    """What pricing must know of a product: its place in the catalogue, its VAT rate and its cost without VAT."""

    priced: Priced
    vat_rate: Decimal
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a client is quoted on a day: a price column, its prices by product, and the client's terms."""

    day: date
    column: int
    vat_included: bool
    prices: Mapping[int, tuple[ColumnPrice, ...]]
    terms: tuple[SpecialTerm, ...] = ()
    standing_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced line. `entitled` is what the client has a right to; `price` departs from it only by a person's will.

    Without any price `total` is None and `reasons` say what is missing.
    """

    list_price: Decimal | None
    entitled: Decimal | None
    discount_percent: Decimal
    price: Decimal | None
    manual: bool
    total: LineTotal | None
    reasons: tuple[Reason, ...]


def quote_for(
    article: Article, basis: Basis, quantity: int, price: Decimal | None = None, discount: Decimal | None = None
) -> Quote:
    """Price `quantity` units on the basis; a given `price` wins over a given `discount` in percent.

    A discount is taken from the price the client is entitled to. Without such a price only a given one counts.
    """
    prices = basis.prices.get(article.priced.product_id, ())
    found = price_for(article.priced, basis.day, prices, basis.terms, basis.standing_percent)
    reasons = found.reasons
    if price is None and discount and found.price is not None:
        price = rounded(found.price * (HUNDRED - discount) / HUNDRED)
        reasons = (*reasons, reason("given_discount", percent=discount, price=price))
    elif price is not None:
        reasons = (*reasons, reason("given_price", price=price))
        discount = _discount(found.price, price)
    manual = price is not None
    final = price if manual else found.price
    total = None if final is None else line_total(final, quantity, article.vat_rate, basis.vat_included)
    return Quote(found.list_price, found.price, discount or Decimal(0), final, manual, total, reasons)


def approval_for(
    article: Article, basis: Basis, quote: Quote, limit_percent: Decimal, least_margin_percent: Decimal | None
) -> DiscountVerdict:
    """Say whether the quoted price needs the approval of somebody above.

    The discount is judged in the column's own VAT mode, as prices are given; the margin without VAT, as cost is.
    """
    discount = discount_verdict(quote.entitled, quote.price, None, limit_percent, None)
    net = net_price(quote.price, article.vat_rate, basis.vat_included)
    margin = discount_verdict(net, net, article.cost, HUNDRED, least_margin_percent)
    reasons = tuple(each for each in discount.reasons if each.code != "cost_unknown") + margin.reasons
    needs = discount.needs_approval or margin.needs_approval
    return DiscountVerdict(needs, discount.discount_percent, margin.margin_percent, reasons)


def nearest_first(category: int | None, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return a category and those it is part of, nearest first; a circle in the tree ends the walk."""
    path: list[int] = []
    while category is not None and category not in path:
        path.append(category)
        category = parents.get(category)
    return tuple(path)


def _discount(entitled: Decimal | None, price: Decimal) -> Decimal:
    if not entitled or price >= entitled:
        return Decimal(0)
    return rounded((entitled - price) * HUNDRED / entitled)
