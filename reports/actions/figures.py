"""Keeps figures that documents alone do not tell again later, or not quickly: one pass over all clients each."""

from datetime import date, timedelta

from django.db import connection

from kam.writing import writes
from reports.queries.keeping import (
    BRANDS,
    CREDIT,
    EXPECTED,
    EXPECTED_ALONE,
    EXPECTED_HANDED,
    EXPECTED_OF_DAY,
    EXPECTED_PLACES,
    OUTDATED,
)

FORECASTS = ("reports_expectedcash", "reports_expectedtotal", "reports_brandfigure")
DAYS_KEPT = 14  # of forecasts and brands; older ones stay for Sundays and ends of months only


@writes
def keep_key_figures(*, day: date) -> int:
    """Keep how every client stands with its credit as the day closes; returns how many have anything.

    It is what is so now: exposure, limits and holds have no history of their own. Safe to run again.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_keyfigure WHERE day = %s", [day])
        cursor.execute(CREDIT, {"day": day})
        return cursor.rowcount


@writes
def keep_forecast(*, day: date) -> int:
    """Keep what was open at the end of a day by week in which it is due and expected (also by KAM), and by brand.

    Returns how many rows that made by week. Safe to run again; for a past day it comes out as it was then.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXPECTED_ALONE)
        cursor.execute(EXPECTED_HANDED)
        cursor.execute(EXPECTED_PLACES)
        for table in FORECASTS:
            cursor.execute(f"DELETE FROM {table} WHERE day = %s", [day])
        cursor.execute(EXPECTED, {"day": day})
        found = cursor.rowcount
        cursor.execute(EXPECTED_OF_DAY, {"day": day})
        cursor.execute(BRANDS, {"day": day})
        for table in FORECASTS:
            cursor.execute(OUTDATED.format(table=table), {"before": day - timedelta(days=DAYS_KEPT)})
    return found
