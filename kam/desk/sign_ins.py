"""The record of who came in, who tried to, and who left."""

from django.utils.translation import gettext_lazy as _

from kam.models import SignIn, User
from kam.pages import ChoicesFilter, Column, FilterSet, Page, RemoteFilter, Table

SIGN_IN_TONES = {"in": "done", "refused": "wait", "locked": "wrong", "out": "draft"}


class SignInTable(Table):
    at = Column(_("When"), kind="moment", sort=True)
    email = Column(_("E-mail"))
    person = Column(_("Person"), kind="person", accessor="user")
    outcome = Column(_("Outcome"), kind="chip", tones=SIGN_IN_TONES)
    address = Column(_("Address"))
    agent = Column(_("Program"), visible=False)

    class Meta:
        related = ("user",)
        sort = "-at"


class SignInFilter(FilterSet):
    outcome = ChoicesFilter(label=_("Outcome"), choices=SignIn.Outcome.choices)
    user = RemoteFilter(label=_("Person"), queryset=User.objects.all())

    class Meta:
        model = SignIn
        fields = ()


class SignInPage(Page):
    """Who came in, who tried to, and who left."""

    model, table, filterset = SignIn, SignInTable, SignInFilter
    path, icon = "sign-ins", "login"
    menu, menu_order = "settings", 230
    name = "signin"
    empty = _("Nobody has signed in yet.")

    @classmethod
    def heading(cls, document):
        return document.email
