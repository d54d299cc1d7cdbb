"""Declared tables of the orders' floor, by area."""
