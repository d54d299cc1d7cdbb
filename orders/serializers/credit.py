"""What the API shows and takes of credit reviews, exchange rates, payment discipline and held orders."""

from typing import Any

from rest_framework import serializers

from accounts.models import Client, PriceColumn
from kam.api.views import VisibleId
from kam.reasons import as_stored
from orders.models import CreditReview, ExchangeRate, PaymentDiscipline
from orders.serializers.catalogue import STAMPS

LIMIT = {"max_digits": 16, "decimal_places": 2, "min_value": 0}
DAYS = {"min_value": 0, "max_value": 365}


class CreditReviewSerializer(serializers.ModelSerializer):
    """A review. `inputs`, `criteria` and `advice` are kept as they were on `as_of`."""

    client_name = serializers.CharField(source="client.name", read_only=True)

    class Meta:
        model = CreditReview
        fields = (
            "id", "number", "client", "client_name", "status", "as_of", "scorecard", "inputs", "criteria", "advice",
            "score", "grade", "recommended_limit", "recommended_days", "expected_sales", "asked_limit", "asked_days",
            "price_column", "comment", "author", "proposed_by", "decided_by", "decided_on", "decided_limit",
            "decided_days", "valid_until", "recheck_on", "terms", *STAMPS,
        )  # fmt: skip


class CreditReviewWriteSerializer(serializers.ModelSerializer):
    asked_limit = serializers.DecimalField(**LIMIT)
    asked_days = serializers.IntegerField(**DAYS)
    price_column = VisibleId(PriceColumn, source="price_column_id", required=False, allow_null=True)

    class Meta:
        model = CreditReview
        fields = ("asked_limit", "asked_days", "expected_sales", "price_column", "comment")


class NewCreditReviewSerializer(CreditReviewWriteSerializer):
    client = VisibleId(Client, source="client_id")

    class Meta(CreditReviewWriteSerializer.Meta):
        fields = ("client", *CreditReviewWriteSerializer.Meta.fields)


class DecideSerializer(serializers.Serializer):
    """The decision; what is left out is as proposed, or as the policy says."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    credit_limit = serializers.DecimalField(required=False, **LIMIT)
    days = serializers.IntegerField(required=False, **DAYS)
    valid_until = serializers.DateField(required=False)
    recheck_on = serializers.DateField(required=False)


class ExchangeRateSerializer(serializers.ModelSerializer):
    class Meta:
        model = ExchangeRate
        fields = ("id", "currency", "day", "rate")


class NewExchangeRateSerializer(serializers.Serializer):
    """A rate from a day on; one of the same day is corrected."""

    currency = serializers.RegexField(r"^[A-Z]{3}$")
    day = serializers.DateField()
    rate = serializers.DecimalField(max_digits=14, decimal_places=6, min_value=0)


class DisciplineSerializer(serializers.ModelSerializer):
    client_name = serializers.CharField(source="client.name", read_only=True)

    class Meta:
        model = PaymentDiscipline
        fields = (
            "id", "client", "client_name", "day", "window_days", "judged", "late", "average_days_late", "late_percent",
            "promises_broken",
        )  # fmt: skip


MONEY = {"max_digits": 16, "decimal_places": 2, "allow_null": True}


class ExposureSerializer(serializers.Serializer):
    """Open invoices, what is shipped and not invoiced, and confirmed orders that are not shipped: each once."""

    open_invoices = serializers.DecimalField(**MONEY)
    shipped_not_invoiced = serializers.DecimalField(**MONEY)
    confirmed_not_shipped = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)


class StandingSerializer(serializers.ModelSerializer):
    """A client at first sight, in roubles; what the person may not know of it is null.

    `headroom` is null also where there is no limit to count from, or where a rate of `rates_missing` is not known.
    """

    exposure = ExposureSerializer(source="standing.credit.exposure", allow_null=True, default=None)
    headroom = serializers.DecimalField(source="standing.credit.headroom", default=None, **MONEY)
    overdue = serializers.DecimalField(source="standing.credit.overdue", default=None, **MONEY)
    on_account = serializers.DecimalField(source="standing.credit.on_account", default=None, **MONEY)
    rates_missing = serializers.ListField(
        source="standing.credit.facts.rates_missing", child=serializers.CharField(), allow_null=True, default=None
    )
    orders_in_work = serializers.IntegerField(source="standing.orders_in_work")

    class Meta:
        model = Client
        fields = (
            "id", "name", "exposure", "headroom", "overdue", "on_account", "rates_missing", "orders_in_work",
        )  # fmt: skip


class HeldOrderSerializer(serializers.Serializer):
    """A held order, every reason against it now, and what releasing it would do."""

    order = serializers.IntegerField(source="order.pk")
    number = serializers.CharField(source="order.number")
    client = serializers.IntegerField(source="order.client_id")
    client_name = serializers.CharField(source="order.client.name")
    may_release = serializers.BooleanField()
    reasons = serializers.SerializerMethodField()
    total = serializers.DecimalField(source="effect.total", **MONEY)
    margin_percent = serializers.SerializerMethodField()
    exposure_before = serializers.DecimalField(source="effect.exposure_before", **MONEY)
    exposure_after = serializers.DecimalField(source="effect.exposure_after", **MONEY)
    headroom_before = serializers.DecimalField(source="effect.headroom_before", **MONEY)
    headroom_after = serializers.DecimalField(source="effect.headroom_after", **MONEY)
    overdue = serializers.DecimalField(source="effect.overdue", **MONEY)

    def get_reasons(self, held: Any) -> list[dict[str, Any]]:
        """Code and values of each reason."""
        return as_stored(held.verdict.reasons)

    def get_margin_percent(self, held: Any) -> str | None:
        """The order's margin, for those who may see it."""
        if not self.context["request"].user.has_perm("orders.view_margin"):
            return None
        margin = held.effect.margin_percent
        return None if margin is None else str(margin)


class ReleaseManySerializer(serializers.Serializer):
    """Held orders to release, each by itself, for one reason."""

    orders = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=200)
    reason = serializers.CharField(max_length=1000)


class ReleasedSerializer(serializers.Serializer):
    """What became of one order."""

    order = serializers.IntegerField()
    released = serializers.BooleanField()
    refusals = serializers.ListField(child=serializers.CharField())
