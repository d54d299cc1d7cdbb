"""The API of the orders' floor, by area."""

from orders.api import catalogue, warehouse

__all__ = ["catalogue", "warehouse"]
