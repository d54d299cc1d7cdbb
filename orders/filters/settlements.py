"""What the lists of offsets, reconciliations, differences, discrepancy acts and corrective actions are narrowed by."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from accounts.models import Client
from kam.clock import today
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import (
    CorrectiveAction,
    Discrepancy,
    DiscrepancyAct,
    DiscrepancyActLine,
    Offset,
    Product,
    Reconciliation,
    Shipment,
)


class OffsetFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=Offset.Status.choices, label=_("State"))
    offset_from = DayFilter(field_name="offset_on", lookup_expr="gte", label=_("Day from"))
    offset_to = DayFilter(field_name="offset_on", lookup_expr="lte", label=_("Day to"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = Offset, ()


class ReconciliationFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=Reconciliation.Status.choices, label=_("State"))
    ends_from = DayFilter(field_name="ends_on", lookup_expr="gte", label=_("Period to, from"))
    ends_to = DayFilter(field_name="ends_on", lookup_expr="lte", label=_("Period to, by"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = Reconciliation, ()


class OverdueFilterSet(FilterSet):
    """What somebody does by a day."""

    owner = RemoteFilter(queryset=User.objects.all(), label=_("Whose"))
    mine = YesNoFilter(method="by_mine", label=_("Mine"))
    overdue = YesNoFilter(method="by_overdue", label=_("Overdue"))
    due_to = DayFilter(field_name="due_on", lookup_expr="lte", label=_("Due to"))

    def by_mine(self, rows, name, value):
        """What the reader has to do, or all others."""
        user = self.request.user
        return rows.filter(owner=user) if value else rows.exclude(owner=user)

    def by_overdue(self, rows, name, value):
        """What is late today, or all others."""
        late = rows.overdue(today())
        return late if value else rows.exclude(pk__in=late.values("pk"))


class DiscrepancyFilter(OverdueFilterSet):
    client = RemoteFilter(field_name="reconciliation__client", queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=Discrepancy.Status.choices, label=_("State"))
    cause = ChoicesFilter(choices=Discrepancy.Cause.choices, label=_("Cause"))
    reconciliation = RemoteFilter(queryset=Reconciliation.objects.all(), label=_("Reconciliation"))

    class Meta:
        model, fields = Discrepancy, ()
        main = ("client", "status", "owner", "mine", "overdue")


class DiscrepancyActFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=DiscrepancyAct.Status.choices, label=_("State"))
    kind = ChoicesFilter(
        choices=DiscrepancyActLine.Kind.choices, field_name="lines__kind", label=_("Difference"), distinct=True
    )
    recorded_from = DayFilter(field_name="recorded_on", lookup_expr="gte", label=_("Recorded from"))
    recorded_to = DayFilter(field_name="recorded_on", lookup_expr="lte", label=_("Recorded to"))
    carrier = CharFilter(lookup_expr="iexact", label=_("Carrier"))
    cause = ChoicesFilter(choices=DiscrepancyAct.Cause.choices, label=_("Cause"))
    product = RemoteFilter(
        field_name="lines__product", queryset=Product.objects.all(), label=_("Product"), distinct=True
    )
    shipment = RemoteFilter(queryset=Shipment.objects.all(), label=_("Shipment"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = DiscrepancyAct, ()
        main = ("client", "status", "kind", "recorded_from", "recorded_to")


class CorrectiveActionFilter(OverdueFilterSet):
    status = ChoicesFilter(choices=CorrectiveAction.Status.choices, label=_("State"))
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    product = RemoteFilter(queryset=Product.objects.all(), label=_("Product"))
    act = RemoteFilter(queryset=DiscrepancyAct.objects.all(), label=_("Discrepancy act"))

    class Meta:
        model, fields = CorrectiveAction, ()
        main = ("status", "owner", "mine", "overdue", "client")
