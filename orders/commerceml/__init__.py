"""CommerceML, the files in which 1C hands over goods, prices, stock, partners and orders.

Reading only: files become a stream of plain frozen values and findings, without a database and in flat
memory. What is bad is told as a ``Finding`` with its line and skipped; the rest goes on. Versions 2.03–2.10
and 3.x are read by local names, so that a namespace, a prefix or a cut-out fragment make no difference.
"""

from orders.commerceml.bundles import read_bundle
from orders.commerceml.items import (
    BankAccount,
    Brand,
    Counterparty,
    Finding,
    Group,
    Header,
    Item,
    OfferPrice,
    OrderDocument,
    OrderLineRow,
    PriceType,
    Product,
    Rest,
    Section,
    Severity,
    Variant,
    WarehouseRow,
)
from orders.commerceml.reader import read_file

__all__ = [
    "BankAccount", "Brand", "Counterparty", "Finding", "Group", "Header", "Item", "OfferPrice", "OrderDocument",
    "OrderLineRow", "PriceType", "Product", "Rest", "Section", "Severity", "Variant", "WarehouseRow",
    "read_bundle", "read_file",
]  # fmt: skip
