"""What a CommerceML file says, one frozen value each. ``line`` is the line of the file it was read from.

What a file has by the ten thousand is a tuple with names: a frozen dataclass takes four times as long to make.
"""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Severity(enum.StrEnum):
    """ERROR: the element was skipped. WARNING: taken, a person should look. NOTE: left out on purpose."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file: where (``file``, ``line``, ``path``), what (``text``) and the ``value``
    read.
    """

    severity: Severity
    code: str
    text: str
    file: str = ""
    line: int = 0
    path: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The root of a file: the version of the schema and when 1C wrote it."""

    version: str
    formed_on: datetime.date | None
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The beginning of a catalogue, a package of offers or a classifier.

    ``changes_only`` is None where the file does not say; absent goods then mean nothing.
    """

    kind: str
    id: str
    name: str
    changes_only: bool | None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of goods; its parent always comes earlier in the stream. ``parent_id`` is empty at the top."""

    id: str
    name: str
    parent_id: str = ""
    deleted: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Brand:
    """A maker or a trade mark; ``id`` is empty where the file has only its name."""

    id: str
    name: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class PriceType:
    """A price column: its currency (ISO letters) and whether its prices include VAT (None: not said)."""

    id: str
    name: str
    currency: str = "RUB"
    vat_included: bool | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse."""

    id: str
    name: str
    address: str = ""
    deleted: bool = False
    line: int = 0


class Product(NamedTuple):
    """A product. ``vat_rate`` in percent: None when not said, nought when exempt."""

    id: str
    name: str
    sku: str = ""
    ean: str = ""
    code: str = ""
    full_name: str = ""
    group_ids: tuple[str, ...] = ()
    brand_id: str = ""
    brand_name: str = ""
    unit: str = ""
    unit_code: str = ""
    coefficient: Decimal = Decimal(1)
    vat_rate: Decimal | None = None
    is_service: bool = False
    weight: Decimal | None = None
    description: str = ""
    deleted: bool = False
    line: int = 0


class Variant(NamedTuple):
    """An offer of a product: the product itself (``variant_id`` empty) or one of its characteristics."""

    product_id: str
    variant_id: str = ""
    name: str = ""
    sku: str = ""
    ean: str = ""
    characteristics: tuple[tuple[str, str], ...] = ()
    deleted: bool = False
    line: int = 0


class OfferPrice(NamedTuple):
    """The price of one offer in one price column, for ``coefficient`` base units, from ``min_quantity``
    units.
    """

    product_id: str
    variant_id: str
    price_type_id: str
    amount: Decimal
    currency: str = "RUB"
    vat_included: bool | None = None
    unit: str = ""
    coefficient: Decimal = Decimal(1)
    min_quantity: int = 0
    line: int = 0


class Rest(NamedTuple):
    """Units of one offer; ``warehouse_id`` is empty when the file gives only the whole."""

    product_id: str
    variant_id: str
    warehouse_id: str
    quantity: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account of a partner."""

    number: str
    bic: str = ""
    bank: str = ""
    correspondent: str = ""


@dataclass(frozen=True, slots=True)
class Counterparty:
    """A partner: a company, an entrepreneur or a person. Requisites are digits as written, not yet judged."""

    id: str
    name: str
    official_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    okpo: str = ""
    legal_address: str = ""
    actual_address: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    contact_names: tuple[str, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    role: str = ""
    is_person: bool = False
    deleted: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """A line of a document. ``amount`` is after the discount; ``vat_amount`` is inside it if
    ``vat_included``.
    """

    number: int
    product_id: str
    variant_id: str
    name: str
    quantity: int
    price: Decimal
    amount: Decimal
    sku: str = ""
    unit: str = ""
    coefficient: Decimal = Decimal(1)
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_included: bool = True
    is_service: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """A document: an order, a shipment, a payment. ``operation`` is what 1C calls it (Заказ товара, …)."""

    id: str
    number: str
    date: datetime.date
    operation: str
    currency: str
    total: Decimal | None
    counterparty: Counterparty | None
    lines: tuple[OrderLineRow, ...]
    skipped_lines: int = 0
    discount: Decimal = Decimal(0)
    vat_included: bool = True
    warehouse_id: str = ""
    comment: str = ""
    requisites: tuple[tuple[str, str], ...] = ()
    cancelled: bool = False
    deleted: bool = False
    line: int = 0

    @property
    def is_order(self) -> bool:
        """Whether it is an order of goods and not a shipment, a payment or a return."""
        return self.operation.lower().replace(" ", "") in ("заказтовара", "заказпокупателя", "заказклиента", "")


Item = (
    Header
    | Section
    | Group
    | Brand
    | PriceType
    | WarehouseRow
    | Product
    | Variant
    | OfferPrice
    | Rest
    | Counterparty
    | OrderDocument
    | Finding
)
