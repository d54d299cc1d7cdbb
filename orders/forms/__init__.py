"""Forms of the orders' floor, by area."""
