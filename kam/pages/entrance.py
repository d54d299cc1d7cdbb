"""The way in and out: sign-in, the page after too many tries, sign-out, and the change of one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from kam.actions.own_settings import change_own_password, change_own_settings
from kam.actions.sign_ins import record_sign_in
from kam.models import SignIn
from kam.pages.views import back_from
from kam.refusals import Refused

LANGUAGES = ("ru", "en")
THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": gettext_lazy("The e-mail or the password is wrong."),
        "inactive": gettext_lazy("This account is closed. Ask the administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("E-mail")
        self.fields["username"].widget.input_type = "email"
        self.fields["password"].label = gettext_lazy("Password")

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()


class SignInView(LoginView):
    """GET and POST: who are you. A signed-in person goes on to where they wanted."""

    template_name = "kam/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        noted(self.request, SignIn.Outcome.SIGNED_IN, user=self.request.user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        locked = getattr(self.request, "axes_locked_out", False)
        outcome = SignIn.Outcome.LOCKED if locked else SignIn.Outcome.REFUSED
        noted(self.request, outcome, email=self.request.POST.get("username", ""))
        return super().form_invalid(form)


def noted(request: HttpRequest, outcome: str, *, user: Any = None, email: str = "") -> None:
    """Write an attempt to sign in, or a sign-out, down."""
    record_sign_in(
        outcome, user=user, email=user.email if user else email,
        address=request.META.get("REMOTE_ADDR"), agent=request.headers.get("User-Agent", ""),
    )  # fmt: skip


class SignOutView(LogoutView):
    """POST only: a link elsewhere must not sign anybody out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            noted(request, SignIn.Outcome.SIGNED_OUT, user=request.user)
        return super().post(request, *args, **kwargs)


class PasswordView(PasswordChangeView):
    """One's own password; the rules are told beside the field."""

    template_name = "kam/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("kam:today")

    def form_valid(self, form: Any) -> HttpResponse:
        """Other sessions end by themselves: only this one is told of the new password."""
        try:
            revoked = change_own_password(by=self.request.user, password=form.cleaned_data["new_password1"])
        except Refused as refused:
            form.add_error("new_password1", [str(each) for each in refused.refusals])
            return self.form_invalid(form)
        update_session_auth_hash(self.request, self.request.user)
        told = [_("Your password is changed. Other devices are signed out.")]
        if revoked:
            text = ngettext("%(count)s API token is revoked.", "%(count)s API tokens are revoked.", revoked)
            told.append(text % {"count": revoked})
        messages.success(self.request, " ".join(told))
        return HttpResponseRedirect(self.get_success_url())


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer to too many wrong passwords."""
    return render(request, "kam/locked_out.html", {"title": _("Too many tries")}, status=429)


class OwnSettingView(View):
    """POST: the language or the theme, kept with the person; for a stranger in a cookie."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values = {}
        if request.POST.get("language") in LANGUAGES:
            values["language"] = request.POST["language"]
        if request.POST.get("theme") in THEMES:
            values["theme"] = request.POST["theme"]
        if request.user.is_authenticated and values:
            try:
                change_own_settings(by=request.user, **values)
            except Refused as refused:
                messages.error(request, str(refused))
        response = HttpResponse(status=303, headers={"Location": back_from(request, "/")})
        names = {"language": "django_language", "theme": "theme"}
        for name, value in values.items():
            response.set_cookie(names[name], value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
        return response
