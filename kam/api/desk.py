"""What the ground floor offers in the API: people, what they should know, and whom they stand in for."""

from rest_framework import serializers

from kam.api.views import ScopedViewSet, register
from kam.models import User


class UserSerializer(serializers.ModelSerializer):
    """A colleague."""

    roles = serializers.SlugRelatedField(source="groups", slug_field="name", many=True, read_only=True)

    class Meta:
        model = User
        fields = ("id", "email", "name", "short_name", "position", "phone", "manager", "roles", "is_active")


@register("users")
class UserApi(ScopedViewSet):
    """The people who work here."""

    model = User
    serializer_class = UserSerializer
    prefetch = ("groups",)
    filterset_fields = ("is_active", "manager")
    orderings = ("sort_key",)
    permissions = {"view": "accounts.view_client"}
