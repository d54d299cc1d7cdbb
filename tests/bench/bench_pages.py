"""Pages at the top scale: server time, statements, and the raw SQL that gives the same rows in the same run.

A page is asked through the whole stack of the web process (sign-in, scope, filters, template), without the network.
The raw bound is one statement that answers the page's main question. People sign in once; figures are medians and the
95th percentile over the pages of several people, warm. `ours` is what our own process works on a page: what is left of
the median on a machine that nothing else keeps busy is the database and the way to it.
"""

import importlib
import statistics
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from kam.clock import today
from kam.models import User
from kam.terminal import say
from orders.models import Invoice, Order, OrderLine
from reports.demo.scale import build_large
from tests.bench.goals import verdict_on

ROUNDS = 15
PEOPLE = 5
MOST_LATE = 150  # ms of the 95th percentile of any page
MOST_LISTED, MOST_QUERIES = 40, 8  # ms of the median of a list, and its statements


@dataclass(frozen=True)
class Asked:
    """A page: its name, its address for a person, and the raw statement with its values."""

    name: str
    address: str
    raw: str
    values: list


def run(quick: bool) -> None:
    """Build a large set (2 units of scale when quick, else 100) and measure its pages."""
    build_large(connection, scale=2 if quick else 100, end=today(), told=lambda line: None)
    show()


def show() -> None:
    """Measure the pages of KAMs and of a head on the large set that the database holds."""
    importlib.import_module("kam.wsgi")  # a web process begins so
    say(f"{Order.objects.count():,} orders, {OrderLine.objects.count():,} lines, {Invoice.objects.count():,} invoices")
    kams = list(User.objects.filter(email__startswith="bigkam").order_by("pk")[:PEOPLE])
    director = User.objects.filter(email__startswith="bighead").order_by("pk").first()
    say(f"{'page':<40}{'median':>9}{'p95':>9}{'ours':>9}{'queries':>9}{'raw':>9}{'ratio':>8}  goals")
    for who, people in (("a KAM", kams), ("a head of sales", [director])):
        measured: dict[str, list] = {}
        for user in people:
            for asked in pages_of(user):
                measured.setdefault(f"{asked.name}, {who}", []).append(measure(user, asked))
        for name, figures in measured.items():
            _tell(name, figures)


def pages_of(user) -> list[Asked]:
    """What a person opens all day, about a client of theirs in the middle of their list."""
    clients = list(Client.objects.visible_to(user).values_list("pk", flat=True)[:200])
    client = clients[len(clients) // 2]
    order = Order.objects.filter(client_id=client).order_by("-pk").values_list("pk", flat=True).first()
    scope = "client_id IN (SELECT id FROM accounts_client WHERE manager_id = ANY(%s))"
    managers = [list(user.standings.own.reach.managers)]
    newest = "ORDER BY o.ordered_on DESC, o.id DESC LIMIT 51"
    orders = "SELECT o.*, c.name FROM orders_order o JOIN accounts_client c ON c.id = o.client_id"
    aged = """SELECT i.client_id, sum(i.open_amount) FILTER (WHERE i.due_on >= %s), sum(i.open_amount)
        FROM orders_invoice i WHERE i.open_amount > 0 AND i.{scope} GROUP BY 1"""
    return [
        Asked("list of orders", "/orders/", f"{orders} WHERE o.{scope} {newest}", managers),
        Asked(
            "list, filtered by state",
            "/orders/?status=confirmed",
            f"{orders} WHERE o.status = 'confirmed' AND o.{scope} {newest}",
            managers,
        ),
        Asked("list of invoices", "/invoices/", f"SELECT * FROM orders_invoice o WHERE o.{scope} "
              "ORDER BY o.issued_on DESC, o.id DESC LIMIT 51", managers),
        Asked("list of clients", "/clients/", "SELECT * FROM accounts_client WHERE manager_id = ANY(%s) "
              "ORDER BY sort_key, id LIMIT 51", managers),
        Asked("page of a client", f"/clients/{client}/", """SELECT
            (SELECT sum(open_amount) FROM orders_invoice WHERE client_id = %s AND open_amount > 0),
            (SELECT sum(unshipped_total) FROM orders_order WHERE client_id = %s AND unshipped_total > 0)""",
              [client, client]),
        Asked("page of an order", f"/orders/{order}/", "SELECT * FROM orders_orderline WHERE order_id = %s", [order]),
        Asked("ageing", "/receivables/", aged.format(scope=scope), [today(), *managers]),
    ]  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Of one page for one person: times in ms, those of our own process, statements, and the median of raw in ms."""

    times: list[float]
    ours: list[float]
    queries: int
    raw: float


def measure(user, asked: Asked) -> Figures:
    """Ask the page and the raw statement ROUNDS times each, warm."""
    browser = Browser()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = browser.get(asked.address)
    assert answer.status_code == 200, (asked.address, answer.status_code)
    with CaptureQueriesContext(connection) as queries:
        browser.get(asked.address)
        statements = len(queries)
    taken = [_timed(lambda: browser.get(asked.address)) for _round in range(ROUNDS)]
    raw = [_timed(lambda: _fetch(asked))[0] for _round in range(ROUNDS)]
    cache.clear()
    times, ours = (list(each) for each in zip(*taken, strict=True))
    return Figures(times, ours, statements, statistics.median(raw))


def _fetch(asked: Asked) -> None:
    with connection.cursor() as cursor:
        cursor.execute(asked.raw, asked.values)
        cursor.fetchall()


def _timed(work) -> tuple[float, float]:
    """How long the work took and how long our process worked, in ms."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def _tell(name: str, figures: list[Figures]) -> None:
    times = sorted(each for one in figures for each in one.times)
    ours = statistics.median(each for one in figures for each in one.ours)
    raw = statistics.median(one.raw for one in figures)
    median, late = statistics.median(times), times[int(len(times) * 0.95)]
    queries = max(one.queries for one in figures)
    goals = [f"p95 {MOST_LATE}: {verdict_on(late, MOST_LATE)}"]
    if name.startswith("list"):
        goals.append(f"median {MOST_LISTED}: {verdict_on(median, MOST_LISTED)}")
        goals.append(f"queries {MOST_QUERIES}: {verdict_on(queries, MOST_QUERIES)}")
    shown = f"{median:>7.1f}ms{late:>7.1f}ms{ours:>7.1f}ms{queries:>9}{raw:>7.1f}ms{median / raw:>8.1f}"
    say(f"{name:<40}{shown}  {', '.join(goals)}")
