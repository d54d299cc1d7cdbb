"""Orders of an export of 1C: drafts for clients we know."""

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.imports import Report, Upload
from kam.money import rounded
from kam.refusals import Forbidden, Refused
from orders.actions.order_lines import OrderLineInput
from orders.actions.orders import create_order
from orders.commerceml import OrderDocument, OrderLineRow
from orders.models import Order, Product, Warehouse
from orders.queries.pricing import column_for

_BATCH = 200


def lay_orders(documents: Iterable[tuple[str, OrderDocument]], upload: Upload, report: Report) -> None:
    """Draft an order for each document that is one; others, cancelled ones and those here already are counted.

    A document whose client we do not know, or none of whose lines can be, is reported and left out.
    """
    wanted = ((file, each) for file, each in documents if _is_wanted(each, report))
    while batch := list(itertools.islice(wanted, _BATCH)):
        facts = _Facts([document for _file, document in batch], upload.by)
        for file, document in batch:
            if document.id in facts.known:
                report.count("orders_unchanged", 1)
            else:
                _draft(file, document, facts, upload, report)


def _is_wanted(document: OrderDocument, report: Report) -> bool:
    if not document.is_order:
        report.count("documents_passed_over", 1)
        return False
    if document.cancelled or document.deleted:
        report.count("cancelled_orders_passed_over", 1)
        return False
    return True


class _Facts:
    """What a batch of documents refers to: one query a table."""

    def __init__(self, documents: list[OrderDocument], by):
        lines = [line for document in documents for line in document.lines]
        keys = {_product_key(line) for line in lines} | {line.product_id for line in lines}
        skus = {line.sku for line in lines if line.sku}
        partners = [each.counterparty for each in documents if each.counterparty]
        self.known = set(
            Order.objects.filter(external_id__in=[each.id for each in documents]).values_list("external_id", flat=True)
        )
        self.products = dict(Product.objects.filter(external_id__in=keys).values_list("external_id", "pk"))
        self.skus = dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk"))
        mine = Client.objects.visible_to(by)
        ids = [each.id for each in partners]
        self.clients = dict(mine.filter(external_id__in=ids).values_list("external_id", "pk"))
        numbers = mine.filter(inn__in={each.inn for each in partners if each.inn}).values_list("inn", "kpp", "pk")
        self.numbers = {(inn, kpp): pk for inn, kpp, pk in numbers}
        self.warehouses = dict(Warehouse.objects.exclude(external_id=None).values_list("external_id", "pk"))

    def client(self, document: OrderDocument) -> int | None:
        """The client of a document: by external id, else by ИНН and КПП."""
        partner = document.counterparty
        if partner is None:
            return None
        return self.clients.get(partner.id) or (self.numbers.get((partner.inn, partner.kpp)) if partner.inn else None)

    def product(self, line: OrderLineRow) -> int | None:
        """The product of a line: its variant, else the product itself, else its article."""
        return self.products.get(_product_key(line)) or self.skus.get(line.sku)


def _product_key(line: OrderLineRow) -> str:
    return f"{line.product_id}#{line.variant_id}" if line.variant_id else line.product_id


def _draft(file: str, document: OrderDocument, facts: _Facts, upload: Upload, report: Report) -> None:
    client_id = facts.client(document)
    if client_id is None:
        partner = document.counterparty.name if document.counterparty else ""
        text = _("Order %(number)s: the client is not known.") % {"number": document.number}
        report.problem(document.line, _("Order"), partner, text, file=file)
        report.count("orders_skipped", 1)
        return
    services = [line for line in document.lines if line.is_service]
    lines = list(_lines(file, document, facts, upload, client_id, report))
    if not lines:
        text = _("Order %(number)s has no line that can be ordered.") % {"number": document.number}
        report.problem(document.line, _("Order"), document.number, text, file=file)
        report.count("orders_skipped", 1)
        return
    comment = [document.comment, *(f"{line.name}: {line.amount}" for line in services)]
    try:
        with transaction.atomic():
            create_order(
                by=upload.by, day=document.date, client_id=client_id, lines=lines, customer_number=document.number[:60],
                warehouse_id=facts.warehouses.get(document.warehouse_id), external_id=document.id,
                comment="\n".join(filter(None, comment)),
            )  # fmt: skip
    except Refused as refused:
        for refusal in refused.refusals:
            report.problem(document.line, _("Order"), document.number, str(refusal), file=file)
        report.count("orders_skipped", 1)
    except Forbidden as forbidden:
        report.problem(document.line, _("Order"), document.number, str(forbidden), file=file)
        report.count("orders_skipped", 1)
    else:
        report.count("orders_created", 1)


def _lines(file, document, facts: _Facts, upload: Upload, client_id: int, report) -> Iterator[OrderLineInput]:
    column, _terms = column_for(client_id, document.date)
    for line in document.lines:
        if line.is_service:
            continue
        product_id = facts.product(line)
        if product_id is None:
            text = _("Order %(number)s: the product is not known, its line is left out.") % {"number": document.number}
            report.problem(line.line, line.sku or line.product_id, line.name, text, file=file)
            report.count("order_lines_skipped", 1)
            continue
        units = int(line.quantity * line.coefficient)
        yield OrderLineInput(product_id, units, price=_price(line, units, column))


def _price(line: OrderLineRow, units: int, column) -> Decimal | None:
    """The price of a unit after discount, in the VAT mode of the client's column; None lets the terms price it."""
    if not line.amount or not units or column is None:
        return None
    each = line.amount / units
    if line.vat_included == column.vat_included:
        return rounded(each)
    if line.vat_rate is None:
        return None
    share = 1 + line.vat_rate / 100
    return rounded(each / share if line.vat_included else each * share)
