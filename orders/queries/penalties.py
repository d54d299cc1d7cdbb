"""The penalty on invoices on a day, for any number of them: one question a table, then the rule."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection

from accounts.models import Contract
from orders.models import Invoice, KeyRate
from orders.queries.debts import OpenDebt
from orders.rules.aging import Settled
from orders.rules.penalty import AgreedPenalty, KeyRates, Penalty, Rate, penalty_for

# Money by the day of the bank, also where it stood with another client first. The ids go as one array: a claim asks
# for every late invoice of many clients.
SETTLED = """
SELECT a.invoice_id, coalesce(p.paid_on, p.received_on), a.amount
FROM orders_allocation a JOIN orders_payment p ON p.id = a.payment_id
WHERE a.invoice_id = ANY(%(invoices)s) AND a.allocated_on <= %(day)s AND (a.undone_on IS NULL OR a.undone_on > %(day)s)
UNION ALL SELECT invoice_id, issued_on, amount FROM orders_creditnote
WHERE invoice_id = ANY(%(invoices)s) AND issued_on <= %(day)s"""


def key_rates() -> KeyRates:
    """Every key rate that is known."""
    return KeyRates(Rate(*row) for row in KeyRate.objects.order_by().values_list("starts_on", "rate"))


class Penalties:
    """The penalties of these invoices for their days late up to and with a day, each computed when it is asked for.

    What they need is gathered at once; a penalty with its lines is many objects, and those of thousands are not kept.
    Money counts from the day it came, whenever somebody allocated it; an allocation that was undone by the day does
    not count. The contract is the invoice's own, else the client's that was in force when the goods were shipped.
    """

    def __init__(
        self, invoices: Collection[Invoice | OpenDebt], as_of: date, paid_in_part: Iterable[int] | None = None
    ) -> None:
        """`paid_in_part` are the ids of those of which something was settled by the day, where that is known."""
        self._as_of = as_of
        self._settled = _settled([each.pk for each in invoices] if paid_in_part is None else list(paid_in_part), as_of)
        self._contracts = _contracts({invoice.client_id for invoice in invoices})
        self._rates = key_rates()

    def of(self, invoice: Invoice | OpenDebt) -> Penalty:
        """The penalty of one of the invoices."""
        return penalty_for(
            invoice.amount,
            invoice.due_on,
            self._settled.get(invoice.pk, ()),
            self._as_of,
            agreed=_agreed(invoice, self._contracts.get(invoice.client_id, ())),
            rates=self._rates,
            currency=invoice.currency,
        )


def penalties_on(invoices: Collection[Invoice | OpenDebt], as_of: date) -> dict[int, Penalty]:
    """The penalty of each of these invoices for its days late up to and with a day, by the invoice's id."""
    penalties = Penalties(invoices, as_of)
    return {invoice.pk: penalties.of(invoice) for invoice in invoices}


def contracts_of(invoices: Collection[Invoice]) -> dict[int, Contract | None]:
    """The contract that each of these invoices is under, by the invoice's id."""
    contracts = _contracts({invoice.client_id for invoice in invoices})
    return {invoice.pk: contract_of(invoice, contracts[invoice.client_id]) for invoice in invoices}


def _settled(invoice_ids: list[int], as_of: date) -> dict[int, list[Settled]]:
    found: dict[int, list[Settled]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, {"invoices": invoice_ids, "day": as_of})
        for invoice_id, on, amount in cursor.fetchall():
            found[invoice_id].append(Settled(on, amount))
    return found


def _contracts(client_ids: Collection[int]) -> dict[int, list[Contract]]:
    found: dict[int, list[Contract]] = defaultdict(list)
    for contract in Contract.objects.filter(client__in=client_ids).order_by("-signed_on", "-pk"):
        found[contract.client_id].append(contract)
    return found


def contract_of(invoice: Invoice | OpenDebt, contracts: Iterable[Contract]) -> Contract | None:
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


def _agreed(invoice: Invoice | OpenDebt, contracts: Iterable[Contract]) -> AgreedPenalty | None:
    contract = contract_of(invoice, contracts)
    if contract is None or contract.penalty_percent is None:
        return None
    return AgreedPenalty(contract.penalty_percent, contract.penalty_cap_percent, contract.penalty_grace_days)
