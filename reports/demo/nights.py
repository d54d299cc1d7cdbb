"""The nights of the demo company: kept ends of months, and every night of the last weeks."""

import datetime as dt

from kam import clock
from orders.actions.snapshots import take_ageing_snapshot
from reports.actions.nightly import run_night
from reports.queries.books import month_ends

MONTHS, NIGHTS = 14, 42
AT_NIGHT = dt.time(1, 30)


def close_days(end: dt.date) -> None:
    """Close the days before `end` as the nights would have, the ends of earlier months with nothing but the ageing."""
    last = end - dt.timedelta(days=1)
    for day in reversed(month_ends(last, MONTHS)[1:]):
        take_ageing_snapshot(day=day)
    for back in range(NIGHTS, -1, -1):
        day = last - dt.timedelta(days=back)
        with clock.at(dt.datetime.combine(day + dt.timedelta(days=1), AT_NIGHT, clock.MOSCOW)):
            run_night(day=day, latest=back == 0)
