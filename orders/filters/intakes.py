"""Filters of the queue of rough orders."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.models import User
from kam.pages import ChoicesFilter, DayFilter, FilterSet, RemoteFilter
from orders.models import Intake


class IntakeFilter(FilterSet):
    status = ChoicesFilter(label=_("State"), choices=Intake.Status.choices)
    client = RemoteFilter(label=_("Client"), queryset=Client.objects.all())
    author = RemoteFilter(label=_("By"), queryset=User.objects.all())
    taken_by = RemoteFilter(label=_("In work with"), queryset=User.objects.all())
    wanted_to = DayFilter(label=_("Wanted by"), field_name="wanted_on", lookup_expr="lte")

    class Meta:
        model, fields = Intake, ()
