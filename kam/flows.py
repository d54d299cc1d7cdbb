"""The steps of documents. A status changes only through a Step; the same table gives the buttons, the API
verbs, the refusals and what waits for whom."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from kam import trail
from kam.access import Authority, authority, authority_over
from kam.refusals import Forbidden, Refusal, Refused
from kam.rows import save_fields
from kam.writing import writes

REGISTRY: list["Flow"] = []


@dataclass(frozen=True)
class Step:
    """One way from some states to another.

    `label` stands on the button and says what to do, `done` stands in the history and says what was done.
    `four_eyes`: refused to whoever asked. `awaited`: the document waits for somebody who may take it, so
    it stands in their inbox. `limit(document, user)` tells why the document is beyond the user's
    authority, or None; `within(rows, user)` narrows what waits to what is not. `to` is empty where the action decides
    between several states (`ends`).
    """

    name: str
    label: str
    from_: tuple[str, ...]
    to: str
    permission: str
    ends: tuple[str, ...] = ()
    four_eyes: bool = False
    needs_reason: bool = False
    awaited: bool = False
    danger: bool = False
    primary: bool = False
    listed: bool = True  # has a button of its own; a step taken only through another document has none
    limit: Callable | None = None
    within: Callable | None = None
    fields: tuple[str, ...] = ()
    done: Any = ""


@dataclass
class Flow:
    """The table of steps of one kind of document."""

    model: type[Model]
    steps: tuple[Step, ...]
    status_field: str = "status"
    asked_by: str = ""  # the attribute with the id of who asked, for four eyes
    # Paths to the ids of the managers whose document it is: "client.manager_id". Any of them will do.
    manager: str | tuple[str, ...] = ()
    colours: dict[str, str] = field(default_factory=dict)  # status -> grey, blue, amber, red, green

    def __post_init__(self):
        REGISTRY.append(self)

    def step(self, name: str) -> Step:
        """The step of this name; KeyError if the flow has none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def managers_of(self, document) -> Iterator[int | None]:
        """The ids of the managers whose document it is, one path after another as they are asked for."""
        for path in (self.manager,) if isinstance(self.manager, str) else self.manager:
            value = document
            for part in path.split("."):
                value = getattr(value, part, None)
            yield value

    def authority_on(self, document, user, permission: str) -> Authority:
        """On whose authority the user may do this to the document; raises Forbidden."""
        if not self.manager:
            return authority(user, permission)
        return authority_over(user, permission, self.managers_of(document))

    def refusals(self, document, step: Step, user) -> list[Refusal]:
        """Every reason why this user cannot take this step on this document now; rights are asked apart."""
        found = []
        status = getattr(document, self.status_field)
        if status not in step.from_:
            found.append(
                Refusal(
                    "wrong_state",
                    _("%(document)s is “%(status)s”: “%(step)s” is not possible.")
                    % {"document": document, "status": self.label_of(status), "step": step.label},
                )
            )
        if step.four_eyes and self.asked_by and getattr(document, self.asked_by) in self._eyes(document, step, user):
            found.append(
                Refusal(
                    "four_eyes", _("%(document)s was asked for by you: somebody else decides.") % {"document": document}
                )
            )
        beyond = step.limit(document, user) if step.limit else None
        if beyond:
            found.append(beyond)
        return found

    def _eyes(self, document, step: Step, user) -> set[int]:
        """Whose eyes the user decides with: their own and, where they act for somebody absent, the absent's."""
        try:
            who = self.authority_on(document, user, step.permission)
        except Forbidden:
            return {user.pk}
        return {user.pk, who.on_behalf_of_id} - {None}

    def label_of(self, status: str) -> str:
        return str(dict(self.model._meta.get_field(self.status_field).flatchoices).get(status, status))

    def steps_for(self, document, user) -> list[Step]:
        """The steps this user can take on this document now: its buttons."""
        found = []
        for step in self.steps:
            if not step.listed or self.refusals(document, step, user):
                continue
            try:
                self.authority_on(document, user, step.permission)
            except Forbidden:
                continue
            found.append(step)
        return found

    def check(self, document, name: str, *, by, reason: str = "") -> tuple[Step, Authority]:
        """Whether the user may take the step on the (locked) document.

        Raises Forbidden without the right, Refused with every other reason.
        """
        step = self.step(name)
        who = self.authority_on(document, by, step.permission)
        found = self.refusals(document, step, by)
        if step.needs_reason and not reason.strip():
            found.append(
                Refusal(
                    "reason_missing", _("Say why: “%(step)s” needs a reason.") % {"step": step.label}, field="reason"
                )
            )
        if found:
            raise Refused(*found)
        return step, who

    def finish(
        self, document, step: Step, who: Authority, *, to: str = "", reason: str = "", changes=None, also: Iterable = ()
    ):
        """Put the document into the state the step leads to and write the trail.

        Saves the status and the fields named in `also`, nothing else.
        """
        target = to or step.to
        assert target == step.to or target in step.ends, (step.name, target)
        before = getattr(document, self.status_field)
        setattr(document, self.status_field, target)
        document.version += 1
        save_fields(document, (self.status_field, "version", "updated_at", *also))
        trail.record(
            document, step.name, by=who, reason=reason, changes={self.status_field: [before, target], **(changes or {})}
        )

    def waiting_for(self, user):
        """The documents that wait for this user, with the steps they wait for."""
        for step in self.steps:
            if not step.awaited or not (user.is_superuser or user.standings.allows(step.permission)):
                continue
            reach = user.standings.reach_for(step.permission)
            rows = self.model.objects.visible_to(user).filter(**{f"{self.status_field}__in": step.from_})
            if not reach.everything and not user.is_superuser:
                rows = rows.within(reach)
            if step.within:
                rows = step.within(rows, user)
            if step.four_eyes and self.asked_by:
                rows = self._with_other_eyes(rows, step, user)
            yield step, rows

    def _with_other_eyes(self, rows, step: Step, user):
        """The rows that neither the user asked for nor somebody absent for whom they would have to decide."""
        rows = rows.exclude(**{self.asked_by: user.pk})
        own = user.standings.own
        if user.is_superuser or (own.allows(step.permission) and own.reach.everything):
            return rows
        asked_by_absent = Q(
            **{f"{self.asked_by}__in": [each.user_id for each in user.standings.absent if each.allows(step.permission)]}
        )
        if own.allows(step.permission):
            asked_by_absent &= ~Q(pk__in=self.model.objects.within(own.reach).values("pk"))
        return rows.exclude(asked_by_absent)


@writes
def take_step(flow: Flow, pk: int, name: str, *, by, reason: str = "", effect: Callable | None = None):
    """Take a step on a document that needs no lock but its own; returns the document.

    `effect(document)` runs on the locked row before the status is written; it may raise Refused and may
    return the state the document ends in, where the step leads to several.
    """
    document = flow.model.objects.select_for_update(of=("self",)).get(pk=pk)
    step, who = flow.check(document, name, by=by, reason=reason)
    target = effect(document) if effect else None
    flow.finish(document, step, who, to=target or "", reason=reason)
    return document


def mover(actions: Mapping[str, Callable]) -> Callable:
    """The writer that takes a step by its name: `move(pk, step, by=…, day=…, reason="", **facts)`.

    `actions` names the writer of each step that has a button. Each is given `day` and `reason` where it has parameters
    of these names, and all facts. Raises KeyError for a step without a writer, and what the writer raises.
    `move.steps` names the steps, `move.needed` the facts without which a step cannot be taken.
    """
    parameters = {name: inspect.signature(action).parameters for name, action in actions.items()}

    def move(pk: int, step: str, *, by, day: date | None = None, reason: str = "", **facts):
        offered = {"reason": reason} if day is None else {"reason": reason, "day": day}
        taken = {name: value for name, value in offered.items() if name in parameters[step]}
        return actions[step](pk, by=by, **taken, **facts)

    move.steps = frozenset(actions)
    move.needed = {name: _facts_needed(found) for name, found in parameters.items()}
    return move


def _facts_needed(parameters: Mapping[str, inspect.Parameter]) -> frozenset[str]:
    """The facts of a writer that have no value of their own, beside what every step is given."""
    named = (each for each in parameters.values() if each.kind is each.KEYWORD_ONLY and each.default is each.empty)
    return frozenset(each.name for each in named) - {"by", "day", "reason"}


def step_of(kind: str, name: str) -> Step | None:
    """The step of this name of documents of a kind (`orders.order`); None where they have none."""
    for flow in REGISTRY:
        if flow.model._meta.label_lower == kind:
            return next((step for step in flow.steps if step.name == name), None)
    return None


def all_flows() -> Iterable[Flow]:
    """Every flow of the program, in the order of the floors."""
    return tuple(REGISTRY)
