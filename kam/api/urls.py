"""The addresses of the API: what every app offers in its `api.py`, tokens, and the description of it all."""

from django.urls import include, path
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import DefaultRouter

from kam.api import people, saved_views  # noqa: F401 they register themselves
from kam.api.beside import AttachmentsView, AttachmentView, TrailView
from kam.api.desk import CountersView, InboxView
from kam.api.exports import ListExportView, ListsView
from kam.api.hits import SearchView
from kam.api.imports import ImportersView, ImportView
from kam.api.many import ManyView
from kam.api.profile import OwnPasswordView, ProfileView
from kam.api.tokens import TokenViewSet
from kam.api.views import VIEWSETS

app_name = "api"


def routes() -> list:
    """The routes of every registered view set, in alphabetical order."""
    autodiscover_modules("api")
    router = DefaultRouter()
    router.include_format_suffixes = False
    router.register("tokens", TokenViewSet, basename="token")
    for prefix in sorted(VIEWSETS):
        router.register(prefix, VIEWSETS[prefix], basename=prefix.replace("/", "-"))
    return router.urls


urlpatterns = [
    path("v1/attachments/", AttachmentsView.as_view(), name="attachments"),
    path("v1/attachments/<int:pk>/", AttachmentView.as_view(), name="attachment"),
    path("v1/trail/", TrailView.as_view(), name="trail"),
    path("v1/search/", SearchView.as_view(), name="search"),
    path("v1/profile/", ProfileView.as_view(), name="profile"),
    path("v1/profile/password/", OwnPasswordView.as_view(), name="password"),
    path("v1/inbox/", InboxView.as_view(), name="inbox"),
    path("v1/counters/", CountersView.as_view(), name="counters"),
    path("v1/steps/", ManyView.as_view(), name="steps"),
    path("v1/imports/", ImportersView.as_view(), name="imports"),
    path("v1/imports/<slug:importer>/", ImportView.as_view(), name="import"),
    path("v1/lists/", ListsView.as_view(), name="lists"),
    path("v1/lists/<str:key>/export/", ListExportView.as_view(), name="list-export"),
    path("v1/", include(routes())),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[IsAuthenticated]),
        name="docs",
    ),
]
