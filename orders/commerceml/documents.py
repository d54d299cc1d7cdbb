"""Documents: orders first of all."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import orders.commerceml.nodes as nodes
import orders.commerceml.values as values
from orders.commerceml.counterparties import read_counterparty
from orders.commerceml.items import Counterparty, OrderDocument, OrderLineRow
from orders.commerceml.nodes import type_of_node
from orders.commerceml.reading import Reading, required_id
from orders.commerceml.values import Skipped

_BUYERS = ("покупатель", "плательщик", "получатель", "заказчик")
_CENT = Decimal("0.01")

# Named in messages; looked up only when there is one.
A_DOCUMENT = gettext_lazy("A document")
DATE_OF_THE_DOCUMENT = gettext_lazy("Date of the document")
SUM_OF_THE_DOCUMENT = gettext_lazy("Sum of the document")
QUANTITY = gettext_lazy("Quantity")
PRICE = gettext_lazy("Price")
SUM_OF_THE_LINE = gettext_lazy("Sum of the line")
VAT = gettext_lazy("VAT")
DISCOUNT = gettext_lazy("Discount")


def read_document(node: type_of_node, reading: Reading) -> Iterator[OrderDocument]:
    """A document with its lines. A bad line or partner is left out with its finding; the document stays."""
    found = nodes.children(node)
    document_id = required_id(found, A_DOCUMENT)
    requisites = tuple(pair for pair in nodes.pairs(found.get("ЗначенияРеквизитов"), "ЗначениеРеквизита") if pair[0])
    included = _vat_inside(found)
    lines, skipped = _lines_of(found, reading, included)
    total = nodes.text(found, "Сумма")
    document = OrderDocument(
        id=document_id,
        number=nodes.text(found, "Номер") or document_id,
        date=values.day_of(nodes.text(found, "Дата"), DATE_OF_THE_DOCUMENT),
        operation=nodes.text(found, "ХозОперация", "ХозяйственнаяОперация", "ТипДокумента"),
        currency=values.currency_of(nodes.text(found, "Валюта")),
        total=values.money_of(total, SUM_OF_THE_DOCUMENT) if total else None,
        counterparty=_buyer_of(node, found, reading),
        lines=tuple(lines),
        skipped_lines=skipped,
        discount=_discount_of(found, Decimal(0), outside_only=True),
        vat_included=included,
        warehouse_id=_warehouse_of(found),
        comment=nodes.text(found, "Комментарий"),
        requisites=requisites,
        cancelled=any(name.lower() in ("отменен", "отменён") and values.truth(value) for name, value in requisites),
        deleted=values.is_deleted(node, found),
        line=node.sourceline or 0,
    )
    _compare_totals(node, document, reading)
    yield document


def _vat_inside(found: dict[str, type_of_node], otherwise: bool = True) -> bool:
    """Whether VAT is inside the sums: by Налоги, else as said above, else inside as 1C does by default."""
    taxes = found.get("Налоги")
    for tax in () if taxes is None else taxes:
        included = values.vat_included_of(tax)
        if included is not None:
            return included
    return otherwise


def _buyer_of(node: type_of_node, found: dict[str, type_of_node], reading: Reading) -> Counterparty | None:
    """The partner who buys; the only one when roles are not given."""
    partners = nodes.named(found.get("Контрагенты"), "Контрагент") or nodes.named(node, "Контрагент")
    read: list[Counterparty] = []
    for each in partners:
        try:
            read.extend(read_counterparty(each, reading))
        except Skipped as reason:
            reading.skipped(each, reason)
    buyers = [each for each in read if each.role.lower() in _BUYERS]
    others = [each for each in read if each.role.lower() not in ("продавец", "поставщик")]
    return next(iter(buyers or others), None)


def _warehouse_of(found: dict[str, type_of_node]) -> str:
    warehouse = nodes.child(found.get("Склады"), "Склад")
    if warehouse is None:
        warehouse = found.get("Склад")
    if warehouse is None:
        return ""
    return nodes.text(nodes.children(warehouse), "Ид") or warehouse.get("ИдСклада", "")


def _lines_of(found: dict[str, type_of_node], reading: Reading, included: bool) -> tuple[list[OrderLineRow], int]:
    lines, skipped = [], 0
    for number, each in enumerate(nodes.named(found.get("Товары"), "Товар"), 1):
        try:
            line = _line_of(each, number, reading, included)
        except Skipped as reason:
            reading.skipped(each, reason)
            skipped += 1
            continue
        if line is not None:
            lines.append(line)
    return lines, skipped


def _line_of(node: type_of_node, number: int, reading: Reading, included: bool) -> OrderLineRow | None:
    found = nodes.children(node)
    if values.is_deleted(node, found):
        return None
    whole_id = nodes.text(found, "Ид")
    sku, name = nodes.text(found, "Артикул"), nodes.text(found, "Наименование")
    if not (whole_id or sku):
        raise Skipped("no_id", _("The line has neither an Ид nor an article."), name)
    product_id, variant_id = values.split_id(whole_id)
    quantity = values.quantity_of(nodes.text(found, "Количество"), QUANTITY)
    if quantity <= 0:
        raise Skipped("quantity", _("The quantity of the line is not above zero."), str(quantity))
    price, discount, amount = _sums_of(node, found, quantity, reading)
    unit, _code, coefficient = values.unit_of(found.get("БазоваяЕдиница", found.get("Единица")), reading.units)
    requisites = dict(nodes.pairs(found.get("ЗначенияРеквизитов"), "ЗначениеРеквизита"))
    rate, vat = _vat_of(found)
    return OrderLineRow(
        number=number,
        product_id=product_id,
        variant_id=variant_id,
        name=name,
        quantity=quantity,
        price=price,
        amount=amount,
        sku=sku,
        unit=unit,
        coefficient=values.coefficient_of(nodes.text(found, "Коэффициент")) * coefficient,
        discount=discount,
        vat_rate=rate,
        vat_amount=vat,
        vat_included=_vat_inside(found, included),
        is_service=product_id == "ORDER_DELIVERY" or requisites.get("ТипНоменклатуры", "").lower() == "услуга",
        line=node.sourceline or 0,
    )


def _sums_of(
    node: type_of_node, found: dict[str, type_of_node], quantity: Decimal, reading: Reading
) -> tuple[Decimal, Decimal, Decimal]:
    """Price of a unit, discount and sum of a line; an odd sum is noted, one below zero raises Skipped."""
    price = values.money_of(nodes.text(found, "ЦенаЗаЕдиницу", "Цена") or "0", PRICE)
    gross = price * quantity
    said = nodes.text(found, "Сумма")
    discount = _discount_of(found, gross)
    amount = values.money_of(said, SUM_OF_THE_LINE) if said else gross - discount
    if price < 0 or amount < 0:
        raise Skipped("negative_price", _("The price is below zero."), f"{price} / {amount}")
    # The sum of a line may be written before or after its discount; anything else deserves a look.
    if all(abs(amount - each) > _CENT * max(quantity, 1) for each in (gross, gross - discount)):
        reading.found(node, "line_sum", _("Price × quantity is not the sum of the line."), f"{gross} ≠ {amount}")
    return price, discount, amount


def _vat_of(found: dict[str, type_of_node]) -> tuple[Decimal | None, Decimal | None]:
    """Rate and amount of VAT of a line, each None where not said."""
    rate = amount = None
    taxes = found.get("Налоги")
    for tax in () if taxes is None else taxes:
        inner = nodes.children(tax)
        if "ндс" in nodes.text(inner, "Наименование").lower():
            rate = values.vat_rate_of(nodes.text(inner, "Ставка"))
            said = nodes.text(inner, "Сумма")
            amount = values.money_of(said, VAT) if said else None
    rates = found.get("СтавкиНалогов")
    for each in () if rates is None or rate is not None else rates:
        rate = values.vat_rate_of(nodes.text(nodes.children(each), "Ставка"))
    if rate is None:
        rate = values.vat_rate_of(nodes.text(found, "СтавкаНДС"))
    return rate, amount


def _discount_of(found: dict[str, type_of_node], base: Decimal, outside_only: bool = False) -> Decimal:
    """The sum of discounts: amounts, else percents of ``base``. A bad one raises Skipped.

    ``outside_only`` leaves out those that the sums already contain (УчтеноВСумме).
    """
    discount = Decimal(0)
    for each in nodes.named(found.get("Скидки"), "Скидка"):
        inner = nodes.children(each)
        if outside_only and values.truth(nodes.text(inner, "УчтеноВСумме") or "true"):
            continue
        amount, percent = nodes.text(inner, "Сумма"), nodes.text(inner, "Процент")
        if amount:
            discount += values.money_of(amount, DISCOUNT)
        elif percent:
            discount += (base * values.amount_of(percent, DISCOUNT) / 100).quantize(_CENT, "ROUND_HALF_UP")
    return discount


def _compare_totals(node: type_of_node, document: OrderDocument, reading: Reading) -> None:
    """Tell when the sum above is not the sum of the lines (with VAT on top where it is not inside)."""
    if document.total is None or not document.lines or document.skipped_lines:
        return
    lines = sum((line.amount for line in document.lines), Decimal(0)) - document.discount
    on_top = sum((line.vat_amount or Decimal(0) for line in document.lines if not line.vat_included), Decimal(0))
    before = sum((line.amount - line.discount for line in document.lines), Decimal(0)) - document.discount
    allowed = _CENT * len(document.lines)
    if all(abs(document.total - each) > allowed for each in (lines, lines + on_top, before, before + on_top)):
        reading.found(node, "document_sum", _("The sum of the document is not the sum of its lines."),
                      f"{document.total} ≠ {lines + on_top}")  # fmt: skip
