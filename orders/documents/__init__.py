"""Papers for clients, in Russian: счёт на оплату, накладная, коммерческое предложение, акт сверки, ТОРГ-2."""

from orders.documents.papers import (
    Paper,
    bill_of_invoice,
    bill_of_order,
    note_of_shipment,
    offer_of_order,
    own_company,
)
from orders.documents.settlements import act_of_discrepancies, act_of_reconciliation

__all__ = [
    "Paper",
    "act_of_discrepancies",
    "act_of_reconciliation",
    "bill_of_invoice",
    "bill_of_order",
    "note_of_shipment",
    "offer_of_order",
    "own_company",
]
