"""The nights and what they left; a day can be run again by those who may."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.screens import FormScreen
from kam import formats
from kam.models import Run
from kam.pages import DONE, WAIT, Button, DayField, Fact, Facts, Figure, Form, Page, Rows
from reports.actions.nightly import PARTS, run_again
from reports.filters import NightlyRunFilter
from reports.models import NightlyRun
from reports.tables import NightlyPartTable, NightlyRunTable

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
    title, permission, submit = _("Close a day again"), AGAIN, _("Run again")
    form = NightForm
    run: Run | None = None

    def act(self, document: Any, values: dict[str, Any]) -> str:
        day = values["day"]
        night = NightlyRun.objects.visible_to(self.request.user).filter(day=day).first()
        back = NightlyRunPage.detail_url(night.pk) if night else reverse("reports:nightlyrun_list")
        self.run = run_again(day=day, by=self.request.user, back=back)
        return gettext("The night of %(day)s is started.") % {"day": formats.day(values["day"])}

    def back(self, document: Any) -> str:
        """The progress of what was started; before that the nights."""
        return reverse("kam:run_detail", args=[self.run.pk]) if self.run else reverse("reports:nightlyrun_list")
