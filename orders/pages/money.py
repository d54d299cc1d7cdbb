"""Pages of invoices, payments and credit notes, and the forms that move money."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from accounts.screens import FormScreen
from kam import formats
from kam.clock import today
from kam.pages import (
    DONE,
    WAIT,
    WORK,
    WRONG,
    Attachments,
    Button,
    Fact,
    Facts,
    Figure,
    MoneyField,
    Page,
    Rows,
    Trail,
    paper_button,
)
from kam.wording import worded
from orders.actions.company import change_company, save_company
from orders.actions.credit_notes import issue_credit_note
from orders.actions.payments import allocate_payment, receive_payment, settle_invoice, undo_allocation
from orders.documents.kinds import INVOICE_BILL
from orders.filters.money import CreditNoteFilter, InvoiceFilter, PaymentFilter
from orders.forms.money import AllocateForm, CompanyForm, CreditForm, PaymentForm, UndoForm
from orders.models import Allocation, Company, CreditNote, Invoice, Payment
from orders.pages.invoice_panels import DueExplained, PaymentParts
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.pages.post_screen import PostScreen
from orders.queries.allocations import invoices_to_pay, on_account_of, suggested_plan
from orders.tables.money import (
    AllocationOfInvoiceTable,
    CompanyTable,
    CreditNoteLineTable,
    CreditNoteTable,
    InvoiceLineTable,
    InvoiceTable,
    PaymentTable,
    days_late,
)
from orders.tables.shipping import ReturnTable
from orders.wording import ALLOCATION

INVOICE_TONES = {"open": WORK, "partly_paid": WAIT, "overdue": WRONG, "paid": DONE}


def may(code):
    """Whether the person may do this to the document's client."""
    return lambda document, user: allowed(user, code, document.client.manager_id)


def payment_url(invoice):
    """The form of a payment of what is open of an invoice, which its purpose names."""
    asked = {
        "client": invoice.client_id,
        "amount": invoice.open_amount,
        "currency": invoice.currency,
        "purpose": gettext("Payment of invoice %(number)s") % {"number": invoice.number},
    }
    return f"{reverse('orders:payment_new')}?{urlencode(asked)}"


class InvoicePage(Page):
    """What clients owe."""

    model, table, filterset = Invoice, InvoiceTable, InvoiceFilter
    status, tones = "state", INVOICE_TONES
    menu, menu_order, icon = "receivables", 22, "file-invoice"
    palette, palette_related = 4, ("client",)
    search_hint = _("Number of the invoice")
    empty = _("No invoice fits.")
    figures = (
        Figure(_("Unpaid"), "open_amount", tone=lambda doc, user: "wrong" if days_late(doc) else ""),
        Figure(_("Amount"), "amount"),
        Figure(_("Due"), "due_on", kind="date", hint=lambda doc, user: late_words(doc)),
        Figure(
            _("The client has on account"), lambda doc, user: on_account_of(doc.client_id, doc.currency),
            href=lambda doc, user: f"{PaymentPage.list_url()}?client={doc.client_id}&on_account=true",
        ),
    )  # fmt: skip
    panels = (
        Rows("lines", InvoiceLineTable, _("Goods"), empty=_("A debt from the old books has no lines.")),
        Facts(
            "client", "order", "shipment", Fact("contract", hide_empty=True), "issued_on", "shipped_on", "due_on",
            Fact("comment", hide_empty=True), title=_("Invoice"),
        ),
        DueExplained(),
        Rows("allocations", AllocationOfInvoiceTable, _("Payments"), empty=_("Nothing is paid yet.")),
        Rows("credit_notes", CreditNoteTable, _("Credit notes"), empty=_("None.")),
        Rows("returns", ReturnTable, _("Returns"), empty=_("None.")),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (
        Button(
            _("Enter the payment"), lambda doc, user: payment_url(doc), icon="cash", permission="orders.add_payment",
            primary=True, shown=lambda doc, user: bool(doc.open_amount) and may("orders.add_payment")(doc, user),
        ),
        paper_button(INVOICE_BILL),
        Button(
            _("Pay from account"), lambda doc, user: reverse("orders:invoice_settle", args=[doc.pk]), icon="coins",
            permission="orders.allocate_payment", post=True,
            shown=lambda doc, user: bool(doc.open_amount and on_account_of(doc.client_id, doc.currency)),
        ),
        Button(
            _("Take goods back"), lambda doc, user: reverse("orders:invoice_return", args=[doc.pk]),
            icon="truck-return", permission="orders.add_return", shown=may("orders.add_return"),
        ),
        Button(
            _("Credit note"), lambda doc, user: reverse("orders:invoice_credit", args=[doc.pk]), icon="receipt-refund",
            permission="orders.issue_credit_note",
        ),
    )  # fmt: skip

    @classmethod
    def palette_hint(cls, document):
        return document.client.name

    @classmethod
    def sorting(cls, params):
        # Late ones lie together by due date; by day of issue all that is not due yet would be read to find fifty.
        return "-due_on" if params.get("overdue") == "true" else super().sorting(params)

    @classmethod
    def list_rows(cls, user):
        return super().list_rows(user).with_state(today())

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("shipment", "contract").with_state(today())

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {formats.day(document.issued_on)}"

    @classmethod
    def choice_hint(cls, document):
        return f"{document.client} · {formats.money(document.open_amount, document.currency)}"


def late_words(invoice):
    """How late an open invoice is."""
    days = days_late(invoice)
    return gettext("%(days)d days late") % {"days": days} if days else ""


class PaymentPage(Page):
    """Money that came in."""

    model, table, filterset, new_form = Payment, PaymentTable, PaymentFilter, PaymentForm
    menu, menu_order, icon = "receivables", 30, "cash"
    empty = _("No payment fits.")
    figures = (
        Figure(_("On account"), "unallocated", tone=lambda doc, user: "wait" if doc.unallocated else ""),
        Figure(_("Amount"), "amount"),
    )
    panels = (
        PaymentParts(),
        Facts(
            "client",
            "received_on",
            Fact("paid_on", hide_empty=True),
            "number",
            "purpose",
            "entered_by",
            title=_("Payment"),
        ),
        Trail(),
        Attachments(),
    )
    actions = (
        Button(
            _("Allocate"), lambda doc, user: reverse("orders:payment_allocate", args=[doc.pk]), icon="arrows-split",
            permission="orders.allocate_payment", primary=True, shown=lambda doc, user: bool(doc.unallocated),
        ),
    )  # fmt: skip

    @staticmethod
    def create(*, by, day, client, **values):
        """Enter a payment."""
        return receive_payment(client_id=client.pk, by=by, day=day, **values)

    @classmethod
    def initial(cls, request):
        return {"received_on": today(), "currency": "RUB", "allocate": True, **super().initial(request)}

    @classmethod
    def list_rows(cls, user):
        return super().list_rows(user).with_roubles()

    @classmethod
    def heading(cls, document):
        return gettext("Payment %(number)s") % {"number": document.number}

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {formats.day(document.received_on)}"


class CreditNotePage(Page):
    """What invoices were reduced by."""

    model, table, filterset = CreditNote, CreditNoteTable, CreditNoteFilter
    path, icon, menu, menu_order = "credit-notes", "receipt-refund", "receivables", 40
    search = ("number__istartswith", "invoice__number__istartswith", "invoice__client__search")
    empty = _("No credit note fits.")
    figures = (
        Figure(_("Amount"), "amount", currency="invoice.currency"),
        Figure(_("VAT"), "vat", currency="invoice.currency"),
    )
    panels = (
        Rows("lines", CreditNoteLineTable, _("Goods"), empty=_("The amount is not of single lines.")),
        Facts(
            "invoice", Fact("invoice.client", _("Client")), Fact("returned", hide_empty=True), "issued_on", "reason",
            "issued_by", title=_("Credit note"),
        ),
        Trail(),
    )  # fmt: skip

    @classmethod
    def subheading(cls, document):
        return f"{document.invoice.client} · {document.invoice}"


class CompanyPage(Page):
    """Our own company, as our papers name it."""

    model, table, form = Company, CompanyTable, CompanyForm
    create, change = save_company, change_company
    permissions = {"add": "orders.change_company"}
    path, icon, menu, menu_order = "company", "building", "settings", 10
    titles = _("Our company")
    search = ("name",)
    exportable = False
    panels = (
        Facts("name", "inn", "kpp", "ogrn", "legal_address", "phone", "email", title=_("Company")),
        Facts("bank_name", "bik", "account", "correspondent_account", title=_("Bank")),
        Facts("director_post", "director", "accountant", "storekeeper", title=_("Who signs")),
        Trail(),
    )

    @classmethod
    def creatable(cls, user):
        return not Company.objects.exists()


class AllocateScreen(LinesScreen):
    """Money on account goes to invoices: as the rule suggests, or as the person types."""

    app, name, path = "orders", "payment_allocate", "payments/<int:pk>/allocate/"
    title, permission, submit = _("Allocate"), "orders.allocate_payment", _("Allocate")
    form, model = AllocateForm, Payment
    headings = ((_("Invoice"), False), (_("Due"), False), (_("Amount"), True), (_("Unpaid"), True))
    inputs = (("amount", _("To pay")),)
    lines_title, empty = _("Open invoices of the client"), _("The client has no open invoices.")

    def lines(self, document):
        self.plan = suggested_plan(document)
        suggested = {part.invoice: part.amount for part in self.plan.parts}
        found = []
        for place, invoice in enumerate(invoices_to_pay(document), start=1):
            label = gettext("To pay of %(invoice)s") % {"invoice": invoice}
            first = suggested.get(invoice.pk)
            cells = (
                Cell(invoice.number, hint=invoice.order.number if invoice.order else ""),
                Cell(formats.day(invoice.due_on)),
                Cell(formats.money(invoice.amount, invoice.currency), True),
                Cell(formats.money(invoice.open_amount, invoice.currency), True),
            )
            field = MoneyField(label=label, required=False, initial=first, min_value=0)
            found.append(Line(invoice.pk, cells, {"amount": field}, place))
        return found

    def about_lines(self, document):
        reasons = [worded(reason, ALLOCATION) for reason in self.plan.reasons]
        text = gettext("On account: %(amount)s.") % {"amount": formats.money(document.unallocated, document.currency)}
        return " ".join([text, *reasons])

    def act(self, document, values):
        parts = [(key, row["amount"]) for key, row in values["lines"].items() if row["amount"]]
        allocate_payment(document.pk, by=self.request.user, day=today(), parts=parts)
        return gettext("Allocated: %(count)d invoices.") % {"count": len(parts)}

    def back(self, document):
        return PaymentPage.detail_url(document.pk)


class UndoScreen(FormScreen):
    """Take an allocation back."""

    app, name, path = "orders", "allocation_undo", "allocations/<int:pk>/undo/"
    title, permission, submit = _("Undo the allocation"), "orders.undo_allocation", pgettext_lazy("allocation", "Undo")
    form, model = UndoForm, Allocation

    def named(self, document):
        return f"{document.payment.number} → {document.invoice.number}"

    def act(self, document, values):
        undo_allocation(document.pk, by=self.request.user, day=today(), **values)
        return gettext("The money stands on account again.")

    def back(self, document):
        return PaymentPage.detail_url(document.payment_id)


class CreditScreen(FormScreen):
    """Reduce an invoice without goods coming back."""

    app, name, path = "orders", "invoice_credit", "invoices/<int:pk>/credit/"
    title, permission, submit = _("Credit note"), "orders.issue_credit_note", _("Issue")
    form, model = CreditForm, Invoice

    def act(self, document, values):
        note = issue_credit_note(document.pk, by=self.request.user, day=today(), **values)
        return gettext("%(note)s is issued.") % {"note": note}

    def back(self, document):
        return InvoicePage.detail_url(document.pk)


class SettleScreen(PostScreen):
    """Pay an invoice from the client's money on account."""

    app, name, path = "orders", "invoice_settle", "invoices/<int:pk>/settle/"
    title, permission, model = _("Pay from account"), "orders.allocate_payment", Invoice

    def act(self, document):
        made = settle_invoice(document.pk, by=self.request.user, day=today())
        total = sum(each.amount for each in made)
        text = gettext("%(amount)s of %(invoice)s is paid from account.")
        values = {"amount": formats.money(total, document.currency), "invoice": document}
        return text % values, InvoicePage.detail_url(document.pk)

    def back(self, document):
        return InvoicePage.detail_url(document.pk)
