"""Lists of the nights and of the figures that they leave."""

from django.utils.translation import gettext_lazy as _

from kam import formats
from kam.pages import Column, Table
from reports.actions.nightly import LABELS


def label_of(part):
    """The part in words; one that is no more keeps its name."""
    return LABELS.get(part.name, part.name)


class NightlyRunTable(Table):
    day = Column(_("Day closed"), kind="link", accessor=lambda night: formats.day(night.day), sort="day")
    status = Column(_("State"), kind="chip", tones={"running": "wait", "done": "done"})
    started_at = Column(_("Started"), kind="moment")
    finished_at = Column(_("Finished"), kind="moment")
    by = Column(_("Run again by"), accessor="by.short_name")

    class Meta:
        related = ("by",)
        sort = "-day"


class NightlyPartTable(Table):
    position = Column(_("№"), kind="quantity")
    name = Column(_("Part"), accessor=label_of)
    count = Column(_("Count"), kind="quantity")
    seconds = Column(_("Seconds"), kind="quantity")
    done_at = Column(_("Done"), kind="moment")

    class Meta:
        sort = "position"


class KeyFigureTable(Table):
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    day = Column(_("Day"), kind="date")
    exposure = Column(_("Exposure"), kind="money", sort=True, total=True)
    limit = Column(_("Limit"), kind="money", sort=True, total=True)
    used = Column(_("Used, %"), kind="percent")
    covered = Column(_("Insured and guaranteed"), kind="money", sort=True, total=True)
    held_orders = Column(_("Held orders"), kind="quantity", sort=True, total=True)
    held_total = Column(_("Sum of held orders"), kind="money", sort=True, total=True)
    promised = Column(_("Promised to pay"), kind="money", sort=True, total=True)

    class Meta:
        related = ("client",)
        sort = "-exposure"
