"""The client page: the model of all detail pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import change_client, create_client, move_client
from accounts.filters import ClientFilter
from accounts.flow import CLIENT_FLOW
from accounts.forms import ClientForm, NewClientForm
from accounts.models import Client
from accounts.panels import GroupLimits, NextSteps, Offers, Standing, TermsToday, allowed, next_step
from accounts.queries import next_steps, terms_shown
from accounts.tables import (
    ActivityOfClientTable,
    ClientTable,
    ContactOfClientTable,
    ContractOfClientTable,
    CreditCoverOfClientTable,
    CreditFactOfClientTable,
    HandoverTable,
    HoldOfClientTable,
    OutletOfClientTable,
    TermsOfClientTable,
)
from kam.clock import today
from kam.models import User
from kam.models.trail_entry import keep_private
from kam.pages import Attachments, Button, Choice, Fact, Facts, Figure, Page, Rows, Tab, Trail, add_choice
from kam.pages.trails import VERBS


def new_for(name):
    """The address of the form of a new document of this kind for a client."""
    return lambda client: f"{reverse(f'accounts:{name}_new')}?client={client.pk}"


def next_tone(client, user) -> str:
    """Red where the next step is late, amber where an active client has none."""
    step = next_step(client, user)
    if step is None:
        return "wait" if client.status == Client.Status.ACTIVE else ""
    return "wrong" if step.due_on < today() else ""


def next_hint(client, user) -> str:
    """What the next step is."""
    step = next_step(client, user)
    return step.subject if step else _("Nothing is planned")


def keepers_first(rows, request):
    """Only people who can look after clients, where the select asks for them."""
    return rows.active().in_role("kam", "head_of_sales") if request.GET.get("keepers") else rows.active()


add_choice(
    Choice(User, order=("sort_key", "pk"), hint=lambda user: user.position, rows=keepers_first),
)
VERBS.update(
    {
        "hand_over": _("Handed over"),
        "place_hold": _("Placed on hold"),
        "lift_hold": _("Hold lifted"),
        "set_terms": _("Terms set"),
        "complete": _("Done"),
        "close": _("Ended"),
    }
)
keep_private("accounts.view_credithold", document_kind="accounts.client", verb__in=("place_hold", "lift_hold"))
keep_private("accounts.view_creditterms", document_kind="accounts.client", verb="set_terms")


def log_address(client, user=None) -> str:
    """Where a call or a visit that nobody planned is written down."""
    return reverse("accounts:client_log", args=[client.pk])


class ClientPage(Page):
    """Clients."""

    model, table, filterset = Client, ClientTable, ClientFilter
    form, new_form = ClientForm, NewClientForm
    flow, move = CLIENT_FLOW, move_client
    create, change = create_client, change_client
    bulk = ("pause", "resume")
    icon, menu, menu_order = "building-store", "clients", 10
    palette = 1
    empty = _("No client fits. Take a filter away, or enter a new client.")
    figures = (
        Figure(
            _("Next step"),
            lambda client, user: getattr(next_step(client, user), "due_on", None),
            kind="date",
            href=lambda client, user: "?tab=activities",
            tone=next_tone,
            hint=next_hint,
        ),
    )
    panels = (
        Standing(),
        NextSteps(),
        Facts(
            "channel", "segment", "group", "territory", "manager", Fact("comment", hide_empty=True), title=_("Client")
        ),
        Facts(
            "city",
            Fact("phone", href=lambda client: f"tel:{client.phone}" if client.phone else ""),
            Fact("email", href=lambda client: f"mailto:{client.email}" if client.email else ""),
            "website",
            title=_("Where and how to reach it"),
        ),
        Facts("legal_name", "inn", "kpp", "ogrn", "legal_address", title=_("Legal entity")),
        Facts("bank_name", "bik", "account", "correspondent_account", title=_("Bank")),
        TermsToday(),
        Trail(),
        Attachments(),
    )
    tabs = (
        Tab(
            "activities",
            _("Activities"),
            (
                Offers(
                    (_("Plan a step"), new_for("activity"), "accounts.add_activity"),
                    (_("Log a call or visit"), log_address, "accounts.add_activity"),
                ),
                Rows("activities", ActivityOfClientTable, empty=_("Nothing was planned with this client yet.")),
            ),
        ),
        Tab(
            "outlets",
            _("Outlets"),
            (
                Offers((_("New outlet"), new_for("outlet"), "accounts.add_outlet")),
                Rows("outlets", OutletOfClientTable, empty=_("No outlets are known.")),
            ),
        ),
        Tab(
            "contacts",
            _("Contacts"),
            (
                Offers((_("New contact"), new_for("contact"), "accounts.add_contact")),
                Rows("contacts", ContactOfClientTable, empty=_("Nobody is known at this client.")),
            ),
        ),
        Tab(
            "terms",
            _("Contracts and credit"),
            (
                Offers(
                    (_("New terms"), new_for("creditterms"), "accounts.change_terms"),
                    (_("New contract"), new_for("contract"), "accounts.add_contract"),
                    (_("New fact"), new_for("creditfact"), "accounts.add_creditfact"),
                    (_("New cover"), new_for("creditcover"), "accounts.add_creditcover"),
                    (_("Put on hold"), new_for("credithold"), "accounts.place_hold"),
                ),
                Rows("terms", TermsOfClientTable, empty=_("No terms were agreed.")),
                GroupLimits(),
                Rows("covers", CreditCoverOfClientTable, empty=_("Nothing covers the client's debts.")),
                Rows("credit_facts", CreditFactOfClientTable, empty=_("Nothing was found out about the client.")),
                Rows("contracts", ContractOfClientTable, empty=_("No contracts.")),
                Rows("holds", HoldOfClientTable, empty=_("The client was never on hold.")),
            ),
            permission="accounts.view_creditterms",
        ),
        Tab("managers", _("KAMs"), (Rows("handovers", HandoverTable, _("Who looked after the client")),)),
    )
    actions = (
        Button(_("Log a call or visit"), log_address, icon="phone", permission="accounts.add_activity"),
        Button(
            _("Hand over"),
            lambda client, user: reverse("accounts:client_hand_over", args=[client.pk]),
            icon="arrows-exchange",
            permission="accounts.hand_over_client",
            shown=lambda client, user: allowed(user, "accounts.hand_over_client", client.manager_id),
        ),
        Button(
            _("Plan a step"),
            lambda client, user: new_for("activity")(client),
            icon="calendar-plus",
            permission="accounts.add_activity",
        ),
    )
    list_actions = (
        Button(
            _("Hand over"),
            lambda client, user: reverse("accounts:clients_hand_over"),
            icon="arrows-exchange",
            permission="accounts.hand_over_client",
        ),
    )

    @classmethod
    def detail_rows(cls, user):
        return cls.rows(user).select_related("manager", "group", "territory", "segment")

    @classmethod
    def decorate(cls, rows, user):
        """Hang the next step and today's terms on the rows, one query each."""
        steps = next_steps([client.pk for client in rows], user)
        terms = terms_shown(rows, user, today())
        for client in rows:
            client.next_step, client.terms_today = steps.get(client.pk), terms.get(client.pk)

    @classmethod
    def editable(cls, document, user):
        return allowed(user, "accounts.change_client", document.manager_id)

    @classmethod
    def subheading(cls, document):
        parts = (document.get_channel_display(), document.city, document.manager.short_name if document.manager else "")
        return " · ".join(str(part) for part in parts if part)

    @classmethod
    def choice_hint(cls, document):
        return " · ".join(part for part in (document.city, document.inn) if part)
