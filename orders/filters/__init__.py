"""Filters of the orders' lists, by area."""
