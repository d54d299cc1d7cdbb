"""Notifications are read by the person they are for."""

from kam import clock
from kam.models import Notification, User
from kam.writing import writes


@writes
def mark_read(*, by: User, keys=None) -> int:
    """Mark one's own notifications read: those with these keys, or all; returns how many were unread."""
    rows = Notification.objects.visible_to(by).unread()
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return rows.update(read_at=clock.now())
