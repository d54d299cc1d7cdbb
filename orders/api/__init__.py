"""The API of the orders' floor, by area."""

from orders.api import catalogue, credit, money, orders, warehouse

__all__ = ["catalogue", "credit", "money", "orders", "warehouse"]
