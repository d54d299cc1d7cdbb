"""The root of all addresses. Apps are named only as strings."""

from django.contrib import admin
from django.urls import include, path

from kam.pages.registry import urls_of

FLOORS = ("accounts", "orders", "stock", "bonuses", "reports")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("kam.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("kam.pages.urls")),
    *(path("", include((urls_of(app), app))) for app in FLOORS),
]

handler400 = "kam.pages.errors.bad_request"
handler403 = "kam.pages.errors.forbidden"
handler404 = "kam.pages.errors.not_found"
handler500 = "kam.pages.errors.broken"
