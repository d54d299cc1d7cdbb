"""Days that a decree or the company itself changed."""

import datetime as dt

from accounts.models import DecreedDay
from kam import trail
from kam.access import authority
from kam.models import User
from kam.records import save_changes, written
from kam.writing import writes


@writes
def set_decreed_day(day: dt.date, *, is_working: bool, by: User, comment: str = "") -> DecreedDay:
    """Say that `day` is a working day or a day off, whatever the calendar says; due dates counted from now on
    follow it, those of issued invoices stay. Raises Forbidden, Refused.
    """
    who = authority(by, "accounts.change_decreedday")
    known = DecreedDay.objects.select_for_update().filter(day=day).first()
    if known is not None:
        return save_changes(known, who=who, is_working=is_working, comment=comment)
    decreed = DecreedDay(day=day, is_working=is_working, comment=comment)
    written(decreed)
    trail.record(decreed, "create", by=who)
    return decreed


@writes
def clear_decreed_day(day: dt.date, *, by: User, reason: str = "") -> None:
    """Let the usual calendar decide on `day` again; nothing happens if it does already. Raises Forbidden."""
    who = authority(by, "accounts.change_decreedday")
    known = DecreedDay.objects.select_for_update().filter(day=day).first()
    if known is not None:
        changes = {"day": [day.isoformat(), None], "is_working": [known.is_working, None]}
        trail.record(known, "remove", by=who, reason=reason, changes=changes)
        known.delete()
