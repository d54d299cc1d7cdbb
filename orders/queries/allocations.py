"""Which invoices a payment would pay."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from kam.money import ZERO
from orders.models import Invoice, Order, Payment
from orders.rules.allocation import AllocationPlan, OpenInvoice, allocate_payment
from orders.rules.payment_purpose import stated_numbers

# An order named by a payment before anything of it is invoiced is prepaid: its money waits on account.
PREPAID = (Order.Status.SUBMITTED, Order.Status.HELD, Order.Status.CONFIRMED)


def open_invoices(payment: Payment) -> list[OpenInvoice]:
    """The client's open invoices in the payment's currency, with every number they may be named by."""
    rows = (
        Invoice.objects.open()
        .filter(client_id=payment.client_id, currency=payment.currency)
        .order_by("due_on", "pk")
        .values_list("pk", "number", "order__number", "shipment__number", "due_on", "open_amount")
    )
    return [OpenInvoice(pk, tuple(filter(None, numbers)), due_on, left) for pk, *numbers, due_on, left in rows]


def prepaid_orders(client_id: int) -> list[str]:
    """Numbers of the client's orders that were submitted and of which nothing is invoiced yet."""
    invoiced = Invoice.objects.filter(order=OuterRef("pk"))
    waiting = Order.objects.filter(client_id=client_id, status__in=PREPAID).exclude(Exists(invoiced))
    return list(waiting.values_list("number", flat=True))


def suggested_plan(payment: Payment) -> AllocationPlan:
    """What the rule would do with the payment's money on account: stated purpose first, else earliest due."""
    if not payment.unallocated:
        return AllocationPlan((), ZERO, ())
    invoices = open_invoices(payment)
    stated = stated_numbers(payment.purpose)
    prepaid = prepaid_orders(payment.client_id) if stated else ()
    return allocate_payment(payment.unallocated, stated, invoices, prepaid)


def invoices_to_pay(payment: Payment):
    """The client's open invoices that a payment can pay, earliest due first."""
    rows = Invoice.objects.open().filter(client_id=payment.client_id, currency=payment.currency)
    return rows.select_related("order").order_by("due_on", "pk")


def on_account_of(client_id: int, currency: str = "RUB") -> Decimal:
    """Money of a client that no invoice took."""
    rows = Payment.objects.on_account().filter(client_id=client_id, currency=currency)
    return rows.aggregate(total=Sum("unallocated"))["total"] or ZERO
