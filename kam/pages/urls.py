"""Addresses of the ground floor's own pages: the way in, the palette, choices, and kam's declared pages."""

from django.urls import path

from kam.pages.choices import ChoicesView
from kam.pages.counters import CountersView
from kam.pages.entrance import OwnSettingView, PasswordView, SignInView, SignOutView
from kam.pages.palette import PaletteView
from kam.pages.registry import urls_of

app_name = "kam"
urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    path("sign-out/", SignOutView.as_view(), name="sign_out"),
    path("password/", PasswordView.as_view(), name="password"),
    path("own-setting/", OwnSettingView.as_view(), name="own_setting"),
    path("search/", PaletteView.as_view(), name="search"),
    path("counters/", CountersView.as_view(), name="counters"),
    path("choices/<slug:app>.<slug:model>/", ChoicesView.as_view(), name="choices"),
    *urls_of("kam"),
]
