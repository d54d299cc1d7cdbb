"""Declared pages of the orders' floor, by area."""

from orders.pages import catalogue, orders, reservations, trail_words, warehouse

__all__ = ["catalogue", "orders", "reservations", "trail_words", "warehouse"]
