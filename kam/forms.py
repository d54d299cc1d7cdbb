"""The administrator's forms for people."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from kam.models import User
from kam.pages import ModelForm
from kam.roles import ROLES

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
