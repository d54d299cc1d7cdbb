"""The words of letters: a text with places in braces, filled with what is known."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

# What a letter may name; anything else in braces is a slip of the pen and refused when the policy is edited.
PLACES = ("client", "contact", "amount", "overdue", "days", "invoices", "penalty", "day", "manager", "company")
PLACE = re.compile(r"\{([^{}]*)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with every known place filled; an unknown one stays as it is."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_places(text: str) -> list[str]:
    """Return what stands in braces and is no place, in the order of the text."""
    return [name for name in PLACE.findall(text) if name not in PLACES]


def misfit(days: int, smallest: Decimal, oldest: int | None, amount: Decimal) -> str:
    """Return why a level does not fit what a client owes, as a code; "" where it fits.

    `days` late are what the level begins at, nothing or less for a reminder; `oldest` is how late the oldest debt is
    that it would name (None: it would name nothing) and `amount` what all of them make.
    """
    if oldest is None:
        return "nothing_near" if days <= 0 else "nothing_late"
    if days > 0 and oldest < days:
        return "not_so_late"
    return "below_smallest" if amount < smallest else ""


def carried_rate(whys: Iterable[Any]) -> str:
    """Return the old key rate that a computation carries on, for a letter ("16 % с 22.12.2025"); "" without one.

    `whys` are the reasons of penalties, as they are or as they were stored.
    """
    for why in whys:
        code, values = (why["code"], why["values"]) if isinstance(why, Mapping) else (why.code, why.values)
        if code == "rate_carried":
            since = values["starts_on"]
            since = since if isinstance(since, date) else date.fromisoformat(since)
            return f"{values['rate'].replace('.', ',')} с {since:%d.%m.%Y}"
    return ""
