"""What the API of this floor shows and takes."""

from rest_framework import serializers

from accounts.models import (
    Activity,
    Client,
    ClientGroup,
    Contact,
    Contract,
    CreditCover,
    CreditFact,
    CreditHold,
    CreditPolicy,
    CreditTerms,
    DecreedDay,
    Outlet,
    PriceColumn,
    Segment,
    Territory,
)
from kam.api.views import VisibleId
from kam.models import User

REQUISITES = (
    "legal_name", "inn", "kpp", "ogrn", "legal_address", "bank_name", "bik", "account", "correspondent_account",
)  # fmt: skip
STAMPS = ("version", "created_at", "updated_at")


def name_of(source: str) -> serializers.CharField:
    """The name of a related row beside its id."""
    return serializers.CharField(source=source, read_only=True, default=None)


class ClientSerializer(serializers.ModelSerializer):
    manager_name = name_of("manager.short_name")
    group_name = name_of("group.name")

    class Meta:
        model = Client
        fields = (
            "id", "name", "channel", "status", "manager", "manager_name", "group", "group_name", "territory",
            "segment", "city", "phone", "email", "website", "comment", *REQUISITES, "external_id", *STAMPS,
        )  # fmt: skip


class ClientWriteSerializer(serializers.ModelSerializer):
    """What is sent of a client. `confirmed_warnings` names the warnings of a former answer that somebody looked at."""

    group = VisibleId(ClientGroup, source="group_id", required=False, allow_null=True)
    territory = VisibleId(Territory, source="territory_id", required=False, allow_null=True)
    segment = VisibleId(Segment, source="segment_id", required=False, allow_null=True)
    confirmed_warnings = serializers.ListField(child=serializers.CharField(max_length=60), required=False)

    class Meta:
        model = Client
        fields = (
            "name", "channel", "group", "territory", "segment", "city", "phone", "email", "website", "comment",
            *REQUISITES, "external_id", "confirmed_warnings",
        )  # fmt: skip


class NewClientSerializer(ClientWriteSerializer):
    manager = VisibleId(User, source="manager_id", required=False, allow_null=True)

    class Meta(ClientWriteSerializer.Meta):
        fields = (*ClientWriteSerializer.Meta.fields, "manager")


class HandOverSerializer(serializers.Serializer):
    to_manager = serializers.PrimaryKeyRelatedField(queryset=User.objects.active())
    reason = serializers.CharField(max_length=300)
    notes = serializers.CharField(required=False, allow_blank=True, default="")


class HandOverManySerializer(HandOverSerializer):
    """Clients by their ids, or every client of a KAM that I see: all of them are handed over, or none."""

    clients = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=1000)
    from_manager = VisibleId(User, required=False, allow_null=True)


class HandedOverSerializer(serializers.Serializer):
    handed_over = serializers.IntegerField()


class ReasonNeededSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class OutletSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = Outlet
        fields = (
            "id", "client", "client_name", "name", "city", "address", "territory", "manager", "phone",
            "opening_hours", "is_active", "external_id", *STAMPS,
        )  # fmt: skip


class OutletWriteSerializer(serializers.ModelSerializer):
    territory = VisibleId(Territory, source="territory_id", required=False, allow_null=True)
    manager = VisibleId(User, source="manager_id", required=False, allow_null=True)

    class Meta:
        model = Outlet
        fields = (
            "name", "city", "address", "territory", "manager", "phone", "opening_hours", "is_active", "external_id",
        )  # fmt: skip


class NewOutletSerializer(OutletWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(OutletWriteSerializer.Meta):
        fields = ("client", *OutletWriteSerializer.Meta.fields)


class ContactSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = Contact
        fields = (
            "id", "client", "client_name", "outlet", "name", "role", "position", "phone", "email", "is_active",
            "comment", *STAMPS,
        )  # fmt: skip


class ContactWriteSerializer(serializers.ModelSerializer):
    outlet = VisibleId(Outlet, source="outlet_id", required=False, allow_null=True)

    class Meta:
        model = Contact
        fields = ("outlet", "name", "role", "position", "phone", "email", "is_active", "comment")


class NewContactSerializer(ContactWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(ContactWriteSerializer.Meta):
        fields = ("client", *ContactWriteSerializer.Meta.fields)


PENALTY = ("penalty_percent", "penalty_cap_percent", "penalty_grace_days")


class ContractSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = Contract
        fields = (
            "id", "client", "client_name", "number", "signed_on", "ends_on", "is_active", *PENALTY, "comment", *STAMPS,
        )  # fmt: skip


class ContractWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contract
        fields = ("number", "signed_on", "ends_on", "is_active", *PENALTY, "comment")


class NewContractSerializer(ContractWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(ContractWriteSerializer.Meta):
        fields = ("client", *ContractWriteSerializer.Meta.fields)


class TermsSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = CreditTerms
        fields = (
            "id", "client", "client_name", "starts_on", "ends_on", "credit_limit", "days", "day_kind",
            "price_column", "discount_percent", "overdue_days_allowed", "overdue_amount_allowed", "agreed_by",
            "reason", *STAMPS,
        )  # fmt: skip


class NewTermsSerializer(serializers.ModelSerializer):
    """Terms from a day on: they end those valid until then."""

    client = VisibleId(Client, source="client_id")
    credit_limit = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    days = serializers.IntegerField(min_value=0, max_value=365)
    price_column = VisibleId(PriceColumn, source="price_column_id")

    class Meta:
        model = CreditTerms
        fields = (
            "client", "starts_on", "ends_on", "credit_limit", "days", "day_kind", "price_column", "discount_percent",
            "overdue_days_allowed", "overdue_amount_allowed", "reason",
        )  # fmt: skip


class CreditFactSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = CreditFact
        fields = (
            "id", "client", "client_name", "kind", "happened_on", "ended_on", "amount", "number", "source", "comment",
            "entered_by", *STAMPS,
        )  # fmt: skip


class CreditFactWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = CreditFact
        fields = ("kind", "happened_on", "ended_on", "amount", "number", "source", "comment")


class NewCreditFactSerializer(CreditFactWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(CreditFactWriteSerializer.Meta):
        fields = ("client", *CreditFactWriteSerializer.Meta.fields)


class CreditCoverSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")

    class Meta:
        model = CreditCover
        fields = (
            "id", "client", "client_name", "kind", "provider", "number", "amount", "currency", "starts_on", "ends_on",
            "comment", "entered_by", *STAMPS,
        )  # fmt: skip


class CreditCoverWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = CreditCover
        fields = ("kind", "provider", "number", "amount", "currency", "starts_on", "ends_on", "comment")


class NewCreditCoverSerializer(CreditCoverWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(CreditCoverWriteSerializer.Meta):
        fields = ("client", *CreditCoverWriteSerializer.Meta.fields)


class CreditPolicySerializer(serializers.ModelSerializer):
    class Meta:
        model = CreditPolicy
        fields = (
            "id", "starts_on", "head_limit", "validity_months", "recheck_days", "group_overdue_counts", "comment",
            *STAMPS,
        )  # fmt: skip


class NewCreditPolicySerializer(serializers.ModelSerializer):
    """A policy from a day on; one of the same day is corrected."""

    starts_on = serializers.DateField()

    class Meta:
        model = CreditPolicy
        fields = ("starts_on", "head_limit", "validity_months", "recheck_days", "group_overdue_counts", "comment")


class HoldSerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")
    reason = serializers.CharField(source="why", read_only=True)
    lift_reason = serializers.CharField(source="why_lifted", read_only=True)

    class Meta:
        model = CreditHold
        fields = (
            "id", "client", "client_name", "reason", "by_person", "placed_by", "placed_at", "lifted_by", "lifted_at",
            "lift_reason",
        )  # fmt: skip


class NewHoldSerializer(ReasonNeededSerializer):
    client = VisibleId(Client, source="client_id")


class ActivitySerializer(serializers.ModelSerializer):
    client_name = name_of("client.name")
    owner_name = name_of("owner.short_name")

    class Meta:
        model = Activity
        fields = (
            "id", "client", "client_name", "outlet", "contact", "owner", "owner_name", "kind", "subject", "due_on",
            "comment", "result", "done_at", "done_by", *STAMPS,
        )  # fmt: skip


class ActivityWriteSerializer(serializers.ModelSerializer):
    outlet = VisibleId(Outlet, source="outlet_id", required=False, allow_null=True)
    contact = VisibleId(Contact, source="contact_id", required=False, allow_null=True)
    owner = VisibleId(User, source="owner_id", required=False)

    class Meta:
        model = Activity
        fields = ("outlet", "contact", "owner", "kind", "subject", "due_on", "comment")


class NewActivitySerializer(ActivityWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(ActivityWriteSerializer.Meta):
        fields = ("client", *ActivityWriteSerializer.Meta.fields)


class LogSerializer(serializers.Serializer):
    """A call or a visit that nobody planned."""

    kind = serializers.ChoiceField(choices=Activity.Kind.choices, default=Activity.Kind.CALL)
    subject = serializers.CharField(max_length=200, required=False)
    contact = VisibleId(Contact, source="contact_id", required=False, allow_null=True)
    result = serializers.CharField(max_length=4000)
    next_subject = serializers.CharField(max_length=200, required=False)
    next_due_on = serializers.DateField(required=False)


class CompleteSerializer(serializers.Serializer):
    result = serializers.CharField()
    next_subject = serializers.CharField(max_length=200, required=False)
    next_due_on = serializers.DateField(required=False)
    next_kind = serializers.ChoiceField(choices=Activity.Kind.choices, required=False)


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = ClientGroup
        fields = ("id", "name", "credit_limit", "comment", *STAMPS)

    def to_representation(self, group):
        """The limit is null for who may not know credit terms."""
        found, request = super().to_representation(group), self.context.get("request")
        if request is not None and not request.user.has_perm("accounts.view_creditterms"):
            found["credit_limit"] = None
        return found


class GroupWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = ClientGroup
        fields = ("name", "credit_limit", "comment")


class TerritorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Territory
        fields = ("id", "name", "parent")


class TerritoryWriteSerializer(serializers.ModelSerializer):
    parent = VisibleId(Territory, source="parent_id", required=False, allow_null=True)

    class Meta:
        model = Territory
        fields = ("name", "parent")


class SegmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Segment
        fields = ("id", "name")


class SegmentWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Segment
        fields = ("name",)


class PriceColumnSerializer(serializers.ModelSerializer):
    class Meta:
        model = PriceColumn
        fields = ("id", "code", "name", "currency", "vat_included", "is_active", "external_id")


class PriceColumnWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = PriceColumn
        fields = ("code", "name", "currency", "vat_included", "is_active", "external_id")


class DecreedDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = DecreedDay
        fields = ("id", "day", "is_working", "comment")


class NewDecreedDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    is_working = serializers.BooleanField()
    comment = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
