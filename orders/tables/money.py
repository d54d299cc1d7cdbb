"""Lists of invoices, payments, allocations and credit notes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.clock import today
from kam.pages import Column, Table, address_of
from orders.rules.aging import days_overdue


def open_of(invoice):
    """What of an invoice is open: on the day the list is asked as of, else now."""
    return getattr(invoice, "open_on_day", invoice.open_amount)


def days_late(invoice):
    """Days past due of an open invoice; None where it is not late."""
    days = days_overdue(invoice.due_on, getattr(invoice, "as_of", None) or today())
    return days if days > 0 and open_of(invoice) else None


class InvoiceTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    issued_on = Column(_("Issued"), kind="date", sort=("issued_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    manager = Column(_("KAM"), kind="person", accessor="client.manager", sort="client__manager__sort_key")
    order = Column(_("Order"), accessor="order.number", href=lambda row: address_of(row.order), visible=False)
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))
    days_late = Column(_("Days late"), kind="quantity", accessor=days_late)
    state = Column(_("State"), kind="chip")
    amount = Column(_("Amount"), kind="money", sort=True, total="amount_in_roubles", currency="currency")
    open_amount = Column(
        _("Unpaid"), kind="money", accessor=open_of, sort="open_amount", total="open_in_roubles", currency="currency"
    )
    brand_share = Column(
        _("Of the brand"), kind="money", total="brand_share", currency="currency", visible=False, asked_by="brand"
    )
    vat = Column(_("VAT"), kind="money", visible=False, currency="currency")

    class Meta:
        related = ("client__manager", "order")
        sort = "-issued_on"


class InvoiceOfClientTable(Table):
    number = Column(_("Number"), kind="link")
    issued_on = Column(_("Issued"), kind="date")
    due_on = Column(_("Due"), kind="date", sort=("due_on", "pk"))
    days_late = Column(_("Days late"), kind="quantity", accessor=days_late)
    state = Column(_("State"), kind="chip")
    amount = Column(_("Amount"), kind="money", total="amount_in_roubles", currency="currency")
    open_amount = Column(_("Unpaid"), kind="money", total="open_in_roubles", currency="currency")

    class Meta:
        related = ("client__manager",)
        sort = "-due_on"


class InvoiceLineTable(Table):
    product = Column(
        _("Product"),
        accessor="product.name",
        href=lambda row: address_of(row.product),
        hint=lambda row: row.product.sku,
    )
    quantity = Column(_("Quantity"), kind="quantity", total=True)
    returned = Column(pgettext_lazy("units", "Returned"), kind="quantity", total=True)
    price = Column(_("Price"), kind="money", currency="invoice.currency")
    vat_rate = Column(_("VAT, %"), kind="percent")
    net = Column(_("Without VAT"), kind="money", currency="invoice.currency", total=True, visible=False)
    vat = Column(_("VAT"), kind="money", currency="invoice.currency", total=True)
    total = Column(_("Total"), kind="money", currency="invoice.currency", total=True)

    class Meta:
        related = ("product", "invoice")


def on_account_of(payment):
    """What stands on account of a payment: on the day asked for, else now."""
    return getattr(payment, "unallocated_on_day", payment.unallocated)


class PaymentTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    received_on = Column(_("Came in"), kind="date", sort=("received_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    purpose = Column(_("Purpose"))
    amount = Column(_("Amount"), kind="money", sort=True, total="amount_in_roubles", currency="currency")
    stayed = Column(
        _("Not returned"), kind="money", total="stayed", currency="currency", visible=False, asked_by="stayed_on"
    )
    unallocated = Column(
        _("On account"),
        kind="money",
        accessor=on_account_of,
        sort="unallocated",
        total="unallocated_in_roubles",
        currency="currency",
    )

    class Meta:
        related = ("client__manager",)
        sort = "-received_on"


class PaymentOfClientTable(Table):
    number = Column(_("Number"), kind="link")
    received_on = Column(_("Came in"), kind="date", sort=("received_on", "pk"))
    purpose = Column(_("Purpose"))
    amount = Column(_("Amount"), kind="money", total="amount_in_roubles", currency="currency")
    unallocated = Column(_("On account"), kind="money", total="unallocated_in_roubles", currency="currency")

    class Meta:
        related = ("client__manager",)
        sort = "-received_on"


RULES = {
    "stated": _("Named in the purpose"),
    "exact_sum": _("Exact sum"),
    "earliest_due": _("Earliest due"),
    "by_hand": _("By hand"),
}


class AllocationOfInvoiceTable(Table):
    payment = Column(_("Payment"), accessor="payment.number", href=lambda row: address_of(row.payment))
    received_on = Column(_("Came in"), kind="date", accessor="payment.received_on")
    allocated_on = Column(_("On"), kind="date", sort=("allocated_on", "pk"))
    rule = Column(_("By which rule"), accessor=lambda row: RULES.get(row.rule, row.rule))
    undone_on = Column(_("Undone on"), kind="date", hint=lambda row: row.undo_reason)
    amount = Column(_("Amount"), kind="money", currency="payment.currency")

    class Meta:
        related = ("payment",)
        sort = "allocated_on"


class CreditNoteTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    issued_on = Column(_("Issued"), kind="date", sort=("issued_on", "pk"))
    client = Column(_("Client"), accessor="invoice.client.name", sort="invoice__client__sort_key")
    invoice = Column(_("Invoice"), accessor="invoice.number", href=lambda row: address_of(row.invoice))
    reason = Column(_("Reason"))
    net = Column(_("Without VAT"), kind="money", currency="invoice.currency", total=True, visible=False)
    vat = Column(_("VAT"), kind="money", currency="invoice.currency", total=True, visible=False)
    amount = Column(_("Amount"), kind="money", currency="invoice.currency", sort=True, total=True)

    class Meta:
        related = ("invoice__client__manager",)
        sort = "-issued_on"


class CreditNoteLineTable(Table):
    product = Column(
        _("Product"),
        accessor="invoice_line.product.name",
        href=lambda row: address_of(row.invoice_line.product),
        hint=lambda row: row.invoice_line.product.sku,
    )
    quantity = Column(_("Quantity"), kind="quantity", total=True)
    net = Column(_("Without VAT"), kind="money", currency="credit_note.invoice.currency", total=True)
    vat = Column(_("VAT"), kind="money", currency="credit_note.invoice.currency", total=True)
    total = Column(_("Total"), kind="money", currency="credit_note.invoice.currency", total=True)

    class Meta:
        related = ("invoice_line__product",)


class CompanyTable(Table):
    """Our own company: one row."""

    name = Column(_("Company"), kind="link")
    inn = Column(_("INN"))
    bank_name = Column(_("Bank"))
    legal_address = Column(_("Legal address"))
