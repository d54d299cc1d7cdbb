"""One step on many documents over the API: at once for a few, by a worker for more, each with its own result."""

from typing import Any

from django.apps import apps
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.api.idempotency import Idempotent
from kam.api.problems import Problem
from kam.api.runs import RunSerializer, started
from kam.api.views import checked
from kam.desk.bulk import started_run, taken_on
from kam.pages.bulk import BULK_INLINE, BULK_LIMIT, steps_on_many
from kam.pages.registry import page_of


class ManySerializer(serializers.Serializer):
    """What is asked for."""

    kind = serializers.CharField(max_length=60, help_text="Such as `orders.order`.")
    step = serializers.CharField(max_length=60)
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=BULK_LIMIT)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class TakenSerializer(serializers.Serializer):
    """What became of one document: done, or every reason why not."""

    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()
    address = serializers.CharField(source="href", allow_blank=True)
    done = serializers.BooleanField()
    texts = serializers.ListField(child=serializers.CharField())


class ManyView(Idempotent, APIView):
    """A step on many documents of a kind, each by itself: what the lists and “Waiting for me” do with those ticked.

    Up to 25 are answered at once; of more a worker takes care: the answer is the run to watch, and its `findings` name
    the documents that were refused. Steps that ask for more than a reason are taken one by one.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        request=ManySerializer,
        responses={200: TakenSerializer(many=True), 202: OpenApiResponse(RunSerializer, description="Many of them.")},
    )
    def post(self, request):
        sent = checked(ManySerializer(data=request.data))
        page = page_for(request.user, sent["kind"])
        step = step_for(page, sent["step"], sent["reason"])
        keys = sorted(set(sent["ids"]))
        if len(keys) > BULK_INLINE:
            run = started_run(page, step, request.user, keys, sent["reason"], page.list_url())
            return started(run, request)
        results = taken_on(page, step, request.user, keys, sent["reason"])
        return Response(TakenSerializer(results, many=True).data)


def page_for(user, kind: str) -> Any:
    """The page of a kind of documents that this person may see, else 404."""
    try:
        page = page_of(apps.get_model(kind))
    except (LookupError, ValueError):
        raise Http404 from None
    if page is None or not page.may(user, "view"):
        raise Http404
    return page


def step_for(page: Any, name: str, reason: str) -> Any:
    """The step of this name; raises a problem for one that cannot be taken on many, or not without a reason."""
    steps = {step.name: step for step in steps_on_many(page)}
    wrong = ()
    if name not in steps:
        wrong = ("step", _("Steps on many: %(names)s.") % {"names": ", ".join(steps) or "—"})
    elif steps[name].needs_reason and not reason.strip():
        wrong = ("reason", _("Say why: “%(step)s” needs a reason.") % {"step": steps[name].label})
    if wrong:
        error = {"pointer": f"/{wrong[0]}", "detail": wrong[1], "code": "invalid"}
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=[error])
    return steps[name]
