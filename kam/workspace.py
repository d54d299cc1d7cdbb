"""The ground floor's own pages: today, people, the trail."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from kam.actions.users import change_user, create_user
from kam.forms import NewUserForm, UserForm
from kam.models import User
from kam.pages import Column, Facts, FilterSet, Page, RemoteFilter, Rows, Screen, Tab, Table, Trail
from kam.pages.filters import YesNoFilter


class Today(Screen):
    """Where a day starts. Upper floors add their panels with `Today.add(...)`; each is shown by its permission."""

    app, name, path = "kam", "today", ""
    title, menu, menu_order, icon = _("Today"), "today", 0, "home"
    template = "kam/today.html"
    panels: tuple = ()

    @classmethod
    def add(cls, panel):
        cls.panels = (*cls.panels, panel)

    def context(self, request, **kwargs):
        parts = [(panel, panel.html(None, request)) for panel in self.panels]
        return {
            "main": [html for panel, html in parts if html and not panel.side],
            "side": [html for panel, html in parts if html and panel.side],
        }


class UserTable(Table):
    name = Column(_("Name"), kind="link", sort="sort_key")
    position = Column(_("Position"))
    roles = Column(_("Roles"), accessor=lambda user: user.role_labels)
    manager = Column(_("Head"), kind="person", sort="manager__sort_key")
    email = Column(_("E-mail"), sort=True)
    phone = Column(_("Phone"), visible=False)
    last_login = Column(_("Last sign-in"), kind="moment", sort=True)
    active = Column(_("Active"), kind="flag", accessor="is_active", visible=False)

    class Meta:
        related = ("manager",)
        prefetch = ("groups",)
        sort = "name"


class UserFilter(FilterSet):
    manager = RemoteFilter(label=_("Head"), queryset=User.objects.all())
    position = CharFilter(label=_("Position"), lookup_expr="icontains")
    is_active = YesNoFilter(label=_("Active"))

    class Meta:
        model = User
        fields = ()


class UserPage(Page):
    """People of the company."""

    model, table, filterset = User, UserTable, UserFilter
    form, new_form = UserForm, NewUserForm
    create, change = create_user, change_user
    path, icon = "people", "users"
    menu, menu_order = "settings", 10
    panels = (
        Facts(("name", _("Name")), "position", "email", "phone", "manager", title=_("Person")),
        Facts("language", "time_zone", "joined_at", "last_login", title=_("Account"), side=True),
        Trail(),
    )
    tabs = (Tab("team", _("Team"), (Rows("team", UserTable, _("Team"), empty=_("Nobody reports to this person.")),)),)

    @classmethod
    def heading(cls, document):
        return document.name

    @classmethod
    def subheading(cls, document):
        return document.position

    @classmethod
    def choice_hint(cls, document):
        return document.position
