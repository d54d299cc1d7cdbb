"""What the lists of shipments and returns are narrowed by."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import Order, Return, Shipment, Warehouse


class ShipmentFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=Shipment.Status.choices, label=_("State"))
    shipped_from = DayFilter(field_name="shipped_on", lookup_expr="gte", label=_("Shipped from"))
    shipped_to = DayFilter(field_name="shipped_on", lookup_expr="lte", label=_("Shipped to"))
    warehouse = RemoteFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    order = RemoteFilter(queryset=Order.objects.all(), label=_("Order"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    payer = RemoteFilter(queryset=Client.objects.all(), label=_("Who is invoiced"))
    not_invoiced = YesNoFilter(method="by_invoiced", label=_("Not invoiced"))
    special = YesNoFilter(
        field_name="distributor", lookup_expr="isnull", exclude=True, label=_("Through a distributor")
    )

    class Meta:
        model, fields = Shipment, ()
        main = ("client", "status", "shipped_from", "shipped_to", "warehouse")

    def by_invoiced(self, rows, name, value):
        """Shipments of which something is not invoiced, or all others."""
        return rows.filter(uninvoiced_total__gt=0) if value else rows.filter(uninvoiced_total=0)


class ReturnFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=Return.Status.choices, label=_("State"))
    kind = ChoicesFilter(choices=Return.Kind.choices, label=_("Kind"))
    reason = ChoicesFilter(choices=Return.Reason.choices, label=_("Reason"))
    requested_from = DayFilter(field_name="requested_on", lookup_expr="gte", label=_("Asked from"))
    requested_to = DayFilter(field_name="requested_on", lookup_expr="lte", label=_("Asked to"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = Return, ()
        main = ("client", "status", "kind", "reason", "requested_from")
