"""Pages of the finance director at 300 thousand and at 3 million invoices: server time, statements, growth.

A page is asked through the whole stack of the web process, without the network, as of the day the last night closed and
as of a month before. Raw is the one statement that sums open amounts by client.
"""

import statistics
import time
from datetime import date, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from kam import clock
from kam.terminal import say
from orders.actions.snapshots import take_ageing_snapshot
from reports.actions.figures import keep_forecast, keep_key_figures
from reports.queries.turnover import month_ends
from tests.bench.books import generate
from tests.factories import DAY

ROUNDS = 20
MOST, GROWTH = 300, 1.5  # milliseconds at the 95th percentile; how much slower ten times the books may be
PAST = DAY - timedelta(days=30)


def run(quick: bool) -> None:
    """Print the median and the 95th percentile of each page at each size, and how they grew."""
    sizes = ((30_000, 1_500), (300_000, 1_500)) if quick else ((300_000, 15_000), (3_000_000, 15_000))
    settings.ALLOWED_HOSTS = ["testserver"]
    medians: dict[str, list[float]] = {}
    for invoices, clients in sizes:
        user = generate(invoices, clients, with_work=True)
        began = time.perf_counter()
        keep(DAY)
        say(f"{invoices} invoices of {clients} clients; nights kept in {time.perf_counter() - began:.0f} s")
        with clock.at(DAY + timedelta(days=1)):
            browser = Browser()
            browser.force_login(user, backend="kam.sign_in.RoleBackend")
            for name, address in pages().items():
                figures = measured(browser, address)
                medians.setdefault(name, []).append(figures[0])
                say("  {:<34} median {:7.1f}  p95 {:7.1f}  queries {}".format(name, *figures))
    for name, (few, many) in medians.items():
        say(f"  growth of {name:<34} {many / few:.2f} (at most {GROWTH})")


def pages() -> dict[str, str]:
    """The pages by name."""
    dashboard = {
        f"dashboard, {by}, {day}": f"/reports/finance/?{urlencode({'on': day.isoformat(), 'by': by})}"
        for by in ("client", "manager", "late")
        for day in (DAY, PAST)
    }
    return {
        **dashboard,
        "turnover": f"/reports/turnover/?{urlencode({'on': DAY.isoformat()})}",
        "ageing today": "/receivables/",
        "ageing, kept day": f"/receivables/?{urlencode({'as_of': PAST.isoformat()})}",
        "invoices, unpaid": "/invoices/?open=true",
        "invoices, unpaid on a day": f"/invoices/?{urlencode({'as_of': DAY.isoformat()})}",
        "key figures": f"/key-figures/?{urlencode({'day': DAY.isoformat()})}",
    }


def keep(day: date) -> None:
    """What the nights would have left: month ends, the days looked at, forecasts."""
    for each in sorted({*month_ends(day, 14), *month_ends(PAST, 14), PAST}):
        take_ageing_snapshot(day=each)
    for back in (0, 30, 60):
        keep_forecast(day=day - timedelta(days=back))
    keep_key_figures(day=PAST)
    keep_key_figures(day=day)
    with connection.cursor() as cursor:
        for table in ("orders_ageingsnapshot", "orders_ageingtotal", "reports_expectedcash", "reports_keyfigure"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def measured(browser: Browser, address: str) -> tuple[float, float, int]:
    """Median and 95th percentile in milliseconds, and the number of statements."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
        queries = len(asked)
    assert answer.status_code == 200, (address, answer.status_code)
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        browser.get(address)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], queries
