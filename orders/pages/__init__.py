"""Declared pages of the orders' floor, by area."""

from orders.pages import (
    ageing,
    amending,
    catalogue,
    client_parts,
    credit,
    held,
    intakes,
    invoice_panels,
    money,
    order_parts,
    orders,
    papers,
    reservations,
    shipping,
    trail_words,
    warehouse,
)

__all__ = [
    "ageing",
    "amending",
    "catalogue",
    "client_parts",
    "credit",
    "held",
    "intakes",
    "invoice_panels",
    "money",
    "order_parts",
    "orders",
    "papers",
    "reservations",
    "shipping",
    "trail_words",
    "warehouse",
]
