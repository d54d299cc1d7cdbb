"""What waits for a person and what they should know, over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register, view_of
from kam.desk.notices import address_of, read
from kam.inbox import trays_for
from kam.models import Notification
from kam.notifications import text_of
from kam.pages.bulk import BULK_LIMIT
from kam.pages.counters import counts_for
from kam.pages.registry import page_of


class NotificationSerializer(serializers.ModelSerializer):
    """Something to know, in the reader's language; `address` is where it leads in the workspace."""

    text = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = (
            "id", "kind", "urgency", "text", "document_kind", "document_id", "url", "address", "created_at", "read_at",
        )  # fmt: skip

    def get_text(self, notification) -> str:
        return text_of(notification)

    def get_address(self, notification) -> str:
        return address_of(notification)


class ReadSerializer(serializers.Serializer):
    """Which notifications are read; all of mine where none is named."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_empty=False, max_length=BULK_LIMIT
    )


class ReadManySerializer(serializers.Serializer):
    """How many were unread until now."""

    read = serializers.IntegerField()


def read_one(pk, *, by):
    """Mark one notification read."""
    read(by, [pk])


@register("notifications")
class NotificationApi(ScopedViewSet):
    """My notifications, the newest first."""

    model = Notification
    serializer_class = NotificationSerializer
    filterset_fields = {"urgency": ["exact"], "kind": ["exact"], "read_at": ["isnull"]}
    verbs = (Verb("read", read_one),)

    @extend_schema(
        operation_id="notifications_read_many", request=ReadSerializer, responses={200: ReadManySerializer},
        filters=False,
    )  # fmt: skip
    @action(detail=False, methods=["post"], url_path="read", url_name="read-many", pagination_class=None)
    def read_many(self, request):
        """Mark several of my notifications read, or all of them."""
        return Response({"read": read(request.user, self.sent(ReadSerializer).get("ids"))})


class EffectSerializer(serializers.Serializer):
    """One consequence of a decision: a figure, and what it was before where it changes."""

    label = serializers.CharField()
    kind = serializers.CharField(help_text="money, quantity, percent, date or text")
    value = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    tone = serializers.CharField(allow_blank=True, help_text="wrong, wait or done where the figure says so")


class InboxEntrySerializer(serializers.Serializer):
    """One document that waits for me: what is asked, by whom and why, and what a decision does."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    label = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    steps = serializers.ListField(child=serializers.CharField())
    asked_by = serializers.IntegerField(allow_null=True)
    on_behalf_of = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    effects = EffectSerializer(many=True)
    address = serializers.CharField(allow_blank=True)
    url = serializers.URLField(allow_null=True)


def entry_of(item, request) -> dict:
    """What the inbox tells of one document."""
    document = item.document
    page, served = page_of(type(document)), view_of(type(document))
    return {
        "kind": document._meta.label_lower,
        "id": document.pk,
        "label": str(document),
        "about": page.subheading(document) if page else "",
        "steps": [step.name for step in item.steps],
        "asked_by": item.asked_by.pk if item.asked_by else None,
        "on_behalf_of": item.on_behalf_of.pk if item.on_behalf_of else None,
        "since": item.since,
        "reason": item.reason,
        "effects": item.effects,
        "address": page.detail_url(document.pk) if page else "",
        "url": reverse(f"api:{served[0]}-detail", args=[document.pk], request=request) if served else None,
    }


class InboxView(APIView):
    """What waits for me, over all kinds of documents, up to 50 of each, the longest waiting first.

    Decide with `POST …/{id}/{step}/` of its kind, or on many at once with `POST /steps/`.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=InboxEntrySerializer(many=True))
    def get(self, request):
        entries = [entry_of(item, request) for tray in trays_for(request.user) for item in tray.items]
        return Response(InboxEntrySerializer(entries, many=True).data)


class CountersView(APIView):
    """How much waits for me, by the places of the workspace: `inbox`, `notifications` and entries of the menu."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "integer"}}})
    def get(self, request):
        return Response(counts_for(request.user))
