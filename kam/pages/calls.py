"""How a page calls an action: with the day and the warnings a person has confirmed, where the action asks for them."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest

from kam.clock import today

CONFIRMED = "confirmed_warning"


@cache
def parameters_of(action: Callable[..., Any]) -> frozenset[str]:
    """The names of the action's parameters."""
    return frozenset(inspect.signature(action).parameters)


def edge_values(action: Callable[..., Any], request: HttpRequest) -> dict[str, Any]:
    """What only the edge knows: the day, and which warnings were confirmed; each only if the action takes it."""
    taken = parameters_of(action)
    values: dict[str, Any] = {}
    if "day" in taken:
        values["day"] = today()
    if "confirmed_warnings" in taken:
        values["confirmed_warnings"] = tuple(request.POST.getlist(CONFIRMED))
    return values
