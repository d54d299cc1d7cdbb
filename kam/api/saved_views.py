"""Saved views of lists over the API: one's own filters and sorting under a name, as the tabs of a list show them."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kam.actions.lists import LONGEST_NAME, change_view, remove_view, save_view
from kam.api.views import ScopedViewSet, register
from kam.models import SavedView
from kam.pages.preferences import view_url
from kam.pages.registry import PAGES, page_named

LONGEST_QUERY = 4000
QUERY = "Filters and sorting as the address of the list has them: `status=open&sort=-due_on`."


class SavedViewSerializer(serializers.ModelSerializer):
    """A view of a list; `address` is the list in the workspace as the view shows it."""

    address = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = ("id", "page", "name", "query", "position", "address")

    @extend_schema_field(serializers.CharField())
    def get_address(self, view) -> str:
        return view_url(page_named(view.page), view.pk, view.query)


class SavedViewWriteSerializer(serializers.Serializer):
    """What may be changed of a view."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    query = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_QUERY, default="", help_text=QUERY
    )


class NewSavedViewSerializer(SavedViewWriteSerializer):
    """What makes a view."""

    page = serializers.CharField(max_length=60, help_text="The key of a list of mine, such as `orders.order`.")

    def validate_page(self, key: str) -> str:
        if key not in pages_open_to(self.context["request"].user):
            raise serializers.ValidationError(_("There is no such list."))
        return key


def pages_open_to(user) -> list[str]:
    """The keys of the lists this person may open."""
    return [page.key() for page in PAGES if page.may(user, "view")]


@register("saved-views")
class SavedViewApi(ScopedViewSet):
    """My saved views of the lists I may open. The name of one there is puts the filters sent into that view."""

    model = SavedView
    serializer_class = SavedViewSerializer
    create_serializer, change_serializer = NewSavedViewSerializer, SavedViewWriteSerializer
    filterset_fields = ("page",)
    permissions = dict.fromkeys(("add", "change"), "kam.view_savedview")
    create_action, change_action, remove_action = save_view, change_view, remove_view

    def get_queryset(self):
        views = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return views
        return views.filter(page__in=pages_open_to(self.request.user))
