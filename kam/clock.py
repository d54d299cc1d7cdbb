"""The only place that asks what day it is; everything below the edges takes the day as a parameter."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

MOSCOW = ZoneInfo("Europe/Moscow")

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware; inside `at` the moment that was set there."""
    return _moment.get() or timezone.now()


def told() -> datetime | None:
    """The moment set by `at`; None in ordinary life, where the database may ask its own clock under its locks."""
    return _moment.get()


def today() -> date:
    """The present business day: the date in Moscow, whatever the user's time zone."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The business day a moment belongs to."""
    return moment.astimezone(MOSCOW).date()


@contextmanager
def at(moment: datetime | date):
    """Let everything inside happen at this moment (a date means its noon): history is told day by day."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), MOSCOW)
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
