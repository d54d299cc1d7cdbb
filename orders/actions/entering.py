"""Saving an order as it is typed: what can stand is saved, what cannot is told line by line."""

from collections.abc import Sequence
from datetime import date

from kam.refusals import Refusal, Refused
from orders.actions.orders import OrderLineInput, set_lines
from orders.models import Order


def save_lines(
    *, pk: int, by, day: date, lines: Sequence[OrderLineInput], version: int | None = None
) -> tuple[Order, dict[int, list[Refusal]]]:
    """Put those of the lines that can stand into the place of a draft's own, so that one bad line keeps no other back.

    Returns the order and the refusals of the lines left out, by their position among `lines` from 1. Raises what
    `set_lines` raises for the order as a whole: Forbidden, EditConflict, Refused.
    """
    try:
        return set_lines(pk=pk, by=by, day=day, lines=lines, version=version), {}
    except Refused as refused:
        found: dict[int, list[Refusal]] = {}
        for refusal in refused.refusals:
            if refusal.line is None:
                raise
            found.setdefault(refusal.line, []).append(refusal)
    standing = [line for position, line in enumerate(lines, 1) if position not in found]
    return set_lines(pk=pk, by=by, day=day, lines=standing, version=version), found
