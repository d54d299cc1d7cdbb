"""Papers of settlements: акт сверки взаимных расчётов and the act of discrepancies, form ТОРГ-2."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.amount_in_words import amount_in_words
from kam.money import ZERO
from orders.documents.papers import Paper, own_company, party_of, seller_of
from orders.models import DiscrepancyAct, DiscrepancyActLine, Reconciliation
from orders.rules.claims import Kind
from orders.rules.parts import NOTHING

# How a reconciliation names what stands on an account.
NAMES = {
    "invoice": "Продажа",
    "credit_note": "Корректировка",
    "payment": "Оплата",
    "offset": "Взаимозачёт",
    "refund": "Возврат оплаты",
    "undone": "Сторно",
}
# With these the client has answered, so that its half is filled.
ANSWERED = ("agreed", "differs", "settled")
EXCHANGED = (Kind.MIS_SORT, Kind.WRONG_ITEM)


@dataclass(frozen=True, slots=True)
class Half:
    """A row as one side books it."""

    day: date | None
    name: str
    debit: Decimal | None
    credit: Decimal | None


@dataclass(frozen=True, slots=True)
class Sides:
    """A row of both halves; `differs` marks what the client booked otherwise."""

    ours: Half | None
    theirs: Half | None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance on the side where it stands; the other side is empty. Nothing at all is a debit of nought."""

    debit: Decimal | None = None
    credit: Decimal | None = None


def act_of_reconciliation(sheet: Reconciliation) -> Paper:
    """The sheet as a paper: our half from its rows, the client's blank until it has answered."""
    company = own_company()
    contract = sheet.contract
    buyer = party_of(sheet.client)
    return Paper(
        template="orders/documents/reconciliation.html",
        name=f"Акт сверки {sheet.number}",
        number=sheet.number,
        day=sheet.ends_on,
        seller=company,
        supplier=seller_of(company),
        buyer=buyer,
        consignee=buyer,
        lines=(),
        sums=NOTHING,
        vat_by_rate=(),
        words=amount_in_words(abs(sheet.closing)) if sheet.currency == "RUB" else "",
        basis=f"по договору № {contract.number} от {contract.signed_on:%d.%m.%Y}" if contract else "",
        extra=_account_of(sheet, in_favour_of=company.name if sheet.closing > 0 else buyer.name),
    )


def _account_of(sheet: Reconciliation, *, in_favour_of: str) -> dict[str, object]:
    """Rows, turnovers and balances of both halves, as the template asks for them."""
    answered = sheet.status in ANSWERED
    rows, their_debit, their_credit = _both_halves(sheet, answered)
    return {
        "starts_on": sheet.starts_on,
        "ends_on": sheet.ends_on,
        "rows": rows,
        "answered": answered,
        "opening": _balance(sheet.opening),
        "closing": _balance(sheet.closing),
        "debit": sheet.debit,
        "credit": sheet.credit,
        "their_opening": _balance(ZERO - sheet.opening),
        "their_debit": their_debit,
        "their_credit": their_credit,
        "their_closing": _balance(their_debit - sheet.opening - their_credit),
        "in_favour_of": in_favour_of,
        "owed": abs(sheet.closing),
        "signed_by": sheet.signed_by,
        "is_roubles": sheet.currency == "RUB",
        "currency": "руб." if sheet.currency == "RUB" else sheet.currency,
    }


def _both_halves(sheet: Reconciliation, answered: bool) -> tuple[list[Sides], Decimal, Decimal]:
    """The rows of both sides, and the client's turnovers (debit, credit) as its half gives them."""
    found = {each.line_id: each for each in sheet.discrepancies.all() if each.line_id}
    rows, debit, credit = [], ZERO, ZERO
    for line in sheet.lines.all():
        name = f"{NAMES[line.kind]} ({line.document_number} от {line.happened_on:%d.%m.%Y})"
        ours = Half(line.happened_on, name, line.debit or None, line.credit or None)
        differs = found.get(line.pk)
        # What we book on one side the client books on the other.
        their_debit, their_credit = line.credit, line.debit
        if differs is not None:
            side_is_debit = differs.their_side == "debit"
            their_debit = differs.their_amount if side_is_debit else ZERO
            their_credit = ZERO if side_is_debit else differs.their_amount
            name = differs.their_document or name
        debit, credit = debit + their_debit, credit + their_credit
        absent = differs is not None and not differs.their_amount
        theirs = None if absent else Half(line.happened_on, name, their_debit or None, their_credit or None)
        rows.append(Sides(ours, theirs if answered else None, answered and differs is not None))
    for each in sheet.discrepancies.filter(line=None).order_by("pk"):
        is_debit = each.their_side == "debit"
        debit, credit = (
            debit + (each.their_amount if is_debit else ZERO),
            credit + (ZERO if is_debit else each.their_amount),
        )
        half = Half(None, each.their_document, each.their_amount if is_debit else None,
                    None if is_debit else each.their_amount)  # fmt: skip
        rows.append(Sides(None, half, True))
    return rows, debit, credit


def _balance(amount: Decimal) -> Balance:
    return Balance(debit=amount) if amount >= 0 else Balance(credit=-amount)


@dataclass(frozen=True, slots=True)
class Torg2Line:
    """A row of the form: by the papers, in fact, spoilt, missing, too many."""

    position: int
    name: str
    sku: str
    unit: str
    price: Decimal
    expected: int
    actual: int
    damaged: int
    missing: int
    surplus: int
    note: str

    @property
    def expected_sum(self) -> Decimal:
        """By the papers, with VAT."""
        return self.price * self.expected

    @property
    def actual_sum(self) -> Decimal:
        """What came, at the price of the papers."""
        return self.price * self.actual

    @property
    def damaged_sum(self) -> Decimal:
        """What is spoilt."""
        return self.price * self.damaged

    @property
    def missing_sum(self) -> Decimal:
        """What did not come."""
        return self.price * self.missing

    @property
    def surplus_sum(self) -> Decimal:
        """What came beyond the papers."""
        return self.price * self.surplus


def act_of_discrepancies(act: DiscrepancyAct) -> Paper:
    """The act in the form ТОРГ-2: drawn up by the client at acceptance, with our goods."""
    company = own_company()
    shipment = act.shipment
    invoice = getattr(shipment, "invoice", None)
    order = shipment.order
    supplier = party_of(shipment.distributor) if shipment.distributor_id else seller_of(company)
    contract = order.contract
    extra = {
        "act": act,
        "lines": _torg2_lines(act),
        "shipment": shipment,
        "invoice": invoice,
        "contract": contract,
        "commission": _commission(act),
        "descriptions": [
            (place, line.get_kind_display(), line) for place, line in enumerate(_act_lines(act), start=1) if line.note
        ],
    }
    return Paper(
        template="orders/documents/torg2.html",
        name=f"ТОРГ-2 {act.number}",
        number=act.client_number or act.number,
        day=act.accepted_on,
        seller=company,
        supplier=supplier,
        buyer=party_of(shipment.payer),
        consignee=party_of(order.client, shipment.address),
        lines=(),
        sums=NOTHING,
        vat_by_rate=(),
        words="",
        carrier=", ".join(filter(None, (act.carrier, act.vehicle))),
        extra=extra,
    )


def _act_lines(act: DiscrepancyAct) -> list[DiscrepancyActLine]:
    return list(act.lines.select_related("product", "came_instead", "shipment_line").order_by("pk"))


def _commission(act: DiscrepancyAct) -> list[str]:
    """Members, one a line; three empty lines to sign where none is named."""
    return [line.strip() for line in act.commission.splitlines() if line.strip()] or ["", "", ""]


def _torg2_lines(act: DiscrepancyAct) -> list[Torg2Line]:
    """One row a product of the papers; what came instead stands as a surplus of its own."""
    by_line: dict[int, list[DiscrepancyActLine]] = defaultdict(list)
    extra = []
    for line in _act_lines(act):
        (by_line[line.shipment_line_id] if line.shipment_line_id else extra).append(line)
    found: list[Torg2Line] = []
    for rows in by_line.values():
        first = rows[0]
        units = _units_by_kind(rows)
        missing = units[Kind.SHORTAGE] + units[Kind.MIS_SORT] + units[Kind.WRONG_ITEM]
        surplus, damaged = units[Kind.SURPLUS], units[Kind.DAMAGE]
        expected = first.shipment_line.quantity
        price = first.shipment_line.total / first.shipment_line.quantity
        note = "; ".join(dict.fromkeys(row.note for row in rows if row.note))
        actual = expected - missing + surplus
        found.append(_row(len(found) + 1, first.product, price, expected, actual, damaged, missing, surplus, note))
        for row in rows:
            if Kind(row.kind) in EXCHANGED:
                instead = f"вместо {row.product.sku}"
                found.append(_row(len(found) + 1, row.came_instead, ZERO, 0, row.quantity, 0, 0, row.quantity, instead))
    for row in extra:
        found.append(_row(len(found) + 1, row.product, ZERO, 0, row.actual, 0, 0, row.quantity, row.note))
    return found


def _units_by_kind(rows) -> dict[str, int]:
    units: dict[str, int] = defaultdict(int)
    for row in rows:
        units[row.kind] += row.quantity
    return units


def _row(position, product, price, expected, actual, damaged, missing, surplus, note) -> Torg2Line:
    return Torg2Line(
        position, product.name, product.sku, product.unit, price, expected, actual, damaged, missing, surplus, note
    )
