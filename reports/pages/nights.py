"""The nights and what they left; a day can be run again by those who may."""

from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.screens import FormScreen
from kam import formats
from kam.pages import DONE, WAIT, Button, DayField, Fact, Facts, Figure, Form, Page, Rows
from reports.actions.nightly import PARTS, run_again
from reports.filters import KeyFigureFilter, NightlyRunFilter
from reports.models import KeyFigure, NightlyRun
from reports.tables import KeyFigureTable, NightlyPartTable, NightlyRunTable

AGAIN = "reports.run_night"


class NightlyRunPage(Page):
    """What was done by night, part by part."""

    model, table, filterset = NightlyRun, NightlyRunTable, NightlyRunFilter
    tones = {"running": WAIT, "done": DONE}
    menu, menu_order, icon = "reports", 90, "moon"
    path = "nights"
    empty = _("No night yet: days are closed after midnight.")
    figures = (
        Figure(_("Parts done"), lambda night, user: f"{len(night.parts.all())} / {len(PARTS)}", "text"),
        Figure(_("Seconds"), lambda night, user: sum(part.seconds for part in night.parts.all()), "quantity"),
    )
    panels = (
        Rows("parts", NightlyPartTable, _("Parts of the night"), empty=_("Nothing is done yet.")),
        Facts("day", "started_at", "finished_at", Fact("by", hide_empty=True), title=_("Night")),
    )
    actions = (
        Button(
            _("Run again"), lambda night, user: f"{reverse('reports:night_again')}?day={night.day.isoformat()}",
            icon="refresh", permission=AGAIN,
        ),
    )  # fmt: skip


class NightForm(Form):
    """Which day to close once more."""

    day = DayField(label=_("Day"), help_text=_("What acts on the present only is left out for days long past."))


class NightAgainScreen(FormScreen):
    """A day is closed once more, in the background."""

    app, name, path = "reports", "night_again", "nights/again/"
    title, permission, submit = _("Close a day again"), AGAIN, _("Run")
    form = NightForm

    def act(self, document: Any, values: dict[str, Any]) -> str:
        run_again(day=values["day"], by=self.request.user)
        return gettext("The night of %(day)s is started.") % {"day": formats.day(values["day"])}

    def back(self, document: Any) -> str:
        return reverse("reports:nightlyrun_list")


class KeyFigurePage(Page):
    """How clients stood with their credit at the close of a day."""

    model, table, filterset = KeyFigure, KeyFigureTable, KeyFigureFilter
    menu, menu_order, icon = "reports", 30, "gauge"
    path = "key-figures"
    permissions = {"view": "orders.view_invoice"}
    search = ("client__search",)
    empty = _("No night has left figures of this day.")

    @classmethod
    def list_rows(cls, user):
        nothing = Decimal("0.00")
        over, insured = Greatest(F("exposure") - F("limit"), nothing), Least(F("exposure"), F("covered"))
        return super().list_rows(user).annotate(over=over, insured=insured)

    panels = (
        Facts("client", "day", "exposure", "limit", "covered", "held_orders", "held_total", "promises", "promised"),
    )  # fmt: skip
