"""Lists of bank accounts, statements, their lines and refunds."""

from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.pages import DONE, DRAFT, WAIT, WORK, WRONG, Column, Table, address_of
from kam.wording import worded
from orders.wording import MATCH

CONFIDENCE_TONES = {"certain": DONE, "likely": WORK, "guess": WAIT, "unknown": WRONG, "": DRAFT}


class BankAccountTable(Table):
    number = Column(_("Our account"), kind="link", sort=True)
    bank_name = Column(_("Bank"))
    bik = Column(_("BIK"))
    currency = Column(_("Currency"))
    is_active = Column(_("In use"), kind="flag")
    comment = Column(_("Comment"))

    class Meta:
        sort = "number"


class StatementTable(Table):
    account = Column(_("Our account"), kind="link", accessor="account.number", sort="account__number")
    starts_on = Column(_("From"), kind="date", sort=("starts_on", "pk"))
    ends_on = Column(_("To"), kind="date", sort=("ends_on", "pk"))
    opening = Column(_("Opening balance"), kind="money", currency="currency")
    received = Column(_("Came in"), kind="money", currency="currency")
    spent = Column(_("Went out"), kind="money", currency="currency")
    closing = Column(_("Closing balance"), kind="money", currency="currency")
    waiting = Column(_("To place"), kind="quantity")
    balances = Column(_("Balances"), accessor=lambda row: _("differ") if row.differences else _("agree"))
    source = Column(_("Format"), accessor="get_source_display", visible=False)
    file_name = Column(_("File"), visible=False)

    class Meta:
        related = ("account",)
        sort = "-ends_on"


def signed(line):
    """The sum of a line, below zero where money went."""
    return line.amount if line.is_incoming else -line.amount


def why_in_words(line) -> str:
    """Why a line was taken for what it is."""
    return " ".join(worded(each, MATCH) for each in line.why)


def whose(line):
    """The client a line is of, or would be."""
    if line.status == "proposed" and line.proposal.get("parts"):
        return ", ".join(part["name"] for part in line.proposal["parts"])
    return line.client.name if line.client_id else ""


class LineTable(Table):
    document_number = Column(_("Number"), kind="link", accessor=lambda row: row.document_number or f"№ {row.pk}")
    booked_on = Column(_("Day"), kind="date", sort=("booked_on", "pk"))
    amount = Column(_("Amount"), kind="money", accessor=signed, sort="amount", currency="currency")
    other_name = Column(_("Other party"), hint=lambda row: row.purpose[:160])
    purpose = Column(_("Purpose"), visible=False)
    client = Column(_("Client"), accessor=whose, hint=why_in_words)
    confidence = Column(_("Confidence"), kind="chip", tones=CONFIDENCE_TONES)
    status = Column(_("State"), kind="chip")
    kind = Column(_("Kind"), accessor="get_kind_display", visible=False)
    other_inn = Column(_("INN or account"), accessor=lambda row: row.other_inn or row.other_account, visible=False)
    document_on = Column(_("Document day"), kind="date", visible=False)

    class Meta:
        related = ("client", "proposed_by")
        sort = "-booked_on"


class LineOfStatementTable(Table):
    document_number = Column(_("Number"), kind="link", accessor=lambda row: row.document_number or f"№ {row.pk}")
    amount = Column(_("Amount"), kind="money", accessor=signed, currency="currency")
    other_name = Column(_("Other party"), hint=lambda row: row.purpose[:90])
    client = Column(_("Client"), accessor=whose)
    status = Column(_("State"), kind="chip", hint=lambda row: row.get_confidence_display())

    class Meta:
        related = ("client", "proposed_by")


class RefundTable(Table):
    refunded_on = Column(_("On"), kind="link", accessor=lambda row: formats.day(row.refunded_on),
                         sort=("refunded_on", "pk"))  # fmt: skip
    client = Column(_("Client"), accessor="payment.client.name", sort="payment__client__sort_key")
    payment = Column(_("Payment"), accessor="payment.number", href=lambda row: address_of(row.payment))
    kind = Column(_("Kind"), accessor="get_kind_display")
    reason = Column(_("Reason"))
    amount = Column(_("Amount"), kind="money", sort=True, currency="payment.currency")
    undone_on = Column(_("Undone on"), kind="date", hint=lambda row: row.undo_reason)
    by = Column(_("Who"), kind="person")

    class Meta:
        related = ("payment__client", "by")
        sort = "-refunded_on"


class PaymentOfLineTable(Table):
    number = Column(_("Payment"), kind="link")
    client = Column(_("Client"), accessor="client.name")
    received_on = Column(_("Came in"), kind="date")
    amount = Column(_("Amount"), kind="money", currency="currency")
    unallocated = Column(_("On account"), kind="money", currency="currency")

    class Meta:
        related = ("client",)
        sort = "received_on"
