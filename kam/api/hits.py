"""The search of the palette over the API: the same documents and pages, in the same order."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from kam.api.views import view_of
from kam.desk.hits import LONGEST, Group, Hit, groups_for
from kam.pages.registry import page_named

MENU = "page"


class SearchedSerializer(serializers.Serializer):
    """What is searched for."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST, default="")


class HitSerializer(serializers.Serializer):
    """One place to go: `address` is in the workspace, `url` in the API where it serves the same."""

    kind = serializers.CharField(help_text="Such as `orders.order`; `page` for a page.")
    id = serializers.IntegerField(allow_null=True)
    label = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    address = serializers.CharField()
    url = serializers.URLField(allow_null=True)


class HitGroupSerializer(serializers.Serializer):
    """What one kind gave."""

    kind = serializers.CharField()
    title = serializers.CharField()
    hits = HitSerializer(many=True)


class FoundSerializer(serializers.Serializer):
    """What a text finds."""

    q = serializers.CharField(allow_blank=True)
    groups = HitGroupSerializer(many=True)


class SearchView(APIView):
    """Clients by name and ИНН, products, orders, invoices and pages: what the palette of the workspace finds.

    Words are found by their beginnings, also when typed in the wrong keyboard layout. An empty text gives the pages of
    my menu; documents are looked for from the second letter on, a few of each kind, the latest first.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description=f"{LONGEST} characters at most.")],
        responses=FoundSerializer,
    )
    def get(self, request):
        asked = SearchedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        text = asked.validated_data["q"]
        groups = [shown(group, request) for group in groups_for(request.user, text)]
        return Response(FoundSerializer({"q": text, "groups": groups}).data)


def shown(group: Group, request) -> dict:
    """A group as the API tells it."""
    kind = group.page.model._meta.label_lower if group.page else MENU
    hits = [
        {"kind": kind, "id": hit.pk, "label": hit.label, "hint": hit.hint, "address": hit.href,
         "url": url_of(hit, group.page, request)}
        for hit in group.hits
    ]  # fmt: skip
    return {"kind": kind, "title": group.title, "hits": hits}


def url_of(hit: Hit, page, request) -> str | None:
    """Where the API serves what was found: the document, or the documents of a page; None where it does not."""
    page = page or page_named(hit.entry)
    served = view_of(page.model) if page else None
    if served is None or not served[1].may(request.user, "view"):
        return None
    name = served[0].replace("/", "-")
    if hit.pk is None:
        return reverse(f"api:{name}-list", request=request)
    return reverse(f"api:{name}-detail", args=[hit.pk], request=request)
