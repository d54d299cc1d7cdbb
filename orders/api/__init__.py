"""The API of the orders' floor, by area."""

from orders.api import catalogue, money, orders, warehouse

__all__ = ["catalogue", "money", "orders", "warehouse"]
