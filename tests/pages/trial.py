"""A page declared only for these tests, over clients: every part of the mechanism in one place."""

from django.urls import include, path

from accounts.actions import change_client, create_client, move_client
from accounts.flow import CLIENT_FLOW
from accounts.models import Client
from kam.models import User
from kam.pages import (
    PAGES,
    Attachments,
    ChoicesFilter,
    Column,
    DayFilter,
    Facts,
    Figure,
    FilterSet,
    ModelForm,
    Page,
    RemoteFilter,
    Rows,
    Tab,
    Table,
    Trail,
)
from kam.urls import urlpatterns as real


class TrialTable(Table):
    name = Column("Name", kind="link", sort="sort_key")
    city = Column("City", sort=True)
    inn = Column("INN", visible=False)
    weight = Column("Weight", kind="quantity", accessor="version", sort=True, total=True)
    status = Column("State", kind="chip", sort=True)
    manager = Column("KAM", accessor="manager.short_name", sort="manager__sort_key")
    secret = Column("Secret", accessor="external_id", permission="accounts.change_terms", visible=False)

    class Meta:
        related = ("manager",)
        sort = "name"


class TrialFilter(FilterSet):
    manager = RemoteFilter(queryset=User.objects.all(), label="KAM")
    status = ChoicesFilter(choices=Client.Status.choices, label="State")
    since = DayFilter(field_name="created_at", lookup_expr="date__gte", label="Since")

    class Meta:
        model, fields = Client, ()
        main = ("manager",)


class TrialForm(ModelForm):
    class Meta:
        model = Client
        fields = ("name", "legal_name", "inn", "kpp", "channel", "city", "phone")

    groups = (("Company", ("name", "channel")), ("Requisites", ("inn", "kpp")))


class TrialPage(Page):
    model, table, filterset, form = Client, TrialTable, TrialFilter, TrialForm
    flow, move, create, change = CLIENT_FLOW, move_client, create_client, change_client
    name, path = "trial", "trial"
    panels = (Facts("legal_name", "channel", "manager"), Rows("outlets"), Attachments(), Trail())
    figures = (Figure("Weight", "version", kind="quantity", href="/somewhere/"),)
    tabs = (Tab("contacts", "Contacts", (Facts("phone", "email"),)),)

    @classmethod
    def app(cls):
        return "trial"


# Not one of the program's pages: the tests of the house must not meet it.
PAGES.remove(TrialPage)

urlpatterns = [*real, path("", include((TrialPage.urls(), "trial")))]
handler403, handler404 = "kam.pages.errors.forbidden", "kam.pages.errors.not_found"
handler500 = "kam.pages.errors.broken"
