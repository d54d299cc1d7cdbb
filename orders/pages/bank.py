"""Pages of money in: our accounts, statements, their lines, the queue of what is to be placed, refunds."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.clock import today
from kam.pages import (
    Attachments,
    Button,
    Fact,
    Facts,
    Figure,
    Page,
    Panel,
    Rows,
    Trail,
)
from kam.wording import worded
from orders.actions.bank_accounts import change_bank_account, create_bank_account
from orders.actions.placements import Share, move_line, propose_placement
from orders.filters.bank import LineFilter, StatementFilter
from orders.flow import PLACEMENT_FLOW
from orders.forms.bank import (
    BankAccountForm,
    ProposeForm,
)
from orders.models import BankAccount, BankStatement, BankStatementLine, Invoice
from orders.tables.bank import (
    BankAccountTable,
    LineOfStatementTable,
    LineTable,
    PaymentOfLineTable,
    RefundTable,
    StatementTable,
    signed,
)
from orders.wording import MATCH, STATEMENT

UPLOAD = ("kam:import_new", ["statements"])


class BankAccountPage(Page):
    """Our accounts in banks."""

    model, table, form = BankAccount, BankAccountTable, BankAccountForm
    create, change = create_bank_account, change_bank_account
    path, icon, menu, menu_order = "bank-accounts", "building-bank", "settings", 12
    search = ("number__startswith",)
    empty = _("Add the account whose statements you want to take.")
    panels = (
        Facts("number", "bank_name", "bik", "currency", "is_active", Fact("comment", hide_empty=True)),
        Trail(),
    )


class Differences(Panel):
    """Where the figures of a statement do not agree."""

    template = "orders/panels/differences.html"
    title = _("Balances")
    side = True

    def context(self, document: BankStatement, request: HttpRequest) -> dict[str, Any]:
        return {"texts": [worded(each, STATEMENT) for each in document.differences],
                "known": document.opening is not None and document.closing is not None}  # fmt: skip


def lines_of(statement: BankStatement, user: Any):
    """The lines of a statement, those that wait first."""
    rows = BankStatementLine.objects.visible_to(user).filter(statement=statement)
    return rows.annotate(open=Q(status__in=BankStatementLine.OPEN)).order_by("-open", "pk")


class StatementPage(Page):
    """What banks said."""

    model, table, filterset = BankStatement, StatementTable, StatementFilter
    path, icon, menu, menu_order = "bank-statements", "file-dollar", "receivables", 32
    search = ("account__number__startswith",)
    empty = _("No statement is here yet: take the first one.")
    list_actions = (
        Button(_("Take a statement"), lambda doc, user: reverse(UPLOAD[0], args=UPLOAD[1]), icon="upload",
               permission="orders.import_statement", primary=True),
    )  # fmt: skip
    figures = (
        Figure(_("Opening balance"), "opening"),
        Figure(_("Came in"), "received"),
        Figure(_("Went out"), "spent"),
        Figure(_("Closing balance"), "closing", tone=lambda doc, user: "wrong" if doc.differences else ""),
        Figure(
            _("To place"), lambda doc, user: doc.waiting, kind="quantity",
            tone=lambda doc, user: "wait" if doc.waiting else "",
            href=lambda doc, user: f"{LinePage.list_url()}?statement={doc.pk}&{WAITING}",
        ),
    )  # fmt: skip
    panels = (
        Rows(table=LineOfStatementTable, title=_("Lines"), rows=lines_of, limit=200,
             more=lambda doc, user: f"{LinePage.list_url()}?statement={doc.pk}"),
        Differences(),
        Facts("account", "source", "number", "starts_on", "ends_on", "file_name", "imported_by", "created_at",
              title=_("Statement"), side=True),
        Trail(),
    )  # fmt: skip

    @classmethod
    def rows(cls, user):
        waiting = Count("lines", filter=Q(lines__status__in=BankStatementLine.OPEN))
        return super().rows(user).annotate(waiting=waiting)

    @classmethod
    def heading(cls, document):
        return gettext("Statement %(account)s") % {"account": document.account}

    @classmethod
    def subheading(cls, document):
        return f"{formats.day(document.starts_on)} – {formats.day(document.ends_on)}"


WAITING = "&".join(f"status={each.value}" for each in BankStatementLine.OPEN)


class Why(Panel):
    """What the line was taken for, how surely and why; and what somebody proposed."""

    template = "orders/panels/placement.html"
    title = _("Whose money it is")

    def context(self, document: BankStatementLine, request: HttpRequest) -> dict[str, Any]:
        invoices = Invoice.objects.visible_to(request.user).filter(pk__in=document.invoices).order_by("due_on", "pk")
        proposal = document.proposal if document.status == BankStatementLine.Status.PROPOSED else None
        parts = [
            {**part, "amount": Decimal(part["amount"]), "count": len(part["invoices"] or ())}
            for part in (proposal or {}).get("parts", ())
        ]
        kind = BankStatementLine.Kind(proposal["kind"]).label if proposal and proposal["as"] == "apart" else ""
        return {
            "reasons": [worded(each, MATCH) for each in document.why], "invoices": invoices, "proposal": proposal,
            "parts": parts, "kind": kind,
        }  # fmt: skip


def move(pk: int, step: str, *, by: Any, reason: str = "", **facts: Any) -> BankStatementLine:
    """Take a step; the form of a proposal becomes shares of the line."""
    if step == "propose" and facts:
        apart = facts.get("apart", "")
        shares = None if apart else shares_of(pk, facts, by)
        return propose_placement(pk, by=by, day=today(), reason=reason, shares=shares, apart=apart)
    return move_line(pk, step, by=by, day=today(), reason=reason)


def shares_of(pk: int, facts: dict[str, Any], user: Any) -> list[Share] | None:
    """The shares a form gives; None where it names nobody, so that the line's suggestion counts.

    Raises BankStatementLine.DoesNotExist for a line the user does not see.
    """
    shares = [
        Share(client.pk, facts[f"amount_{name.removeprefix('client_')}"] or Decimal("0.00"))
        for name, client in facts.items()
        if name.startswith("client_") and client
    ]
    if not facts.get("client"):
        return shares or None
    whole = BankStatementLine.objects.visible_to(user).values_list("amount", flat=True).get(pk=pk)
    return [Share(facts["client"].pk, whole - sum(share.amount for share in shares)), *shares]


def is_open(line: BankStatementLine, user: Any) -> bool:
    """Whether somebody may still say whose money it is."""
    return line.status in (BankStatementLine.Status.TO_PLACE, BankStatementLine.Status.PARKED)


class LinePage(Page):
    """Movements on our accounts."""

    model, table, filterset = BankStatementLine, LineTable, LineFilter
    flow, move, step_forms = PLACEMENT_FLOW, move, {"propose": ProposeForm}
    path, icon, menu, menu_order = "bank-lines", "list-details", "receivables", 34
    empty = _("No line fits.")
    search_hint = _("Other party, INN or number")
    figures = (
        Figure(_("Amount"), lambda doc, user: signed(doc)),
        Figure(_("Day"), "booked_on", kind="date"),
        Figure(_("Confidence"), "get_confidence_display", kind="text"),
    )
    panels = (
        Why(),
        Facts(
            "other_name", "other_inn", "other_kpp", "other_account", "other_bank", "other_bik", "purpose",
            title=_("Other party"),
        ),
        Rows("payments", PaymentOfLineTable, _("Payments"), empty=_("Nothing is booked yet.")),
        Rows("refunds", RefundTable, _("Refunds"), empty=_("None.")),
        Facts("statement", "place", "kind", "document_kind", "document_number", "document_on", "reference",
              Fact("proposed_by", hide_empty=True), Fact("decided_by", hide_empty=True), title=_("Document"),
              side=True),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (
        Button(
            _("Choose invoices"), lambda doc, user: reverse("orders:line_invoices", args=[doc.pk]), icon="list-check",
            permission="orders.propose_placement", shown=lambda doc, user: doc.is_incoming and is_open(doc, user),
        ),
    )  # fmt: skip

    @classmethod
    def heading(cls, document):
        return gettext("%(party)s, %(amount)s") % {
            "party": document.other_name or gettext("Unknown"),
            "amount": formats.money(signed(document), document.currency),
        }

    @classmethod
    def subheading(cls, document):
        return f"{formats.day(document.booked_on)} · {document.purpose[:140]}"

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("statement__account", "proposed_by", "decided_by")
