"""The lines of an order: priced from the client's terms, explained, and judged against the KAM's limits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from kam import formats
from kam.reasons import as_stored
from kam.refusals import Refusal, Refused
from orders.models import Order, OrderLine, Product
from orders.queries.pricing import PricingFacts, column_for, pricing_facts, source_of
from orders.rules.quoting import Quote, approval_for, quote_for

MOST_UNITS = 10_000_000
MOST_LINES = 5_000
# What a column of money holds, less a reserve for the sum of the lines of an order and of a client.
MOST_MONEY = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class OrderLineInput:
    """What a person asks for in one line. A given price wins over a given discount in percent."""

    product_id: int
    quantity: int
    price: Decimal | None = None
    discount_percent: Decimal | None = None


def priced_lines(order: Order, inputs: Sequence[OrderLineInput], day: date) -> list[OrderLine]:
    """Lines for the order priced on the day, not yet written; sets the order's price column and currency.

    Raises Refused with every reason of every line, positions counted from 1.
    """
    column, terms = column_for(order.client_id, day)
    if column is None:
        raise Refused(Refusal("no_price_column", _("There is no price column to quote from: enter one first.")))
    order.price_column, order.currency = column, column.currency
    products = Product.objects.in_bulk({each.product_id for each in inputs})
    facts = pricing_facts(order.client_id, list(products), day, column, terms)
    lines, refusals = [], []
    for position, wanted in enumerate(inputs, 1):
        found = _input_refusals(position, wanted, products.get(wanted.product_id), facts)
        if not found:
            line, found = _priced(order, position, wanted, products[wanted.product_id], facts)
            lines.append(line)
        refusals += found
    if len(inputs) > MOST_LINES:
        refusals.append(Refusal("too_many_lines", _("An order has at most %(most)d lines.") % {"most": MOST_LINES}))
    if refusals:
        raise Refused(*refusals)
    return lines


def write_lines(order: Order, lines: Sequence[OrderLine]) -> None:
    """Put these lines in the place of the order's own and add up the order; saves the lines, not the order."""
    order.lines.all().delete()
    OrderLine.objects.bulk_create(lines)
    add_up(order, lines)


def add_up(order: Order, lines: Iterable[OrderLine]) -> None:
    """Set the order's sums to those of its lines."""
    lines = list(lines)
    order.net = sum((line.net for line in lines), Decimal("0.00"))
    order.vat = sum((line.vat for line in lines), Decimal("0.00"))
    order.total = order.net + order.vat


def inputs_of(lines: Iterable[OrderLine]) -> list[OrderLineInput]:
    """What was asked for in these lines, so that they can be priced anew: given prices and discounts stay given."""
    return [
        OrderLineInput(line.product_id, line.quantity, _given(line, "given_price"), _given(line, "given_discount"))
        for line in lines
    ]


def approval_reasons(order: Order, lines: Sequence[OrderLine], day: date, limit_percent: Decimal) -> list[dict]:
    """Why somebody above must agree to these prices: each reason with the position of its line, as stored.

    Sets the unit cost of the lines as it is on the day.
    """
    column, terms = column_for(order.client_id, day)
    facts = pricing_facts(order.client_id, [line.product_id for line in lines], day, column, terms)
    found = []
    for line in lines:
        article = facts.articles[line.product_id]
        line.unit_cost = article.cost
        quote = quote_for(
            article, facts.basis, line.quantity, _given(line, "given_price"), _given(line, "given_discount")
        )
        verdict = approval_for(article, facts.basis, quote, limit_percent, settings.LEAST_MARGIN_PERCENT)
        if verdict.needs_approval:
            found += [{"line": line.position, **as_stored(each)} for each in verdict.reasons]
    return found


def _given(line: OrderLine, name: str) -> Decimal | None:
    value = line.price_source.get(name)
    return None if value is None else Decimal(value)


def _input_refusals(position: int, wanted: OrderLineInput, product, facts: PricingFacts) -> list[Refusal]:
    found = []
    if product is None:
        return [Refusal("unknown_product", _("There is no such product."), "product", position)]
    if product.is_archived:
        text = _("%(sku)s is archived and cannot be ordered.") % {"sku": product.sku}
        found.append(Refusal("archived_product", text, "product", position))
    if not 0 < wanted.quantity <= MOST_UNITS:
        text = _("The quantity of %(sku)s must be at least one unit.") % {"sku": product.sku}
        found.append(Refusal("bad_quantity", text, "quantity", position))
    if wanted.price is not None and wanted.price <= 0:
        found.append(Refusal("bad_price", _("The price must be more than zero."), "price", position))
    if wanted.discount_percent is not None and not 0 <= wanted.discount_percent < 100:
        text = _("A discount is at least 0 % and less than 100 %.")
        found.append(Refusal("bad_discount", text, "discount_percent", position))
    if product.pk in facts.unrated:
        text = _("No VAT rate is known for %(sku)s on %(day)s.") % {
            "sku": product.sku,
            "day": formats.day(facts.basis.day),
        }
        found.append(Refusal("no_vat_rate", text, "product", position))
    return found


def _priced(order, position, wanted, product, facts) -> tuple[OrderLine | None, list[Refusal]]:
    article = facts.articles[product.pk]
    quote = quote_for(article, facts.basis, wanted.quantity, wanted.price, wanted.discount_percent)
    if quote.total is None:
        text = _("%(sku)s has no price in the column “%(column)s” on %(day)s: enter a price.") % {
            "sku": product.sku,
            "column": facts.column,
            "day": formats.day(facts.basis.day),
        }
        return None, [Refusal("no_price", text, "price", position)]
    if quote.total.total > MOST_MONEY:
        return None, [Refusal("sum_too_large", _("The sum of the line is too large."), "quantity", position)]
    return _line(order, position, wanted, article, facts, quote), []


def _line(order, position, wanted: OrderLineInput, article, facts: PricingFacts, quote: Quote) -> OrderLine:
    source = source_of(facts, quote, wanted.product_id)
    if wanted.price is not None:
        source["given_price"] = str(wanted.price)
    elif wanted.discount_percent:
        source["given_discount"] = str(wanted.discount_percent)
    return OrderLine(
        order=order,
        position=position,
        product_id=wanted.product_id,
        quantity=wanted.quantity,
        list_price=quote.list_price,
        discount_percent=quote.discount_percent,
        price=quote.price,
        price_source=source,
        vat_rate=quote.total.vat_rate,
        net=quote.total.net,
        vat=quote.total.vat,
        total=quote.total.total,
    )
