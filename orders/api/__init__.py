"""The API of the orders' floor, by area."""

from orders.api import catalogue, orders, warehouse

__all__ = ["catalogue", "orders", "warehouse"]
