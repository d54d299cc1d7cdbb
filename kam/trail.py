"""Writes the trail: who, when, on whose behalf, what changed and why."""

from kam.access import Authority
from kam.models import TrailEntry
from kam.phrases import Phrase, parts_of
from kam.rows import insert_row


def entry_of(document, verb: str, by: Authority, changes=None, reason: str | Phrase = "") -> TrailEntry:
    """A trail entry, not yet written. A reason that the program gives is a Phrase, so that every reader can read it."""
    return TrailEntry(
        verb=verb,
        by=by.by,
        on_behalf_of_id=by.on_behalf_of_id,
        document_kind=document._meta.label_lower,
        document_id=document.pk,
        changes=changes or {},
        reason=str(reason),
        reason_parts=parts_of(reason),
    )


def record(document, verb: str, *, by, changes=None, reason="") -> TrailEntry:
    """Write one entry. `by` is an Authority, a user, or None where the program itself acted.

    `changes` maps a field to [before, after]; values must be JSON-ready.
    """
    entry = entry_of(document, verb, by if isinstance(by, Authority) else Authority(by), changes, reason)
    insert_row(entry)
    return entry


def record_many(documents, verb: str, *, by, reason="") -> None:
    """Write one entry for each document, in one statement."""
    who = by if isinstance(by, Authority) else Authority(by)
    TrailEntry.objects.bulk_create([entry_of(document, verb, who, reason=reason) for document in documents])


def changed(document, **values) -> dict:
    """Set attributes and tell what changed, as the trail keeps it; equal values are left out."""
    changes = {}
    for name, after in values.items():
        before = getattr(document, name)
        if before != after:
            changes[name] = [_plain(before), _plain(after)]
            setattr(document, name, after)
    return changes


def _plain(value):
    if value is None or isinstance(value, (bool, int, list, dict)):
        return value
    return str(value)
