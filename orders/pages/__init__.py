"""Declared pages of the orders' floor, by area."""

from orders.pages import (
    ageing,
    catalogue,
    client_parts,
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
    "catalogue",
    "client_parts",
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
