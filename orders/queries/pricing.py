"""What a client is quoted on: its price column, special terms, prices, VAT rates and costs of a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import CreditTerms, PriceColumn
from kam.money import ZERO
from kam.reasons import as_stored
from orders.models import Category, Price, Product, ProductCost
from orders.models import SpecialTerm as AgreedTerm
from orders.queries.exchange import ROUBLE, in_currency, rates_on
from orders.queries.vat import dated_rates
from orders.rules.pricing import ColumnPrice, Priced, SpecialTerm
from orders.rules.quoting import Article, Basis, Quote, nearest_first
from orders.rules.vat import NoRate, rate_on


@dataclass(frozen=True, slots=True)
class PricingFacts:
    """Everything `quote_for` needs for some products of one client on one day.

    `unrated` are products without a VAT rate on the day: a gap in the table of rates.
    """

    column: PriceColumn
    terms_id: int | None
    basis: Basis
    articles: dict[int, Article]
    unrated: frozenset[int]


def column_for(client_id: int, day: date) -> tuple[PriceColumn | None, CreditTerms | None]:
    """The price column a client buys from on a day, and the terms that say so.

    Without terms in force it is the first column entered, so that a prospect can be quoted; None without columns.
    """
    terms = CreditTerms.objects.filter(client_id=client_id).valid_on(day).select_related("price_column").first()
    if terms:
        return terms.price_column, terms
    return PriceColumn.objects.filter(is_active=True).order_by("pk").first(), None


def pricing_facts(client_id: int, product_ids: Collection[int], day: date, column: PriceColumn, terms) -> PricingFacts:
    """Gather the facts for these products, one query a table. `column`, `terms` as `column_for` gave them.

    All money is in the currency of the column, costs too, at the rate of the day.
    """
    agreed = _agreed_terms(client_id, day)
    parents = dict(Category.objects.values_list("pk", "parent_id")) if any(t.category_id for t in agreed) else {}
    prices: dict[int, tuple[ColumnPrice, ...]] = {}
    rows = Price.objects.filter(column=column, product_id__in=product_ids).valid_on(day)
    for pk, product, amount, since, until in rows.values_list("pk", "product_id", "amount", "starts_on", "ends_on"):
        prices[product] = (*prices.get(product, ()), ColumnPrice(pk, amount, since, until))
    articles, unrated = _articles(product_ids, day, parents, column.currency)
    standing = terms.discount_percent if terms else ZERO
    basis = Basis(day, column.pk, column.vat_included, prices, agreed, standing)
    return PricingFacts(column, terms.pk if terms else None, basis, articles, unrated)


def source_of(facts: PricingFacts, quote: Quote, product_id: int) -> dict:
    """Where a line's price is from, as it is stored with the line."""
    prices = facts.basis.prices.get(product_id, ())
    return {
        "day": facts.basis.day.isoformat(),
        "column": facts.column.pk,
        "price": prices[-1].pk if prices else None,
        "terms": facts.terms_id,
        "entitled": as_stored(quote.entitled),
        "manual": quote.manual,
        "reasons": as_stored(quote.reasons),
    }


def _agreed_terms(client_id, day) -> tuple[SpecialTerm, ...]:
    rows = AgreedTerm.objects.filter(client_id=client_id).valid_on(day)
    return tuple(
        SpecialTerm(pk, since, until, product, brand, category, price, percent)
        for pk, since, until, product, brand, category, price, percent in rows.values_list(
            "pk", "starts_on", "ends_on", "product_id", "brand_id", "category_id", "price", "discount_percent"
        )
    )


def _articles(product_ids, day, parents, currency) -> tuple[dict[int, Article], frozenset[int]]:
    rates = dated_rates()
    costs = _costs(product_ids, day, currency)
    articles, unrated = {}, set()
    rows = Product.objects.filter(pk__in=product_ids).values_list("pk", "brand_id", "category_id", "vat_kind")
    for pk, brand, category, kind in rows:
        try:
            rate = rate_on(rates, kind, day).rate
        except NoRate:
            unrated.add(pk)
            continue
        categories = nearest_first(category, parents) if parents else (() if category is None else (category,))
        articles[pk] = Article(Priced(pk, brand, categories), rate, costs.get(pk))
    return articles, frozenset(unrated)


def _costs(product_ids, day, currency) -> dict[int, Decimal | None]:
    """Costs are kept in roubles; they are judged beside prices, so in the currency of these. Unknown without a rate."""
    rows = ProductCost.objects.filter(product_id__in=product_ids).valid_on(day).values_list("product_id", "amount")
    if currency == ROUBLE:
        return dict(rows)
    rates = rates_on([currency], day)
    return {product: in_currency(amount, currency, rates) for product, amount in rows}
