"""The API from shipment to cash: shipments, invoices, payments, returns, credit notes, the ageing."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from kam.api.files import XLSX, file_route
from kam.api.papers import Papered
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.books import book_response, demand_export
from kam.clock import today
from orders.actions import company, credit_notes, invoices, payments, refunds, returns, shipments
from orders.documents.ageing_book import ageing_book
from orders.documents.kinds import INVOICE_BILL, SHIPMENT_NOTE
from orders.filters.money import CreditNoteFilter, InvoiceFilter, PaymentFilter
from orders.filters.shipping import ReturnFilter, ShipmentFilter
from orders.flow import RETURN_FLOW, SHIPMENT_FLOW
from orders.forms.ageing import AgeingForm, Asked, read
from orders.models import Allocation, Company, CreditNote, Invoice, Payment, Return, Shipment
from orders.queries.receivables import Ageing, ageing
from orders.serializers import bank
from orders.serializers import money as serializers

AGEING = [
    OpenApiParameter("as_of", str, description="A day; today if left out."),
    OpenApiParameter("by", str, enum=["client", "group", "manager", "channel"]),
    OpenApiParameter("currency", str),
    OpenApiParameter("client", int),
    OpenApiParameter("group", int),
    OpenApiParameter("manager", int),
    OpenApiParameter("channel", str),
]


def ageing_asked(request) -> tuple[Asked, Ageing]:
    """The ageing that a request asks for; raises a validation error for what cannot be read."""
    form = AgeingForm(request.query_params, user=request.user)
    if not form.is_valid():
        raise ValidationError(form.errors)
    asked = read(form, request.query_params)
    return asked, ageing(request.user, asked.as_of, asked.by, asked.scope, asked.currency)


@register("shipments")
class ShipmentApi(Papered, ScopedViewSet):
    """Goods on their way. Orders are shipped by `POST /orders/{id}/ship/`."""

    model = Shipment
    serializer_class = serializers.ShipmentSerializer
    change_serializer = serializers.ShipmentWriteSerializer
    step_serializers = {"deliver": serializers.DeliverSerializer, "refuse": serializers.RefuseSerializer}
    filterset_class = ShipmentFilter
    related, prefetch = ("order", "invoice"), ("lines__product",)
    orderings = ("shipped_on", "updated_at")
    flow, move_action, change_action = SHIPMENT_FLOW, shipments.move_shipment, shipments.change_shipment
    papers = (SHIPMENT_NOTE,)
    verbs = (Verb("invoice", invoices.issue_invoice, answer=serializers.InvoiceSerializer, status=201),)


@register("invoices")
class InvoiceApi(Papered, ScopedViewSet):
    """What clients owe. `?as_of=` gives what was open at the end of a day, `bucket` its age on that day.

    `POST` enters a debt of the old books; invoices of shipments are issued with them.
    """

    model = Invoice
    serializer_class, create_serializer = serializers.InvoiceSerializer, serializers.NewInvoiceSerializer
    permissions = {"add": "orders.import_invoices"}
    filterset_class = InvoiceFilter
    related, prefetch = ("client",), ("lines__product",)
    orderings = ("issued_on", "due_on", "updated_at")
    create_action = invoices.enter_open_invoice
    papers = (INVOICE_BILL,)
    verbs = (
        Verb("settle", payments.settle_invoice, permission="orders.allocate_payment"),
    )  # fmt: skip

    def get_queryset(self):
        return super().get_queryset().with_state(today())

    @extend_schema(parameters=AGEING, responses=serializers.AgeingSerializer)
    @action(detail=False, methods=["get"], filter_backends=(), pagination_class=None)
    def ageing(self, request, *args, **kwargs):
        """How old the debts are, by client, group, KAM or channel."""
        _asked, found = ageing_asked(request)
        return Response(serializers.AgeingSerializer(found).data)

    @extend_schema(
        operation_id="ageing_xlsx", parameters=AGEING, responses={(200, XLSX): OpenApiTypes.BINARY}, filters=False
    )
    @file_route(detail=False, name="ageing.xlsx")
    def ageing_xlsx(self, request, *args, **kwargs):
        """The same as a workbook; needs the right to export, and is written to the log of exports."""
        demand_export(request.user)
        return book_response(ageing_book(*ageing_asked(request)), request)


@register("payments")
class PaymentApi(ScopedViewSet):
    """Money that came in. The same `external_id` again gives the payment there is."""

    model = Payment
    serializer_class, create_serializer = serializers.PaymentSerializer, serializers.NewPaymentSerializer
    filterset_class = PaymentFilter
    related, prefetch = ("client",), ("allocations",)
    orderings = ("received_on", "updated_at")
    create_action = payments.receive_payment
    verbs = (
        Verb(
            "allocate", payments.allocate_payment, serializers.AllocateSerializer, permission="orders.allocate_payment"
        ),
        Verb(
            "refund",
            refunds.refund_payment,
            bank.NewRefundSerializer,
            permission="orders.add_refund",
            answer=bank.RefundSerializer,
            status=201,
        ),
    )


@register("allocations")
class AllocationApi(ScopedViewSet):
    """Parts of payments that paid invoices."""

    model = Allocation
    serializer_class = serializers.AllocationSerializer
    verbs = (
        Verb("undo", payments.undo_allocation, serializers.UndoSerializer, permission="orders.undo_allocation"),
    )  # fmt: skip


@register("returns")
class ReturnApi(ScopedViewSet):
    """Goods that come back; receiving them issues the credit note."""

    model = Return
    serializer_class, create_serializer = serializers.ReturnSerializer, serializers.NewReturnSerializer
    step_serializers = {"receive": serializers.ReceiveReturnSerializer}
    filterset_class = ReturnFilter
    related, prefetch = ("credit_note",), ("lines",)
    orderings = ("requested_on", "updated_at")
    flow, move_action = RETURN_FLOW, returns.move_return
    create_action = returns.request_return


@register("credit-notes")
class CreditNoteApi(ScopedViewSet):
    """What invoices were reduced by."""

    model = CreditNote
    serializer_class, create_serializer = serializers.CreditNoteSerializer, serializers.NewCreditNoteSerializer
    permissions = {"add": "orders.issue_credit_note"}
    filterset_class = CreditNoteFilter
    prefetch = ("lines",)
    orderings = ("issued_on", "updated_at")
    create_action = credit_notes.issue_credit_note


@register("company")
class CompanyApi(ScopedViewSet):
    """Our own company: at most one row."""

    model = Company
    serializer_class, write_serializer = serializers.CompanySerializer, serializers.CompanyWriteSerializer
    permissions = {"add": "orders.change_company"}
    create_action, change_action = company.save_company, company.change_company
