"""The administrator's forms for people."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from kam.models import User
from kam.pages import ModelForm
from kam.roles import ROLES

ZONES = (
    ("Europe/Kaliningrad", _("Kaliningrad, UTC+2")),
    ("Europe/Moscow", _("Moscow, UTC+3")),
    ("Europe/Samara", _("Samara, UTC+4")),
    ("Asia/Yekaterinburg", _("Yekaterinburg, UTC+5")),
    ("Asia/Omsk", _("Omsk, UTC+6")),
    ("Asia/Krasnoyarsk", _("Krasnoyarsk, UTC+7")),
    ("Asia/Irkutsk", _("Irkutsk, UTC+8")),
    ("Asia/Yakutsk", _("Yakutsk, UTC+9")),
    ("Asia/Vladivostok", _("Vladivostok, UTC+10")),
    ("Asia/Magadan", _("Magadan, UTC+11")),
    ("Asia/Kamchatka", _("Kamchatka, UTC+12")),
)
password_help = lazy(lambda: mark_safe(password_validators_help_text_html()), str)


class ZoneField(forms.ChoiceField):
    """A time zone: those of Russia to choose from; another one that is set already stays what it is."""

    def __init__(self, **kwargs):
        super().__init__(choices=ZONES, **kwargs)

    def bound_to(self, zone: str) -> None:
        """Offer the zone that is set, where it is none of ours."""
        if zone and zone not in dict(ZONES):
            self.choices = [*ZONES, (zone, zone)]


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
    time_zone = ZoneField(label=_("Time zone"), initial="Europe/Moscow")
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
            "is_active",
            "time_zone",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].bound_to(self.instance.time_zone)
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
