"""Declared pages of the orders' floor, by area."""

from orders.pages import catalogue, warehouse

__all__ = ["catalogue", "warehouse"]
