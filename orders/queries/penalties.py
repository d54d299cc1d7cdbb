"""The penalty on invoices on a day, for any number of them: one question a table, then the rule."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models.functions import Coalesce

from accounts.models import Contract
from orders.models import Allocation, CreditNote, Invoice, KeyRate
from orders.rules.aging import Settled
from orders.rules.penalty import AgreedPenalty, Penalty, Rate, penalty_for

# The day of the bank, also where the money stood with another client first.
PAID_ON = Coalesce("payment__paid_on", "payment__received_on")


def key_rates() -> tuple[Rate, ...]:
    """Every key rate that is known, earliest first."""
    rows = KeyRate.objects.order_by("starts_on").values_list("starts_on", "rate")
    return tuple(Rate(starts_on, rate) for starts_on, rate in rows)


def penalties_on(invoices: Collection[Invoice], as_of: date) -> dict[int, Penalty]:
    """The penalty of each of these invoices for its days late up to and with a day, by the invoice's id.

    Money counts from the day it came, whenever somebody allocated it; an allocation that was undone by the day does
    not count. The contract is the invoice's own, else the client's that was in force when the goods were shipped.
    """
    settled = _settled([invoice.pk for invoice in invoices], as_of)
    contracts = _contracts({invoice.client_id for invoice in invoices})
    rates = key_rates()
    return {
        invoice.pk: penalty_for(
            invoice.amount,
            invoice.due_on,
            settled[invoice.pk],
            as_of,
            agreed=_agreed(invoice, contracts[invoice.client_id]),
            rates=rates,
            currency=invoice.currency,
        )
        for invoice in invoices
    }


def contracts_of(invoices: Collection[Invoice]) -> dict[int, Contract | None]:
    """The contract that each of these invoices is under, by the invoice's id."""
    contracts = _contracts({invoice.client_id for invoice in invoices})
    return {invoice.pk: contract_of(invoice, contracts[invoice.client_id]) for invoice in invoices}


def _settled(invoice_ids: list[int], as_of: date) -> dict[int, list[Settled]]:
    found: dict[int, list[Settled]] = defaultdict(list)
    paid = Allocation.objects.standing_on(as_of).filter(invoice__in=invoice_ids).order_by()
    credited = CreditNote.objects.filter(invoice__in=invoice_ids, issued_on__lte=as_of).order_by()
    rows: Iterable = [
        *paid.values_list("invoice_id", PAID_ON, "amount"),
        *credited.values_list("invoice_id", "issued_on", "amount"),
    ]
    for invoice_id, on, amount in rows:
        found[invoice_id].append(Settled(on, amount))
    return found


def _contracts(client_ids: Collection[int]) -> dict[int, list[Contract]]:
    found: dict[int, list[Contract]] = defaultdict(list)
    for contract in Contract.objects.filter(client__in=client_ids).order_by("-signed_on", "-pk"):
        found[contract.client_id].append(contract)
    return found


def contract_of(invoice: Invoice, contracts: Iterable[Contract]) -> Contract | None:
    """The contract an invoice is under: its own, else the latest of these that was in force on the day of shipment."""
    if invoice.contract_id is not None:
        return next((each for each in contracts if each.pk == invoice.contract_id), None)
    day = invoice.shipped_on
    in_force = (
        each
        for each in contracts
        if each.is_active and each.signed_on <= day and (each.ends_on is None or each.ends_on >= day)
    )
    return next(in_force, None)


def _agreed(invoice: Invoice, contracts: Iterable[Contract]) -> AgreedPenalty | None:
    contract = contract_of(invoice, contracts)
    if contract is None or contract.penalty_percent is None:
        return None
    return AgreedPenalty(contract.penalty_percent, contract.penalty_cap_percent, contract.penalty_grace_days)
