"""What lists of the figures of a day are narrowed by."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ClientGroup
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, YesNoFilter
from orders.models import Brand
from orders.wording import CURRENCIES
from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyRun


class NightlyRunFilter(FilterSet):
    """Nights by day and state."""

    status = ChoicesFilter(choices=NightlyRun.Status.choices, label=_("State"))
    day_from = DayFilter(field_name="day", lookup_expr="gte", label=_("From"))
    day_to = DayFilter(field_name="day", lookup_expr="lte", label=_("To"))

    class Meta:
        model, fields = NightlyRun, ()
        main = ("status", "day_from", "day_to")


class OfClientsFilter(FilterSet):
    """Figures of a client each, narrowed to part of the clients."""

    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    group = RemoteFilter(field_name="client__group", queryset=ClientGroup.objects.all(), label=_("Group"))
    channel = ChoicesFilter(field_name="client__channel", choices=Client.Channel.choices, label=_("Channel"))


class KeyFigureFilter(OfClientsFilter):
    """Figures of clients on a day; of all days without one."""

    day = DayFilter(label=_("Day"))
    promising = YesNoFilter(method="by_promise", label=_("With promises to pay"))
    held = YesNoFilter(method="by_held", label=_("With held orders"))
    over = YesNoFilter(method="by_over", label=_("Over the limit"))

    class Meta:
        model, fields = KeyFigure, ()
        main = ("day", "client", "manager", "over", "held")

    def by_held(self, rows, name, value):
        """Clients with held orders, or without."""
        return rows.filter(held_orders__gt=0) if value else rows.filter(held_orders=0)

    def by_promise(self, rows, name, value):
        """Clients with open promises to pay, or without."""
        return rows.filter(promises__gt=0) if value else rows.filter(promises=0)

    def by_over(self, rows, name, value):
        """Clients whose exposure is over their limit, or all others."""
        over = rows.filter(exposure__gt=F("limit"))
        return over if value else rows.exclude(pk__in=over.values("pk"))


class ExpectedCashFilter(OfClientsFilter):
    """Expected cash by the day it was foreseen on, its week and client."""

    day = DayFilter(label=_("Foreseen on"))
    week_on = DayFilter(label=_("Week from"))
    week_to = DayFilter(field_name="week_on", lookup_expr="lte", label=_("Weeks from, at most"))
    currency = ChoicesFilter(choices=CURRENCIES, label=_("Currency"))

    class Meta:
        model, fields = ExpectedCash, ()
        main = ("day", "week_on", "client")


class BrandFigureFilter(OfClientsFilter):
    """Debts by brand of a day and part of the clients."""

    day = DayFilter(label=_("Day"))
    brand = RemoteFilter(queryset=Brand.objects.all(), label=_("Brand"))
    no_brand = YesNoFilter(field_name="brand", lookup_expr="isnull", label=_("Without a brand"))
    late = YesNoFilter(method="by_late", label=_("Overdue"))
    currency = ChoicesFilter(choices=CURRENCIES, label=_("Currency"))

    class Meta:
        model, fields = BrandFigure, ()
        main = ("day", "brand", "client", "manager", "late")

    def by_late(self, rows, name, value):
        """Clients with something overdue of the brand, or without."""
        return rows.filter(overdue__gt=0) if value else rows.filter(overdue=0)
