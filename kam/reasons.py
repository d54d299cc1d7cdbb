"""Why a rule decided as it did: a code and its values, so that every language can say it.

Rules never write sentences. A page turns `Reason("over_limit", {"limit": …})` into words of its reader, an
API sends it as it is, and an action stores it beside the figure it explains.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason or step: `code` names it, `values` are the figures it speaks of."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def reason(code: str, /, **values: object) -> Reason:
    """Return `Reason(code, values)`; saves the braces where rules read like prose."""
    return Reason(code, values)


def as_stored(value: object) -> object:
    """Return `value` as plain JSON data, so that an action can keep a rule's inputs and result for good.

    Decimals and dates become text (nothing is lost to floats), dataclasses become objects, sets are sorted.
    Raises TypeError for what has no such form.
    """
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_stored(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(as_stored(key)): as_stored(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return [as_stored(each) for each in sorted(value)]
    if isinstance(value, list | tuple):
        return [as_stored(each) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be stored with an explanation")


def stored_text(value: object) -> str:
    """`as_stored` as a text of JSON, made in one go: for many explanations at once."""
    return _ENCODER.encode(value)


def _plain(value: object) -> object:
    """One step of what JSON does not know by itself; what is inside is asked for again."""
    kind = value.__class__
    known = _PLAIN.get(kind)
    if known is None:
        known = _PLAIN[kind] = _step_of(kind) if is_dataclass(kind) else as_stored
    return known(value)


def _step_of(kind: type) -> Callable[[Any], dict[str, object]]:
    names = tuple(each.name for each in fields(kind))
    return lambda value: {name: getattr(value, name) for name in names}


_PLAIN: dict[type, Callable[[Any], object]] = {Decimal: str, date: date.isoformat}
_ENCODER = json.JSONEncoder(default=_plain, ensure_ascii=False)
