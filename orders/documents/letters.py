"""Претензия: the debts of a client with the computation of days and penalty, as the letter kept them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Contract
from kam import formats
from kam.amount_in_words import amount_in_words
from kam.money import ZERO
from orders.documents.papers import Party, own_company, party_of, seller_of
from orders.models import CollectionLetter, Company, Invoice
from orders.queries.penalties import contracts_of
from orders.rules.letters import carried_rate

CLAIM_COVER = """Здравствуйте!

Направляем претензию № {number} от {day:%d.%m.%Y}, она приложена к письму. Просим рассмотреть её и сообщить о решении.
"""
DAYS_TO_ANSWER = 30
BY_CONTRACT, BY_LAW = "contract", "law"
FINES = {
    frozenset({BY_CONTRACT}): "неустойки",
    frozenset({BY_LAW}): "процентов за пользование чужими денежными средствами",
    frozenset({BY_CONTRACT, BY_LAW}): "неустойки и процентов за пользование чужими денежными средствами",
}


@dataclass(frozen=True, slots=True)
class ClaimedInvoice:
    """A row of the table of debts."""

    position: int
    invoice: Invoice
    due_on: date
    days: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ComputedLine:
    """A row of the computation: which debt, from when to when, by which rate, and how it is multiplied."""

    first: date
    last: date
    days: int
    base: Decimal
    rate: str
    formula: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Computation:
    """The penalty on one invoice; `cap` is the most that the contract allows, where it is less than computed."""

    invoice: Invoice
    by_law: bool
    lines: tuple[ComputedLine, ...]
    amount: Decimal
    cap: Decimal | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything the template needs."""

    template: str
    name: str
    number: str
    day: date
    seller: Company
    supplier: Party
    buyer: Party
    paragraphs: tuple[str, ...]
    contracts: tuple[str, ...]
    invoices: tuple[ClaimedInvoice, ...]
    computations: tuple[Computation, ...]
    fine: str  # in the genitive: "неустойки"
    by_law: bool
    carried: str  # the rate that is carried on, where it is: "16 % с 22.12.2025"
    debt: Decimal
    penalty: Decimal
    manager: str
    manager_email: str
    days_to_answer: int = DAYS_TO_ANSWER

    @property
    def total(self) -> Decimal:
        """Debt and penalty."""
        return self.debt + self.penalty

    @property
    def debt_in_words(self) -> str:
        return amount_in_words(self.debt)

    @property
    def total_in_words(self) -> str:
        return amount_in_words(self.total)


def claim_of_letter(letter: CollectionLetter) -> Claim:
    """The claim of a letter, of its own figures: what it said on its day it says for ever.

    Raises Refused where our company's requisites were not entered yet.
    """
    company = own_company()
    lines = list(letter.lines.filter(days__gt=0).select_related("invoice__contract", "invoice__shipment"))
    computations = tuple(
        computation_of(line.invoice, line.computation) for line in lines if line.computation.get("lines")
    )
    bases = frozenset(BY_LAW if each.by_law else BY_CONTRACT for each in computations)
    manager = letter.client.manager
    return Claim(
        template="orders/documents/claim.html",
        name=f"Претензия {letter.number}",
        number=letter.number,
        day=letter.prepared_on,
        seller=company,
        supplier=seller_of(company),
        buyer=party_of(letter.client),
        paragraphs=tuple(part.strip() for part in letter.text.split("\n\n") if part.strip()),
        contracts=_contracts([line.invoice for line in lines]),
        invoices=tuple(
            ClaimedInvoice(place, line.invoice, line.due_on, line.days, line.open_amount)
            for place, line in enumerate(lines, start=1)
        ),
        computations=computations,
        fine=FINES.get(bases, ""),
        by_law=BY_LAW in bases,
        carried=carried_rate(why for line in lines for why in line.computation.get("reasons", ())),
        debt=sum((line.open_amount for line in lines), ZERO),
        penalty=letter.penalty,
        manager=manager.name if manager else "",
        manager_email=manager.email if manager else "",
    )


def computation_of(invoice: Invoice, stored: dict) -> Computation:
    """A stored penalty as papers and pages show it."""
    lines = tuple(_computed(each) for each in stored["lines"])
    amount, computed = Decimal(stored["amount"]), Decimal(stored["computed"])
    return Computation(invoice, stored["basis"] == BY_LAW, lines, amount, amount if amount < computed else None)


def _computed(line: dict) -> ComputedLine:
    base, percent, days, year_days = Decimal(line["base"]), Decimal(line["percent"]), line["days"], line["year_days"]
    rate = f"{percent.normalize():f}{formats.NBSP}%".replace(".", ",")
    formula = f"{formats.sum_of_money(base, 'ru')} × {days} × {rate}"
    if year_days:
        formula += f" / {year_days}"
    first, last = date.fromisoformat(line["first"]), date.fromisoformat(line["last"])
    return ComputedLine(first, last, days, base, rate, formula, Decimal(line["amount"]))


def _contracts(invoices: Sequence[Invoice]) -> tuple[str, ...]:
    found: dict[int, Contract] = {each.pk: each for each in contracts_of(invoices).values() if each is not None}
    return tuple(f"№ {each.number} от {each.signed_on:%d.%m.%Y}" for each in found.values())
