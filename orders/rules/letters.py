"""The words of letters: a text with places in braces, filled with what is known."""

import re
from collections.abc import Mapping

# What a letter may name; anything else in braces is a slip of the pen and refused when the policy is edited.
PLACES = ("client", "contact", "amount", "overdue", "days", "invoices", "penalty", "day", "manager", "company")
PLACE = re.compile(r"\{([^{}]*)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with every known place filled; an unknown one stays as it is."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_places(text: str) -> list[str]:
    """Return what stands in braces and is no place, in the order of the text."""
    return [name for name in PLACE.findall(text) if name not in PLACES]
