"""What a person sets for themselves: language, zone, theme, the keys of their programs; and who signed in as them."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from kam import clock
from kam.actions.api_tokens import LONGEST_DAYS, make_token, revoke_token
from kam.actions.own_settings import change_own_settings
from kam.desk.messages import told
from kam.forms import ZoneField
from kam.models import ApiToken, SignIn, User
from kam.pages import Form, QuantityField, Screen
from kam.pages.views import gone_to
from kam.refusals import Refused

SIGN_INS_SHOWN = 10


class ProfileForm(Form):
    language = forms.ChoiceField(label=_("Language"), choices=User._meta.get_field("language").choices)
    time_zone = ZoneField(label=_("Time zone"))
    theme = forms.ChoiceField(label=_("Theme"), choices=User._meta.get_field("theme").choices)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


def profile_form(user, *args, **kwargs) -> ProfileForm:
    """The form of this person's own settings."""
    form = ProfileForm(*args, **kwargs)
    form.fields["time_zone"].bound_to(user.time_zone)
    return form


class TokenForm(Form):
    name = forms.CharField(label=_("What it is for"), max_length=100)
    days = QuantityField(label=_("Days it lasts"), min_value=1, max_value=LONGEST_DAYS, initial=90)


def own_sign_ins(user):
    """Who came in, or tried to, as this person lately."""
    return SignIn.objects.filter(user=user)[:SIGN_INS_SHOWN]


class Profile(Screen):
    """GET: my settings, tokens and sign-ins. POST: save the settings, or make a token."""

    app, name, path = "kam", "profile", "profile/"
    title, icon = _("My profile"), "user"
    template = "kam/desk/profile.html"

    def context(self, request, form=None, token_form=None, made=None, **kwargs):
        user = request.user
        values = {name: getattr(user, name) for name in ProfileForm.base_fields}
        tokens = ApiToken.objects.visible_to(user).filter(expiry__gt=clock.now())
        return {
            "form": form or profile_form(user, initial=values),
            "token_form": token_form or TokenForm(),
            "tokens": tokens.order_by("-created"),
            "made": made,
            "sign_ins": own_sign_ins(user),
            "roles": user.role_labels,
        }

    def post(self, request):
        return self.token_made(request) if "make_token" in request.POST else self.saved(request)

    def token_made(self, request):
        """The page with the text of the new token, which is in this answer only."""
        form = TokenForm(request.POST)
        if form.is_valid():
            try:
                _token, text = make_token(by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_refusals(refused.refusals)
            else:
                answer = self.render(self.context(request, made=text))
                answer["Cache-Control"] = "no-store"
                return answer
        return self.render(self.context(request, token_form=form), status=422)

    def saved(self, request):
        form = profile_form(request.user, request.POST)
        if not form.is_valid():
            return self.render(self.context(request, form=form), status=422)
        change_own_settings(by=request.user, **form.cleaned_data)
        messages.success(request, str(_("Your settings are saved.")))
        return gone_to(request, self.url())


class TokenRevoke(Screen):
    """POST: revoke one of my tokens."""

    app, name, path = "kam", "token_revoke", "profile/tokens/<slug:key>/revoke/"
    http_method_names = ("post",)

    def post(self, request, key):
        token = get_object_or_404(ApiToken.objects.visible_to(request.user), token_key=key)
        revoke_token(token.pk, by=request.user)
        told(request, _("The token is revoked."))
        return gone_to(request, Profile.url())
