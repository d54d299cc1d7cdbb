"""Exports of 1C (CommerceML): catalogue, prices, stock, partners and orders in one go."""

import pickle
import tempfile
from array import array
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.lay_clients import CLIENTS, lay_clients, requisite_errors
from kam.access import Authority
from kam.folding import folded
from kam.imports import Importer, Report, Upload
from kam.money import rounded
from kam.search import search_words
from kam.staging import Spool
from orders import commerceml as cml
from orders.actions.lay_exports import lay_brands, lay_categories, lay_offers, lay_warehouses
from orders.actions.lay_orders import lay_orders
from orders.actions.lay_products import PRODUCTS

_VAT_KINDS = {0: "none", 10: "reduced", 18: "standard", 20: "standard", 22: "standard"}
_LONGEST = {"name": 300, "unit": 20, "sku": 60}
SPOOLS = {
    "cml_groups": {"row": "integer", "external_id": "text", "name": "text", "parent": "text", "sort_key": "text",
                   "search": "text"},
    "cml_brands": {"row": "integer", "external_id": "text", "name": "text", "sort_key": "text", "search": "text"},
    "cml_products": PRODUCTS,
    "cml_variants": {"row": "integer", "product": "text", "variant": "text", "sku": "text", "ean": "text",
                     "name": "text", "sort_key": "text", "archived": "boolean"},
    "cml_price_types": {"row": "integer", "external_id": "text", "name": "text", "currency": "text",
                        "vat_included": "boolean"},
    "cml_prices": {"row": "integer", "product": "text", "price_type": "text", "amount": "numeric", "currency": "text",
                   "vat_included": "boolean"},
    "cml_warehouses": {"row": "integer", "external_id": "text", "name": "text", "address": "text", "sort_key": "text"},
    "cml_rests": {"row": "integer", "product": "text", "warehouse": "text", "quantity": "integer"},
    "cml_clients": CLIENTS,
}  # fmt: skip


class CommercemlImporter(Importer):
    """Files of one export, loose or packed. Everything is found again by the external id of 1C.

    What a file does not name stays as it is, also in a full export: a partner's mistake may not empty a warehouse.
    Goods marked as deleted are archived. New partners become prospects without a KAM; people without ИНН are left
    out. Orders of known clients become drafts; one that is here already is never touched again.
    """

    name = "commerceml"
    label = gettext_lazy("Export of 1C (CommerceML)")
    help = gettext_lazy("XML files or a ZIP of them: catalogue, offers, prices, stock, partners, orders.")
    permission = "orders.import_catalogue"
    multiple = True
    order = 5

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        sorter = _Sorter(upload, report)
        try:
            for number, item in enumerate(cml.read_bundle(upload.files, upload.limits), 1):
                sorter.take(item)
                if not number % 10_000:
                    report.tell(number)
            report.locate = sorter.place
            self._lay(sorter, upload, who, report)
        finally:
            sorter.close()

    def _lay(self, sorter: "_Sorter", upload: Upload, who: Authority, report: Report) -> None:
        counts = {name: spool.stage() for name, spool in sorter.spools.items()}
        if counts["cml_groups"]:
            lay_categories(report)
        if counts["cml_brands"]:
            lay_brands(report)
        if counts["cml_warehouses"]:
            lay_warehouses(report)
        lay_offers(counts, upload.day, who, report)
        if counts["cml_clients"]:
            if upload.by.has_perm("accounts.import_clients"):
                lay_clients("cml_clients", who, report, day=upload.day, master=True)
            else:
                report.locate = None
                report.problem(0, "", counts["cml_clients"], _("You may not import clients; partners are left out."))
        report.locate = None
        lay_orders(sorter.documents(), upload, report)


class _Sorter:
    """Takes the items of a stream apart into a spool for each table, and remembers where each was read."""

    def __init__(self, upload: Upload, report: Report):
        self.spools = {name: Spool(name, columns) for name, columns in SPOOLS.items()}
        self._report = report
        self._files: list[str] = [""]
        self._lines = array("Q")
        self._partners: set[str] = set()  # every order of a partner brings it along
        self._documents = tempfile.TemporaryFile()  # noqa: SIM115
        self._take = {
            cml.Header: self._header, cml.Group: self._group, cml.Brand: self._brand, cml.Product: self._product,
            cml.Variant: self._variant, cml.PriceType: self._price_type, cml.OfferPrice: self._price,
            cml.WarehouseRow: self._warehouse, cml.Rest: self._rest, cml.Counterparty: self._client,
            cml.OrderDocument: self._document, cml.Finding: self._finding, cml.Section: lambda item: None,
        }  # fmt: skip

    def take(self, item: cml.Item) -> None:
        """Put an item where it belongs."""
        self._take[item.__class__](item)

    def place(self, row: int) -> tuple[str, int]:
        """The file and the line of a staged row."""
        if row >= len(self._lines):
            return "", 0
        where = self._lines[row]
        return self._files[where >> 40], where & 0xFFFFFFFFFF

    def documents(self) -> Iterator[tuple[str, cml.OrderDocument]]:
        """The documents with their files, one at a time."""
        self._documents.seek(0)
        while True:
            try:
                yield pickle.load(self._documents)
            except EOFError:
                return

    def close(self) -> None:
        """Give back the disk."""
        self._documents.close()

    def _row(self, item) -> int:
        self._lines.append((len(self._files) - 1) << 40 | item.line)
        return len(self._lines) - 1

    def _header(self, item: cml.Header) -> None:
        self._files.append(item.file)

    def _finding(self, item: cml.Finding) -> None:
        if item.file and item.file != self._files[-1] and item.code not in ("passed_over",):
            self._files.append(item.file)
        noun = "elements_skipped" if item.severity is cml.Severity.ERROR else "notes"
        self._report.count(noun, 1)
        if item.code != "no_price":  # 1C writes a zero for every column without a price
            self._report.problem(item.line, item.path, item.value, item.text, item.severity.value, item.file or "?")

    def _group(self, item: cml.Group) -> None:
        if not item.deleted:
            name = item.name[:200]
            self.spools["cml_groups"].add(
                (self._row(item), item.id, name, item.parent_id or None, folded(name), search_words(name))
            )

    def _brand(self, item: cml.Brand) -> None:
        name = item.name[:120]
        self.spools["cml_brands"].add((self._row(item), item.id or None, name, folded(name), search_words(name)))

    def _product(self, item: cml.Product) -> None:
        if item.is_service:
            self._report.count("services_passed_over", 1)
            return
        sku = (item.sku or item.code or item.id)[: _LONGEST["sku"]]
        name = (item.name or "")[: _LONGEST["name"]] or None
        vat_kind = None
        if item.vat_rate is not None:
            vat_kind = _VAT_KINDS.get(item.vat_rate)
            if vat_kind is None:
                text = _("There is no VAT rate of %(rate)s %%.") % {"rate": item.vat_rate}
                self._report.problem(item.line, "СтавкаНалога", sku, text, "warning", self._files[-1])
        brand = "name:" + folded(item.brand_name) if item.brand_name else None
        if item.brand_id:
            brand = "id:" + item.brand_id
        self.spools["cml_products"].add((
            self._row(item), item.id, sku, item.ean or None, name, brand, item.group_ids[0] if item.group_ids else None,
            item.unit[: _LONGEST["unit"]] or None, None, vat_kind, item.deleted,
            search_words(sku, name, item.ean) if name else None, folded(name) if name else None,
        ))  # fmt: skip

    def _variant(self, item: cml.Variant) -> None:
        if not item.variant_id:
            return
        name = item.name or " / ".join(value for _name, value in item.characteristics)
        name = name[: _LONGEST["name"]]
        ean = item.ean if 8 <= len(item.ean) <= 14 else None
        self.spools["cml_variants"].add((
            self._row(item), item.product_id, item.variant_id, item.sku[: _LONGEST["sku"]] or None, ean, name or None,
            folded(name) or None, item.deleted,
        ))  # fmt: skip

    def _price_type(self, item: cml.PriceType) -> None:
        row = (self._row(item), item.id, item.name[:100], item.currency, item.vat_included)
        self.spools["cml_price_types"].add(row)

    def _price(self, item: cml.OfferPrice) -> None:
        if item.min_quantity > 1:
            self._report.count("scale_prices_passed_over", 1)
            return
        # A price for a box of ten becomes the price of one.
        amount = item.amount if item.coefficient == 1 else rounded(item.amount / item.coefficient)
        self.spools["cml_prices"].add(
            (self._row(item), _key(item), item.price_type_id, amount, item.currency, item.vat_included)
        )

    def _warehouse(self, item: cml.WarehouseRow) -> None:
        if not item.deleted:
            name = item.name[:120]
            self.spools["cml_warehouses"].add((self._row(item), item.id, name, item.address[:400], folded(name)))

    def _rest(self, item: cml.Rest) -> None:
        self.spools["cml_rests"].add((self._row(item), _key(item), item.warehouse_id or None, item.quantity))

    def _client(self, item: cml.Counterparty) -> None:
        if item.id in self._partners:
            return
        self._partners.add(item.id)
        if item.role.lower() in ("продавец", "поставщик") or item.deleted:
            self._report.count("partners_passed_over", 1)
            return
        if item.is_person and not item.inn:
            self._report.count("people_passed_over", 1)
            return
        values = _client_values(item)
        errors = requisite_errors(values)
        for field, text in errors:
            self._report.problem(item.line, f"{item.name}: {field}", values.get(field), text, "error", self._files[-1])
        if errors:
            self._report.count("elements_skipped", 1)
            return
        values |= {"row": self._row(item), "sort_key": folded(values["name"])}
        self.spools["cml_clients"].add(tuple(values.get(column) or None if column != "row" else values["row"]
                                             for column in CLIENTS))  # fmt: skip

    def _document(self, item: cml.OrderDocument) -> None:
        if item.counterparty is not None:
            self._client(item.counterparty)
        pickle.dump((self._files[-1], item), self._documents)


def _key(item: cml.OfferPrice | cml.Rest) -> str:
    return f"{item.product_id}#{item.variant_id}" if item.variant_id else item.product_id


def _client_values(item: cml.Counterparty) -> dict[str, str]:
    account = item.accounts[0] if item.accounts else cml.BankAccount("")
    return {
        "external_id": item.id[:120], "name": item.name[:200], "legal_name": item.official_name[:300], "inn": item.inn,
        "kpp": item.kpp, "ogrn": item.ogrn, "legal_address": item.legal_address[:400], "bank_name": account.bank[:200],
        "bik": account.bic, "account": account.number, "correspondent_account": account.correspondent,
        "phone": item.phones[0][:60] if item.phones else "", "email": item.emails[0][:254] if item.emails else "",
    }  # fmt: skip
