"""The API of the orders' floor, by area."""

<<<<<<< HEAD
from orders.api import bank, catalogue, collecting, credit, money, orders, warehouse

__all__ = ["bank", "catalogue", "collecting", "credit", "money", "orders", "warehouse"]
=======
from orders.api import catalogue, credit, money, orders, settlements, warehouse

__all__ = ["catalogue", "credit", "money", "orders", "settlements", "warehouse"]
>>>>>>> e5153b4 (Show accounts, offsets, reconciliations and discrepancy acts on pages and in the API)
