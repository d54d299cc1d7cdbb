"""The API of the orders' floor, by area."""

from orders.api import catalogue, collecting, credit, money, orders, warehouse

__all__ = ["catalogue", "collecting", "credit", "money", "orders", "warehouse"]
