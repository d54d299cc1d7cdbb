"""Why a rule decided as it did: a code and its values, so that every language can say it.

Rules never write sentences. A page turns `Reason("over_limit", {"limit": …})` into words of its reader, an
API sends it as it is, and an action stores it beside the figure it explains.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from operator import attrgetter
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

    Decimals and dates become text (nothing is lost to floats), dataclasses and named tuples become objects, sets are
    sorted.
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
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: as_stored(each) for name, each in zip(value._fields, value, strict=True)}
    if isinstance(value, Mapping):
        return {str(as_stored(key)): as_stored(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return [as_stored(each) for each in sorted(value)]
    if isinstance(value, list | tuple):
        return [as_stored(each) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be stored with an explanation")


def stored_text(value: object) -> str:
    """`as_stored` as a text of JSON, for many explanations at once: how a type is stored is found out once."""
    return _TEXTS[value.__class__](value)


class _Steps(dict[type, Callable[[Any], Any]]):
    """How a value of a type becomes plain JSON data; what is rare does as `as_stored` has it."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if is_dataclass(kind):
            found = _step_of(kind)
        elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
            found = _step_of_named(kind)
        elif issubclass(kind, StrEnum):
            found = _as_it_is
        elif issubclass(kind, Enum):
            found = attrgetter("value")
        elif issubclass(kind, Mapping):
            found = _plain_mapping
        elif issubclass(kind, list | tuple):
            found = _plain_list
        else:
            found = as_stored
        self[kind] = found
        return found


def _step_of(kind: type) -> Callable[[Any], dict[str, object]]:
    names = tuple(each.name for each in fields(kind))

    def step(value: Any) -> dict[str, object]:
        found = {}
        for name in names:
            each = getattr(value, name)
            found[name] = each if each.__class__ in _NATIVE else _STEPS[each.__class__](each)
        return found

    return step


def _step_of_named(kind: Any) -> Callable[[Any], dict[str, object]]:
    names = kind._fields
    return lambda value: {
        name: each if each.__class__ in _NATIVE else _STEPS[each.__class__](each)
        for name, each in zip(names, value, strict=True)
    }


def _as_it_is(value: Any) -> Any:
    return value


def _plain_reason(value: Reason) -> dict[str, object]:
    return {"code": value.code, "values": _plain_mapping(value.values) if value.values else {}}


def _plain_mapping(value: Mapping) -> dict[str, object]:
    return {
        key if key.__class__ is str else str(as_stored(key)): (
            each if each.__class__ in _NATIVE else _STEPS[each.__class__](each)
        )
        for key, each in value.items()
    }


def _plain_list(value: list | tuple) -> list[object]:
    return [each if each.__class__ in _NATIVE else _STEPS[each.__class__](each) for each in value]


class _Texts(dict[type, Callable[[Any], str]]):
    """How a value of a type becomes a text of JSON: reasons, which are nearly all there is, piece by piece."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if issubclass(kind, list | tuple) and not hasattr(kind, "_fields"):
            found = _list_text
        else:
            step = _STEPS[kind]

            def found(value: Any) -> str:
                return _ENCODER.encode(step(value))

        self[kind] = found
        return found


def _reason_text(value: Reason) -> str:
    values = [
        f"{_quoted(name if name.__class__ is str else str(as_stored(name)))}:{_TEXTS[each.__class__](each)}"
        for name, each in value.values.items()
    ]
    return f'{{"code":{_quoted(value.code)},"values":{{{",".join(values)}}}}}'


def _list_text(value: list | tuple) -> str:
    return f"[{','.join([_TEXTS[each.__class__](each) for each in value])}]"


_NATIVE = frozenset({str, int, bool, type(None)})
_STEPS = _Steps({Decimal: str, date: date.isoformat, Reason: _plain_reason, **dict.fromkeys(_NATIVE, _as_it_is)})
# What explains a figure is never a circle.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_quoted = _ENCODER.encode
_TEXTS = _Texts({str: _quoted, Decimal: lambda value: f'"{value}"', Reason: _reason_text})
