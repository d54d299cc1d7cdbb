"""What the API shows and takes of shipments, invoices, payments, returns and credit notes."""

from rest_framework import serializers

from accounts.models import Client
from kam.api.views import VisibleId
from orders.models import (
    Allocation,
    Company,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    Payment,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    Warehouse,
)
from orders.serializers.catalogue import STAMPS

SUMS = ("net", "vat", "total")


def money_field(**kwargs) -> serializers.DecimalField:
    """An amount with two places."""
    return serializers.DecimalField(max_digits=16, decimal_places=2, **kwargs)


def name_of(source: str) -> serializers.CharField:
    """The name or number of a related row beside its id."""
    return serializers.CharField(source=source, read_only=True, default=None)


class ShipmentLineSerializer(serializers.ModelSerializer):
    sku = name_of("product.sku")

    class Meta:
        model = ShipmentLine
        fields = ("id", "order_line", "product", "sku", "quantity", "price", "vat_rate", *SUMS)


class ShipmentSerializer(serializers.ModelSerializer):
    lines = ShipmentLineSerializer(many=True, read_only=True)
    order_number = name_of("order.number")
    invoice = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Shipment
        fields = (
            "id", "number", "order", "order_number", "client", "payer", "status", "warehouse", "distributor",
            "shipped_on", "carrier", "tracking", "address", "window_from", "window_to", "delivered_on", "received_by",
            "refusal_reason", *SUMS, "uninvoiced_total", "invoice", "lines", *STAMPS,
        )  # fmt: skip


class ShipmentWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Shipment
        fields = ("carrier", "tracking", "address", "window_from", "window_to")


class QuantitiesField(serializers.DictField):
    """Units by the id of the line: `{"17": 3}`."""

    child = serializers.IntegerField(min_value=0)

    def to_internal_value(self, data):
        found = super().to_internal_value(data)
        if not all(key.isdecimal() for key in found):
            raise serializers.ValidationError("line ids are numbers")
        return {int(key): units for key, units in found.items()}


class ShipSerializer(ShipmentWriteSerializer):
    """Without `quantities` everything that is left of the order leaves."""

    quantities = QuantitiesField(required=False)
    invoice = serializers.BooleanField(default=True)

    class Meta(ShipmentWriteSerializer.Meta):
        fields = (*ShipmentWriteSerializer.Meta.fields, "quantities", "invoice")


class DeliverSerializer(serializers.Serializer):
    received_by = serializers.CharField(required=False, allow_blank=True, max_length=150)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class RefuseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)
    code = serializers.ChoiceField(choices=Return.Reason.choices, default=Return.Reason.OTHER)


class InvoiceLineSerializer(serializers.ModelSerializer):
    sku = name_of("product.sku")

    class Meta:
        model = InvoiceLine
        fields = ("id", "product", "sku", "quantity", "returned", "price", "vat_rate", *SUMS)


class AllocationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Allocation
        fields = ("id", "payment", "invoice", "amount", "allocated_on", "rule", "undone_on", "undo_reason")


class InvoiceSerializer(serializers.ModelSerializer):
    """`state` is of today; with `?as_of=` the list also tells `open_on_day`."""

    client_name = name_of("client.name")
    state = serializers.CharField(read_only=True)
    open_on_day = money_field(read_only=True, required=False)
    lines = InvoiceLineSerializer(many=True, read_only=True)

    class Meta:
        model = Invoice
        fields = (
            "id", "number", "client", "client_name", "order", "shipment", "contract", "issued_on", "shipped_on",
            "due_on", "currency", "net", "vat", "amount", "open_amount", "open_on_day", "state", "terms", "comment",
            "external_id", "lines", *STAMPS,
        )  # fmt: skip


class NewInvoiceSerializer(serializers.Serializer):
    """A debt of the old books: its open amount becomes the amount of an invoice without lines."""

    client = VisibleId(Client, source="client_id")
    number = serializers.CharField(max_length=30)
    amount = money_field()
    vat = money_field(required=False)
    shipped_on = serializers.DateField()
    issued_on = serializers.DateField(required=False)
    due_on = serializers.DateField(required=False)
    currency = serializers.CharField(max_length=3, required=False)
    comment = serializers.CharField(required=False, allow_blank=True)
    external_id = serializers.CharField(required=False, max_length=120)


class PaymentSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")
    allocations = AllocationSerializer(many=True, read_only=True)

    class Meta:
        model = Payment
        fields = (
            "id", "number", "client", "client_name", "received_on", "currency", "amount", "unallocated", "purpose",
            "external_id", "paid_on", "entered_by", "allocations", *STAMPS,
        )  # fmt: skip


class NewPaymentSerializer(serializers.Serializer):
    client = VisibleId(Client, source="client_id")
    amount = money_field()
    received_on = serializers.DateField()
    number = serializers.CharField(required=False, allow_blank=True, max_length=40)
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=400)
    currency = serializers.CharField(max_length=3, required=False)
    external_id = serializers.CharField(required=False, max_length=120)
    allocate = serializers.BooleanField(default=True)


class PartSerializer(serializers.Serializer):
    # The ids are checked by the action, which locks the invoices: no query for each.
    invoice = serializers.IntegerField(min_value=1)
    amount = money_field()

    def to_internal_value(self, data):
        part = super().to_internal_value(data)
        return part["invoice"], part["amount"]


class AllocateSerializer(serializers.Serializer):
    """Without `parts` the rule decides: what the purpose states, else the earliest due."""

    parts = PartSerializer(many=True, required=False)


class UndoSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ReturnLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReturnLine
        fields = ("id", "invoice_line", "quantity", "is_sellable")


class ReturnSerializer(serializers.ModelSerializer):
    lines = ReturnLineSerializer(many=True, read_only=True)
    credit_note = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Return
        fields = (
            "id", "number", "client", "invoice", "kind", "reason", "status", "requested_by", "requested_on",
            "received_on", "warehouse", "comment", "total", "credit_note", "lines", *STAMPS,
        )  # fmt: skip


class NewReturnLineSerializer(serializers.Serializer):
    invoice_line = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1)
    is_sellable = serializers.BooleanField(default=True)

    def to_internal_value(self, data):
        line = super().to_internal_value(data)
        return line["invoice_line"], line["quantity"], line["is_sellable"]


class NewReturnSerializer(serializers.Serializer):
    # Whoever may ask for a return may name the invoice, though they do not see what is paid of it.
    invoice = VisibleId(Invoice, source="invoice_id", right="orders.add_return")
    reason = serializers.ChoiceField(choices=Return.Reason.choices)
    comment = serializers.CharField(required=False, allow_blank=True)
    lines = NewReturnLineSerializer(many=True)


class ReceiveReturnSerializer(serializers.Serializer):
    warehouse = VisibleId(Warehouse, source="warehouse_id", required=False)
    unsellable = serializers.ListField(child=serializers.IntegerField(), required=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class CreditNoteLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = CreditNoteLine
        fields = ("id", "invoice_line", "quantity", *SUMS)


class CreditNoteSerializer(serializers.ModelSerializer):
    lines = CreditNoteLineSerializer(many=True, read_only=True)

    class Meta:
        model = CreditNote
        fields = (
            "id", "number", "invoice", "returned", "issued_on", "net", "vat", "amount", "reason", "issued_by",
            "lines", *STAMPS,
        )  # fmt: skip


class NewCreditNoteSerializer(serializers.Serializer):
    invoice = VisibleId(Invoice, source="invoice_id")
    amount = money_field()
    reason = serializers.CharField(max_length=300)


class CompanySerializer(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = (
            "id", "name", "inn", "kpp", "ogrn", "legal_address", "phone", "email", "bank_name", "bik", "account",
            "correspondent_account", "director_post", "director", "accountant", "storekeeper", *STAMPS,
        )  # fmt: skip


class CompanyWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = tuple(name for name in CompanySerializer.Meta.fields if name not in ("id", *STAMPS))


class BucketSerializer(serializers.Serializer):
    """Open amounts by age."""

    not_due = money_field()
    days_1_30 = money_field()
    days_31_60 = money_field()
    days_61_90 = money_field()
    over_90 = money_field()


class AgeingRowSerializer(serializers.Serializer):
    key = serializers.IntegerField(help_text="Id of the client, group or KAM; 0 stands for none.")
    label = serializers.CharField()
    buckets = BucketSerializer()
    total = money_field()
    overdue = money_field()
    on_account = money_field()


class AgeingSerializer(serializers.Serializer):
    """The ageing of receivables; money on account stands beside them, never netted."""

    as_of = serializers.DateField()
    by = serializers.CharField()
    currency = serializers.CharField()
    rows = AgeingRowSerializer(many=True)
    total = AgeingRowSerializer()
