"""The KAM's week: activities, and what stands on the first screen of the day."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import screens  # noqa: F401 declares the screens of this floor
from accounts.actions import change_activity, create_activity
from accounts.filters import ActivityFilter
from accounts.forms import ActivityForm, NewActivityForm
from accounts.models import Activity
from accounts.panels import Neglected, WeekPanel
from accounts.tables import ActivityTable
from kam.clock import today
from kam.pages import DONE, WORK, Button, Fact, Facts, Page, Trail
from kam.workspace import Today


class ActivityPage(Page):
    """What is planned with clients and what came of it."""

    model, table, filterset = Activity, ActivityTable, ActivityFilter
    form, new_form, create, change = ActivityForm, NewActivityForm, create_activity, change_activity
    path, icon, menu, menu_order = "activities", "calendar-check", "clients", 15
    status, tones = "state", {"planned": WORK, "done": DONE}
    search = ("subject", "client__search")
    panels = (
        Facts(
            "client",
            Fact("outlet", hide_empty=True),
            Fact("contact", hide_empty=True),
            "kind",
            "due_on",
            "owner",
            Fact("comment", hide_empty=True),
            Fact("result", hide_empty=True),
            Fact("done_at", hide_empty=True),
            Fact("done_by", _("Done by"), hide_empty=True),
        ),
        Trail(),
    )
    actions = (
        Button(
            _("Done"),
            lambda activity, user: reverse("accounts:activity_complete", args=[activity.pk]),
            icon="check",
            permission="accounts.change_activity",
            shown=lambda activity, user: activity.done_at is None,
            primary=True,
        ),
    )

    @classmethod
    def initial(cls, request):
        return {"due_on": today(), "kind": Activity.Kind.CALL, **super().initial(request)}

    @classmethod
    def editable(cls, document, user):
        return document.done_at is None

    @classmethod
    def subheading(cls, document):
        return document.client.name


Today.add(WeekPanel())
Today.add(Neglected())
