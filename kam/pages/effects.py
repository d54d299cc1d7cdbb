"""What a decision would do, as a template shows it: beside the document that waits and beside the question."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from kam.flows import Flow, Step
from kam.inbox import EFFECTS, Effect
from kam.pages.tables import Column, writer


def written_value(effect: Effect, value: Any) -> SafeString:
    """A figure of an effect as it is written on a page."""
    return mark_safe(writer(Column("", effect.kind, lambda row: value, currency=effect.currency))(None))


def shown_effect(effect: Effect) -> dict[str, Any]:
    """What the template shows of an effect."""
    before = None if effect.before is None else written_value(effect, effect.before)
    return {"effect": effect, "value": written_value(effect, effect.value), "before": before}


def effects_of_step(flow: Flow, step: Step, documents: Sequence[Any], user: Any) -> dict[Any, list[dict[str, Any]]]:
    """What a step that decides would do, by the document's key, for all of them at once; nothing for other steps."""
    told = EFFECTS.get(id(flow))
    if told is None or not step.awaited or step.danger:
        return {}
    return {pk: [shown_effect(each) for each in found] for pk, found in told(list(documents), user).items()}
