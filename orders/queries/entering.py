"""What a person sees while entering an order: products found, prices, goods, credit, and what will stand in the way.

The same rules that later decide (pricing, reservation, credit) are asked here without locks, so that the answer is a
preview. A constant number of queries, whatever the number of lines.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When

from kam.folding import from_other_layout
from kam.reasons import Reason
from kam.search import matching
from orders.models import Order, OrderLine, Product
from orders.queries.credit import check_credit
from orders.queries.holdings import levels_for, quotas_for, supplies_for
from orders.queries.pricing import PricingFacts, column_for, pricing_facts
from orders.rules.credit import CreditVerdict
from orders.rules.margin import Sold, TotalMargin, margin_of, margin_of_lines
from orders.rules.pricing import net_price
from orders.rules.quoting import Quote, approval_for, quote_for
from orders.rules.reservation import Level, LinePlan, Quota, Supply, Wanted, plan_reservation

HITS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Goods:
    """What of some products may still be promised from one warehouse, in the shapes the rules take."""

    levels: tuple[Level, ...]
    supplies: tuple[Supply, ...]
    quotas: tuple[Quota, ...]

    def available(self, product_id: int) -> int:
        """Units that lie free."""
        return sum(each.on_hand - each.reserved for each in self.levels if each.product_id == product_id)

    def arriving(self, product_id: int) -> tuple[int, date | None]:
        """Units on their way that nobody was promised, and the day of the first of them."""
        coming = [each for each in self.supplies if each.product_id == product_id and each.quantity > each.reserved]
        days = [each.expected_on for each in coming if each.expected_on]
        return sum(each.quantity - each.reserved for each in coming), min(days, default=None)

    def quota_left(self, product_id: int) -> int:
        """Units of the client's and its KAM's quotas that are not used."""
        return sum(max(each.units - each.used, 0) for each in self.quotas if each.product_id == product_id)


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found, with the client's price and what may be promised of it."""

    product: Product
    quote: Quote | None
    available: int
    arriving: int
    arriving_on: date | None
    quota_left: int | None


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """A line of a draft as the grid shows it. `margin_percent` is None where the cost is unknown."""

    line: OrderLine
    quote: Quote | None
    plan: LinePlan | None
    available: int
    arriving: int
    arriving_on: date | None
    quota_left: int | None
    margin_percent: Decimal | None
    approval: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft with everything its entry shows; `credit` is the verdict that confirming would give today."""

    order: Order
    lines: tuple[EnteredLine, ...]
    margin: TotalMargin
    credit: CreditVerdict

    @property
    def units(self) -> int:
        return sum(each.line.quantity for each in self.lines)

    @property
    def short(self) -> list[EnteredLine]:
        """Lines that would not be reserved in full."""
        return [each for each in self.lines if each.plan is not None and each.plan.short]

    @property
    def needs_approval(self) -> list[EnteredLine]:
        """Lines whose price somebody above has to agree to."""
        return [each for each in self.lines if each.approval]


def find_products(text: str, order: Order, user, day: date, limit: int = HITS_SHOWN) -> list[Hit]:
    """Products found by SKU, EAN or words of the name, exact SKUs first; also when typed in the other layout."""
    found = _found(text, user, limit) or _found(from_other_layout(text), user, limit)
    if not found:
        return []
    products = [product.pk for product in found]
    facts = facts_for(order, products, day)
    goods = goods_for(order, found, day)
    return [_hit(product, facts, goods) for product in found]


def _found(text: str, user, limit: int) -> list[Product]:
    text = text.strip()
    if not text:
        return []
    rank = Case(
        When(sku__iexact=text, then=Value(0)),
        When(ean=text, then=Value(0)),
        When(sku__istartswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = matching(Product.objects.visible_to(user).orderable(), text)
    return list(rows.order_by(rank, "sort_key", "pk")[:limit])


def _hit(product: Product, facts: PricingFacts | None, goods: Goods) -> Hit:
    arriving, arriving_on = goods.arriving(product.pk)
    return Hit(
        product=product,
        quote=_quote(facts, product.pk, 1),
        available=goods.available(product.pk),
        arriving=arriving,
        arriving_on=arriving_on,
        quota_left=goods.quota_left(product.pk) if product.is_scarce else None,
    )


def facts_for(order: Order, product_ids: Collection[int], day: date) -> PricingFacts | None:
    """The pricing facts of products for the order's client; None where there is no price column at all."""
    column, terms = column_for(order.client_id, day)
    return None if column is None else pricing_facts(order.client_id, product_ids, day, column, terms)


def goods_for(order: Order, products: Iterable[Product], day: date) -> Goods:
    """What may be promised of the products for this order; of a distributor's warehouse we know nothing."""
    products = list(products)
    if order.warehouse_id is None or not products:
        return Goods((), (), ())
    ids = [product.pk for product in products]
    scarce = [product.pk for product in products if product.is_scarce]
    quotas = quotas_for(order.client_id, order.client.manager_id, scarce, day) if scarce else ()
    levels, supplies = levels_for(order.warehouse_id, ids), supplies_for(order.warehouse_id, ids)
    return Goods(tuple(levels), tuple(supplies), tuple(quotas))


def entry_of(order: Order, day: date) -> Entry:
    """Everything the entry of this draft shows on a day."""
    lines = list(order.lines.select_related("product").order_by("position"))
    products = [line.product for line in lines]
    facts = facts_for(order, [product.pk for product in products], day)
    goods = goods_for(order, products, day)
    plans = _plans(order, lines, goods)
    limit = order.manager.discount_limit if order.manager else Decimal(0)
    entered = tuple(_entered(line, facts, goods, plans.get(line.position), limit) for line in lines)
    sold = (Sold(line.net, line.quantity, _cost(facts, line.product_id)) for line in lines)
    _facts, verdict = check_credit(order, day)
    return Entry(order, entered, margin_of_lines(sold), verdict)


def _plans(order: Order, lines: Sequence[OrderLine], goods: Goods) -> dict[int, LinePlan]:
    """What confirming now would reserve, by the position of the line."""
    if order.warehouse_id is None or not lines:
        return {}
    wanted = [Wanted(line.position, line.product_id, line.quantity, order.warehouse_id) for line in lines]
    scarce = {line.product_id for line in lines if line.product.is_scarce}
    plan = plan_reservation(
        wanted, goods.levels, goods.supplies, goods.quotas, partial=True, wanted_on=order.wanted_on, scarce=scarce
    )
    return {each.line: each for each in plan.lines}


def _entered(line: OrderLine, facts, goods: Goods, plan: LinePlan | None, limit: Decimal) -> EnteredLine:
    arriving, arriving_on = goods.arriving(line.product_id)
    quote = _quote(facts, line.product_id, line.quantity, line)
    return EnteredLine(
        line=line,
        quote=quote,
        plan=plan,
        available=goods.available(line.product_id),
        arriving=arriving,
        arriving_on=arriving_on,
        quota_left=goods.quota_left(line.product_id) if line.product.is_scarce else None,
        margin_percent=_margin_percent(facts, line),
        approval=_approval(facts, line, quote, limit),
    )


def _quote(facts: PricingFacts | None, product_id: int, quantity: int, line: OrderLine | None = None) -> Quote | None:
    article = facts.articles.get(product_id) if facts else None
    if article is None:
        return None
    return quote_for(article, facts.basis, quantity, *(given_of(line) if line else ()))


def given_of(line: OrderLine) -> tuple[Decimal | None, Decimal | None]:
    """The price and the discount that a person gave by hand in this line."""
    found = (line.price_source.get(name) for name in ("given_price", "given_discount"))
    price, discount = (None if value is None else Decimal(value) for value in found)
    return price, discount


def _cost(facts: PricingFacts | None, product_id: int) -> Decimal | None:
    article = facts.articles.get(product_id) if facts else None
    return article.cost if article else None


def _margin_percent(facts: PricingFacts | None, line: OrderLine) -> Decimal | None:
    cost = _cost(facts, line.product_id)
    if cost is None:
        return None
    net = net_price(line.price, line.vat_rate, facts.basis.vat_included)
    return margin_of(net, cost).percent


def _approval(facts, line: OrderLine, quote: Quote | None, limit: Decimal) -> tuple[Reason, ...]:
    if quote is None or quote.price is None:
        return ()
    article = facts.articles[line.product_id]
    verdict = approval_for(article, facts.basis, quote, limit, settings.LEAST_MARGIN_PERCENT)
    return tuple(verdict.reasons) if verdict.needs_approval else ()
