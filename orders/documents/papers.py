"""What stands on a paper, gathered from the documents: parties, lines, sums, words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import segno
from django.utils.translation import gettext as _

from accounts.models import Client, Contract
from kam.amount_in_words import amount_in_words
from kam.money import ZERO, rounded
from kam.refusals import Refusal, Refused
from orders.documents.words import DISTRIBUTORS_GOODS, units_in_words
from orders.models import Company, Invoice, Order, Shipment
from orders.queries.exchange import ROUBLE
from orders.rules.parts import Sums, added
from orders.rules.payment_qr import Payee, qr_text

OFFER_STANDS = timedelta(days=14)
NO_BREAK = "\N{NO-BREAK SPACE}"
HOUSE = re.compile(r"\b(г\.|ул\.|пр\.|д\.|корп\.|стр\.|офис|оф\.|кв\.|пом\.) ")  # stands with what follows it


@dataclass(frozen=True, slots=True)
class Party:
    """A company as papers name it."""

    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    phone: str = ""
    account: str = ""
    bank: str = ""
    bik: str = ""
    correspondent_account: str = ""

    @property
    def line(self) -> str:
        """Name, ИНН, КПП, address and phone in one line."""
        parts = (
            self.name,
            self.inn and f"ИНН {self.inn}",
            self.kpp and f"КПП {self.kpp}",
            HOUSE.sub(rf"\1{NO_BREAK}", self.address),
            self.phone and f"тел. {self.phone}".replace(" ", NO_BREAK),
        )
        return ", ".join(filter(None, parts))

    @property
    def full_line(self) -> str:
        """The same with the bank."""
        parts = (
            self.line,
            self.account and f"р/с {self.account}",
            self.bank and f"в банке {self.bank}",
            self.bik and f"БИК {self.bik}",
            self.correspondent_account and f"к/с {self.correspondent_account}",
        )
        return ", ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A row of the table; `price` is per unit and without VAT where the paper says so."""

    position: int
    sku: str
    name: str
    unit: str
    quantity: int
    price: Decimal
    vat_rate: Decimal
    sums: Sums
    list_price: Decimal | None = None
    discount_percent: Decimal = ZERO

    @property
    def net_price(self) -> Decimal:
        """Price of a unit without VAT."""
        return rounded(self.sums.net / self.quantity)

    @property
    def gross_price(self) -> Decimal:
        """Price of a unit with VAT."""
        return rounded(self.sums.total / self.quantity)


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a template needs."""

    template: str
    name: str  # of the file
    number: str
    day: date
    seller: Company
    supplier: Party
    buyer: Party
    consignee: Party
    lines: tuple[PaperLine, ...]
    sums: Sums
    vat_by_rate: tuple[tuple[Decimal, Decimal], ...]
    words: str  # the sum in roubles written out; empty in another currency
    currency: str = "RUB"
    vat_included: bool = True
    basis: str = ""
    shipper: Party | None = None
    due_on: date | None = None
    stands_until: date | None = None
    qr: str = ""
    units: int = 0
    lines_in_words: str = ""
    manager: str = ""
    contact: str = ""
    carrier: str = ""
    comment: str = ""
    extra: dict = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """What sums are followed by."""
        return "руб." if self.currency == ROUBLE else self.currency


def bill_of_order(order: Order, day: date) -> Paper:
    """The bill for an order not shipped yet: what a client who pays ahead gets; its number is the order's."""
    payer = order.distributor if order.payer == Order.Payer.DISTRIBUTOR else order.client
    return _bill(order.number, day, order, _order_lines(order), payer, order.currency)


def bill_of_invoice(invoice: Invoice) -> Paper:
    """The bill for what was shipped."""
    lines = tuple(
        _line(place, line.product, line, line.quantity)
        for place, line in enumerate(invoice.lines.select_related("product").order_by("pk"), start=1)
    )
    if not lines:
        # A debt entered from old books has no lines: it is billed as a whole.
        whole = Sums(invoice.net, invoice.vat, invoice.amount)
        rate = rounded(invoice.vat * 100 / invoice.net) if invoice.net else ZERO
        name = f"Задолженность по счёту {invoice.number}"
        lines = (PaperLine(1, "", name, "шт", 1, invoice.amount, rate, whole),)
    number, day, order = invoice.number, invoice.issued_on, invoice.order
    return _bill(number, day, order, lines, invoice.client, invoice.currency, due_on=invoice.due_on)


def note_of_shipment(shipment: Shipment) -> Paper:
    """The note that goes with the goods."""
    order = shipment.order
    rows = shipment.lines.select_related("product").order_by("pk")
    lines = tuple(_line(place, line.product, line, line.quantity) for place, line in enumerate(rows, start=1))
    units = sum(line.quantity for line in lines)
    consignee = party_of(order.client, shipment.address)
    return _paper(
        "orders/documents/shipment_note.html",
        f"Накладная {shipment.number}",
        shipment.number,
        shipment.shipped_on,
        lines,
        currency=order.currency,
        buyer=party_of(shipment.payer),
        consignee=consignee,
        basis=_basis(order.contract, order, shipment.payer),
        shipper=party_of(shipment.distributor) if shipment.distributor_id else None,
        units=units,
        lines_in_words=units_in_words(len(lines)),
        carrier=", ".join(filter(None, (shipment.carrier, shipment.tracking))),
        comment=DISTRIBUTORS_GOODS if shipment.distributor_id else "",
    )


def offer_of_order(order: Order, day: date) -> Paper:
    """A commercial offer from a draft: prices, discounts and until when they stand."""
    manager = order.client.manager
    return _paper(
        "orders/documents/offer.html",
        f"Коммерческое предложение {order.number}",
        order.number,
        day,
        _order_lines(order),
        currency=order.currency,
        buyer=party_of(order.client),
        vat_included=order.price_column.vat_included,
        stands_until=day + OFFER_STANDS,
        manager=manager.name if manager else "",
        contact=manager.email if manager else "",
        comment=order.comment,
        extra={"has_discounts": any(line.discount_percent for line in order.lines.all())},
    )


def party_of(client: Client, address: str = "") -> Party:
    """A client as papers name it; with an address, as the one goods go to."""
    return Party(
        name=client.legal_name or client.name,
        inn=client.inn,
        kpp=client.kpp,
        address=address or client.legal_address,
        phone=client.phone,
        account=client.account,
        bank=client.bank_name,
        bik=client.bik,
        correspondent_account=client.correspondent_account,
    )


def own_company() -> Company:
    """Our company; raises Refused where nobody has entered it yet."""
    company = Company.objects.filter(pk=Company.THE_ONE).first()
    if company is None:
        raise Refused(Refusal("no_company", _("Enter the requisites of our company in the settings first.")))
    return company


def seller_of(company: Company) -> Party:
    """Our company as a party."""
    return Party(
        company.name,
        company.inn,
        company.kpp,
        company.legal_address,
        company.phone,
        company.account,
        company.bank_name,
        company.bik,
        company.correspondent_account,
    )


def _bill(number, day, order: Order | None, lines, payer: Client, currency: str, due_on: date | None = None) -> Paper:
    total = added(line.sums for line in lines).total
    company = own_company()
    purpose = f"Оплата по счёту № {number} от {day:%d.%m.%Y}"
    payee = Payee(
        company.name,
        company.account,
        company.bank_name,
        company.bik,
        company.correspondent_account,
        company.inn,
        company.kpp,
    )
    qr = ""
    if payee.is_payable and total > 0 and currency == ROUBLE:  # the sum of a code is in kopecks, whatever it is of
        code = segno.make(qr_text(payee, total, purpose), error="m", encoding="utf-8", micro=False)
        qr = code.svg_data_uri(scale=4, border=2)
    return _paper(
        "orders/documents/bill.html",
        f"Счёт {number}",
        number,
        day,
        lines,
        currency=currency,
        buyer=party_of(payer),
        consignee=party_of(order.client) if order else party_of(payer),
        basis=_basis(order.contract, order, payer) if order else "",
        vat_included=order.price_column.vat_included if order else True,
        due_on=due_on,
        qr=qr,
        extra={"purpose": purpose},
    )


def _paper(
    template, name, number, day, lines: Iterable[PaperLine], *, currency: str, buyer: Party, consignee=None, **rest
) -> Paper:
    lines = tuple(lines)
    company = own_company()
    sums = added(line.sums for line in lines)
    by_rate: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        by_rate[line.vat_rate] += line.sums.vat
    return Paper(
        template=template,
        name=name,
        number=number,
        day=day,
        seller=company,
        supplier=seller_of(company),
        buyer=buyer,
        consignee=consignee or buyer,
        lines=lines,
        sums=sums,
        vat_by_rate=tuple(sorted(by_rate.items())),
        words=amount_in_words(sums.total) if currency == ROUBLE else "",
        currency=currency,
        **rest,
    )


def _order_lines(order: Order) -> tuple[PaperLine, ...]:
    rows = order.lines.select_related("product").order_by("position")
    return tuple(_line(line.position, line.product, line, line.quantity) for line in rows)


def _line(position, product, row, quantity) -> PaperLine:
    return PaperLine(
        position=position,
        sku=product.sku,
        name=product.name,
        unit=product.unit,
        quantity=quantity,
        price=row.price,
        vat_rate=row.vat_rate,
        sums=Sums(row.net, row.vat, row.total),
        list_price=getattr(row, "list_price", None),
        discount_percent=getattr(row, "discount_percent", ZERO),
    )


def _basis(contract: Contract | None, order: Order, payer: Client) -> str:
    parts = []
    if contract is not None and contract.client_id == payer.pk:
        parts.append(f"договор № {contract.number} от {contract.signed_on:%d.%m.%Y}")
    parts.append(f"заказ № {order.number} от {order.ordered_on:%d.%m.%Y}")
    return ", ".join(parts)
