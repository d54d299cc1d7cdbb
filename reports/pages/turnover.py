"""How each turnover figure was made: its formula, its numbers, the months that count-back went through."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.models import User
from kam.money import ZERO
from kam.pages import Screen
from kam.replica import reading_from_replica
from orders.filters.money import CreditNoteFilter
from orders.models import CreditNote
from orders.queries.receivables import ageing
from orders.rules.aging import Bucket
from reports.asking import Address, read
from reports.pages.finance import cell, money_in, table
from reports.queries.turnover import TurnoverFigures, turnover
from reports.rules.turnover import MonthSales, Turnover
from reports.wording import FORMULAS, NUMBERS, TURNOVER


class TurnoverScreen(Screen):
    """Days sales outstanding in three ways and collection effectiveness, computed before the reader's eyes."""

    app, name, path = "reports", "turnover", "reports/turnover/"
    title, permission = _("Turnover of receivables"), "orders.view_invoice"
    menu, menu_order, icon = "reports", 20, "math-function"
    template = "reports/turnover.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form, address = read(request)
        asked = address.asked
        with reading_from_replica():
            closing = ageing(request.user, asked.day, "channel", asked.scope, asked.currency)
            found = turnover(request.user, closing, asked.scope, asked.months)
            notes = credit_notes_of(request.user, found.first, address)
        return {
            "form": form,
            "address": address,
            "day": asked.day,
            "first": found.first,
            "figures": figures(found, address, notes),
            "table": months_table(found, address),
            "dashboard_href": address.href(),
        }


def issued_in(first: date, address: Address) -> dict[str, str]:
    """What the list of invoices, or of credit notes, is asked for those issued since the day `first`."""
    period = {"issued_from": first.isoformat(), "issued_to": address.asked.day.isoformat()}
    return {**address.scope, "currency": address.asked.currency, **period}


def credit_notes_of(user: User, first: date, address: Address) -> Decimal:
    """By how much the credit notes of the period made sales less: the sum of the list that the figure opens."""
    rows = CreditNote.objects.visible_to(user)
    notes = CreditNoteFilter(issued_in(first, address), queryset=rows, request=None).qs
    return notes.aggregate(total=Sum("amount"))["total"] or ZERO


def figures(found: TurnoverFigures, address: Address, notes: Decimal) -> list[dict[str, Any]]:
    """Each figure with its name, formula and numbers; `notes` are the credit notes of the period."""
    named = (found.simple, found.best_possible, found.effectiveness)
    shown = [
        {"label": TURNOVER[each.name], "value": value_of(each), "formula": FORMULAS[each.name],
         "numbers": numbers_of(each, found.first, address, notes)}
        for each in named
    ]  # fmt: skip
    back = found.count_back
    owed = money_in(address)(sum((each.amount for each in back.taken), back.rest))
    numbers = [(NUMBERS["receivables"], owed, address.invoices())]
    if back.rest:
        numbers.append((_("Older than the months taken"), money_in(address)(back.rest), ""))
    if back.stopped_at:
        numbers.append((_("Stopped at a month without sales"), formats.day(back.stopped_at), ""))
    shown.insert(1, {
        "label": TURNOVER["count_back"], "value": formats.days(back.value), "formula": FORMULAS["count_back"],
        "numbers": numbers,
    })  # fmt: skip
    return shown


def value_of(figure: Turnover) -> str:
    """Days, or percents of effectiveness; a dash where it is unknown."""
    return formats.percent(figure.value) if figure.name == "effectiveness" else formats.days(figure.value)


def numbers_of(figure: Turnover, first: date, address: Address, notes: Decimal) -> list[tuple[Any, str, str]]:
    """The numbers behind a figure, in words and with their unit, and the rows of those that are debts of a day."""
    money = money_in(address)
    issued = urlencode(issued_in(first, address))
    rows = {
        "sales": f"{reverse('orders:invoice_list')}?{issued}",
        "receivables": address.invoices(),
        "closing": address.invoices(),
        "not_due": address.invoices(Bucket.NOT_DUE),
        "opening": address.on(first - timedelta(days=1)).invoices(),
    }
    shown = []
    for name, number in figure.of.items():
        shown.append((NUMBERS[name], formats.quantity(number) if name == "days" else money(number), rows.get(name, "")))
        if name == "sales":
            href = f"{reverse('orders:creditnote_list')}?{issued}"
            shown.append((_("less credit notes of the period"), money(notes), href))
    return shown


def invoices_of(month: MonthSales, address: Address) -> str:
    """The list of the invoices issued in a month, up to the day asked."""
    last = month.first + timedelta(days=month.days - 1)
    period = {"issued_from": month.first.isoformat(), "issued_to": last.isoformat()}
    query = {**address.scope, "currency": address.asked.currency, **period}
    return f"{reverse('orders:invoice_list')}?{urlencode(query)}"


def months_table(found: TurnoverFigures, address: Address) -> dict[str, Any]:
    """The months that count-back went through, latest first."""
    money = money_in(address)
    rows = [
        [
            cell(gettext("from %(day)s") % {"day": formats.day(each.month.first)}, numeric=False),
            cell(money(each.month.sales), invoices_of(each.month, address)),
            cell(formats.quantity(each.month.days)),
            cell(money(each.amount)),
            cell(formats.days(each.days.quantize(each.days.__class__("0.1")))),
        ]
        for each in found.count_back.taken
    ]
    headings = [_("Month"), _("Sales"), _("Days of the month"), _("Taken of receivables"), _("Makes days")]
    return table(TURNOVER["count_back"], headings, rows, empty=_("Nothing could be subtracted: no sales are known."))
