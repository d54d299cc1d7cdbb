"""Lists of offsets, reconciliations with their rows, and differences with clients."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.clock import today
from kam.pages import Column, Table, address_of
from orders.wording import ENTRIES

# The page that shows a row of an account, by the kind of the row.
PAGE_OF = {"invoice": "orders:invoice_detail", "credit_note": "orders:creditnote_detail"}


def document_href(kind: str, pk: int) -> str:
    """The page of a document on an account; offsets, refunds and what was undone are told by their payment."""
    return reverse(PAGE_OF.get(kind, "orders:payment_detail"), args=[pk])


def days_late(row):
    """Days past the day of an open row; None where it is not late."""
    days = (today() - row.due_on).days
    return days if row.status == "open" and days > 0 else None


class OffsetTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    offset_on = Column(_("Of the day"), kind="date", sort=("offset_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    status = Column(_("State"), kind="chip", sort=True)
    basis = Column(_("Basis document"))
    their_claim = Column(_("What we owe the client"), visible=False)
    proposed_by = Column(_("Proposed by"), kind="person", visible=False)
    amount = Column(_("Amount"), kind="money", sort=True, currency="currency")

    class Meta:
        related = ("client__manager", "proposed_by")
        sort = "-offset_on"


class ReconciliationTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    starts_on = Column(_("Period from"), kind="date", sort=True)
    ends_on = Column(_("Period to"), kind="date", sort=("ends_on", "pk"))
    contract = Column(_("Contract"), accessor="contract.number", visible=False)
    status = Column(_("State"), kind="chip", sort=True)
    sent_on = Column(_("Sent"), kind="date", sort=True)
    opening = Column(pgettext_lazy("settlements", "Opening balance"), kind="money", currency="currency")
    debit = Column(_("Debit"), kind="money", currency="currency", visible=False)
    credit = Column(_("Credit"), kind="money", currency="currency", visible=False)
    closing = Column(pgettext_lazy("settlements", "Closing balance"), kind="money", sort=True, currency="currency")

    class Meta:
        related = ("client__manager", "contract")
        sort = "-ends_on"


class ReconciliationOfClientTable(Table):
    number = Column(_("Number"), kind="link")
    starts_on = Column(_("Period from"), kind="date")
    ends_on = Column(_("Period to"), kind="date", sort=("ends_on", "pk"))
    status = Column(_("State"), kind="chip")
    closing = Column(pgettext_lazy("settlements", "Closing balance"), kind="money", currency="currency")

    class Meta:
        related = ("client__manager",)
        sort = "-ends_on"


def _found(row):
    """The difference recorded for a row, if any; read with the rows."""
    found = list(row.discrepancies.all())
    return found[0] if found else None


class ReconciliationLineTable(Table):
    happened_on = Column(_("Day"), kind="date", sort=("position",))
    kind = Column(_("Document"), accessor=lambda row: ENTRIES.get(row.kind, row.kind))
    number = Column(_("Number"), accessor="document_number", href=lambda row: document_href(row.kind, row.document_id))
    debit = Column(_("Debit"), kind="money", total=True, currency="reconciliation.currency")
    credit = Column(_("Credit"), kind="money", total=True, currency="reconciliation.currency")
    theirs = Column(
        _("The client's sum"),
        kind="money",
        accessor=lambda row: _found(row).their_amount if _found(row) else None,
        href=lambda row: address_of(_found(row)),
        hint=lambda row: _found(row).get_status_display() if _found(row) else "",
    )

    class Meta:
        related = ("reconciliation",)
        prefetch = ("discrepancies",)
        sort = "happened_on"


class DiscrepancyTable(Table):
    document = Column(_("Document"), kind="link", accessor=str)
    client = Column(_("Client"), accessor="reconciliation.client.name", sort="reconciliation__client__sort_key")
    reconciliation = Column(
        _("Reconciliation"), accessor="reconciliation.number", href=lambda row: address_of(row.reconciliation)
    )
    status = Column(_("State"), kind="chip", sort=True)
    our_amount = Column(_("Our sum"), kind="money", currency="reconciliation.currency")
    their_amount = Column(_("Their sum"), kind="money", currency="reconciliation.currency")
    difference = Column(_("Difference"), kind="money", currency="reconciliation.currency")
    owner = Column(_("Who finds out"), kind="person", sort="owner__sort_key")
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))
    days_late = Column(_("Days late"), kind="quantity", accessor=days_late)
    cause = Column(_("Cause"), accessor="get_cause_display", visible=False)
    result = Column(_("Result"), visible=False)

    class Meta:
        related = ("reconciliation__client__manager", "line", "owner")
        sort = "due_on"


class DiscrepancyOfSheetTable(Table):
    document = Column(_("Document"), kind="link", accessor=str, hint=lambda row: row.comment)
    status = Column(_("State"), kind="chip")
    our_amount = Column(_("Our sum"), kind="money", currency="reconciliation.currency")
    their_amount = Column(_("Their sum"), kind="money", currency="reconciliation.currency")
    owner = Column(_("Who finds out"), kind="person")
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))

    class Meta:
        related = ("reconciliation__client__manager", "line", "owner")
        sort = "due_on"
