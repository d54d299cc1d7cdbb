"""Sentences of the program that are kept: the words and what they name apart, so that each reader has his own.

A text that is put together when it is written stays in the language of whoever wrote it, and a job of the night has no
reader at all. A `Phrase` is kept as JSON and becomes a text, with the reader's numbers and dates, when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from kam import formats


@dataclass(frozen=True, slots=True)
class Phrase:
    """An untranslated `text` with %(name)s places and the `values` for them; `str` tells it in the language spoken.

    A day is given as a date and a sum as `(amount, currency)`; a phrase may stand in another; the rest stays as it is.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return told(self.text, stored_values(self.values))

    def parts(self) -> dict[str, object]:
        """The phrase as JSON, for a row."""
        return {"text": self.text, "values": stored_values(self.values)}


def stored_values(values: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON that still know what they are."""
    return {name: _stored(value) for name, value in values.items()}


def told(text: str, values: Mapping[str, object]) -> str:
    """The text with its stored values in the language now spoken; a value that is missing leaves its place as it is."""
    text = gettext(text) if text else ""
    try:
        return text % {name: _shown(value) for name, value in values.items()} if values else text
    except (KeyError, ValueError, TypeError):
        return text


def told_of(parts: Mapping | None, otherwise: str) -> str:
    """A phrase that was kept as `parts`, in the language now spoken; without them the text that was kept."""
    return told(parts["text"], parts["values"]) if parts else otherwise


def parts_of(text: "str | Phrase") -> dict[str, object] | None:
    """What of a text is kept in parts: a phrase; the words of a person have none."""
    return text.parts() if isinstance(text, Phrase) else None


def _stored(value: object) -> object:
    match value:
        case Phrase():
            return value.parts()
        case date():
            return {"day": value.isoformat()}
        case (Decimal() as amount, str(currency)):
            return {"amount": str(amount), "currency": currency}
    return value


def _shown(value: object) -> object:
    match value:
        case {"text": str(text), "values": dict(values)}:
            return told(text, values)
        case {"day": day}:
            return formats.day(date.fromisoformat(day))
        case {"amount": amount, "currency": currency}:
            return formats.money(Decimal(amount), currency)
    return value
