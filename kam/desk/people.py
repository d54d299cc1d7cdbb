"""The administrator's forms for people, and the record of who came in."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from kam.models import SignIn, User
from kam.pages import ChoicesFilter, Column, FilterSet, ModelForm, Page, RemoteFilter, Table
from kam.roles import ROLES

SIGN_IN_TONES = {"in": "done", "refused": "wait", "locked": "wrong", "out": "draft"}
password_help = lazy(lambda: mark_safe(password_validators_help_text_html()), str)


class UserForm(ModelForm):
    """A person as the administrator writes them."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(name, role.label) for name, role in ROLES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What each role may do and whose clients it sees stands in one table of the program."),
    )
    password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave it empty to keep the present one. A new one signs the person out everywhere."),
    )
    groups = (
        (_("Person"), ("last_name", "first_name", "patronymic", "position", "phone")),
        (_("Work"), ("manager", "roles", "discount_limit")),
        (_("Account"), ("email", "password", "language", "time_zone", "is_active")),
    )

    class Meta:
        model = User
        fields = (
            "last_name",
            "first_name",
            "patronymic",
            "position",
            "phone",
            "manager",
            "discount_limit",
            "email",
            "language",
            "time_zone",
            "is_active",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = list(self.instance.groups.values_list("name", flat=True))


class NewUserForm(UserForm):
    """A new person: the first password is asked for."""

    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_help(),
    )


class SignInTable(Table):
    at = Column(_("When"), kind="moment", sort=True)
    email = Column(_("E-mail"))
    person = Column(_("Person"), accessor=lambda entry: entry.user.short_name if entry.user else "")
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
    menu, menu_order = "settings", 80
    name = "signin"
    empty = _("Nobody has signed in yet.")

    @classmethod
    def heading(cls, document):
        return document.email
