"""Work in the background over the API: watch it, decide on a checked import, take its files, cancel it."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from kam.actions.imports import KIND, check_again, commit_import
from kam.api.files import OCTETS, file_route
from kam.api.import_options import chosen
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.desk.imports import LAST_HEADER
from kam.desk.runs import RunFilter, file_of
from kam.imports import importer_named
from kam.models import Run, User
from kam.runs import cancel_run

LAST_PLACE = 16_383  # of the columns of a workbook


class UnderstoodSerializer(serializers.Serializer):
    """What was understood of a file: its headings, the column each was taken for, and what would be done."""

    stage = serializers.ChoiceField(choices=[("check", _("Checked")), ("commit", _("Taken"))])
    headers = serializers.ListField(child=serializers.CharField(allow_blank=True))
    mapping = serializers.DictField(child=serializers.CharField(allow_blank=True))
    unknown = serializers.ListField(child=serializers.CharField())
    sample = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    problem_count = serializers.IntegerField()
    changes = serializers.IntegerField()
    header_row = serializers.IntegerField(allow_null=True, help_text="From one; nought where the list has no headings.")
    sheet = serializers.CharField(allow_blank=True)
    sheets = serializers.ListField(child=serializers.CharField())


class RunSerializer(serializers.ModelSerializer):
    """Work in the background and how far it is.

    `findings` are the first rows of an import that were left out, each with its row, column, value and text, or the
    documents on which a step for many was refused, each with its label, address and text;
    `result` is where the file of all of them, or of an export, is taken from.
    """

    understood = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "id", "kind", "title", "status", "by", "done", "total", "counts", "findings", "error", "understood",
            "result", "created_at", "started_at", "finished_at",
        )  # fmt: skip

    @extend_schema_field(UnderstoodSerializer(allow_null=True))
    def get_understood(self, run):
        report = run.parameters.get("report") if run.kind == KIND else None
        if not report:
            return None
        names = set(UnderstoodSerializer().fields) - {"stage"}
        return {"stage": run.parameters["stage"], **{name: report.get(name) for name in names}}

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_result(self, run):
        if not run.report:
            return None
        return reverse("api:runs-result", args=[run.pk], request=self.context.get("request"))


class CheckSerializer(serializers.Serializer):
    """How the file is to be read this time; what is not sent stays as it was."""

    places = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=LAST_PLACE), allow_empty=False, required=False,
        help_text="Column of the importer -> the heading of the file it is taken from, counted from nought.",
    )  # fmt: skip
    options = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False,
        help_text="Option of the importer -> its value: all of them as they are to be from now on. `GET /imports/` "
        "names the options with their choices; one without choices is a day.",
    )  # fmt: skip
    sheet = serializers.CharField(required=False, help_text="Another sheet of the workbook; its mapping is found anew.")
    header_row = serializers.IntegerField(
        min_value=0, max_value=LAST_HEADER, required=False,
        help_text="The row of the headings, from one; nought where the list has none. The mapping is found anew.",
    )  # fmt: skip


def check_as_told(
    pk: int,
    *,
    by: User,
    places: dict[str, int] | None = None,
    options: dict | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Run:
    """Check a file again with another mapping or other options; raises a problem for options that are not valid."""
    if options is not None:
        run = Run.objects.get(pk=pk, kind=KIND, by=by)
        options = chosen(importer_named(run.parameters["importer"]), options, under="/options")
    return check_again(pk, by=by, places=places, options=options, sheet=sheet, header_row=header_row)


def started(run: Run, request) -> Response:
    """The answer to work that was handed to a worker: the run, and where to watch it."""
    place = reverse("api:runs-detail", args=[run.pk], request=request)
    return Response(RunSerializer(run, context={"request": request}).data, 202, headers={"Location": place})


class RunsFilter(RunFilter):
    """As the list of the workspace, and by kind."""

    class Meta:
        model, fields = Run, ("kind",)


@register("runs")
class RunApi(ScopedViewSet):
    """My background runs: imports wait as `checked` until `commit`, or `check` with another mapping or options."""

    model = Run
    serializer_class = RunSerializer
    filterset_class = RunsFilter
    verbs = (
        Verb("cancel", cancel_run),
        Verb("check", check_as_told, CheckSerializer),
        Verb("commit", commit_import),
    )

    @extend_schema(responses={(200, OCTETS): OpenApiTypes.BINARY})
    @file_route(detail=True, name="result")
    def result(self, request, *args, **kwargs):
        """The file of the run: the rows an import left out, what was exported, a paper, an archive of papers."""
        return file_of(self.get_object(), "report")

    @extend_schema(responses={(200, OCTETS): OpenApiTypes.BINARY})
    @file_route(detail=True, name="source")
    def source(self, request, *args, **kwargs):
        """The file that the run was given."""
        return file_of(self.get_object(), "source")
