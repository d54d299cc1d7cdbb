"""Imports over the API: what there is to import, and a file handed over to be checked; the run tells the rest."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.actions.imports import start_import
from kam.api.idempotency import Idempotent
from kam.api.import_options import chosen
from kam.api.runs import RunSerializer, started
from kam.imports import importers_for

FILES = "files"


class ImporterColumnSerializer(serializers.Serializer):
    """A column that an importer understands."""

    name = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField()
    example = serializers.CharField()


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()


class ImporterOptionSerializer(serializers.Serializer):
    """What an importer asks for beside the file: one of the choices, or (without any) a day."""

    name = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    choices = serializers.SerializerMethodField()

    @extend_schema_field(ChoiceSerializer(many=True, allow_null=True))
    def get_choices(self, option) -> list[dict[str, str]] | None:
        if option.choices is None:
            return None
        return [{"value": str(value), "label": str(label)} for value, label in option.choices()]


class ImporterSerializer(serializers.Serializer):
    """One kind of import; without columns it takes files of another kind than lists."""

    name = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    multiple = serializers.BooleanField()
    options = ImporterOptionSerializer(many=True)
    columns = serializers.SerializerMethodField()

    @extend_schema_field(ImporterColumnSerializer(many=True))
    def get_columns(self, importer) -> list[dict[str, Any]]:
        return ImporterColumnSerializer(importer.columns(), many=True).data


class NewImportSerializer(serializers.Serializer):
    """The files, and beside them the options of the importer, each as a field of its own name."""

    files = serializers.ListField(child=serializers.FileField())


class ImportersView(APIView):
    """What I may import, in the order in which a company starts from its spreadsheets."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=ImporterSerializer(many=True))
    def get(self, request):
        return Response(ImporterSerializer(importers_for(request.user), many=True).data)


class ImportView(Idempotent, APIView):
    """Hand over a file: it is checked by a worker and changes nothing until `POST /runs/{id}/commit/`."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": NewImportSerializer}, responses={202: RunSerializer})
    def post(self, request, importer):
        found = next((each for each in importers_for(request.user) if each.name == importer), None)
        if found is None:
            raise Http404
        options = chosen(found, request.data, beside=(FILES,))
        return started(start_import(found, request.FILES.getlist(FILES), by=request.user, options=options), request)
