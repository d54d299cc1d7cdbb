"""A trail entry told in words: what was done, which fields changed from what to what, by whom and why."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.flows import step_of

VERBS = {
    "create": _("Created"), "created": _("Created"), "add": _("Created"),
    "change": _("Changed"), "changed": _("Changed"), "edit": _("Changed"),
    "delete": _("Removed"), "removed": _("Removed"), "remove": _("Removed"),
    "import": _("Imported"), "imported": _("Imported"), "attach": _("File added"), "detach": _("File removed"),
    "change_password": _("Password changed"), "make_token": _("API token made"), "revoke_token": _("API token revoked"),
    "end": _("Ended early"),
}  # fmt: skip

# Verbs that come many in a row while a person types, and how far apart two of one sitting may be.
TYPED: set[str] = set()
_SUM = re.compile(r"-?\d+\.\d\d")
ONE_SITTING = timedelta(minutes=30)

# Words for what a trail entry names that is no field of the document, and for values that are codes; a floor adds its
# own where it declares its pages.
NAMES: dict[str, Any] = {
    "tokens_revoked": _("Tokens revoked"),
    "file": _("File"),
    "token": _("Token"),
    "roles": _("Roles"),
}
VALUES: dict[str, Any] = {}


def verb_label(kind: str, verb: str) -> str:
    """The word for a verb: what the step did, else what the floors call it."""
    step = step_of(kind, verb)
    if step is not None:
        return str(step.done or step.label)
    if verb in VERBS:
        return str(VERBS[verb])
    return capfirst(verb.replace("_", " "))


def told(entry: Any) -> dict[str, Any]:
    """What the templates show of an entry."""
    model = _model_of(entry.document_kind)
    changes = [
        {"label": _label_of(model, name), "before": _shown(model, name, pair[0]), "after": _shown(model, name, pair[1])}
        for name, pair in entry.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
    return {
        "verb": verb_label(entry.document_kind, entry.verb),
        "by": entry.by.short_name if entry.by else gettext("The program"),
        "on_behalf_of": entry.on_behalf_of.short_name if entry.on_behalf_of else "",
        "at": entry.at,
        "reason": entry.why,
        "changes": changes,
    }


def gathered(entries: Iterable[Any]) -> list[list[Any]]:
    """Entries, latest first, with runs of one person's same deed put together: what is saved as it is typed is one."""
    runs: list[list[Any]] = []
    for entry in entries:
        last = runs[-1][-1] if runs else None
        if last is not None and _goes_on(last, entry):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _goes_on(later: Any, earlier: Any) -> bool:
    same = (later.verb, later.by_id, later.on_behalf_of_id) == (earlier.verb, earlier.by_id, earlier.on_behalf_of_id)
    return same and later.verb in TYPED and not later.reason and later.at - earlier.at < ONE_SITTING


def told_run(run: list[Any]) -> dict[str, Any]:
    """A run as one entry: from the first value to the last."""
    latest = run[0]
    changes = {name: list(pair) if isinstance(pair, list) else pair for name, pair in latest.changes.items()}
    for entry in run[1:]:
        for name, pair in entry.changes.items():
            if isinstance(pair, list) and len(pair) == 2:
                changes[name] = [pair[0], changes[name][1] if isinstance(changes.get(name), list) else pair[1]]
    latest.changes = changes
    return told(latest)


def _model_of(kind: str) -> Any:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _field(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name.removesuffix("_id")) if model else None
    except FieldDoesNotExist:
        return None


def _label_of(model: Any, name: str) -> str:
    # A relation from the other side has no words of its own.
    label = getattr(_field(model, name), "verbose_name", "") or NAMES.get(name) or name.replace("_", " ")
    return capfirst(str(label))


def _shown(model: Any, name: str, value: Any) -> str:
    """A value from the trail, where it stands as JSON, in the reader's words."""
    if value is None or value == "":
        return formats.UNKNOWN
    if isinstance(value, list | tuple):
        return ", ".join(str(VALUES.get(each, each)) for each in value) or formats.UNKNOWN
    field = _field(model, name)
    choices = dict(getattr(field, "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    kind = field.get_internal_type() if field is not None and hasattr(field, "get_internal_type") else ""
    if kind == "DateField" and isinstance(value, str):
        return formats.day(parse_date(value))
    if kind == "DateTimeField" and isinstance(value, str):
        return formats.moment(parse_datetime(value))
    # What is told of another document stands under its number: "СЧ-26-000001": ["120.00", "0.00"].
    if kind == "DecimalField" or (field is None and isinstance(value, str) and _SUM.fullmatch(value)):
        return formats.sum_of_money(Decimal(str(value)))
    return str(VALUES.get(value, value)) if isinstance(value, str) else str(value)
