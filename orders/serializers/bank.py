"""Bank accounts, statements, lines and refunds as the API sends and takes them."""

from rest_framework import serializers

from accounts.models import Client
from kam.api.views import VisibleId
from orders.actions.placements import Share
from orders.models import BankAccount, BankStatement, BankStatementLine, Refund
from orders.serializers.catalogue import STAMPS
from orders.serializers.money import money_field, name_of


class BankAccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = BankAccount
        fields = ("id", "number", "bank_name", "bik", "currency", "is_active", "comment", *STAMPS)


class BankAccountWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = BankAccount
        fields = ("number", "bank_name", "bik", "currency", "is_active", "comment")


class BankStatementSerializer(serializers.ModelSerializer):
    """`differences` are reasons: a code and its figures; empty where the balances agree or are not given."""

    account_number = name_of("account.number")

    class Meta:
        model = BankStatement
        fields = (
            "id", "account", "account_number", "source", "number", "starts_on", "ends_on", "currency", "opening",
            "received", "spent", "closing", "differences", "file_name", "imported_by", *STAMPS,
        )  # fmt: skip


class BankStatementLineSerializer(serializers.ModelSerializer):
    """`why` and `confidence` tell how the client was found; `proposal` waits for another person."""

    client_name = name_of("client.name")
    payments = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    refunds = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = BankStatementLine
        fields = (
            "id", "statement", "place", "is_incoming", "kind", "status", "confidence", "booked_on", "amount",
            "currency", "document_kind", "document_number", "document_on", "other_name", "other_inn", "other_kpp",
            "other_account", "other_bik", "other_bank", "purpose", "reference", "client", "client_name", "invoices",
            "why", "proposal", "proposed_by", "decided_by", "payments", "refunds", *STAMPS,
        )  # fmt: skip


class ShareInvoiceSerializer(serializers.Serializer):
    # The ids are checked by the action, which locks the invoices: no query for each.
    invoice = serializers.IntegerField(min_value=1)
    amount = money_field()

    def to_internal_value(self, data):
        part = super().to_internal_value(data)
        return part["invoice"], part["amount"]


class ShareSerializer(serializers.Serializer):
    client = serializers.IntegerField(min_value=1)
    amount = money_field()
    invoices = ShareInvoiceSerializer(many=True, required=False, help_text="Left out, the rule chooses.")

    def to_internal_value(self, data):
        share = super().to_internal_value(data)
        invoices = tuple(share["invoices"]) if "invoices" in share else None
        return Share(share["client"], share["amount"], invoices)


class ProposeSerializer(serializers.Serializer):
    """Without `shares` and `apart` the line's own suggestion is proposed."""

    shares = ShareSerializer(many=True, required=False)
    apart = serializers.ChoiceField(choices=BankStatementLine.Kind.choices, required=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class RefundSerializer(serializers.ModelSerializer):
    client = serializers.IntegerField(source="payment.client_id", read_only=True)

    class Meta:
        model = Refund
        fields = (
            "id", "payment", "client", "kind", "amount", "refunded_on", "reason", "by", "bank_line",
            "undone_on", "undone_by", "undo_reason", *STAMPS,
        )  # fmt: skip


class NewRefundSerializer(serializers.Serializer):
    amount = money_field()
    reason = serializers.CharField(max_length=300)
    refunded_on = serializers.DateField(required=False)


class AssignSerializer(serializers.Serializer):
    """The whole line is this client's; the rule chooses its invoices."""

    client = VisibleId(Client, source="client_id")
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
