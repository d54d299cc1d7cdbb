"""Pages of offsets, reconciliations and differences with clients, and the forms that work on them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.pages import ClientPage
from accounts.panels import allowed
from accounts.screens import FormScreen
from kam import formats
from kam.clock import today
from kam.inbox import Effect, add_effect
from kam.money import ZERO
from kam.pages import (
    Attachments,
    Button,
    Fact,
    Facts,
    Figure,
    MoneyField,
    Page,
    Panel,
    Rows,
    Tab,
    Trail,
    paper_button,
)
from kam.pages.registry import page_named
from orders.actions.discrepancies import DiscrepancyInput, change_discrepancy, move_discrepancy, record_discrepancies
from orders.actions.lay_reconciliations import prepare_reconciliations
from orders.actions.offsets import move_offset, propose_offset
from orders.actions.reconciliations import draw_up_reconciliation, move_reconciliation, redraw_reconciliation
from orders.documents.kinds import RECONCILIATION_ACT
from orders.filters.settlements import DiscrepancyFilter, OffsetFilter, ReconciliationFilter
from orders.flow import DISCREPANCY_FLOW, OFFSET_FLOW, RECONCILIATION_FLOW
from orders.forms.settlements import (
    AgreeForm,
    DifferencesForm,
    DiscrepancyForm,
    ManyReconciliationsForm,
    OffsetForm,
    ReconciliationForm,
    ResolveForm,
)
from orders.models import Discrepancy, Offset, Reconciliation
from orders.pages.client_ledger import ledger_url
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.pages.post_screen import PostScreen
from orders.queries.client_ledger import account_seen, balance_on
from orders.queries.credit import credit_facts
from orders.tables.settlements import (
    DiscrepancyOfSheetTable,
    DiscrepancyTable,
    OffsetTable,
    ReconciliationLineTable,
    ReconciliationOfClientTable,
    ReconciliationTable,
    document_href,
)
from orders.wording import ENTRIES

ROWS_ASKED = 300
MOST_PARTS = 10_000
ANSWERABLE = ("sent", "differs")


class OffsetPage(Page):
    """Mutual claims set off against each other."""

    model, table, filterset, new_form = Offset, OffsetTable, OffsetFilter, OffsetForm
    flow, move = OFFSET_FLOW, move_offset
    menu, menu_order, icon = "receivables", 60, "arrows-exchange"
    search = ("number__istartswith", "client__search")
    empty = _("No offset fits.")
    figures = (Figure(_("Amount"), "amount", currency="currency"),)
    panels = (
        Facts(
            "client", "offset_on", "basis", "their_claim", Fact("comment", hide_empty=True), "proposed_by",
            "proposed_on", Fact("payment", hide_empty=True), Fact("annulled_on", hide_empty=True), title=_("Offset"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @staticmethod
    def create(*, by, client, **values):
        """Propose an offset."""
        return propose_offset(client_id=client.pk, by=by, day=today(), **values)

    @classmethod
    def initial(cls, request):
        return {"offset_on": today(), "currency": "RUB", **super().initial(request)}

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {formats.day(document.offset_on)}"


def offset_effects(offsets: list[Offset], user: Any) -> dict[int, list[Effect]]:
    """What posting would do: the sum set off, beside what the client owes late."""
    stands = credit_facts({offset.client_id for offset in offsets}, today())
    found = {}
    for offset in offsets:
        overdue = stands[offset.client_id].overdue
        found[offset.pk] = [
            Effect(_("Amount"), offset.amount, currency=offset.currency),
            Effect(_("Overdue"), overdue, tone="wrong" if overdue else ""),
        ]
    return found


class BooksChanged(Panel):
    """What the books say now of the sheet's last day, where that is another balance than the sheet's."""

    template = "orders/panels/books_changed.html"
    title = _("The books have changed")

    def context(self, document: Reconciliation, request: Any) -> dict[str, Any] | None:
        now = balance_on(
            document.client_id, document.ends_on, contract_id=document.contract_id, currency=document.currency
        )
        if now == document.closing or document.status == Reconciliation.Status.CANCELLED:
            return None
        query = {"starts_on": document.starts_on, "ends_on": document.ends_on, "currency": document.currency}
        return {"now": now, "href": ledger_url(document.client, **query)}


def may_change(sheet: Reconciliation, user: Any) -> bool:
    """Whether the person may work on the sheet."""
    return allowed(user, "orders.change_reconciliation", sheet.client.manager_id)


class ReconciliationPage(Page):
    """Our account of a client for a period, laid before the client."""

    model, table, filterset, new_form = Reconciliation, ReconciliationTable, ReconciliationFilter, ReconciliationForm
    flow, move = RECONCILIATION_FLOW, move_reconciliation
    step_forms = {"agree": AgreeForm}
    menu, menu_order, icon = "receivables", 70, "file-check"
    search = ("number__istartswith", "client__search")
    empty = _("No reconciliation fits.")
    figures = (
        Figure(pgettext_lazy("settlements", "Opening balance"), "opening"),
        Figure(_("Debit"), "debit"),
        Figure(_("Credit"), "credit"),
        Figure(pgettext_lazy("settlements", "Closing balance"), "closing"),
        Figure(
            _("Open differences"),
            lambda doc, user: doc.discrepancies.filter(status=Discrepancy.Status.OPEN).count(),
            kind="quantity",
            href=lambda doc, user: f"{reverse('orders:discrepancy_list')}?reconciliation={doc.pk}&status=open",
        ),
    )
    panels = (
        BooksChanged(),
        Rows("discrepancies", DiscrepancyOfSheetTable, _("Differences"), empty=_("The client found none.")),
        Rows("lines", ReconciliationLineTable, _("Documents of the period"), empty=_("Nothing happened.")),
        Facts(
            "client", Fact("contract", hide_empty=True), "starts_on", "ends_on", "currency", "drawn_up_on",
            "drawn_up_by", Fact("sent_on", hide_empty=True), Fact("answered_on", hide_empty=True),
            Fact("signed_by", hide_empty=True), title=_("Reconciliation"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (
        paper_button(RECONCILIATION_ACT),
        Button(
            _("Record differences"), lambda doc, user: reverse("orders:reconciliation_differences", args=[doc.pk]),
            icon="git-compare", permission="orders.change_reconciliation",
            shown=lambda doc, user: doc.status in ANSWERABLE and may_change(doc, user),
        ),
        Button(
            _("Draw up again"), lambda doc, user: reverse("orders:reconciliation_redraw", args=[doc.pk]),
            icon="refresh", permission="orders.change_reconciliation", post=True,
            shown=lambda doc, user: doc.status == "draft" and may_change(doc, user),
        ),
    )  # fmt: skip
    list_actions = (
        Button(
            _("Prepare for many clients"), lambda doc, user: reverse("orders:reconciliations_prepare"), icon="files",
            permission="orders.add_reconciliation",
        ),
    )  # fmt: skip

    @staticmethod
    def create(*, by, client, contract=None, **values):
        """Draw a sheet up."""
        contract_id = contract.pk if contract else None
        return draw_up_reconciliation(client_id=client.pk, contract_id=contract_id, by=by, day=today(), **values)

    @classmethod
    def initial(cls, request):
        day = today()
        return {"starts_on": day.replace(month=1, day=1), "ends_on": day, "currency": "RUB", **super().initial(request)}

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {formats.day(document.starts_on)} – {formats.day(document.ends_on)}"


def our_document_href(difference: Discrepancy) -> str:
    """The document of ours that a difference is about; nothing where only the client has one."""
    return document_href(difference.line.kind, difference.line.document_id) if difference.line else ""


class DiscrepancyPage(Page):
    """Where a client's books differ from ours."""

    model, table, filterset, form = Discrepancy, DiscrepancyTable, DiscrepancyFilter, DiscrepancyForm
    flow, move = DISCREPANCY_FLOW, move_discrepancy
    step_forms = {"resolve": ResolveForm}
    permissions = {"change": "orders.change_reconciliation"}
    path, menu, menu_order, icon = "differences", "receivables", 80, "git-compare"
    search = ("reconciliation__number__istartswith", "reconciliation__client__search", "their_document__istartswith")
    empty = _("No difference fits.")
    figures = (Figure(_("Our sum"), "our_amount"), Figure(_("Their sum"), "their_amount"))
    panels = (
        Facts(
            "reconciliation", Fact("reconciliation.client", _("Client")),
            Fact("line", _("Our document"), href=our_document_href), "their_document", "their_side", "comment", "owner",
            Fact("due_on", _("To be worked off by")), title=_("Difference"),
        ),
        Facts(
            Fact("cause", hide_empty=True), Fact("result", hide_empty=True), Fact("resolved_on", hide_empty=True),
            Fact("resolved_by", hide_empty=True), title=_("What came of it"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @staticmethod
    def change(pk, *, by, version=None, owner=None, due_on=None):
        """Give it to somebody else, or more time."""
        return change_discrepancy(pk, by=by, version=version, owner_id=owner and owner.pk, due_on=due_on)

    @classmethod
    def editable(cls, document, user):
        return document.status == Discrepancy.Status.OPEN

    @classmethod
    def heading(cls, document):
        return gettext("Difference over %(document)s") % {"document": document}

    @classmethod
    def subheading(cls, document):
        return f"{document.reconciliation.client} · {document.reconciliation}"


class DifferencesScreen(LinesScreen):
    """What the client's half of the sheet says, where it says something else."""

    app, name, path = "orders", "reconciliation_differences", "reconciliations/<int:pk>/differences/"
    title, permission, submit = _("Record differences"), "orders.change_reconciliation", _("Record")
    form, model = DifferencesForm, Reconciliation
    headings = ((_("Day"), False), (_("Document"), False), (_("Debit"), True), (_("Credit"), True))
    inputs = (("theirs", _("The client's sum")), ("document", _("Its document")), ("comment", _("Comment")))
    lines_title, empty = _("Documents of the period"), _("Every row has its difference already.")

    found_by = _("Document number")

    def rows(self, document):
        """The rows without a difference yet, or those of them whose document is searched for."""
        rows = document.lines.filter(discrepancies=None).order_by("position")
        word = self.request.GET.get("q", "").strip()
        return rows.filter(document_number__icontains=word) if word else rows

    def part(self):
        """Which part of the rows is asked for, from 0."""
        asked = self.request.GET.get("part", "")
        return min(int(asked), MOST_PARTS) if asked.isdecimal() else 0

    def parts(self, document):
        count, word = self.rows(document).count(), self.request.GET.get("q", "")
        if count <= ROWS_ASKED:
            return []
        return [
            (
                f"{first + 1}–{min(first + ROWS_ASKED, count)}",
                f"?{urlencode({'q': word, 'part': part})}",
                part == self.part(),
            )
            for part, first in enumerate(range(0, count, ROWS_ASKED))
        ]

    def lines(self, document):
        first = self.part() * ROWS_ASKED
        found = []
        for place, row in enumerate(self.rows(document)[first : first + ROWS_ASKED], start=1):
            label = {"document": row.document_number}
            cells = (
                Cell(formats.day(row.happened_on)),
                Cell(row.document_number, hint=ENTRIES.get(row.kind, row.kind)),
                Cell(formats.money(row.debit, document.currency) if row.debit else "", True),
                Cell(formats.money(row.credit, document.currency) if row.credit else "", True),
            )
            inputs = {
                "theirs": MoneyField(
                    label=gettext("The client's sum of %(document)s") % label, required=False, min_value=0
                ),
                "document": forms.CharField(
                    label=gettext("The client's document for %(document)s") % label, required=False, max_length=150
                ),
                "comment": forms.CharField(
                    label=gettext("Comment on %(document)s") % label, required=False, max_length=500
                ),
            }
            found.append(Line(row.pk, cells, inputs, place))
        return found

    def about_lines(self, document):
        return _("Fill only the rows that differ; 0 where the client has no such document.")

    def act(self, document, values):
        wanted = [
            DiscrepancyInput(row["theirs"], pk, row["document"], comment=row["comment"], place=place)
            for place, (pk, row) in enumerate(values["lines"].items(), start=1)
            if row["theirs"] is not None
        ]
        if values["their_amount"] or values["their_document"]:
            amount, paper = values["their_amount"] or ZERO, values["their_document"]
            comment = values["document_comment"]
            wanted.append(DiscrepancyInput(amount, None, paper, values["their_side"], comment))
        owner_id = values["owner"].pk if values["owner"] else None
        made = record_discrepancies(
            document.pk, wanted, by=self.request.user, day=today(), owner_id=owner_id, due_on=values["due_on"]
        )
        text = ngettext("%(count)d difference is recorded.", "%(count)d differences are recorded.", len(made))
        return text % {"count": len(made)}

    def back(self, document):
        return ReconciliationPage.detail_url(document.pk)


class RedrawScreen(PostScreen):
    """Draw a draft up again from the books of now."""

    app, name, path = "orders", "reconciliation_redraw", "reconciliations/<int:pk>/redraw/"
    title, permission, model = _("Draw up again"), "orders.change_reconciliation", Reconciliation

    def act(self, document):
        sheet = redraw_reconciliation(document.pk, by=self.request.user, day=today())
        text = gettext("%(sheet)s is drawn up again: closing balance %(closing)s.")
        values = {"sheet": sheet, "closing": formats.money(sheet.closing, sheet.currency)}
        return text % values, ReconciliationPage.detail_url(sheet.pk)

    def back(self, document):
        return ReconciliationPage.detail_url(document.pk)


class PrepareScreen(FormScreen):
    """Sheets of many clients: drawn up by a worker, their papers in one archive."""

    app, name, path = "orders", "reconciliations_prepare", "reconciliations/prepare/"
    title, permission = _("Reconciliations of many clients"), "orders.add_reconciliation"
    submit, form = _("Prepare"), ManyReconciliationsForm

    def context(self, request, **kwargs):
        day = today().replace(day=1) - timedelta(days=1)
        first = {"starts_on": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), "ends_on": day}
        return self.asked(None, self.form(user=request.user, initial={**first, **request.GET.dict()}))

    def act(self, document, values):
        manager = values.pop("manager")
        run = prepare_reconciliations(
            by=self.request.user, day=today(), manager_id=manager.pk if manager else None, **values
        )
        self.made = page_named("kam.run").detail_url(run.pk)
        return gettext("“%(run)s” is being prepared; the archive will be here.") % {"run": run}

    def back(self, document):
        return getattr(self, "made", "") or ReconciliationPage.list_url()


def sheets_of(client, user):
    """The client's reconciliations."""
    return Reconciliation.objects.visible_to(user).filter(client=client)


add_effect(OFFSET_FLOW, offset_effects, related=("client",))
ClientPage.add_tab(
    Tab(
        "reconciliations",
        _("Reconciliations"),
        (
            Rows(
                table=ReconciliationOfClientTable, title=_("Reconciliations"), rows=sheets_of, limit=50,
                permission="orders.view_reconciliation", empty=_("Nothing was reconciled yet."),
                more=lambda client, user: f"{reverse('orders:reconciliation_list')}?client={client.pk}",
            ),
        ),
        permission="orders.view_reconciliation",
        shown=account_seen,
    )
)  # fmt: skip
