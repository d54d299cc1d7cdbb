"""What the lists of this floor are narrowed by."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from accounts.models import (
    Activity,
    Client,
    ClientGroup,
    ClientHandover,
    Contact,
    Contract,
    CreditCover,
    CreditFact,
    CreditHold,
    CreditTerms,
    Outlet,
    PriceColumn,
    Segment,
    Territory,
)
from accounts.queries import without_next_step
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, RemoteManyFilter, TodayFilter, YesNoFilter


class ClientFilter(FilterSet):
    """Narrows clients by what they are and by whether anything is planned with them."""

    status = ChoicesFilter(choices=Client.Status.choices, label=_("State"))
    channel = ChoicesFilter(choices=Client.Channel.choices, label=_("Channel"))
    manager = RemoteManyFilter(queryset=User.objects.all(), label=_("KAM"))
    city = CharFilter(lookup_expr="icontains", label=_("City"))
    no_next_step = YesNoFilter(method="by_next_step", label=_("Without a next step"))
    segment = RemoteManyFilter(queryset=Segment.objects.all(), label=_("Segment"))
    territory = RemoteManyFilter(queryset=Territory.objects.all(), label=_("Territory"))
    group = RemoteManyFilter(queryset=ClientGroup.objects.all(), label=_("Group"))
    on_hold = YesNoFilter(method="by_hold", label=_("On hold"))

    class Meta:
        model, fields = Client, ()
        main = ("status", "channel", "manager", "city", "no_next_step")
        guarded = {"on_hold": "accounts.view_credithold"}

    def by_next_step(self, rows, name, value):
        """Clients with whom nothing is planned, or those with whom something is."""
        idle = without_next_step(rows)
        return idle if value else rows.exclude(pk__in=idle.values("pk"))

    def by_hold(self, rows, name, value):
        """Clients on hold, or all others."""
        held = CreditHold.objects.live().values("client")
        return rows.filter(pk__in=held) if value else rows.exclude(pk__in=held)


class OutletFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    client_manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    manager = RemoteFilter(queryset=User.objects.all(), label=_("Own KAM"))
    city = CharFilter(lookup_expr="icontains", label=_("City"))
    is_active = YesNoFilter(label=_("Works"))
    territory = RemoteFilter(queryset=Territory.objects.all(), label=_("Territory"))

    class Meta:
        model, fields = Outlet, ()


class ContactFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    role = ChoicesFilter(choices=Contact.Role.choices, label=_("Role"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    is_active = YesNoFilter(label=_("Works there"))

    class Meta:
        model, fields = Contact, ()


class ContractFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    valid = TodayFilter("valid_on", label=_("Valid today"))
    ends_to = DayFilter(field_name="ends_on", lookup_expr="lte", label=_("Ends by"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = Contract, ()


class TermsFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    price_column = RemoteFilter(queryset=PriceColumn.objects.all(), label=_("Price column"))
    valid = TodayFilter("valid_on", label=_("Valid today"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = CreditTerms, ()


class CreditFactFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    kind = ChoicesFilter(choices=CreditFact.Kind.choices, label=_("Kind"))
    live = TodayFilter("live_on", label=_("Still so"))
    happened_from = DayFilter(field_name="happened_on", lookup_expr="gte", label=_("From"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = CreditFact, ()


class CreditCoverFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    kind = ChoicesFilter(choices=CreditCover.Kind.choices, label=_("Kind"))
    valid = TodayFilter("valid_on", label=_("Valid today"))
    ends_to = DayFilter(field_name="ends_on", lookup_expr="lte", label=_("Ends by"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = CreditCover, ()


class HoldFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    lifted = YesNoFilter(field_name="lifted_at", lookup_expr="isnull", exclude=True, label=_("Lifted"))
    by_person = YesNoFilter(label=_("Placed by a person"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = CreditHold, ()


class ActivityFilter(FilterSet):
    owner = RemoteManyFilter(queryset=User.objects.all(), label=_("Who"))
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    done = YesNoFilter(field_name="done_at", lookup_expr="isnull", exclude=True, label=_("Done"))
    due_from = DayFilter(field_name="due_on", lookup_expr="gte", label=_("From"))
    due_to = DayFilter(field_name="due_on", lookup_expr="lte", label=_("To"))
    kind = ChoicesFilter(choices=Activity.Kind.choices, label=_("Kind"))

    class Meta:
        model, fields = Activity, ()


class HandoverFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    from_manager = RemoteFilter(queryset=User.objects.all(), label=_("From whom"))
    to_manager = RemoteFilter(queryset=User.objects.all(), label=_("To whom"))

    class Meta:
        model, fields = ClientHandover, ()
