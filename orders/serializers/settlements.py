"""What the API shows and takes of the account, offsets, reconciliations, discrepancy acts and corrective actions."""

from rest_framework import serializers

from accounts.models import Client, Contract
from kam.api.views import VisibleId
from kam.models import User
from orders.actions.discrepancy_acts import ActLineInput
from orders.models import (
    CorrectiveAction,
    Discrepancy,
    DiscrepancyAct,
    DiscrepancyActLine,
    Offset,
    Product,
    Reconciliation,
    ReconciliationLine,
    Return,
    Shipment,
    Warehouse,
)
from orders.serializers.catalogue import STAMPS
from orders.serializers.money import money_field, name_of
from orders.wording import CURRENCIES

THEIR_SIDES = Discrepancy._meta.get_field("their_side").choices


class LedgerRowSerializer(serializers.Serializer):
    day = serializers.DateField()
    entry = serializers.CharField()
    document_id = serializers.IntegerField(help_text="Of an invoice, a credit note, or the payment in question.")
    number = serializers.CharField()
    debit = money_field()
    credit = money_field()
    balance = money_field()


class LedgerSerializer(serializers.Serializer):
    """The account of a period; a negative balance is a debt of ours."""

    client = serializers.IntegerField(source="client_id")
    contract = serializers.IntegerField(source="contract_id", allow_null=True)
    currency = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    opening = money_field()
    debit = money_field()
    credit = money_field()
    closing = money_field()
    rows = LedgerRowSerializer(many=True)


class OffsetSerializer(serializers.ModelSerializer):
    class Meta:
        model = Offset
        fields = (
            "id", "number", "client", "status", "offset_on", "currency", "amount", "basis", "their_claim", "comment",
            "proposed_by", "proposed_on", "payment", "annulled_on", *STAMPS,
        )  # fmt: skip


class NewOffsetSerializer(serializers.Serializer):
    client = VisibleId(Client, source="client_id")
    offset_on = serializers.DateField()
    amount = money_field()
    basis = serializers.CharField(max_length=300)
    their_claim = serializers.CharField(max_length=300)
    currency = serializers.CharField(max_length=3, required=False)
    comment = serializers.CharField(required=False, allow_blank=True)


class ReconciliationLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReconciliationLine
        fields = ("id", "position", "happened_on", "kind", "document_id", "document_number", "debit", "credit")


class ReconciliationSerializer(serializers.ModelSerializer):
    lines = ReconciliationLineSerializer(many=True, read_only=True)

    class Meta:
        model = Reconciliation
        fields = (
            "id", "number", "client", "contract", "status", "currency", "starts_on", "ends_on", "drawn_up_on",
            "drawn_up_by", "opening", "debit", "credit", "closing", "their_closing", "sent_on", "answered_on",
            "signed_by", "lines", *STAMPS,
        )  # fmt: skip


class NewReconciliationSerializer(serializers.Serializer):
    """The same client, contract, currency and period again give the sheet there is."""

    client = VisibleId(Client, source="client_id")
    contract = VisibleId(Contract, source="contract_id", required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    currency = serializers.CharField(max_length=3, required=False)


class AgreeSerializer(serializers.Serializer):
    their_closing = money_field(required=False)
    signed_by = serializers.CharField(required=False, allow_blank=True, max_length=150)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class DiscrepancySerializer(serializers.ModelSerializer):
    difference = money_field(read_only=True)

    class Meta:
        model = Discrepancy
        fields = (
            "id", "reconciliation", "line", "status", "our_amount", "their_amount", "difference", "their_side",
            "their_document", "comment", "owner", "due_on", "cause", "resolved_on", "resolved_by", "result", *STAMPS,
        )  # fmt: skip


class NewDiscrepancySerializer(serializers.Serializer):
    reconciliation = VisibleId(Reconciliation, source="reconciliation_id")
    line = serializers.IntegerField(source="line_id", required=False, min_value=1)
    their_amount = money_field()
    their_document = serializers.CharField(required=False, allow_blank=True, max_length=150)
    their_side = serializers.ChoiceField(choices=THEIR_SIDES, required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500)
    owner = VisibleId(User, source="owner_id", required=False)
    due_on = serializers.DateField(required=False)


class DifferenceSerializer(serializers.Serializer):
    """One difference of several: of a line of ours, or a document of theirs that we do not have."""

    line = serializers.IntegerField(source="line_id", required=False, min_value=1)
    their_amount = money_field()
    their_document = serializers.CharField(required=False, allow_blank=True, max_length=150)
    their_side = serializers.ChoiceField(choices=THEIR_SIDES, required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500)


class DifferencesSerializer(serializers.Serializer):
    """Several differences with one owner; a refusal names the place in the list it is about, counted from nought."""

    differences = DifferenceSerializer(many=True, allow_empty=False, max_length=500)
    owner = VisibleId(User, source="owner_id", required=False)
    due_on = serializers.DateField(required=False)


class RecordedSerializer(serializers.Serializer):
    """What was recorded."""

    differences = DiscrepancySerializer(many=True)


class PrepareSerializer(serializers.Serializer):
    """For which period sheets are drawn up, and of whose clients: all that I see where no KAM is named."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    manager = VisibleId(User, source="manager_id", required=False, allow_null=True)
    currency = serializers.ChoiceField(choices=CURRENCIES, default="RUB")


class ChangeDiscrepancySerializer(serializers.Serializer):
    owner = VisibleId(User, source="owner_id", required=False)
    due_on = serializers.DateField(required=False)


class ResolveSerializer(serializers.Serializer):
    cause = serializers.ChoiceField(choices=Discrepancy.Cause.choices)
    result = serializers.CharField(max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class DiscrepancyActLineSerializer(serializers.ModelSerializer):
    sku = name_of("product.sku")

    class Meta:
        model = DiscrepancyActLine
        fields = (
            "id", "kind", "shipment_line", "product", "sku", "came_instead", "expected", "actual", "quantity", "note",
            "outcome", "in_stock", "total",
        )  # fmt: skip


ACT_FACTS = (
    "client_number", "place", "carrier", "vehicle", "seals", "packaging", "method", "commission", "conclusion",
)  # fmt: skip


class DiscrepancyActSerializer(serializers.ModelSerializer):
    lines = DiscrepancyActLineSerializer(many=True, read_only=True)

    class Meta:
        model = DiscrepancyAct
        fields = (
            "id", "number", "shipment", "client", "status", "accepted_on", "recorded_on", "recorded_by", *ACT_FACTS,
            "total", "credited", "credit_note", "order", "returned", "decision", "settled_on", "cause", "cause_found",
            "closed_on", "lines", *STAMPS,
        )  # fmt: skip


class NewActLineSerializer(serializers.Serializer):
    """`actual` counts what came of a shortage or a surplus; `spoilt` the damaged or exchanged units of the others."""

    kind = serializers.ChoiceField(choices=DiscrepancyActLine.Kind.choices)
    shipment_line = serializers.IntegerField(required=False, min_value=1)
    product = serializers.IntegerField(required=False, min_value=1)
    actual = serializers.IntegerField(default=0, min_value=0)
    spoilt = serializers.IntegerField(default=0, min_value=0)
    came_instead = serializers.IntegerField(required=False, min_value=1)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")

    def to_internal_value(self, data):
        line = super().to_internal_value(data)
        ids = {f"{name}_id": line.pop(name, None) for name in ("shipment_line", "product", "came_instead")}
        return ActLineInput(**line, **ids)


class ActFactsSerializer(serializers.ModelSerializer):
    class Meta:
        model = DiscrepancyAct
        fields = ACT_FACTS


class NewActSerializer(ActFactsSerializer):
    shipment = VisibleId(Shipment, source="shipment_id")
    accepted_on = serializers.DateField(required=False)
    lines = NewActLineSerializer(many=True)

    class Meta(ActFactsSerializer.Meta):
        fields = ("shipment", "accepted_on", *ACT_FACTS, "lines")


class AcceptSerializer(serializers.Serializer):
    decision = serializers.CharField(required=False, allow_blank=True, max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class OutcomesField(serializers.DictField):
    """Outcomes by the id of the line: `{"17": "credit"}`."""

    child = serializers.ChoiceField(choices=DiscrepancyActLine.Outcome.choices)

    def to_internal_value(self, data):
        found = super().to_internal_value(data)
        if not all(key.isdecimal() for key in found):
            raise serializers.ValidationError("line ids are numbers")
        return {int(key): outcome for key, outcome in found.items()}


class SettleSerializer(serializers.Serializer):
    outcomes = OutcomesField()
    in_stock = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False)
    warehouse = VisibleId(Warehouse, source="warehouse_id", required=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class CloseSerializer(serializers.Serializer):
    cause = serializers.ChoiceField(choices=DiscrepancyAct.Cause.choices)
    cause_found = serializers.CharField(required=False, allow_blank=True, max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class CorrectiveActionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CorrectiveAction
        fields = (
            "id", "what", "status", "owner", "due_on", "reason", "client", "product", "act", "returned", "asked_by",
            "done_on", "result", *STAMPS,
        )  # fmt: skip


class ChangeActionSerializer(serializers.Serializer):
    what = serializers.CharField(max_length=300)
    owner = VisibleId(User, source="owner_id")
    due_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=Return.Reason.choices, required=False)
    client = VisibleId(Client, source="client_id", required=False)
    product = VisibleId(Product, source="product_id", required=False)


class NewActionSerializer(ChangeActionSerializer):
    act = VisibleId(DiscrepancyAct, source="act_id", required=False)
    returned = VisibleId(Return, source="returned_id", required=False)


class FinishSerializer(serializers.Serializer):
    result = serializers.CharField(max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, default="")
