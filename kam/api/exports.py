"""Exports over the API: which lists there are, a list with its filters handed to a worker, and the log of it all."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.actions.exports import start_export
from kam.api.idempotency import Idempotent
from kam.api.problems import Problem
from kam.api.runs import RunSerializer, started
from kam.api.views import ScopedViewSet, parameters_of, register
from kam.models import ExportLog
from kam.pages.exports import FORMATS
from kam.pages.lists import EVERYTHING, Listing
from kam.pages.registry import PAGES, page_named

SORT, SEARCH = "sort", "q"


class ListSerializer(serializers.Serializer):
    """A list that can be exported: what it can be filtered and sorted by."""

    key = serializers.CharField()
    title = serializers.CharField()
    filters = serializers.ListField(child=serializers.CharField())
    sorts = serializers.ListField(child=serializers.CharField())


class NewExportSerializer(serializers.Serializer):
    """What is exported: filters as the list itself takes them (a value or several), words, sorting and format."""

    format = serializers.ChoiceField(choices=[(form, form.upper()) for form in FORMATS], default="xlsx")
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), max_length=200), default=dict
    )
    q = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    sort = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")

    def to_internal_value(self, data):
        filters = data.get("filters") if hasattr(data, "get") else None
        if isinstance(filters, dict):
            lists = {name: value if isinstance(value, list) else [value] for name, value in filters.items()}
            data = {**data, "filters": lists}
        return super().to_internal_value(data)


def exportable_for(user) -> list:
    """The pages whose lists this person may see and export."""
    return [page for page in PAGES if page.exportable and page.may(user, "view") and page.may(user, "export")]


class ListsView(APIView):
    """The lists I may export."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=ListSerializer(many=True))
    def get(self, request):
        return Response([described(page, request.user) for page in exportable_for(request.user)])


def described(page, user) -> dict:
    """What a list can be narrowed and sorted by."""
    columns = page.table.allowed(user).items()
    return {
        "key": page.key(),
        "title": str(page.titles),
        "filters": sorted(parameters_of(page.filterset())) if page.filterset is not None else [],
        "sorts": [name for name, column in columns if column.sort_paths],
    }


class ListExportView(Idempotent, APIView):
    """Have a list written to a file by a worker: watch the run, then take its result."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=NewExportSerializer, responses={202: RunSerializer})
    def post(self, request, key):
        page = page_named(key)
        if page is None or not page.exportable or not page.may(request.user, "view"):
            raise Http404
        sent = NewExportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        query = asked(page, request.user, sent.validated_data)
        address = request.META.get("REMOTE_ADDR")
        run = start_export(page, by=request.user, query=query, form=sent.validated_data["format"], address=address)
        return started(run, request)


def asked(page, user, sent: dict) -> str:
    """Filters and sorting as the list's address has them; raises a problem where the list would not follow them."""
    params = QueryDict(mutable=True)
    for name, values in sent["filters"].items():
        params.setlist(name, values)
    about = described(page, user)
    wrong = [(f"filters/{name}", _("There is no such filter.")) for name in sorted(set(params) - set(about["filters"]))]
    if sent[SORT].removeprefix("-") not in ("", *about["sorts"]):
        wrong.append((SORT, _("Rows can be ordered by %(names)s.") % {"names": ", ".join(about["sorts"])}))
    for name in (SEARCH, SORT):
        if sent[name]:
            params[name] = sent[name]
    if page.opening():
        params[EVERYTHING] = "1"  # a program gets what it asks for, not what the page opens with
    listing = Listing(page, user, params)
    if not listing.filters_valid:
        errors = listing.filterset.form.errors.items()
        wrong += [(f"filters/{name}", text) for name, texts in errors for text in texts]
    if wrong:
        errors = [{"pointer": f"/{where}", "detail": str(text), "code": "invalid"} for where, text in wrong]
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=errors)
    return params.urlencode()


class ExportLogSerializer(serializers.ModelSerializer):
    """Who took which rows out of the program."""

    class Meta:
        model = ExportLog
        fields = ("id", "at", "by", "page", "query", "format", "rows", "address")


@register("exports")
class ExportLogApi(ScopedViewSet):
    """The log of exports; start one with `POST /lists/{key}/export/`."""

    model = ExportLog
    serializer_class = ExportLogSerializer
    filterset_fields = ("by", "page", "format")
