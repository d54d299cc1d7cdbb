"""What the ground floor offers in the API: people, what waits for them and what they should know."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.actions.notices import mark_read
from kam.actions.substitutions import arrange_substitution, end_substitution
from kam.api.verbs import ReasonSerializer, Verb
from kam.api.views import ScopedViewSet, VisibleId, register
from kam.inbox import trays_for
from kam.models import Notification, Substitution, User
from kam.notifications import text_of


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


class NotificationSerializer(serializers.ModelSerializer):
    """Something to know, in the reader's language."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = (
            "id", "kind", "urgency", "text", "document_kind", "document_id", "url", "created_at", "read_at",
        )  # fmt: skip

    def get_text(self, notification) -> str:
        return text_of(notification)


def read_one(pk, *, by):
    """Mark one notification read."""
    mark_read(by=by, keys=[pk])


@register("notifications")
class NotificationApi(ScopedViewSet):
    """My notifications, the newest first."""

    model = Notification
    serializer_class = NotificationSerializer
    filterset_fields = {"urgency": ["exact"], "kind": ["exact"], "read_at": ["isnull"]}
    verbs = (Verb("read", read_one),)


class SubstitutionSerializer(serializers.ModelSerializer):
    """Who stands in for whom, and when."""

    class Meta:
        model = Substitution
        fields = (
            "id", "absent", "deputy", "starts_on", "ends_on", "reason", "arranged_by", "ended_at", "version",
        )  # fmt: skip


class NewSubstitutionSerializer(serializers.Serializer):
    """What arranges a substitution."""

    absent = VisibleId(User)
    deputy = VisibleId(User)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


def arrange(*, by, day, absent, deputy, **values):
    """Arrange a substitution between two people named by their ids."""
    people = User.objects.in_bulk([absent, deputy])
    return arrange_substitution(by=by, day=day, absent=people[absent], deputy=people[deputy], **values)


@register("substitutions")
class SubstitutionApi(ScopedViewSet):
    """Rights and duties handed over for some days."""

    model = Substitution
    serializer_class = SubstitutionSerializer
    create_serializer = NewSubstitutionSerializer
    create_action = arrange
    filterset_fields = ("absent", "deputy")
    orderings = ("starts_on",)
    permissions = {"add": "kam.view_substitution"}
    verbs = (Verb("end", end_substitution, ReasonSerializer),)


class InboxEntrySerializer(serializers.Serializer):
    """One document that waits for me."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    label = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    asked_by = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class InboxView(APIView):
    """What waits for me, over all kinds of documents; decide with `POST …/{id}/{step}/` of its kind."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=InboxEntrySerializer(many=True))
    def get(self, request):
        entries = [
            {
                "kind": item.document._meta.label_lower,
                "id": item.document.pk,
                "label": str(item.document),
                "steps": [step.name for step in item.steps],
                "asked_by": item.asked_by.pk if item.asked_by else None,
                "since": item.since,
                "reason": item.reason,
            }
            for tray in trays_for(request.user)
            for item in tray.items
        ]
        return Response(InboxEntrySerializer(entries, many=True).data)
