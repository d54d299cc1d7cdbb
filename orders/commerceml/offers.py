"""The package of offers: price columns, variants, prices, stock."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import orders.commerceml.nodes as nodes
import orders.commerceml.values as values
from orders.commerceml.items import OfferPrice, PriceType, Rest, Severity, Variant
from orders.commerceml.nodes import type_of_node
from orders.commerceml.reading import Reading, required_id
from orders.commerceml.values import Skipped

# Named in messages; looked up only when there is one.
A_PRICE_TYPE = gettext_lazy("A price type")
AN_OFFER = gettext_lazy("An offer")
PRICE = gettext_lazy("Price")
LEAST_QUANTITY = gettext_lazy("Least quantity")
QUANTITY = gettext_lazy("Quantity")


def read_price_type(node: type_of_node, reading: Reading) -> Iterator[PriceType]:
    """A price column with its currency and whether VAT is inside; remembered for the prices to come."""
    found = nodes.children(node)
    type_id = required_id(found, A_PRICE_TYPE)
    currency = values.currency_of(nodes.text(found, "Валюта"))
    tax = found.get("Налог")
    if tax is None and "Налоги" in found:
        tax = nodes.child(found["Налоги"], "Налог")
    price_type = PriceType(
        type_id,
        nodes.text(found, "Наименование") or type_id,
        currency,
        values.vat_included_of(tax),
        node.sourceline or 0,
    )
    reading.price_types[type_id] = price_type
    yield price_type


def read_offer(node: type_of_node, reading: Reading) -> Iterator[Variant | OfferPrice | Rest]:
    """An offer: itself, its prices and its stock. A bad price or rest is left out alone."""
    found = nodes.children(node)
    product_id, variant_id = values.split_id(required_id(found, AN_OFFER))
    characteristics = tuple(
        pair for pair in nodes.pairs(found.get("ХарактеристикиТовара"), "ХарактеристикаТовара") if pair[0]
    )
    yield Variant(
        product_id,
        variant_id,
        nodes.text(found, "Наименование"),
        nodes.text(found, "Артикул"),
        values.digits_of(nodes.text(found, "Штрихкод", "ШтрихКод")),
        characteristics,
        values.is_deleted(node, found),
        node.sourceline or 0,
    )
    for each in nodes.named(found.get("Цены"), "Цена"):
        price = _taken(each, reading, _price_of, product_id, variant_id)
        if price is not None:
            yield price
    yield from _rests_of(node, found, reading, product_id, variant_id)


def _taken(node: type_of_node, reading: Reading, read, *keys):
    """What ``read`` makes of an element, or None with a finding."""
    try:
        return read(node, reading, *keys)
    except Skipped as reason:
        reading.skipped(node, reason)
        return None


def _price_of(node: type_of_node, reading: Reading, product_id: str, variant_id: str) -> OfferPrice | None:
    found = nodes.children(node)
    type_id = nodes.text(found, "ИдТипаЦены")
    if not type_id and len(reading.price_types) == 1:
        type_id = next(iter(reading.price_types))
    if not type_id:
        raise Skipped("no_price_type", _("The price does not say of which type it is."), product_id)
    price_type = reading.price_types.get(type_id)
    amount = values.money_of(nodes.text(found, "ЦенаЗаЕдиницу", "Цена"), PRICE)
    if amount < 0:
        raise Skipped("negative_price", _("The price is below zero."), str(amount))
    if not amount:
        # 1C writes nought where there is no price.
        reading.found(node, "no_price", _("A price of zero is no price."), product_id, Severity.NOTE)
        return None
    currency = nodes.text(found, "Валюта")
    vat_included = values.vat_included_of(found.get("Налог"))
    if vat_included is None and price_type:
        vat_included = price_type.vat_included
    return OfferPrice(
        product_id,
        variant_id,
        type_id,
        amount,
        values.currency_of(currency) if currency else price_type.currency if price_type else "RUB",
        vat_included,
        nodes.text(found, "Единица"),
        values.coefficient_of(nodes.text(found, "Коэффициент")),
        _least_quantity(found),
        node.sourceline or 0,
    )


def _least_quantity(found: dict[str, type_of_node]) -> int:
    value = nodes.text(found, "МинКоличество")
    return max(int(values.amount_of(value, LEAST_QUANTITY)), 0) if value else 0


def _rests_of(
    node: type_of_node, found: dict[str, type_of_node], reading: Reading, product_id: str, variant_id: str
) -> Iterator[Rest]:
    """Stock by warehouse in any of its four spellings, else the whole quantity without a warehouse."""
    placed = False
    for each in _places_of(node, found):
        name = nodes.local(each)
        if name == "Остатки":
            rows = _nested_rests(each)
        elif each.get("ИдСклада"):
            rows = [(each, each.get("ИдСклада"), each.get("КоличествоНаСкладе", ""))]
        elif name == "Склады":
            rows = [
                (inner, inner.get("ИдСклада") or nodes.text(nodes.children(inner), "Ид"), _count_of(inner))
                for inner in nodes.named(each, "Склад")
            ]
        else:
            continue
        for source, warehouse_id, quantity in rows:
            placed = True
            rest = _taken(source, reading, _rest_of, product_id, variant_id, warehouse_id, quantity)
            if rest is not None:
                yield rest
    if not placed and "Количество" in found and nodes.text(found, "Количество"):
        quantity = nodes.text(found, "Количество")
        rest = _taken(found["Количество"], reading, _rest_of, product_id, variant_id, "", quantity)
        if rest is not None:
            yield rest


def _places_of(node: type_of_node, found: dict[str, type_of_node]) -> Iterator[type_of_node]:
    """The elements of an offer that may tell stock by warehouse."""
    for name in ("Склад", "Склады", "Остатки"):
        if name in found:
            yield from node.iterchildren("{*}" + name)


def _count_of(node: type_of_node) -> str:
    return node.get("КоличествоНаСкладе") or nodes.text(
        nodes.children(node), "Количество", "КоличествоНаСкладе", "ОстатокНаСкладе"
    )


def _nested_rests(rests: type_of_node) -> list[tuple[type_of_node, str, str]]:
    """Остатки/Остаток/Склад/(Ид, Количество) and its variations."""
    rows = []
    for rest in nodes.named(rests, "Остаток"):
        beside = nodes.children(rest)
        warehouses = nodes.named(rest, "Склад")
        for warehouse in warehouses:
            inner = nodes.children(warehouse)
            warehouse_id = nodes.text(inner, "Ид") or warehouse.get("ИдСклада") or nodes.text_of(warehouse)
            rows.append((warehouse, warehouse_id, _count_of(warehouse) or _count_of(rest)))
        if not warehouses:
            rows.append((rest, nodes.text(beside, "ИдСклада"), _count_of(rest)))
    return rows


def _rest_of(
    node: type_of_node, reading: Reading, product_id: str, variant_id: str, warehouse_id: str, quantity: str
) -> Rest:
    # An empty attribute is how 1C writes “nothing here”.
    units = values.quantity_of(quantity.strip(), QUANTITY) if quantity.strip() else 0
    if units < 0:
        raise Skipped("negative_rest", _("The stock is below zero."), quantity)
    return Rest(product_id, variant_id, warehouse_id.strip(), units, node.sourceline or 0)
