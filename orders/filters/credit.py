"""What reviews, rates and measures of discipline are narrowed by."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from accounts.models import Client
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter, TodayFilter
from orders.models import CreditReview, ExchangeRate, PaymentDiscipline


class CreditReviewFilter(FilterSet):
    """Reviews by client, state and whether their re-check has come."""

    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    status = ChoicesFilter(choices=CreditReview.Status.choices, label=_("State"))
    recheck_due = TodayFilter("recheck_due", label=_("Re-check due"))
    manager = RemoteFilter(field_name="client__manager", queryset=User.objects.all(), label=_("KAM"))
    grade = ChoicesFilter(choices=[(each, each) for each in "ABCD"], label=_("Grade"))
    recheck_to = DayFilter(field_name="recheck_on", lookup_expr="lte", label=_("Re-check by"))

    class Meta:
        model, fields = CreditReview, ()
        main = ("client", "status", "recheck_due", "manager", "grade")


class ExchangeRateFilter(FilterSet):
    currency = CharFilter(label=_("Currency"))
    day_from = DayFilter(field_name="day", lookup_expr="gte", label=_("From"))
    day_to = DayFilter(field_name="day", lookup_expr="lte", label=_("To"))

    class Meta:
        model, fields = ExchangeRate, ()


class DisciplineFilter(FilterSet):
    client = RemoteFilter(queryset=Client.objects.all(), label=_("Client"))
    day = DayFilter(label=_("As of"))
    day_from = DayFilter(field_name="day", lookup_expr="gte", label=_("From"))
    day_to = DayFilter(field_name="day", lookup_expr="lte", label=_("To"))

    class Meta:
        model, fields = PaymentDiscipline, ()
