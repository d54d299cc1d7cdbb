"""Columns of the lists of this floor."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.clock import today
from kam.formats import UNKNOWN, day
from kam.pages import DONE, WAIT, Column, Table

TITLE = pgettext_lazy("of a thing", "Name")


def step_of(client):
    """What is planned next with the client of a list row; hung on by the page, None elsewhere."""
    return getattr(client, "next_step", None)


def terms_of(client):
    """The terms of the client of a list row on the day of the list; hung on by the page, None elsewhere."""
    return getattr(client, "terms_today", None)


def day_to_do(due_on, is_open=True):
    """A day something is planned for, red where it is past and the thing is not done."""
    if due_on is None:
        return format_html('<span class="unknown">{}</span>', UNKNOWN)
    return format_html('<span class="minus">{}</span>' if is_open and due_on < today() else "{}", day(due_on))


def due_column() -> Column:
    """The day of an activity."""
    return Column(
        _("On"),
        kind="html",
        accessor=lambda activity: day_to_do(activity.due_on, activity.done_at is None),
        export=lambda activity: activity.due_on,
        sort="due_on",
    )


class ClientTable(Table):
    name = Column(TITLE, kind="link", sort=("sort_key",), hint=lambda client: client.inn)
    next_on = Column(
        _("Next step"),
        kind="html",
        accessor=lambda client: day_to_do(getattr(step_of(client), "due_on", None)),
        export=lambda client: getattr(step_of(client), "due_on", None),
        hint=lambda client: getattr(step_of(client), "subject", ""),
    )
    channel = Column(_("Channel"), accessor="get_channel_display", sort="channel")
    status = Column(_("State"), kind="chip", sort=True)
    city = Column(_("City"), sort=True)
    manager = Column(_("KAM"), kind="person", sort="manager__sort_key")
    segment = Column(_("Segment"), accessor="segment.name", sort="segment__sort_key", visible=False)
    territory = Column(_("Territory"), accessor="territory.name", sort="territory__sort_key", visible=False)
    group = Column(_("Group"), accessor="group.name", sort="group__sort_key", visible=False)
    inn = Column(_("INN"), visible=False)
    kpp = Column(_("KPP"), visible=False)
    phone = Column(_("Phone"), visible=False)
    limit = Column(
        _("Credit limit"), kind="money", accessor=lambda client: getattr(terms_of(client), "credit_limit", None),
        permission="accounts.view_creditterms",
    )  # fmt: skip

    class Meta:
        related = ("manager", "segment", "territory", "group")
        sort = "name"


class OutletOfClientTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key")
    city = Column(_("City"), sort=True)
    address = Column(_("Address"))
    manager = Column(_("Own KAM"), kind="person")
    phone = Column(_("Phone"))
    active = Column(_("Works"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        related = ("manager",)
        sort = "name"


class OutletTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key")
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    city = Column(_("City"), sort=True)
    address = Column(_("Address"))
    territory = Column(_("Territory"), accessor="territory.name", visible=False)
    client_manager = Column(_("KAM"), kind="person", accessor="client.manager", sort="client__manager__sort_key")
    manager = Column(_("Own KAM"), kind="person", sort="manager__sort_key")
    phone = Column(_("Phone"), visible=False)
    active = Column(_("Works"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        related = ("client__manager", "manager", "territory")
        sort = "name"


class ContactOfClientTable(Table):
    name = Column(_("Full name"), kind="link", sort="sort_key", hint=lambda contact: contact.position)
    role = Column(_("Role"), accessor="get_role_display", sort="role")
    phone = Column(_("Phone"), href=lambda contact: f"tel:{contact.phone}" if contact.phone else "")
    email = Column(_("E-mail"), href=lambda contact: f"mailto:{contact.email}" if contact.email else "")
    outlet = Column(_("Outlet"), accessor="outlet.name")
    active = Column(_("Works there"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        related = ("outlet",)
        sort = "name"


class ContactTable(Table):
    name = Column(_("Full name"), kind="link", sort="sort_key", hint=lambda contact: contact.position)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    role = Column(_("Role"), accessor="get_role_display", sort="role")
    phone = Column(_("Phone"), href=lambda contact: f"tel:{contact.phone}" if contact.phone else "")
    email = Column(_("E-mail"), href=lambda contact: f"mailto:{contact.email}" if contact.email else "")
    outlet = Column(_("Outlet"), accessor="outlet.name", visible=False)
    active = Column(_("Works there"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        related = ("client", "outlet")
        sort = "name"


class ContractOfClientTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    signed_on = Column(_("Signed"), kind="date", sort=True)
    ends_on = Column(_("Valid to"), kind="date", sort=True)
    active = Column(_("In force"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        sort = "-signed_on"


def in_force(contract) -> bool:
    """Whether a contract holds today."""
    as_of = today()
    ended = contract.ends_on is not None and contract.ends_on < as_of
    return contract.is_active and contract.signed_on <= as_of and not ended


class ContractTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    signed_on = Column(_("Signed"), kind="date", sort=True)
    ends_on = Column(_("Valid to"), kind="date", sort=True)
    active = Column(_("In force"), kind="flag", accessor=in_force)

    class Meta:
        related = ("client",)
        sort = "-signed_on"


class TermsOfClientTable(Table):
    starts_on = Column(_("Period"), kind="link", sort="starts_on", accessor="period")
    credit_limit = Column(_("Credit limit"), kind="money", sort=True)
    days = Column(_("Days"), kind="quantity", hint=lambda terms: terms.get_day_kind_display())
    price_column = Column(_("Price column"), accessor="price_column.name")
    discount_percent = Column(_("Discount"), kind="percent")
    agreed_by = Column(_("Agreed by"), kind="person")
    reason = Column(_("Reason"))

    class Meta:
        related = ("price_column", "agreed_by")


class TermsTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)
    credit_limit = Column(_("Credit limit"), kind="money", sort=True)
    days = Column(_("Days"), kind="quantity", sort=True, hint=lambda terms: terms.get_day_kind_display())
    price_column = Column(_("Price column"), accessor="price_column.name", sort="price_column__name")
    discount_percent = Column(_("Discount"), kind="percent", sort=True)
    overdue_days_allowed = Column(_("Overdue days forgiven"), kind="quantity", visible=False)
    overdue_amount_allowed = Column(_("Overdue sum forgiven"), kind="money", visible=False)
    agreed_by = Column(_("Agreed by"), kind="person", visible=False)

    class Meta:
        related = ("client", "price_column", "agreed_by")
        sort = "-starts_on"


class CreditFactOfClientTable(Table):
    kind = Column(_("Fact"), kind="link", accessor="get_kind_display", hint=lambda fact: fact.number)
    happened_on = Column(_("Happened"), kind="date", sort=True)
    ended_on = Column(_("Over since"), kind="date", sort=True)
    amount = Column(_("Amount"), kind="money", sort=True)
    source = Column(_("Where it is known from"))

    class Meta:
        sort = "-happened_on"


class CreditFactTable(CreditFactOfClientTable):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")

    class Meta:
        related = ("client",)
        sort = "-happened_on"


class CreditCoverOfClientTable(Table):
    kind = Column(_("Cover"), kind="link", accessor="get_kind_display", hint=lambda cover: cover.number)
    provider = Column(_("Who answers for it"))
    amount = Column(_("Amount"), kind="money", currency="currency", sort=True)
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)

    class Meta:
        sort = "-starts_on"


class CreditCoverTable(CreditCoverOfClientTable):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")

    class Meta:
        related = ("client",)
        sort = "-starts_on"


class CreditPolicyTable(Table):
    starts_on = Column(_("From"), kind="link", accessor=lambda policy: day(policy.starts_on), sort="starts_on")
    head_limit = Column(_("Heads of sales decide up to"), kind="money")
    validity_months = Column(_("A decision holds, months"), kind="quantity")
    recheck_days = Column(_("Re-check, days before"), kind="quantity")
    group_overdue_counts = Column(_("Group's overdue debts count"), kind="flag")

    class Meta:
        sort = "-starts_on"


class HoldOfClientTable(Table):
    reason = Column(_("Reason"), kind="link", accessor="why")
    placed_at = Column(_("Placed"), kind="moment", sort=True)
    placed_by = Column(_("Placed by"), accessor=lambda hold: hold.placed_by or _("The program"))
    lifted_at = Column(_("Lifted"), kind="moment", sort=True)
    lifted_by = Column(_("Lifted by"), kind="person")
    lift_reason = Column(_("Why lifted"), accessor="why_lifted")

    class Meta:
        related = ("placed_by", "lifted_by")
        sort = "-placed_at"


class HoldTable(Table):
    client = Column(_("Client"), kind="link", accessor="client.name", sort="client__sort_key")
    reason = Column(_("Reason"), accessor="why")
    state = Column(_("State"), kind="chip")
    placed_at = Column(_("Placed"), kind="moment", sort=True)
    placed_by = Column(_("Placed by"), accessor=lambda hold: hold.placed_by or _("The program"))
    lifted_at = Column(_("Lifted"), kind="moment", sort=True)
    lifted_by = Column(_("Lifted by"), kind="person", visible=False)
    lift_reason = Column(_("Why lifted"), accessor="why_lifted", visible=False)

    class Meta:
        related = ("client", "placed_by", "lifted_by")
        sort = "-placed_at"


class HandoverTable(Table):
    handed_on = Column(_("On"), kind="date")
    from_manager = Column(_("From whom"), kind="person")
    to_manager = Column(_("To whom"), kind="person")
    by = Column(_("Who"), kind="person")
    reason = Column(_("Reason"), hint=lambda handover: handover.notes)

    class Meta:
        related = ("from_manager", "to_manager", "by")


class ActivityOfClientTable(Table):
    due_on = due_column()
    subject = Column(_("Subject"), kind="link", hint=lambda activity: activity.result)
    kind = Column(_("Kind"), accessor="get_kind_display")
    owner = Column(_("Who"), kind="person")
    state = Column(_("State"), kind="chip")

    class Meta:
        related = ("owner",)
        sort = "-due_on"


class ActivityTable(Table):
    due_on = due_column()
    subject = Column(_("Subject"), kind="link", hint=lambda activity: activity.result)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    kind = Column(_("Kind"), accessor="get_kind_display", sort="kind")
    owner = Column(_("Who"), kind="person", sort="owner__sort_key")
    outlet = Column(_("Outlet"), accessor="outlet.name", visible=False)
    contact = Column(_("Contact"), accessor="contact.name", visible=False)
    state = Column(_("State"), kind="chip")
    done_at = Column(_("Done"), kind="moment", sort=True, visible=False)

    class Meta:
        related = ("client", "owner", "outlet", "contact")
        sort = "-due_on"


class ClientGroupTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key")
    credit_limit = Column(
        _("Group credit limit"), kind="money", sort=True, permission="accounts.view_creditterms"
    )  # fmt: skip
    comment = Column(_("Comment"), visible=False)

    class Meta:
        sort = "name"


class ClientOfGroupTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key", hint=lambda client: client.inn)
    status = Column(_("State"), kind="chip", tones={"active": DONE, "paused": WAIT})
    channel = Column(_("Channel"), accessor="get_channel_display")
    city = Column(_("City"))
    manager = Column(_("KAM"), kind="person")

    class Meta:
        related = ("manager",)
        sort = "name"


class TerritoryTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key")
    parent = Column(_("Part of"), accessor="parent.name", sort="parent__sort_key")

    class Meta:
        related = ("parent",)
        sort = "name"


class SegmentTable(Table):
    name = Column(TITLE, kind="link", sort="sort_key")

    class Meta:
        sort = "name"


class PriceColumnTable(Table):
    code = Column(_("Code"), sort=True)
    name = Column(TITLE, kind="link", sort=True)
    currency = Column(_("Currency"), sort=True)
    vat_included = Column(_("VAT included"), kind="flag")
    active = Column(_("In force"), kind="flag", accessor="is_active", sort="is_active")

    class Meta:
        sort = "code"


class DecreedDayTable(Table):
    day = Column(_("Day"), kind="date", sort=True)
    what = Column(_("What it is"), kind="link", accessor="what")
    comment = Column(_("By which decree"))

    class Meta:
        sort = "-day"
