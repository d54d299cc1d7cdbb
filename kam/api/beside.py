"""What stands beside a document in the API: its files and its history, through the door of the document itself."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.actions.attachments import attach_file, remove_attachment
from kam.api.files import OCTETS, AnyAccepted
from kam.api.idempotency import Idempotent
from kam.api.paging import KeysetPagination
from kam.desk.attachments import attachment_of, document_of
from kam.desk.runs import saved_as
from kam.models import Attachment, TrailEntry

OF_DOCUMENT = [
    OpenApiParameter("document_kind", str, required=True, description="Such as `orders.order`."),
    OpenApiParameter("document_id", int, required=True),
]


class OfDocumentSerializer(serializers.Serializer):
    """Which document is meant."""

    document_kind = serializers.CharField(max_length=60)
    document_id = serializers.IntegerField(min_value=1)


class AttachmentSerializer(serializers.ModelSerializer):
    """A file beside a document."""

    class Meta:
        model = Attachment
        fields = ("id", "document_kind", "document_id", "name", "size", "content_type", "note", "by", "added_at")


class NewAttachmentSerializer(OfDocumentSerializer):
    """A file to keep beside a document."""

    file = serializers.FileField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class TrailEntrySerializer(serializers.ModelSerializer):
    """Who did what, when, on whose behalf and why; a reason of the program in the language of the request."""

    reason = serializers.CharField(source="why", read_only=True)

    class Meta:
        model = TrailEntry
        fields = ("id", "at", "by", "on_behalf_of", "verb", "changes", "reason")


class BesideView(APIView):
    """The base of what belongs to one document."""

    permission_classes = (IsAuthenticated,)

    def document(self, data):
        """The document named in the query or the body if the person may see it; else 404."""
        named = OfDocumentSerializer(data=data)
        named.is_valid(raise_exception=True)
        return document_of(
            self.request.user, named.validated_data["document_kind"], named.validated_data["document_id"]
        )


class AttachmentsView(Idempotent, BesideView):
    """The files of a document."""

    parser_classes = (MultiPartParser,)

    @extend_schema(parameters=OF_DOCUMENT, responses=AttachmentSerializer(many=True))
    def get(self, request):
        document = self.document(request.query_params)
        files = Attachment.objects.visible_to(request.user).of(document)
        return Response(AttachmentSerializer(files, many=True).data)

    @extend_schema(request=NewAttachmentSerializer, responses={201: AttachmentSerializer})
    def post(self, request):
        document = self.document(request.data)
        sent = NewAttachmentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        made = attach_file(document, sent.validated_data["file"], by=request.user, note=sent.validated_data["note"])
        return Response(AttachmentSerializer(made).data, 201)


class AttachmentView(BesideView):
    """One file: `GET` gives its content, `DELETE` takes it away."""

    content_negotiation_class = AnyAccepted

    @extend_schema(responses={(200, OCTETS): OpenApiTypes.BINARY})
    def get(self, request, pk):
        attachment, _document = attachment_of(request.user, pk)
        return saved_as(attachment.file, attachment.name)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        attachment, document = attachment_of(request.user, pk)
        remove_attachment(attachment.pk, document, by=request.user)
        return Response(status=204)


class TrailView(BesideView):
    """The history of a document, the latest first."""

    model = TrailEntry

    @extend_schema(parameters=OF_DOCUMENT, responses=TrailEntrySerializer(many=True))
    def get(self, request):
        document = self.document(request.query_params)
        paging = KeysetPagination()
        entries = TrailEntry.objects.visible_to(request.user).of(document)
        found = paging.paginate_queryset(entries, request, view=self)
        return paging.get_paginated_response(TrailEntrySerializer(found, many=True).data)
