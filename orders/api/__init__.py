"""The API of the orders' floor, by area."""

from orders.api import bank, catalogue, collecting, credit, money, orders, settlements, warehouse

__all__ = ["bank", "catalogue", "collecting", "credit", "money", "orders", "settlements", "warehouse"]
