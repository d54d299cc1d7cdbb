"""What the lists of statements, their lines and refunds are narrowed by."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.pages import AmountFilter, ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import BankAccount, BankStatement, BankStatementLine, Refund

Line = BankStatementLine


class StatementFilter(FilterSet):
    account = RemoteFilter(queryset=BankAccount.objects.all(), label=_("Our account"))
    ends_from = DayFilter(field_name="ends_on", lookup_expr="gte", label=_("Days from"))
    starts_to = DayFilter(field_name="starts_on", lookup_expr="lte", label=_("Days to"))
    differs = YesNoFilter(method="by_differences", label=_("Balances differ"))

    class Meta:
        model, fields = BankStatement, ()
        main = ("account", "ends_from", "starts_to", "differs")

    def by_differences(self, rows, name, value):
        """Statements whose figures do not agree, or those that do."""
        return rows.exclude(differences=[]) if value else rows.filter(differences=[])


class LineFilter(FilterSet):
    status = ChoicesFilter(choices=Line.Status.choices, label=_("State"))
    confidence = ChoicesFilter(choices=Line.Confidence.choices, label=_("Confidence"))
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    booked_from = DayFilter(field_name="booked_on", lookup_expr="gte", label=_("Day from"))
    booked_to = DayFilter(field_name="booked_on", lookup_expr="lte", label=_("Day to"))
    kind = ChoicesFilter(choices=Line.Kind.choices, label=_("Kind"))
    is_incoming = YesNoFilter(label=_("Incoming"))
    amount = AmountFilter(field_name="amount", label=_("Amount"))
    statement = RemoteFilter(queryset=BankStatement.objects.all(), label=_("Statement"))

    class Meta:
        model, fields = Line, ()
        main = ("status", "confidence", "client", "booked_from", "booked_to")


class RefundFilter(FilterSet):
    client = RemoteFilter(field_name="payment__client", queryset=Client.objects.all(), label=_("Client"))
    refunded_from = DayFilter(field_name="refunded_on", lookup_expr="gte", label=_("Day from"))
    refunded_to = DayFilter(field_name="refunded_on", lookup_expr="lte", label=_("Day to"))
    undone = YesNoFilter(field_name="undone_on", lookup_expr="isnull", exclude=True, label=_("Undone"))
    kind = ChoicesFilter(choices=Refund.Kind.choices, label=_("Kind"))

    class Meta:
        model, fields = Refund, ()
        main = ("client", "refunded_from", "refunded_to", "undone", "kind")
