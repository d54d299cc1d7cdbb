"""What the API shows and takes of collecting."""

from rest_framework import serializers

from accounts.models import Client, Contact
from kam.api.views import VisibleId
from orders.models import (
    CollectionLetter,
    Debtor,
    Invoice,
    KeyRate,
    LetterLevel,
    LetterLine,
    PaymentPromise,
    ShippingStop,
    StopListEntry,
    StopPolicy,
)
from orders.serializers.catalogue import STAMPS
from orders.serializers.money import money_field, name_of


class PayerSerializer(serializers.Serializer):
    """Whom to ring about money."""

    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    name = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)


class PromisedSerializer(serializers.ModelSerializer):
    """The open promise."""

    class Meta:
        model = PaymentPromise
        fields = ("id", "amount", "promised_on", "due_on")


class DebtorSerializer(serializers.ModelSerializer):
    """A client as the one who collects sees it; `priority` is in thousands of rouble-days."""

    overdue = money_field(read_only=True)
    oldest_on = serializers.DateField(read_only=True)
    oldest_days = serializers.IntegerField(read_only=True)
    priority = serializers.IntegerField(read_only=True)
    promise_due = serializers.DateField(read_only=True)
    next_on = serializers.DateField(read_only=True)
    last_contact = serializers.DateTimeField(read_only=True)
    phone = serializers.SerializerMethodField()
    payer = PayerSerializer(source="work.payer", read_only=True, default=None, allow_null=True)
    promise = PromisedSerializer(source="work.promise", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Debtor
        fields = (
            "id", "name", "manager", "group", "channel", "overdue", "oldest_on", "oldest_days", "priority",
            "promise_due", "next_on", "last_contact", "phone", "payer", "promise",
        )  # fmt: skip

    def get_phone(self, debtor) -> str:
        """The number of who pays there."""
        work = getattr(debtor, "work", None)
        return work.payer.phone if work and work.payer else debtor.phone


class NextSerializer(serializers.Serializer):
    """What comes next."""

    next_subject = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    next_due_on = serializers.DateField(required=False, allow_null=True, default=None)


class CallSerializer(NextSerializer):
    """What came of a talk."""

    result = serializers.CharField(max_length=4000)
    contact = VisibleId(Contact, source="contact_id", required=False, allow_null=True)


class PromiseSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = PaymentPromise
        fields = (
            "id", "client", "client_name", "contact", "amount", "promised_on", "due_on", "grace_days",
            "threshold_percent", "note", "status", "received", "kept_on", "broken_on", "taken_by", *STAMPS,
        )  # fmt: skip


class NewPromiseSerializer(NextSerializer):
    client = VisibleId(Client, source="client_id")
    amount = money_field()
    due_on = serializers.DateField()
    grace_days = serializers.IntegerField(required=False, min_value=0, max_value=30, default=1)
    threshold_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, required=False, min_value=1, max_value=100, default=100
    )
    contact = VisibleId(Contact, source="contact_id", required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class LetterLineSerializer(serializers.ModelSerializer):
    """An invoice in a letter; `computation` is that of its penalty: basis, lines, cap, reasons."""

    class Meta:
        model = LetterLine
        fields = ("invoice", "due_on", "days", "open_amount", "penalty", "computation")


class LetterSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")
    lines = LetterLineSerializer(many=True, read_only=True)

    class Meta:
        model = CollectionLetter
        fields = (
            "id", "number", "client", "client_name", "level", "step", "episode_on", "repeat", "prepared_on", "channel",
            "status", "contact", "email", "subject", "text", "amount", "overdue", "penalty", "decided_by", "sent_at",
            "tracking", "error", "lines", *STAMPS,
        )  # fmt: skip


class PrepareLetterSerializer(serializers.Serializer):
    """Without a `level`, the one that the policy takes next; a `reason` where the debt was written about already."""

    level = VisibleId(LetterLevel, source="level_id", required=False, allow_null=True, default=None)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class LetterWriteSerializer(serializers.Serializer):
    contact = serializers.PrimaryKeyRelatedField(queryset=Contact.objects.all(), required=False, allow_null=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    subject = serializers.CharField(required=False, max_length=200)
    text = serializers.CharField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["contact"].queryset = Contact.objects.visible_to(request.user)


class PostSerializer(serializers.Serializer):
    tracking = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)


class LetterLevelSerializer(serializers.ModelSerializer):
    class Meta:
        model = LetterLevel
        fields = (
            "id", "level", "name", "days", "channel", "is_automatic", "min_amount", "contact_role", "with_penalty",
            "subject", "text", "is_active", *STAMPS,
        )  # fmt: skip
        read_only_fields = ("id", *STAMPS)


class KeyRateSerializer(serializers.ModelSerializer):
    class Meta:
        model = KeyRate
        fields = ("id", "starts_on", "rate", *STAMPS)
        read_only_fields = ("id", *STAMPS)


class StopPolicySerializer(serializers.ModelSerializer):
    class Meta:
        model = StopPolicy
        fields = ("id", "name", "channel", "days", "amount", "is_active", *STAMPS)
        read_only_fields = ("id", *STAMPS)


class ShippingStopSerializer(serializers.ModelSerializer):
    reason = serializers.CharField(source="hold.why", read_only=True)

    class Meta:
        model = ShippingStop
        fields = (
            "id", "client", "hold", "reason", "policy", "placed_on", "overdue", "days", "days_allowed", "amount_from",
            "lifted_on",
        )  # fmt: skip


class StopListSerializer(serializers.ModelSerializer):
    class Meta:
        model = StopListEntry
        fields = (
            "id", "client", "invoice", "starts_on", "ends_on", "reason", "placed_by", "removed_on", "removed_by",
            *STAMPS,
        )  # fmt: skip


class NewStopSerializer(serializers.Serializer):
    client = VisibleId(Client, source="client_id")
    invoice = VisibleId(Invoice, source="invoice_id", required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300)


class PenaltyLineSerializer(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    days = serializers.IntegerField()
    base = money_field()
    percent = serializers.DecimalField(max_digits=8, decimal_places=4)
    year_days = serializers.IntegerField(help_text="0: the rate is per day.")
    amount = money_field()


class PenaltySerializer(serializers.Serializer):
    """The penalty on one invoice on a day."""

    basis = serializers.CharField()
    amount = money_field()
    computed = money_field()
    cap = money_field(allow_null=True)
    lines = PenaltyLineSerializer(many=True)
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, penalty) -> list[str]:
        """The codes of what decided."""
        return [each.code for each in penalty.reasons]
