"""When the things of a day happen in the demo."""

import datetime as dt

from kam.clock import MOSCOW


def midday(day: dt.date, *, present: dt.datetime | None = None) -> dt.datetime:
    """Noon of the day; on the present day no later than `present`, so that what people do next comes after it."""
    noon = dt.datetime.combine(day, dt.time(12), MOSCOW)
    present = present or dt.datetime.now(MOSCOW)
    return present if present < noon and present.date() == day else noon
