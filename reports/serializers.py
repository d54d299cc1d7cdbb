"""What the API tells of nights and of the finance director's figures."""

from rest_framework import serializers

from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyPart, NightlyRun
from reports.queries.finance import Picture
from reports.rules.turnover import Turnover


def money(**fields):
    """An amount of money."""
    return serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True, **fields)


def tenths(**fields):
    """Days or percents; unknown is null."""
    return serializers.DecimalField(max_digits=12, decimal_places=1, read_only=True, allow_null=True, **fields)


class NightlyPartSerializer(serializers.ModelSerializer):
    """A part that is done; no count where it was left out for a past day."""

    class Meta:
        model = NightlyPart
        fields = ("name", "count", "seconds", "done_at")


class NightlyRunSerializer(serializers.ModelSerializer):
    """The night that closed a day."""

    parts = NightlyPartSerializer(many=True, read_only=True)

    class Meta:
        model = NightlyRun
        fields = ("id", "day", "status", "started_at", "finished_at", "by", "parts")


class KeyFigureSerializer(serializers.ModelSerializer):
    """How a client stood with its credit at the close of a day, in roubles."""

    class Meta:
        model = KeyFigure
        fields = (
            "id", "day", "client", "exposure", "limit", "covered", "held_orders", "held_total", "promises", "promised",
        )  # fmt: skip


class ExpectedCashSerializer(serializers.ModelSerializer):
    """What a client was expected to pay in a week."""

    class Meta:
        model = ExpectedCash
        fields = ("id", "day", "client", "currency", "week_on", "due", "expected")


class BrandFigureSerializer(serializers.ModelSerializer):
    """What a client owed for goods of a brand; debts without lines have no brand."""

    class Meta:
        model = BrandFigure
        fields = ("id", "day", "client", "brand", "currency", "total", "overdue")


class AgainSerializer(serializers.Serializer):
    """Which day is closed once more."""

    day = serializers.DateField()


class TrendSerializer(serializers.Serializer):
    """What was owed at the end of a day, by age."""

    day = serializers.DateField()
    buckets = serializers.DictField(child=money())
    total = money()
    overdue = money()


class WeekSerializer(serializers.Serializer):
    """Cash of a week; unknown is null."""

    monday = serializers.DateField()
    due = money(allow_null=True)
    expected = money(allow_null=True)
    received = money(allow_null=True)


class CreditSerializer(serializers.Serializer):
    """Exposure against limits at the close of a day, in roubles."""

    day = serializers.DateField()
    exposure = money()
    limit = money(allow_null=True)
    insured = money()
    over_limit = money()
    clients_over = serializers.IntegerField()
    held_orders = serializers.IntegerField()
    held_total = money()
    promises = serializers.IntegerField()
    promised = money()


class FigureSerializer(serializers.Serializer):
    """A turnover figure with the numbers it was made of."""

    name = serializers.CharField()
    value = tenths()
    of = serializers.DictField(child=serializers.CharField())


class MonthTakenSerializer(serializers.Serializer):
    """What count-back took of a month: so much of the debts is its sales, which is so many of its days."""

    month = serializers.DateField(source="month.first")
    sales = money(source="month.sales")
    month_days = serializers.IntegerField(source="month.days")
    amount = money()
    days = tenths()


class CountBackSerializer(serializers.Serializer):
    """The months that count-back went through, the latest first; `rest` is older than all of them."""

    taken = MonthTakenSerializer(many=True)
    rest = money()
    stopped_at = serializers.DateField(allow_null=True)


class FinanceSerializer(serializers.Serializer):
    """The figures of the finance dashboard."""

    day = serializers.DateField()
    currency = serializers.CharField()
    period_from = serializers.DateField()
    receivables = money()
    overdue = money()
    on_account = money()
    buckets = serializers.DictField(child=money())
    sales = money()
    concentration = tenths()
    turnover = FigureSerializer(many=True)
    count_back = CountBackSerializer()
    trend = TrendSerializer(many=True)
    cash = WeekSerializer(many=True)
    credit = CreditSerializer(allow_null=True)

    def to_representation(self, found: Picture):
        """The picture as one object."""
        total, turnover = found.ageing.total, found.turnover
        back = turnover.count_back
        of = {"receivables": total.total, "rest": back.rest}
        named = (turnover.simple, turnover.best_possible, turnover.effectiveness)
        return super().to_representation({
            "day": found.asked.day,
            "currency": found.asked.currency,
            "period_from": turnover.first,
            "receivables": total.total,
            "overdue": total.overdue,
            "on_account": total.on_account,
            "buckets": {bucket.value: amount for bucket, amount in total.buckets.items()},
            "sales": turnover.sales,
            "concentration": found.concentration,
            "turnover": [*named, Turnover("count_back", back.value, of)],
            "count_back": back,
            "trend": found.trend,
            "cash": found.cash.weeks,
            "credit": found.credit,
        })  # fmt: skip


class ReturnsRowSerializer(serializers.Serializer):
    """What came back of one group; shares are in percent, to four places."""

    key = serializers.CharField()
    units = serializers.IntegerField()
    sales = money(allow_null=True)
    money = money()
    returns = serializers.IntegerField(help_text="Papers of returns.")
    acts = serializers.IntegerField(help_text="Discrepancy acts.")
    share = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    repeat_rate = serializers.DecimalField(max_digits=20, decimal_places=4)
