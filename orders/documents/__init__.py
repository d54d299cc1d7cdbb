"""Papers for clients, in Russian: счёт на оплату, товарная накладная, коммерческое предложение."""

from orders.documents.papers import Paper, bill_of_invoice, bill_of_order, note_of_shipment, offer_of_order
from orders.documents.printing import pdf

__all__ = ["Paper", "bill_of_invoice", "bill_of_order", "note_of_shipment", "offer_of_order", "pdf"]
