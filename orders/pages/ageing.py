"""Receivables: how old debts are, as of any day, by client, group, KAM or channel; every figure opens its rows."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import ClientPage
from kam import formats
from kam.books import book_response
from kam.money import ZERO
from kam.pages import Screen
from orders.documents.ageing_book import KEYS, ageing_book
from orders.forms.ageing import BY, AgeingForm, Asked, aged, read
from orders.queries.receivables import NOBODY, Ageing, AgeingRow, ageing
from orders.rules.aging import Bucket
from orders.wording import BUCKETS

ROWS_SHOWN = 300
BAR_WIDTH = 1000


def invoices_href(asked: Asked, row: AgeingRow | None = None, *buckets: Bucket) -> str:
    """The list of the invoices behind a figure."""
    values = [*behind(asked, row), *aged(buckets)]
    return f"{reverse('orders:invoice_list')}?{urlencode(values)}"


def payments_href(asked: Asked, row: AgeingRow | None = None) -> str:
    """The list of the payments with money on account behind a figure."""
    return f"{reverse('orders:payment_list')}?{urlencode(behind(asked, row))}"


def behind(asked: Asked, row: AgeingRow | None) -> list[tuple[str, str]]:
    """The day, the currency and the part of the clients behind a row, or behind all of them, as parameters."""
    values, part = [("as_of", asked.as_of.isoformat()), ("currency", asked.currency)], asked.part
    if row is not None and row.key == NOBODY:
        values.append((f"no_{asked.by}", "true"))
    elif row is not None:
        part[asked.by] = str(row.key)
    return [*values, *part.items()]


# What narrows an address of invoices to those of one age: a table of clients has thousands of such addresses.
OF_AGE = {bucket: f"&{urlencode(aged([bucket]))}" for bucket in Bucket}


class AgeingScreen(Screen):
    """The picture of receivables."""

    app, name, path = "orders", "ageing", "receivables/"
    title, permission = _("Ageing"), "orders.view_invoice"
    menu, menu_order, icon = "receivables", 10, "clock-dollar"
    template = "orders/ageing.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AgeingForm(request.GET, user=request.user)
        asked = read(form, request.GET)
        whole = request.GET.get("format") == "xlsx"
        most = None if whole else ROWS_SHOWN
        found = ageing(request.user, asked.as_of, asked.by, asked.scope, asked.currency, most)
        if whole:
            return book_response(ageing_book(asked, found), request)
        return self.render(self.shown(asked, found))

    def shown(self, asked: Asked, found: Ageing) -> dict[str, Any]:
        """What the template needs."""
        form = AgeingForm(user=self.request.user, initial={**asked.query, "as_of": asked.as_of})
        address = reverse("orders:ageing")
        return {
            "form": form,
            "asked": asked,
            "by": [
                (key, label, f"?{urlencode({**asked.query, 'by': key})}", key == asked.by) for key, label in BY.items()
            ],
            "headings": [BUCKETS[bucket] for bucket in Bucket],
            "rows": [self.row(asked, row) for row in found.rows],
            "cut": found.count - len(found.rows),
            "total": self.row(asked, found.total, whole=True),
            "tiles": self.tiles(asked, found.total),
            "bar": bar(found.total),
            "label": KEYS[asked.by],
            "export_href": f"{address}?{urlencode({**asked.query, 'format': 'xlsx'})}",
            "may_export": self.request.user.has_perm("kam.export_rows"),
        }

    @staticmethod
    def row(asked: Asked, row: AgeingRow, whole: bool = False) -> dict[str, Any]:
        """A row with the address of each of its figures."""
        opened = invoices_href(asked, None if whole else row)
        cells = [
            {
                "label": BUCKETS[bucket],
                "amount": amount,
                "late": bucket is not Bucket.NOT_DUE and bool(amount),
                "href": f"{opened}{OF_AGE[bucket]}" if amount else "",
            }
            for bucket, amount in row.buckets.items()
        ]
        return {
            "row": row,
            "cells": cells,
            "total_href": opened if row.total else "",
            "account_href": payments_href(asked, None if whole else row) if row.on_account else "",
            "href": ClientPage.detail_url(row.key) if asked.by == "client" and not whole else "",
        }

    @staticmethod
    def tiles(asked: Asked, total: AgeingRow) -> list[dict[str, Any]]:
        """The key figures, each opening its rows."""
        late = [bucket for bucket in Bucket if bucket is not Bucket.NOT_DUE]
        share = total.overdue * 100 / total.total if total.total else ZERO
        return [
            {"label": _("Unpaid"), "amount": total.total, "href": invoices_href(asked)},
            {
                "label": _("Overdue"), "amount": total.overdue, "href": invoices_href(asked, None, *late),
                "tone": "wrong" if total.overdue else "",
                "hint": gettext("%(share)s of all that is unpaid") % {"share": formats.percent(share)},
            },
            {
                "label": BUCKETS[Bucket.OVER_90], "amount": total.buckets[Bucket.OVER_90],
                "href": invoices_href(asked, None, Bucket.OVER_90),
                "tone": "wrong" if total.buckets[Bucket.OVER_90] else "",
            },
            {
                "label": BUCKETS[Bucket.NOT_DUE], "amount": total.buckets[Bucket.NOT_DUE],
                "href": invoices_href(asked, None, Bucket.NOT_DUE),
            },
            {"label": _("Money on account"), "amount": total.on_account, "href": payments_href(asked)},
        ]  # fmt: skip


def bar(total: AgeingRow) -> list[dict[str, Any]]:
    """The stacked bar: a piece for each bucket, its place and width in thousandths of the whole."""
    pieces, at = [], Decimal(0)
    for bucket, amount in total.buckets.items():
        if amount <= 0:
            continue
        width = amount * BAR_WIDTH / total.total
        share = formats.percent(amount * 100 / total.total)
        pieces.append(
            {
                "bucket": bucket.value,
                "label": BUCKETS[bucket],
                "x": f"{at:.1f}",
                "width": f"{width:.1f}",
                "share": share,
            }
        )
        at += width
    return pieces
