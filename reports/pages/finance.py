"""The finance director's dashboard; heads and KAMs see their own part of it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.clock import today
from kam.pages import Chart, Screen, Tile
from kam.replica import reading_from_replica
from orders.rules.aging import Bucket
from orders.wording import BUCKETS
from reports.asking import BY, LATE, Address, narrowed, read
from reports.queries.books import books_of
from reports.queries.expected import Week, debts_by_brand, late_payers
from reports.queries.finance import LARGEST, Picture, picture
from reports.queries.turnover import slices
from reports.wording import told_of_forecast

ROWS_SHOWN = 50
WEEK = timedelta(days=7)
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥"}


class FinanceScreen(Screen):
    """Who owes what, who will not pay in time, and what it costs."""

    app, name, path = "reports", "finance", "reports/finance/"
    title, permission = _("Receivables and credit"), "orders.view_invoice"
    menu, menu_order, icon = "reports", 10, "report-money"
    template = "reports/finance.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form, address = read(request)
        with reading_from_replica():
            found = picture(request.user, address.asked, ROWS_SHOWN)
            return {
                "form": form,
                "address": address,
                "day": address.asked.day,
                "now_href": address.href(on=today().isoformat()) if address.asked.day < today() else "",
                "tiles": tiles(found, address),
                "charts": [age_chart(found, address), cash_chart(found, address)],
                "tabs": [(label, address.href(by=by), by == address.by) for by, label in BY.items()],
                "table": TABLES[address.by](request.user, found, address),
                "book_href": address.href("reports:finance_book"),
                "paper_href": address.href("reports:finance_paper"),
                "may_export": request.user.has_perm("kam.export_rows"),
            }


# -------------------------------------------------------------------- tiles


def tiles(found: Picture, address: Address) -> list[Tile]:
    """The six figures of the day, each opening its rows."""
    total, turnover = found.ageing.total, found.turnover
    turnover_href = address.href("reports:turnover")
    return [
        Tile(
            _("Receivables"), total.total, change=change_of([each.total for each in found.trend]), good=False,
            trend=[each.total for each in found.trend], href=address.invoices(),
            hint=share_of_largest(found.concentration),
        ),
        Tile(
            _("Overdue"), total.overdue, change=change_of([each.overdue for each in found.trend]), good=False,
            trend=[each.overdue for each in found.trend], href=address.invoices(*LATE),
            tone="wrong" if total.overdue else "",
            hint=gettext("%(share)s of all") % {"share": formats.percent(found.overdue_percent)},
        ),
        Tile(
            _("DSO, simple"), turnover.simple.value, "days", href=turnover_href,
            hint=gettext("count-back %(back)s, best possible %(best)s") % {
                "back": formats.quantity(turnover.count_back.value),
                "best": formats.quantity(turnover.best_possible.value),
            },
        ),
        Tile(
            _("Collection effectiveness"), turnover.effectiveness.value, "percent", href=turnover_href,
            hint=gettext("since %(day)s") % {"day": formats.day(turnover.first)},
        ),
        *credit_tiles(found, address),
    ]  # fmt: skip


def credit_tiles(found: Picture, address: Address) -> list[Tile]:
    """Exposure against limits with the insured part, and what waits: held orders and promises."""
    credit = found.credit
    if credit is None:
        return [Tile(_("Exposure"), None, hint=gettext("no night has left it yet")), Tile(_("Held orders"), None)]
    used = credit.exposure * 100 / credit.limit if credit.limit else None
    return [
        Tile(
            _("Exposure"), credit.exposure, href=address.kept("keyfigure", credit.day),
            tone="wrong" if credit.over_limit else "",
            hint=gettext("%(used)s of limits, %(insured)s insured, %(over)s over limits") % {
                "used": formats.percent(used),
                "insured": formats.short_money(credit.insured),
                "over": formats.short_money(credit.over_limit),
            },
        ),
        Tile(
            _("Held orders"), credit.held_total, tone="wait" if credit.held_orders else "",
            href=address.kept("keyfigure", credit.day, held="true"),
            hint_href=address.kept("keyfigure", credit.day, promising="true"),
            hint=gettext("%(count)s held; promised to pay %(promised)s") % {
                "count": credit.held_orders,
                "promised": formats.short_money(credit.promised),
            },
        ),
    ]  # fmt: skip


def change_of(values: list[Decimal]) -> Decimal | None:
    """By how many percents the last value differs from the one before it; None without one."""
    if len(values) < 2 or not values[-2]:
        return None
    return (values[-1] - values[-2]) * 100 / values[-2]


def share_of_largest(share: Decimal | None) -> str:
    """How concentrated the debts are, in words."""
    if share is None:
        return ""
    return gettext("%(share)s with the %(count)s largest") % {"share": formats.percent(share), "count": LARGEST}


# -------------------------------------------------------------------- charts


def age_chart(found: Picture, address: Address) -> Chart:
    """Receivables by age at the ends of months and on the day."""
    return Chart(
        _("Receivables by age"), SIGNS[address.asked.currency],
        [formats.day(each.day) for each in found.trend],
        {BUCKETS[bucket]: [each.buckets[bucket.value] for each in found.trend] for bucket in Bucket},
        kind="stacked", palette="age",
        hrefs=[address.href(on=each.day.isoformat()) for each in found.trend],
        cell_hrefs={
            BUCKETS[bucket]: [address.on(each.day).invoices(bucket) for each in found.trend] for bucket in Bucket
        },
    )  # fmt: skip


def cash_chart(found: Picture, address: Address) -> Chart:
    """Cash by week: due, expected by how late each client pays, and received."""
    weeks, cash, day = found.cash.weeks, found.cash, found.asked.day
    this_week = day - timedelta(days=day.weekday())
    foreseen = [
        address.kept(
            "expectedcash", cash.compared_on if each.monday < this_week else cash.foreseen_on,
            week_on=each.monday.isoformat(), currency=address.asked.currency,
        )
        for each in weeks
    ]  # fmt: skip
    return Chart(
        _("Cash by week"), SIGNS[address.asked.currency],
        [formats.day(each.monday) for each in weeks],
        {
            _("Falls due"): [each.due for each in weeks],
            _("Expected"): [each.expected for each in weeks],
            _("Came in"): [each.received for each in weeks],
        },
        hrefs=[
            came_in(each, day, address) if each.monday <= day else href
            for each, href in zip(weeks, foreseen, strict=True)
        ],
        cell_hrefs={
            _("Falls due"): foreseen,
            _("Expected"): foreseen,
            _("Came in"): [came_in(each, day, address) for each in weeks],
        },
        note=told_of_forecast(found.cash),
    )  # fmt: skip


def came_in(week: Week, day: date, address: Address) -> str:
    """The payments of a week, up to the day."""
    last = min(week.monday + WEEK - timedelta(days=1), day)
    between = {"received_from": week.monday.isoformat(), "received_to": last.isoformat()}
    return address.payments(kind="money", **between, stayed_on=day.isoformat())


# -------------------------------------------------------------------- tables


def cell(value: str, href: str = "", late: bool = False, numeric: bool = True) -> dict[str, Any]:
    """A cell of the table."""
    opens = not numeric or any(sign in "123456789" for sign in value)  # a zero has no rows
    return {"value": value, "href": href if opens else "", "late": late, "numeric": numeric}


def table(title: Any, headings: list[Any], rows: list[list[dict]], note: str = "", empty: Any = "") -> dict[str, Any]:
    """A table for the template; the first column is words, the others are figures."""
    labelled = [[{**cell, "label": label} for label, cell in zip(headings, row, strict=True)] for row in rows]
    return {
        "title": title, "headings": headings, "rows": labelled[:ROWS_SHOWN], "note": note, "empty": empty,
        "cut": max(len(rows) - ROWS_SHOWN, 0),
    }  # fmt: skip


KEYS = {"manager": _("KAM"), "channel": _("Channel"), "group": _("Group")}
HEADINGS = [_("Receivables"), _("Overdue"), BUCKETS[Bucket.OVER_90], _("Money on account")]


def client_table(user: Any, found: Picture, address: Address) -> dict[str, Any]:
    """Top debtors: the clients that owe most, with their share of all."""
    money, whole = money_in(address), found.ageing.total.total
    rows = []
    for row in found.ageing.rows[:ROWS_SHOWN]:
        key, over = str(row.key), row.buckets[Bucket.OVER_90]
        share = row.total * 100 / whole if whole else None
        rows.append([
            cell(row.label, reverse("accounts:client_detail", args=[row.key]), numeric=False),
            cell(money(row.total), address.rows_of(key)),
            cell(money(row.overdue), address.rows_of(key, *LATE), bool(row.overdue)),
            cell(money(over), address.rows_of(key, Bucket.OVER_90), bool(over)),
            cell(money(row.on_account), address.on_account(key)),
            cell(formats.percent(share)),
        ])  # fmt: skip
    found_rows = table(BY["client"], [_("Client"), *HEADINGS, _("Share")], rows, empty=_("Nobody owes anything."))
    return {**found_rows, "cut": max(found.ageing.count - ROWS_SHOWN, 0)}


def slice_table(user: Any, found: Picture, address: Address) -> dict[str, Any]:
    """By KAM, channel or group, with the turnover of each."""
    money, asked = money_in(address), address.asked
    rows = [
        [
            cell(each.label, narrowed(address, each.key), numeric=False),
            cell(money(each.total), address.rows_of(each.key)),
            cell(money(each.overdue), address.rows_of(each.key, *LATE), bool(each.overdue)),
            cell(money(each.over_90), address.rows_of(each.key, Bucket.OVER_90), bool(each.over_90)),
            cell(money(each.on_account), address.on_account(each.key)),
            cell(formats.days(each.simple.value)),
            cell(formats.percent(each.effectiveness.value)),
        ]
        for each in slices(user, asked.day, address.by, asked.scope, asked.currency, asked.months)
    ]
    headings = [KEYS[address.by], *HEADINGS, _("DSO, simple"), _("Collection effectiveness")]
    return table(BY[address.by], headings, rows, empty=_("Nobody owes anything."))


def brand_table(user: Any, found: Picture, address: Address) -> dict[str, Any]:
    """By brand: open amounts split by what the lines of each invoice cost."""
    money = money_in(address)
    kept, brands = debts_by_brand(books_of(user, address.asked.scope, address.asked.currency), address.asked.day)
    rows = []
    for each in brands:
        brand = {"brand": each.brand_id} if each.brand_id else {"no_brand": "true"}
        opened = {**brand, "currency": address.asked.currency}
        rows.append([
            cell(each.name or gettext("No brand: debts without lines"), numeric=False),
            cell(money(each.total), address.kept("brandfigure", kept, **opened)),
            cell(money(each.overdue), address.kept("brandfigure", kept, **opened, late="true"), bool(each.overdue)),
        ])  # fmt: skip
    note = gettext("As the night of %(day)s left it.") % {"day": formats.day(kept)} if kept else ""
    headings = [_("Brand"), _("Receivables"), _("Overdue")]
    return table(BY["brand"], headings, rows, note, _("No night has left figures by brand yet."))


def late_table(user: Any, found: Picture, address: Address) -> dict[str, Any]:
    """Clients that brought less than was expected of them."""
    money = money_in(address)
    asked = address.asked
    foreseen, late = late_payers(books_of(user, asked.scope, asked.currency), asked.day)
    until = {"week_to": (asked.day - timedelta(days=6)).isoformat(), "currency": asked.currency}
    since = foreseen + timedelta(days=1) if foreseen else asked.day
    came = {"kind": "money", "received_from": since.isoformat(), "received_to": asked.day.isoformat()}
    came["stayed_on"] = asked.day.isoformat()
    rows = [
        [
            cell(each.name, reverse("accounts:client_detail", args=[each.client_id]), numeric=False),
            cell(money(each.expected), address.kept("expectedcash", foreseen, client=each.client_id, **until)),
            cell(money(each.received), address.payments(**{**came, "client": each.client_id})),
            cell(money(each.late), late=True),
        ]
        for each in late
    ]
    note = gettext("Against the forecast of the night of %(day)s.") % {"day": formats.day(foreseen)} if foreseen else ""
    headings = [_("Client"), _("Expected"), _("Came in"), _("Missing")]
    return table(BY["late"], headings, rows, note, _("Nothing is late against a forecast."))


TABLES = {
    "client": client_table, "manager": slice_table, "channel": slice_table, "group": slice_table,
    "brand": brand_table, "late": late_table,
}  # fmt: skip


def money_in(address: Address) -> Callable[[Decimal], str]:
    """Amounts in the currency asked for."""
    return lambda amount: formats.money(amount, address.asked.currency)
