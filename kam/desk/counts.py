"""The counts of a run in words."""

from django.utils.translation import gettext_lazy

OUTCOMES = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "skipped": gettext_lazy("skipped"),
    "passed_over": gettext_lazy("passed over"),
    "archived": gettext_lazy("archived"),
}
NOUNS = {
    "rows": gettext_lazy("Rows"),
    "clients": gettext_lazy("Clients"),
    "contacts": gettext_lazy("Contacts"),
    "products": gettext_lazy("Products"),
    "categories": gettext_lazy("Categories"),
    "brands": gettext_lazy("Brands"),
    "prices": gettext_lazy("Prices"),
    "price_columns": gettext_lazy("Price columns"),
    "warehouses": gettext_lazy("Warehouses"),
    "stock": gettext_lazy("Stock levels"),
    "orders": gettext_lazy("Orders"),
    "order_lines": gettext_lazy("Order lines"),
    "invoices": gettext_lazy("Invoices"),
    "elements": gettext_lazy("Parts of the file"),
    "documents": gettext_lazy("Documents"),
    "services": gettext_lazy("Services"),
    "people": gettext_lazy("Private persons"),
    "partners": gettext_lazy("Partners"),
    "bases_of_variants": gettext_lazy("Products replaced by their variants"),
    "scale_prices": gettext_lazy("Prices by quantity"),
    "statements": gettext_lazy("Statements"),
    "lines": gettext_lazy("Statement lines"),
    "payments": gettext_lazy("Payments"),
    "allocations": gettext_lazy("Allocations"),
    "accounts": gettext_lazy("Our bank accounts"),
    "placed_lines": gettext_lazy("Certain, booked at once"),
    "to_place_lines": gettext_lazy("To be placed by two people"),
    "parked_lines": gettext_lazy("Parked, of nobody known"),
    "fee_lines": gettext_lazy("Bank fees"),
    "own_lines": gettext_lazy("Own transfers"),
    "outgoing_lines": gettext_lazy("Outgoing payments"),
    "other_lines": gettext_lazy("Other income, parked"),
    "notes": gettext_lazy("Notes"),
    "steps_done": gettext_lazy("Done"),
    "steps_refused": gettext_lazy("Not done"),
}


def count_label(key: str) -> str:
    """A count of a report in words: `products_created` -> “Products: created”."""
    for ending, outcome in OUTCOMES.items():
        if key.endswith(f"_{ending}"):
            noun = key.removesuffix(f"_{ending}")
            return f"{NOUNS.get(noun, noun.replace('_', ' '))}: {outcome}"
    return str(NOUNS.get(key, key.replace("_", " ").capitalize()))


def counted(run) -> list[tuple[str, int]]:
    """The counts of a run as its page shows them."""
    return [(count_label(key), count) for key, count in run.counts.items()]
