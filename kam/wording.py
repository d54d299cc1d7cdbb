"""Reasons of rules in the words of the reader.

Each app keeps its texts (`orders/wording.py`): code of a reason → sentence with named places. The figures that go
into the places are formatted here by their names, the same for a fresh `Reason` and for one that was stored as JSON.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import localize

from kam import formats
from kam.phrases import told_of
from kam.refusals import Refusal

MONEY = frozenset((
    "amount", "amount_allowed", "counted", "declared", "difference", "exposure", "limit", "list_price", "order",
    "over_by", "price", "promised", "sales", "secured",
))  # fmt: skip
NUMBERS = frozenset(("average", "times"))
DAYS = frozenset(("day", "since"))


def worded(why: Any, texts: Mapping[str, str]) -> str:
    """Return the sentence for `why`: a Reason or Finding, or the mapping it was stored as.

    A code without a text is shown as it is, with its values: better an ugly reason than none.
    """
    stored = isinstance(why, Mapping)
    code, values = (why["code"], why["values"]) if stored else (why.code, why.values)
    shown = {name: _shown(name, value) for name, value in values.items()}
    if code not in texts:
        return f"{code}: {', '.join(f'{name} {text}' for name, text in shown.items())}" if shown else code
    return str(texts[code]) % shown


def refusals_for(reasons: Iterable[Any], texts: Mapping[str, str], line: int | None = None) -> tuple[Refusal, ...]:
    """Return reasons as refusals; a Finding brings the field it belongs to, `line` is the document's line."""
    return tuple(Refusal(each.code, worded(each, texts), getattr(each, "field", ""), line) for each in reasons)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return formats.UNKNOWN
    if name in MONEY:
        return formats.money(Decimal(value))
    if name in NUMBERS:
        return localize(Decimal(value))
    if name.endswith("percent"):
        return formats.percent(Decimal(value))
    if name in DAYS or name.endswith("_on"):
        return formats.day(value if isinstance(value, date) else date.fromisoformat(value))
    if isinstance(value, Mapping):
        return told_of(value, "")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
