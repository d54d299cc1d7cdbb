"""The only place that asks what day it is; everything below the edges takes the day as a parameter."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

MOSCOW = ZoneInfo("Europe/Moscow")


def now() -> datetime:
    """The present moment, aware."""
    return timezone.now()


def today() -> date:
    """The present business day: the date in Moscow, whatever the user's time zone."""
    return now().astimezone(MOSCOW).date()


def day_of(moment: datetime) -> date:
    """The business day a moment belongs to."""
    return moment.astimezone(MOSCOW).date()
