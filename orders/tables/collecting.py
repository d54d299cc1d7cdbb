"""Lists of collecting: debtors, promises, letters, stops, and the policy."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.tables import day_to_do
from kam import formats
from kam.clock import day_of, today
from kam.pages import Column, Table, address_of

CALL, PROMISE, LETTERS = "orders:debtor_call", "orders:debtor_promise", "orders:debtor_stop_letters"
PREPARE = "orders:debtor_letter"
# What can be done without leaving the list, each with the right it takes.
QUICK = (
    (CALL, "accounts.add_activity", "phone", _("Note of a call")),
    (PROMISE, "orders.add_paymentpromise", "hand-stop", _("Promise to pay")),
    (PREPARE, "orders.send_letter", "mail-plus", _("Prepare a letter")),
    (LETTERS, "orders.add_stoplistentry", "mail-off", _("No letters")),
)


def work(row):
    """What the page hung on the row; None elsewhere."""
    return getattr(row, "work", None)


def payer(row):
    """Whom to ring, with a number that a phone dials, and when somebody last did."""
    found = work(row) and row.work.payer
    spoken = row.last_contact and gettext("spoken on %(day)s") % {"day": formats.day(day_of(row.last_contact))}
    hint = " · ".join(part for part in (found and found.name, spoken) if part)
    number = format_html('<a href="tel:{0}">{0}</a>', found.phone) if found else ""
    return format_html('{}<div class="cell-hint">{}</div>', number, hint) if hint else number


def promised(row):
    """The open promise: how much, and by when beneath it."""
    found = work(row) and row.work.promise
    if not found:
        return None
    late = ' class="minus"' if found.due_on < today() else ""
    return format_html(
        '<a href="{}">{}</a><div class="cell-hint"><span{}>{}</span></div>', address_of(found),
        formats.money(found.amount), mark_safe(late), gettext("by %(day)s") % {"day": formats.day(found.due_on)},
    )  # fmt: skip


def stopped(row):
    """Whether shipping is stopped."""
    return bool(work(row) and row.work.holds)


def quick(row):
    """What the reader may do without leaving the list: the page hung his rights on the row."""
    icons = (
        (reverse(name, args=[row.pk]), icon, label, f"{label}: {row.name}")
        for name, right, icon, label in QUICK
        if right in getattr(row, "rights", ())
    )
    links = format_html_join(
        "",
        '<a class="icon-button" href="{0}" hx-get="{0}" hx-target="#dialog-body" data-dialog title="{2}" '
        'aria-label="{3}"><i class="ti ti-{1}" aria-hidden="true"></i></a>',
        icons,
    )
    letters = f"{reverse('orders:collectionletter_list')}?client={row.pk}"
    label = gettext("Letters")
    return format_html(
        '<span class="row-actions">{}<a class="icon-button" href="{}" title="{}" aria-label="{}: {}">'
        '<i class="ti ti-mail" aria-hidden="true"></i></a></span>',
        links, letters, label, label, row.name,
    )  # fmt: skip


def about(row):
    """Who looks after the client, and whether shipping is stopped."""
    manager = row.manager.short_name if row.manager else ""
    return " · ".join(part for part in (manager, gettext("Shipping stopped") if stopped(row) else "") if part)


class DebtorTable(Table):
    name = Column(_("Client"), kind="link", sort="sort_key", hint=about)
    quick = Column(_("Do"), kind="html", accessor=quick, export=lambda row: "")
    overdue = Column(_("Overdue"), kind="money", sort=True, total="overdue")
    oldest_days = Column(pgettext_lazy("how late", "Days"), kind="quantity", sort=True)
    priority = Column(_("Priority"), kind="quantity", sort=True)
    payer = Column(
        _("Whom to ring"), kind="html", accessor=payer,
        export=lambda row: work(row) and row.work.payer and row.work.payer.phone,
    )  # fmt: skip
    promise = Column(
        _("Promise"), kind="html", accessor=promised, sort="promise_due",
        export=lambda row: str((work(row) and row.work.promise) or ""),
    )  # fmt: skip
    next_on = Column(
        _("Next step"), kind="html", accessor=lambda row: day_to_do(row.next_on), export=lambda row: row.next_on,
        hint=lambda row: work(row) and row.work.next_step and row.work.next_step.subject, sort="next_on",
    )  # fmt: skip
    last_contact = Column(
        _("Last contact"), kind="date", accessor=lambda row: row.last_contact and day_of(row.last_contact),
        sort="last_contact", visible=False,
    )  # fmt: skip
    manager = Column(_("KAM"), kind="person", sort="manager__sort_key", visible=False)
    group = Column(_("Group"), accessor="group.name", visible=False)
    channel = Column(_("Channel"), accessor="get_channel_display", visible=False)

    class Meta:
        related = ("manager", "group")
        sort = "-priority"


class PromiseTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    amount = Column(_("Amount"), kind="money", sort=True, total=True)
    due_on = Column(_("To be paid by"), kind="date", sort=("due_on", "pk"))
    status = Column(_("State"), kind="chip", sort=True)
    received = Column(_("Came in"), kind="money", total=True)
    promised_on = Column(_("Promised on"), kind="date", sort=("promised_on", "pk"))
    contact = Column(_("Who promised"), accessor="contact.name")
    manager = Column(_("KAM"), kind="person", accessor="client.manager", sort="client__manager__sort_key")
    taken_by = Column(_("Taken by"), kind="person", visible=False)

    class Meta:
        related = ("client__manager", "contact", "taken_by")
        sort = "-due_on"


class PromiseOfClientTable(Table):
    due_on = Column(_("To be paid by"), kind="link", sort=("due_on", "pk"))
    amount = Column(_("Amount"), kind="money")
    status = Column(_("State"), kind="chip")
    received = Column(_("Came in"), kind="money")
    note = Column(_("Note"))

    class Meta:
        sort = "-due_on"


class LetterTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    prepared_on = Column(_("Prepared"), kind="date", sort=("prepared_on", "pk"))
    client = Column(
        _("Client"), accessor="client.name", sort="client__sort_key", hint=lambda row: row.client.manager.short_name,
    )  # fmt: skip
    level = Column(_("Level"), accessor="level.name", sort="step", hint=lambda row: row.get_channel_display())
    status = Column(_("State"), kind="chip", sort=True, hint=lambda row: row.error)
    amount = Column(_("Debt"), kind="money", sort=True, total=True)
    overdue = Column(_("Overdue"), kind="money", sort=True, total=True)
    penalty = Column(_("Penalty"), kind="money", sort=True, total=True)
    email = Column(_("E-mail"), visible=False)
    sent_at = Column(_("Sent"), kind="moment", sort=True)
    manager = Column(
        _("KAM"), kind="person", accessor="client.manager", sort="client__manager__sort_key", visible=False,
    )  # fmt: skip

    class Meta:
        related = ("client__manager", "level")
        sort = "-prepared_on"


class LetterOfClientTable(Table):
    number = Column(_("Number"), kind="link")
    prepared_on = Column(_("Prepared"), kind="date", sort=("prepared_on", "pk"))
    level = Column(_("Level"), accessor="level.name")
    status = Column(_("State"), kind="chip", hint=lambda row: row.error)
    amount = Column(_("Debt"), kind="money")
    penalty = Column(_("Penalty"), kind="money")
    sent_at = Column(_("Sent"), kind="moment")

    class Meta:
        related = ("level",)
        sort = "-prepared_on"


class TalkTable(Table):
    done_at = Column(_("When"), kind="moment", sort=("done_at", "pk"))
    kind = Column(_("Kind"), accessor="get_kind_display")
    result = Column(_("What came of it"), hint=lambda row: row.subject)
    contact = Column(_("With whom"), accessor="contact.name")
    done_by = Column(_("Who"), kind="person")

    class Meta:
        related = ("contact", "done_by")
        sort = "-done_at"


class StopListTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    invoice = Column(_("Disputed invoice"), accessor="invoice.number", href=lambda row: address_of(row.invoice))
    reason = Column(_("Reason"))
    starts_on = Column(_("From"), kind="date", sort=("starts_on", "pk"))
    ends_on = Column(_("Until"), kind="date", sort=True)
    removed_on = Column(_("Removed on"), kind="date", sort=True)
    placed_by = Column(_("Placed by"), kind="person")

    class Meta:
        related = ("client__manager", "invoice", "placed_by")
        sort = "-starts_on"


class LetterLevelTable(Table):
    level = Column(_("Level"), kind="quantity", sort=True)
    name = Column(_("Name"), kind="link", sort=True)
    days = Column(_("Days late"), accessor=lambda row: days_in_words(row.days), sort="days")
    channel = Column(_("Way"), accessor="get_channel_display")
    is_automatic = Column(_("Without asking"), kind="flag")
    min_amount = Column(_("Sum from"), kind="money")
    contact_role = Column(_("To whom"), accessor="get_contact_role_display")
    with_penalty = Column(_("With the penalty"), kind="flag")
    is_active = Column(_("In force"), kind="flag")

    class Meta:
        sort = "level"


def days_in_words(days: int) -> str:
    """When a level is due, in words."""
    if days < 0:
        return gettext("%(days)d days before it is due") % {"days": -days}
    return gettext("%(days)d days late") % {"days": days} if days else gettext("on the day it is due")


class KeyRateTable(Table):
    starts_on = Column(_("From"), kind="link", accessor="starts_on", sort=True)
    rate = Column(_("Rate, % a year"), kind="exact")

    class Meta:
        sort = "-starts_on"


class StopPolicyTable(Table):
    name = Column(_("Name"), kind="link", sort=True)
    channel = Column(_("Channel"), accessor=lambda row: row.get_channel_display() or gettext("All"))
    days = Column(_("More days late than"), kind="quantity", sort=True)
    amount = Column(_("Sum from"), kind="money")
    is_active = Column(_("In force"), kind="flag")

    class Meta:
        sort = "days"


class ShippingStopTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    placed_on = Column(_("Placed on"), kind="date", sort=("placed_on", "pk"))
    overdue = Column(_("Overdue"), kind="money", sort=True)
    days = Column(_("The oldest, days"), kind="quantity", sort=True)
    policy = Column(_("By which rule"), accessor="policy.name")
    lifted_on = Column(_("Lifted on"), kind="date", sort=True)
    manager = Column(_("KAM"), kind="person", accessor="client.manager")

    class Meta:
        related = ("client__manager", "policy", "hold")
        sort = "-placed_on"
