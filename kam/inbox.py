"""What waits for a person, over all flows: every document that an awaited step of theirs can be taken on.

A floor says what a decision would do with `add_effect(ORDER_FLOW, order_effects)`: a function of
(documents, user) that returns, for all of them at once, `{pk: [Effect(_("Total"), order.total), …]}`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kam.flows import Flow, Step, all_flows
from kam.models import TrailEntry

SHOWN = 50
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of a decision: a figure, what it was before where it changes, and a word on it.

    `kind` is a column kind (money, quantity, percent, date, text), `tone` colours it: wrong, wait or done.
    """

    label: Any
    value: Any
    kind: str = "money"
    before: Any = None
    hint: Any = ""
    tone: str = ""
    currency: str = "RUB"


@dataclass(slots=True)
class Waiting:
    """One document that waits: the steps to choose from, who asked, since when, why, and the effect."""

    document: Any
    steps: list[Step]
    asked_by: Any = None
    on_behalf_of: Any = None
    since: datetime | None = None
    reason: str = ""
    effects: list[Effect] = field(default_factory=list)


@dataclass(slots=True)
class Tray:
    """What waits of one kind of document; `more` says that not all of it is here."""

    flow: Flow
    items: list[Waiting]
    more: bool

    @property
    def steps(self) -> list[Step]:
        """The steps that may be taken on several at once, in the order of the flow."""
        names = {step.name for item in self.items for step in item.steps}
        return [step for step in self.flow.steps if step.name in names]


Effects = Callable[[list, Any], dict[int, list[Effect]]]
EFFECTS: dict[int, Effects] = {}
RELATED: dict[int, tuple[str, ...]] = {}


def add_effect(flow: Flow, effects: Effects, related: Iterable[str] = ()) -> None:
    """Say what a decision on the flow's documents does; `related` is selected with them for that."""
    EFFECTS[id(flow)] = effects
    RELATED[id(flow)] = tuple(related)


def waiting_count(user) -> int:
    """How many documents wait for the person, counted up to COUNTED of each kind."""
    return sum(waiting_in(flow, user) for flow in all_flows())


def waiting_in(flow: Flow, user) -> int:
    """How many documents of a flow wait for the person, counted up to COUNTED."""
    keys = [rows.order_by().values("pk") for _step, rows in flow.waiting_for(user)]
    if not keys:
        return 0
    return (keys[0].union(*keys[1:]) if len(keys) > 1 else keys[0])[:COUNTED].count()


def trays_for(user, shown: int = SHOWN) -> list[Tray]:
    """What waits for the person, by kind, the longest waiting first; at most `shown` of each kind.

    The number of queries depends on the number of flows, never on that of documents.
    """
    trays = []
    for flow in all_flows():
        found: dict[int, Waiting] = {}
        for step, rows in flow.waiting_for(user):
            for document in rows.select_related(*RELATED.get(id(flow), ())).order_by("pk")[: shown + 1]:
                found.setdefault(document.pk, Waiting(document, [])).steps.append(step)
        if not found:
            continue
        items = [found[pk] for pk in sorted(found)][:shown]
        tell_who_asked(flow, items)
        add_effects(flow, items, user)
        trays.append(Tray(flow, items, len(found) > shown))
    return trays


def tell_who_asked(flow: Flow, items: list[Waiting]) -> None:
    """Put beside each document who brought it into its state, when and why: its last such entry in the trail."""
    documents = {item.document.pk: item for item in items}
    entries = TrailEntry.objects.filter(
        document_kind=flow.model._meta.label_lower, document_id__in=documents, changes__has_key=flow.status_field
    )
    created = TrailEntry.objects.filter(
        document_kind=flow.model._meta.label_lower, document_id__in=documents, verb="create"
    )
    latest = (entries | created).order_by("document_id", "-pk").distinct("document_id")
    for entry in latest.select_related("by", "on_behalf_of"):
        item = documents[entry.document_id]
        item.asked_by, item.on_behalf_of, item.since, item.reason = (
            entry.by,
            entry.on_behalf_of,
            entry.at,
            entry.why,
        )


def add_effects(flow: Flow, items: list[Waiting], user) -> None:
    """Put the effect of a decision beside each document, where the floor says what it is."""
    effects_of = EFFECTS.get(id(flow))
    if effects_of is None:
        return
    effects = effects_of([item.document for item in items], user)
    for item in items:
        item.effects = effects.get(item.document.pk, [])
