"""Every number opens its rows: each link of the dashboard is followed, and its rows add up to the figure."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.actions import create_contract
from accounts.models import ClientGroup
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import receive_payment
from orders.actions.promises_to_pay import take_promise
from orders.actions.refunds import refund_payment
from orders.forms.ageing import BY as AGED_BY
from orders.models import Invoice
from orders.tables.money import on_account_of, open_of
from reports.actions.figures import keep_forecast
from reports.actions.nightly import run_night
from reports.asking import BY, read_params
from reports.models import NightlyPart
from reports.pages.finance import TABLES, age_chart, cash_chart, tiles
from reports.queries.finance import picture
from reports.tables import rows_of
from tests.factories import (
    DAY,
    client_of,
    confirmed_order,
    open_invoice,
    overdue_invoice,
    shipped_order,
    stocked_product,
    system_user,
    terms_of,
)

pytestmark = pytest.mark.django_db
D = Decimal
ONE_DAY = dt.timedelta(days=1)
FORESEEN = DAY - 35 * ONE_DAY


def buyer_as(manager, **fields):
    """A client of whom nothing late is forgiven."""
    client = client_of(manager, **fields)
    terms_of(client, overdue_days_allowed=0)
    create_contract(by=system_user(), client=client, number="Д-1", signed_on=dt.date(2024, 1, 1))
    return client


@pytest.fixture
def company(anna, vera, fedor):
    """Clients of two teams and channels: debts of every age, goods of a brand, money left over, a promise."""
    group = ClientGroup.objects.create(name="Холдинг")
    goods = [stocked_product(100, price=price, cost="1.00") for price in ("333.33", "77.77", "1000.00")]
    first = buyer_as(anna, name="Азимут", channel="dealer", group=group)
    second = buyer_as(vera, name="Буссоль", channel="retail")
    third = client_of(anna, name="Вымпел", channel="dealer")
    shipped_order(first, anna, {goods[0]: 7, goods[1]: 3})
    shipped_order(second, vera, {goods[1]: 5, goods[2]: 1})
    shipped_order(second, vera, {goods[0]: 1, goods[2]: 2})
    for client in (first, second, third):
        for days in (2, 31, 75, 200):
            overdue_invoice(client, f"{days * 11}.{days % 90:02}", days=days)
    open_invoice(third, "500.00", DAY + 3 * ONE_DAY)
    open_invoice(third, "90.00", DAY + 3 * ONE_DAY, currency="CNY")
    receive_payment(client_id=first.pk, amount=D("100.10"), received_on=DAY - 20 * ONE_DAY, by=fedor)
    left = [
        receive_payment(client_id=pk, amount=D("55.05"), received_on=DAY - back * ONE_DAY, by=fedor, allocate=False)
        for pk, back in ((first.pk, 3), (second.pk, 15), (third.pk, 0))
    ]
    refund_payment(left[1].pk, by=fedor, day=DAY - ONE_DAY, amount=D("5.00"), reason="Переплата")
    note = Invoice.objects.filter(client=second).latest("issued_on")
    issue_credit_note(note.pk, by=fedor, day=DAY, amount=D("10.00"), reason="Брак")
    take_promise(by=anna, day=DAY, client_id=first.pk, amount=D("300.00"), due_on=DAY + 5 * ONE_DAY)
    assert confirmed_order(first, anna, {goods[2]: 1}).status == "held"
    keep_forecast(day=FORESEEN)
    run_night(day=DAY)
    return first, second, third


ASKED = ({}, {"currency": "CNY"}, {"channel": "dealer"}, {"months": "1"}, {"on": (DAY - 3 * ONE_DAY).isoformat()})
SUMMED = {
    "invoices": open_of,
    "payments": lambda row: on_account_of(row) if hasattr(row, "unallocated_on_day") else row.stayed,
}


def rows_behind(client, href):
    """The page that an address opens and all rows of its list."""
    answer = client.get(href)
    assert answer.status_code == 200, href
    listing = answer.context["listing"]
    assert listing.filters_valid, href
    rows = list(listing.filtered)
    for shown in listing.rows:  # what the page shows is what adds up
        (counted,) = (row for row in rows if row.pk == shown.pk)
        for name in ("open_on_day", "unallocated_on_day", "stayed", "brand_share"):
            assert getattr(shown, name, None) == getattr(counted, name, None)
    return href.partition("?")[0].strip("/"), rows


def total_behind(client, href, of=None):
    """What the rows behind an address add up to."""
    page, rows = rows_behind(client, href)
    return sum((SUMMED[page](row) if page in SUMMED else getattr(row, of) for row in rows), D("0.00"))


def asked_of(client, user, query):
    """The address and the picture of a dashboard, which must open."""
    query = {"on": DAY.isoformat(), **query}
    assert client.get(reverse("reports:finance"), query).status_code == 200
    address = read_params(query, user)
    return address, picture(user, address.asked, 50)


@pytest.mark.parametrize("query", ASKED)
def test_tiles_open_what_they_say(client, company, fedor, boris, query):
    for user in (fedor, boris):
        client.force_login(user)
        address, found = asked_of(client, user, query)
        shown = tiles(found, address)
        for tile in shown[:2]:
            assert total_behind(client, tile.href) == tile.value, tile.label
        if found.credit:
            exposure, held = shown[4:]
            assert total_behind(client, exposure.href, "exposure") == exposure.value
            assert total_behind(client, exposure.href, "over") == found.credit.over_limit
            assert total_behind(client, exposure.href, "insured") == found.credit.insured
            assert total_behind(client, held.href, "held_total") == held.value
            assert total_behind(client, held.href, "held_orders") == found.credit.held_orders
            assert total_behind(client, held.hint_href, "promised") == found.credit.promised


@pytest.mark.parametrize("query", ASKED)
def test_charts_open_what_they_draw(client, company, fedor, boris, query):
    for user in (fedor, boris):
        client.force_login(user)
        address, found = asked_of(client, user, query)
        for chart, of in ((age_chart(found, address), {}), (cash_chart(found, address), {0: "due", 1: "expected"})):
            for place, (name, values) in enumerate(chart.series.items()):
                for value, href in zip(values, chart.cell_hrefs[name], strict=True):
                    if value:
                        assert total_behind(client, href, of.get(place)) == value, (name, href)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("query", ASKED)
def test_tables_open_what_they_list(client, company, fedor, boris, query, by):
    """The figures of a table are read back from its cells, as a person reads them."""
    opened = 0
    for user in (fedor, boris):
        client.force_login(user)
        address, found = asked_of(client, user, {**query, "by": by})
        columns = {"brand": ("total", "overdue"), "late": ("expected", None, None)}.get(by, (None,) * 9)
        for row in TABLES[by](user, found, address)["rows"]:
            for cell, of in zip(row[1:], columns, strict=False):
                if cell["href"]:
                    opened += 1
                    assert total_behind(client, cell["href"], of) == read_back(cell["value"]), (cell, by)
    assert opened or by in ("late", "brand")


@pytest.mark.parametrize("by", AGED_BY)
@pytest.mark.parametrize("query", [{}, {"currency": "CNY"}, {"channel": "dealer"}])
def test_the_ageing_opens_what_it_lists(client, company, fedor, boris, query, by):
    opened = 0
    for user in (fedor, boris):
        client.force_login(user)
        answer = client.get(reverse("orders:ageing"), {"as_of": DAY.isoformat(), "by": by, **query})
        shown = answer.context
        for item in (*shown["rows"], shown["total"]):
            row = item["row"]
            figures = [(cell["href"], cell["amount"]) for cell in item["cells"]]
            figures += [(item["total_href"], row.total), (item["account_href"], row.on_account)]
            for href, amount in figures:
                assert bool(href) == bool(amount), item
                if href:
                    opened += 1
                    assert total_behind(client, href) == amount, (href, by)
        for tile in shown["tiles"]:
            if tile["amount"]:
                assert total_behind(client, tile["href"]) == tile["amount"], tile
    assert opened > 4


def read_back(shown):
    """The amount that a cell shows."""
    return D("".join(sign for sign in shown.replace(",", ".") if sign.isdigit() or sign in ".-").strip("."))


def test_brand_rows_open_the_brand_s_part_of_each_invoice(client, company, fedor):
    client.force_login(fedor)
    address, found = asked_of(client, fedor, {"by": "brand"})
    brands = TABLES["brand"](fedor, found, address)["rows"]
    assert len(brands) == 2  # one brand of the goods, and debts without lines
    _page, kept = rows_behind(client, brands[0][1]["href"])
    for figure in kept:
        if figure.brand_id:
            query = {"as_of": DAY, "client": figure.client_id, "brand": figure.brand_id, "currency": "RUB"}
            _page, rows = rows_behind(client, f"{reverse('orders:invoice_list')}?{urlencode(query)}")
            assert abs(sum(row.brand_share for row in rows) - figure.total) < D("0.01")


def test_the_counts_of_a_night_open_their_rows(client, company, fedor):
    client.force_login(fedor)
    counted = {part.name: part for part in NightlyPart.objects.filter(run__day=DAY).select_related("run")}
    for name, part in counted.items():
        href = rows_of(part)
        assert bool(href) == bool(part.count), name
        if href and name != "ageing":  # which opens the ageing of the day
            assert len(rows_behind(client, href)[1]) == part.count, name
    assert client.get(rows_of(counted["ageing"])).status_code == 200
    assert {"discipline", "figures", "forecast", "ageing"} <= {name for name, part in counted.items() if part.count}
