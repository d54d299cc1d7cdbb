"""The small directories: groups, territories, segments, price columns, decreed days."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import (
    change_client_group,
    change_price_column,
    change_segment,
    change_territory,
    create_client_group,
    create_price_column,
    create_segment,
    create_territory,
    set_decreed_day,
)
from accounts.forms import ClientGroupForm, DecreedDayForm, PriceColumnForm, SegmentForm, TerritoryForm
from accounts.models import ClientGroup, DecreedDay, PriceColumn, Segment, Territory
from accounts.panels import GroupLimits
from accounts.tables import (
    ClientGroupTable,
    ClientOfGroupTable,
    DecreedDayTable,
    PriceColumnTable,
    SegmentTable,
    TerritoryTable,
)
from kam.models.trail_entry import keep_private
from kam.pages import Button, Fact, Facts, Page, Rows, Trail

keep_private("accounts.view_creditterms", document_kind="accounts.clientgroup", changes__has_key="credit_limit")


class ClientGroupPage(Page):
    """Holdings: clients with one owner."""

    model, table, form = ClientGroup, ClientGroupTable, ClientGroupForm
    create, change = create_client_group, change_client_group
    path, icon, menu, menu_order = "groups", "sitemap", "clients", 20
    panels = (
        Facts(
            Fact("credit_limit", permission="accounts.view_creditterms"),
            Fact("comment", hide_empty=True),
            title=_("Group"),
        ),
        GroupLimits(),
        Rows("clients", ClientOfGroupTable, empty=_("No client belongs to this group yet.")),
        Trail(),
    )


class TerritoryPage(Page):
    """Parts of the country that policies and reports are cut by."""

    model, table, form = Territory, TerritoryTable, TerritoryForm
    create, change = create_territory, change_territory
    path, icon, menu, menu_order = "territories", "map-2", "settings", 40
    search = ("sort_key",)
    panels = (Facts("name", "parent"), Trail())


class SegmentPage(Page):
    """How clients are told apart by their weight."""

    model, table, form = Segment, SegmentTable, SegmentForm
    create, change = create_segment, change_segment
    icon, menu, menu_order = "chart-pie", "settings", 50
    search = ("sort_key",)
    panels = (Facts("name"), Trail())


class PriceColumnPage(Page):
    """Columns of the price list."""

    model, table, form = PriceColumn, PriceColumnTable, PriceColumnForm
    create, change = create_price_column, change_price_column
    path, icon, menu, menu_order = "price-columns", "columns", "settings", 60
    search = ("code", "name")
    panels = (Facts("code", "name", "currency", "vat_included", "is_active"), Trail())


class DecreedDayPage(Page):
    """Days off and working days against the usual calendar."""

    model, table, form = DecreedDay, DecreedDayTable, DecreedDayForm
    path, icon, menu, menu_order = "decreed-days", "calendar-exclamation", "settings", 70
    search = ("comment",)
    help = _("Due dates that fall on a day off move to the next working day.")
    panels = (Facts("day", Fact("what", _("What it is")), "comment"), Trail())
    actions = (
        Button(
            _("Remove the exception"),
            lambda decreed, user: reverse("accounts:decreedday_clear", args=[decreed.pk]),
            permission="accounts.change_decreedday",
        ),
    )

    @staticmethod
    def create(*, by, **values):
        """Say what the day is."""
        return set_decreed_day(by=by, **values)
