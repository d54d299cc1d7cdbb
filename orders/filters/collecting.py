"""What the lists of collecting are narrowed by."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ClientGroup, CreditHold
from kam.clock import today
from kam.models import User
from kam.pages import AmountFilter, ChoicesFilter, DayFilter, FilterSet, RemoteFilter, TodayFilter, YesNoFilter
from orders.models import CollectionLetter, Debtor, Invoice, LetterLevel, PaymentPromise, ShippingStop, StopListEntry


class DebtorFilter(FilterSet):
    manager = RemoteFilter(queryset=User.objects.all(), label=_("KAM"))
    overdue = AmountFilter(field_name="overdue", lookup_expr="gte", label=_("Overdue from"))
    days = AmountFilter(field_name="oldest_days", lookup_expr="gte", label=_("Days late from"))
    promised = YesNoFilter(method="by_promise", label=_("Has promised"))
    stopped = YesNoFilter(method="by_stop", label=_("Shipping stopped"))
    promise_late = YesNoFilter(method="by_late_promise", label=_("Promise is past"))
    without_step = YesNoFilter(method="by_step", label=_("Nothing planned"))
    silent_since = DayFilter(method="by_silence", label=_("No contact since"))
    group = RemoteFilter(queryset=ClientGroup.objects.all(), label=_("Group"))
    channel = ChoicesFilter(choices=Client.Channel.choices, label=_("Channel"))

    class Meta:
        model, fields = Debtor, ()
        main = ("manager", "overdue", "days", "promised", "stopped")

    def by_promise(self, rows, name, value):
        """Who has an open promise, or who has none."""
        return rows.filter(promise_due__isnull=not value)

    def by_late_promise(self, rows, name, value):
        """Whose open promise was for a day that is past, or all others."""
        late = Q(promise_due__lt=today())
        return rows.filter(late) if value else rows.exclude(late)

    def by_stop(self, rows, name, value):
        """Whom shipping is stopped to, or all others."""
        held = CreditHold.objects.live().values("client")
        return rows.filter(pk__in=held) if value else rows.exclude(pk__in=held)

    def by_step(self, rows, name, value):
        """With whom nothing is planned, or all others."""
        return rows.filter(next_on__isnull=value)

    def by_silence(self, rows, name, value: date):
        """Whom nobody spoke to since the day."""
        return rows.filter(Q(last_contact=None) | Q(last_contact__date__lt=value))


class PromiseFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=PaymentPromise.Status.choices, label=_("State"))
    due_from = DayFilter(field_name="due_on", lookup_expr="gte", label=_("To be paid from"))
    due_to = DayFilter(field_name="due_on", lookup_expr="lte", label=_("To be paid to"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    settled_on = DayFilter(method="by_settled", label=_("Kept or broken on"))

    class Meta:
        model, fields = PaymentPromise, ()

    def by_settled(self, rows, name, value: date):
        """Promises that came out on the day."""
        return rows.filter(Q(kept_on=value) | Q(broken_on=value))


class LetterFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=CollectionLetter.Status.choices, label=_("State"))
    channel = ChoicesFilter(choices=LetterLevel.Channel.choices, label=_("Way"))
    prepared_from = DayFilter(field_name="prepared_on", lookup_expr="gte", label=_("Prepared from"))
    prepared_to = DayFilter(field_name="prepared_on", lookup_expr="lte", label=_("Prepared to"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = CollectionLetter, ()


class StopListFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    invoice = RemoteFilter(queryset=Invoice.objects.all(), label=_("Disputed invoice"))
    standing = TodayFilter("standing_on", label=_("In force"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))

    class Meta:
        model, fields = StopListEntry, ()


class ShippingStopFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    live = YesNoFilter(field_name="lifted_on", lookup_expr="isnull", label=_("Stopped now"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    moved_on = DayFilter(method="by_moved", label=_("Placed or lifted on"))

    class Meta:
        model, fields = ShippingStop, ()

    def by_moved(self, rows, name, value: date):
        """Stops that the program placed or lifted on the day."""
        return rows.filter(Q(placed_on=value) | Q(lifted_on=value))
