"""Outlets, contacts and contracts of clients."""

from django.utils.translation import gettext_lazy as _

from accounts.actions import (
    change_contact,
    change_contract,
    change_outlet,
    create_contact,
    create_contract,
    create_outlet,
)
from accounts.filters import ContactFilter, ContractFilter, OutletFilter
from accounts.forms import ContactForm, ContractForm, NewContactForm, NewContractForm, NewOutletForm, OutletForm
from accounts.models import Contact, Contract, Outlet
from accounts.tables import ContactOfClientTable, ContactTable, ContractTable, OutletTable
from kam.formats import plain_percent
from kam.pages import Attachments, Choice, Fact, Facts, Page, Rows, Tab, Trail, add_choice
from kam.pages.fields import number_of


def of_client(rows, request):
    """Only rows of the client that the select names."""
    client = number_of(request.GET.get("client", ""))
    return rows if client is None else rows.filter(client=client)


add_choice(Choice(Outlet, order=("sort_key", "pk"), hint=lambda outlet: outlet.address, rows=of_client))
add_choice(Choice(Contact, order=("sort_key", "pk"), hint=lambda contact: contact.position, rows=of_client))
add_choice(
    Choice(Contract, search=("number",), order=("-signed_on", "-pk"), hint=lambda each: each.comment, rows=of_client)
)


def rate_of(percent):
    """A rate with all its places; None where none is agreed."""
    return None if percent is None else plain_percent(percent)


class OutletPage(Page):
    """Shops and delivery points."""

    model, table, filterset = Outlet, OutletTable, OutletFilter
    form, new_form, create, change = OutletForm, NewOutletForm, create_outlet, change_outlet
    icon, menu, menu_order = "map-pin", "clients", 30
    panels = (
        Facts("client", "city", "address", "territory", "phone", "opening_hours", "is_active", title=_("Outlet")),
        Facts(Fact("client.manager", _("The client's KAM")), "manager", title=_("Who looks after it"), side=True),
        Trail(),
        Attachments(),
    )
    tabs = (Tab("contacts", _("Contacts"), (Rows("contacts", ContactOfClientTable),)),)

    @classmethod
    def subheading(cls, document):
        return document.client.name

    @classmethod
    def choice_hint(cls, document):
        return document.client.name


class ContactPage(Page):
    """People at clients."""

    model, table, filterset = Contact, ContactTable, ContactFilter
    form, new_form, create, change = ContactForm, NewContactForm, create_contact, change_contact
    icon, menu, menu_order = "address-book", "clients", 40
    panels = (
        Facts(
            "client",
            "outlet",
            "role",
            "position",
            Fact("phone", href=lambda contact: f"tel:{contact.phone}" if contact.phone else ""),
            Fact("email", href=lambda contact: f"mailto:{contact.email}" if contact.email else ""),
            "is_active",
            Fact("comment", hide_empty=True),
        ),
        Trail(),
    )

    @classmethod
    def subheading(cls, document):
        return " · ".join(part for part in (document.position, document.client.name) if part)

    @classmethod
    def choice_hint(cls, document):
        return document.client.name


class ContractPage(Page):
    """Supply contracts."""

    model, table, filterset = Contract, ContractTable, ContractFilter
    form, new_form, create, change = ContractForm, NewContractForm, create_contract, change_contract
    icon, menu, menu_order = "file-certificate", "clients", 50
    search = ("number", "client__search")
    panels = (
        Facts("client", "number", "signed_on", "ends_on", "is_active", Fact("comment", hide_empty=True)),
        Facts(
            Fact(lambda contract: rate_of(contract.penalty_percent), _("Penalty for each day late, %")),
            Fact(lambda contract: rate_of(contract.penalty_cap_percent), _("At most, % of the debt")),
            "penalty_grace_days",
            title=_("Late payment"),
        ),
        Trail(),
        Attachments(),
    )

    @classmethod
    def heading(cls, document):
        return _("Contract %(number)s") % {"number": document.number}

    @classmethod
    def subheading(cls, document):
        return document.client.name

    @classmethod
    def choice_hint(cls, document):
        return document.client.name
