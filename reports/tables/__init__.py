"""Lists of the nights and of the figures that they leave."""

from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.pages import Column, Table
from orders.models import Order
from orders.rules.aging import Bucket
from reports.actions.nightly import LABELS

LATE = [bucket.value for bucket in Bucket if bucket is not Bucket.NOT_DUE]


def label_of(part):
    """The part in words; one that is no more keeps its name."""
    return LABELS.get(part.name, part.name)


def rows_of(part):
    """The address of what a part of a night counted; nothing where it counted nothing."""
    if not part.count:
        return ""
    day = part.run.day
    morning = day + timedelta(days=1)  # what people meet in the morning is of the day after
    page, query = {
        "ageing": ("orders:ageing", {"as_of": day}),
        "overdue": ("orders:invoice_list", {"as_of": day, "due_from": day, "due_to": day}),
        "promises": ("orders:paymentpromise_list", {"settled_on": day}),
        "discipline": ("orders:paymentdiscipline_list", {"day": day}),
        "stops": ("orders:shippingstop_list", {"moved_on": morning}),
        "holds": ("orders:order_list", {"freed_on": morning}),
        "letters": ("orders:collectionletter_list", {"prepared_from": morning, "prepared_to": morning}),
        "figures": ("reports:keyfigure_list", {"day": day}),
        "forecast": ("reports:expectedcash_list", {"day": day}),
    }.get(part.name, ("", {}))
    return f"{reverse(page)}?{urlencode(query)}" if page else ""


class NightlyRunTable(Table):
    day = Column(_("Day closed"), kind="link", accessor=lambda night: formats.day(night.day), sort="day")
    status = Column(_("State"), kind="chip", tones={"running": "wait", "done": "done"})
    started_at = Column(_("Started"), kind="moment")
    finished_at = Column(_("Finished"), kind="moment")
    by = Column(_("Run again by"), kind="person")

    class Meta:
        related = ("by",)
        sort = "-day"


class NightlyPartTable(Table):
    position = Column(_("№"), kind="quantity")
    name = Column(_("Part"), accessor=label_of)
    count = Column(_("Count"), kind="quantity", href=rows_of)
    seconds = Column(_("Seconds"), kind="quantity")
    done_at = Column(_("Done"), kind="moment")

    class Meta:
        sort = "position"


def held_href(figure):
    """The client's orders that are held now."""
    held = {"client": figure.client_id, "status": Order.Status.HELD.value}
    return f"{reverse('orders:order_list')}?{urlencode(held)}" if figure.held_orders else ""


def promised_href(figure):
    """The client's promises."""
    return (
        f"{reverse('orders:paymentpromise_list')}?{urlencode({'client': figure.client_id})}" if figure.promised else ""
    )


def invoices_href(figure, **more):
    """The client's invoices behind a figure kept for the day."""
    asked = {"as_of": figure.day, "client": figure.client_id, "currency": figure.currency, **more}
    return f"{reverse('orders:invoice_list')}?{urlencode(asked, doseq=True)}"


def brand_href(figure):
    """The invoices with the brand's part of each."""
    return invoices_href(figure, brand=figure.brand_id) if figure.brand_id else ""


def late_brand_href(figure):
    """The same, of those that are late."""
    return invoices_href(figure, brand=figure.brand_id, bucket=LATE) if figure.brand_id and figure.overdue else ""


class KeyFigureTable(Table):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    day = Column(_("Day"), kind="date")
    exposure = Column(_("Exposure"), kind="money", sort=True, total=True)
    limit = Column(_("Limit"), kind="money", sort=True, total=True)
    used = Column(_("Used, %"), kind="percent")
    over = Column(_("Over the limit"), kind="money", total="over")
    covered = Column(_("Insured and guaranteed"), kind="money", sort=True, total=True, visible=False)
    insured = Column(_("Insured part"), kind="money", total="insured")
    held_orders = Column(_("Held orders"), kind="quantity", sort=True, total=True, href=held_href)
    held_total = Column(_("Sum of held orders"), kind="money", sort=True, total=True)
    promised = Column(_("Promised to pay"), kind="money", sort=True, total=True, href=promised_href)

    class Meta:
        related = ("client",)
        sort = "-exposure"


class BrandFigureTable(Table):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    brand = Column(_("Brand"), accessor="brand.name")
    day = Column(_("Day"), kind="date")
    total = Column(_("Receivables"), kind="money", sort=True, total=True, currency="currency", href=brand_href)
    overdue = Column(_("Overdue"), kind="money", sort=True, total=True, currency="currency", href=late_brand_href)

    class Meta:
        related = ("client", "brand")
        sort = "-total"


class ExpectedCashTable(Table):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    day = Column(_("Foreseen on"), kind="date")
    week_on = Column(_("Week from"), kind="date", sort=("week_on", "pk"))
    due = Column(_("Falls due"), kind="money", sort=True, total=True, currency="currency", href=invoices_href)
    expected = Column(_("Expected"), kind="money", sort=True, total=True, currency="currency")

    class Meta:
        related = ("client",)
        sort = "week_on"
