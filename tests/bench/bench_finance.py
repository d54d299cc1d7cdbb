"""Pages of the finance director at 300 thousand and at 3 million invoices: server time, statements, growth.

A page is asked through the whole stack of the web process, without the network, as of the day the last night closed and
as of a month before. How much slower it is at ten times the books is told by the clock, and by what our process and its
connection's own process of the database worked, which other work on the machine does not disturb. Then the dashboard
alone, by people who see all, a team or their own, as of many days: its 95th percentile, likewise.
"""

import importlib
import statistics
import time
from datetime import date, timedelta
from itertools import islice, product
from typing import NamedTuple
from urllib.parse import urlencode

import psutil
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from kam import clock
from kam.models import User
from kam.terminal import say
from orders.actions.snapshots import take_ageing_snapshot
from reports.actions.figures import keep_forecast, keep_key_figures
from reports.queries.books import month_ends
from reports.queries.expected import held_against
from tests.bench.books import generate
from tests.factories import DAY

ROUNDS, REQUESTS = 20, 120
MOST, GROWTH = 300, 1.5  # milliseconds at the 95th percentile; how much slower ten times the books may be
PAST = DAY - timedelta(days=30)


class Figures(NamedTuple):
    """A page at one size: median and 95th percentile by the clock, the mean of what was worked (all ms), statements."""

    median: float
    p95: float
    worked: float
    queries: int


def run(quick: bool) -> None:
    """Print the median and the 95th percentile of each page at each size, and how they grew."""
    sizes = ((30_000, 1_500), (300_000, 1_500)) if quick else ((300_000, 15_000), (3_000_000, 15_000))
    importlib.import_module("kam.wsgi")  # a web process begins so
    found: dict[str, list[Figures]] = {}
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
                found.setdefault(name, []).append(figures)
                say("  {:<34} median {:7.1f}  p95 {:7.1f}  worked {:7.1f}  queries {}".format(name, *figures))
            by_people()
    for name, (few, many) in found.items():
        clock_grew, worked_grew = many.median / few.median, many.worked / few.worked
        say(f"  growth of {name:<34} {clock_grew:.2f} by the clock, {worked_grew:.2f} worked (at most {GROWTH})")


def pages() -> dict[str, str]:
    """The pages by name."""
    dashboard = {
        f"dashboard, {by}, {day}": f"/reports/finance/?{urlencode({'on': day.isoformat(), 'by': by})}"
        for by in ("client", "manager", "late")
        for day in (DAY, PAST)
    }
    client = Client.objects.order_by("pk").values_list("pk", flat=True)[77]
    late = urlencode({"as_of": DAY.isoformat(), "bucket": "days_31_60", "sort": "due_on"})
    return {
        **dashboard,
        "collection list": "/collecting/",
        "held orders": "/held-orders/",
        "promises": "/payment-promises/",
        "letters": "/letters/",
        "payments to place": "/payments-to-place/",
        "lines of the bank": "/bank-lines/",
        "account of a client": f"/clients/{client}/account/",
        "debts of a client": f"/collecting/{client}/",
        "payments": "/payments/",
        "payments, on account": "/payments/?on_account=true",
        "credit notes": "/credit-notes/",
        "invoices": "/invoices/",
        "invoices of an age on a day": f"/invoices/?{late}",
        "invoices of a client on a day": f"/invoices/?{urlencode({'as_of': PAST.isoformat(), 'client': client})}",
        "turnover": f"/reports/turnover/?{urlencode({'on': DAY.isoformat()})}",
        "ageing today": "/receivables/",
        "ageing, kept day": f"/receivables/?{urlencode({'as_of': PAST.isoformat()})}",
        "invoices, unpaid": "/invoices/?open=true",
        "invoices, unpaid on a day": f"/invoices/?{urlencode({'as_of': DAY.isoformat()})}",
        "key figures": f"/key-figures/?{urlencode({'day': DAY.isoformat()})}",
    }


def keep(day: date) -> None:
    """What the nights would have left: month ends, the days looked at, the forecasts that these are held against."""
    for each in sorted({*month_ends(day, 17), PAST}):
        take_ageing_snapshot(day=each)
    for each in (held_against(PAST), held_against(day), day):
        keep_forecast(day=each)
    keep_key_figures(day=PAST)
    keep_key_figures(day=day)
    with connection.cursor() as cursor:
        for table in ("orders_ageingsnapshot", "orders_ageingtotal", "reports_expectedcash", "reports_keyfigure"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def by_people() -> None:
    """The dashboard as people ask it: everybody by turns, each time of another day."""
    people = User.objects.filter(email__startswith="bench-").order_by("email")
    people = [each for each in people if "kam" not in each.email or each.email.startswith("bench-kam0-")]
    browsers = [Browser() for _each in people]
    for user, browser in zip(people, browsers, strict=True):
        browser.force_login(user, backend="kam.sign_in.RoleBackend")
        browser.get("/reports/finance/")
    server = psutil.Process(connection.connection.info.backend_pid)
    days = [DAY, PAST, *month_ends(DAY, 4)[1:], DAY + timedelta(days=1)]
    wall, worked = [], []
    for day, browser in islice(product(days * 3, browsers), REQUESTS):
        began, before = time.perf_counter(), worked_ms(server)
        answer = browser.get(f"/reports/finance/?{urlencode({'on': day.isoformat()})}")
        wall.append((time.perf_counter() - began) * 1000)
        worked.append(worked_ms(server) - before)
        assert answer.status_code == 200
    figures = [statistics.quantiles(each, n=20)[-1] for each in (wall, worked)]
    text = "  dashboard, {} requests of {} people: p95 {:.0f} by the clock, {:.0f} worked (at most {})"
    say(text.format(len(wall), len(people), *figures, MOST))


def worked_ms(server: psutil.Process) -> float:
    """What our process and the database's have worked so far, in milliseconds."""
    return sum(sum(each.cpu_times()[:2]) for each in (psutil.Process(), server)) * 1000


def measured(browser: Browser, address: str) -> Figures:
    """Ask a page ROUNDS times, warm."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
        queries = len(asked)
    assert answer.status_code == 200, (address, answer.status_code)
    server = psutil.Process(connection.connection.info.backend_pid)
    times, before = [], worked_ms(server)
    for _round in range(ROUNDS):
        began = time.perf_counter()
        browser.get(address)
        times.append((time.perf_counter() - began) * 1000)
    worked = (worked_ms(server) - before) / ROUNDS
    return Figures(statistics.median(times), statistics.quantiles(times, n=20)[-1], worked, queries)
