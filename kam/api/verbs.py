"""The routes that write: create, change, the steps of a flow and further verbs, all made from actions."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action as route
from rest_framework.response import Response

from kam.api.problems import Problem
from kam.clock import today


@dataclass(frozen=True)
class Verb:
    """A further write on one document: `POST …/{id}/{name}/` calls `action(pk, by=…, **fields of the serializer)`.

    The answer is the document the action returns, where that is one of the view's model, else the
    `answer` serializer's view of what it returns, else the document itself, read again.
    """

    name: str
    action: Callable
    serializer: type[serializers.Serializer] | None = None
    status: int = 200
    answer: type[serializers.Serializer] | None = None
    permission: str = ""


class NothingSerializer(serializers.Serializer):
    """A write that needs nothing but its address."""


class ReasonSerializer(serializers.Serializer):
    """Why a step is taken."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


def call(action: Callable, *args, request, fields: dict, **offered):
    """Call an action with the fields and those of `by`, `day` and `offered` that it has parameters for."""
    parameters = inspect.signature(action).parameters
    offered = {"by": request.user, "day": today(), **offered}
    taken = {name: value for name, value in offered.items() if name in parameters and name not in fields}
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    optional = {"version", "reason"} - set(parameters) if not takes_all else set()
    return action(*args, **taken, **{name: value for name, value in fields.items() if name not in optional})


def version_in(request) -> int | None:
    """The version the client holds, from `If-Match`; None where it named none."""
    text = request.headers.get("If-Match", "").strip()
    if not text or text == "*":
        return None
    bare = text.removeprefix("W/").strip('"')
    if not bare.isdecimal():
        raise Problem(412, "edit_conflict", _("Somebody changed it meanwhile."), _("This is no version of ours."))
    return int(bare)


def etag_of(document) -> dict[str, str]:
    """The version of a document as a header."""
    version = getattr(document, "version", None)
    return {} if version is None else {"ETag": f'"{version}"'}


def create_route(view):
    """`POST` on the list."""

    @extend_schema(request=view.create_serializer, responses={201: view.serializer_class})
    def create(self, request, *args, **kwargs):
        fields = self.sent(self.create_serializer)
        document = call(self.create_action, request=request, fields=fields)
        return self.answer(document, status=201)

    return create


def change_route(view):
    """`PATCH` on one document; `If-Match` or a `version` in the body tells an edit conflict."""

    @extend_schema(request=view.change_serializer, responses={200: view.serializer_class})
    def partial_update(self, request, *args, **kwargs):
        document = self.get_object()
        self.demand(self.permission("change"))
        fields = self.sent(self.change_serializer, instance=document, partial=True)
        version = version_in(request)
        if version is not None:
            fields["version"] = version
        changed = call(self.change_action, document.pk, request=request, fields=fields)
        return self.answer(changed)

    return partial_update


def remove_route(view):
    """`DELETE` on one document."""

    @extend_schema(responses={204: None})
    def destroy(self, request, *args, **kwargs):
        document = self.get_object()
        self.demand(self.permission("change"))
        call(self.remove_action, document.pk, request=request, fields={})
        return Response(status=204)

    return destroy


def step_route(view, step):
    """`POST …/{id}/{step}/`: the step of the flow through the view's move action."""
    serializer = view.step_serializers.get(step.name, ReasonSerializer)

    def take(self, request, *args, **kwargs):
        document = self.get_object()
        self.demand(step.permission)
        fields = self.sent(serializer)
        return self.answer(self.take(document.pk, step.name, fields))

    described = extend_schema(request=serializer, responses={200: view.serializer_class}, summary=str(step.label))
    return described(_named(take, step.name))


def verb_route(view, verb: Verb):
    """`POST …/{id}/{verb}/`."""
    serializer = verb.serializer or NothingSerializer

    def run(self, request, *args, **kwargs):
        document = self.get_object()
        if verb.permission:
            self.demand(verb.permission)
        result = call(verb.action, document.pk, request=request, fields=self.sent(serializer))
        if verb.answer:
            data = verb.answer(result, context=self.get_serializer_context()).data
            return Response(data, verb.status)
        return self.answer(result if isinstance(result, self.model) else document, status=verb.status)

    described = extend_schema(request=serializer, responses={verb.status: verb.answer or view.serializer_class})
    return described(_named(run, verb.name))


def _named(handler, name: str):
    """The handler as a route of its own. A description is put around the route: one within would be lost."""
    handler.__name__ = f"verb_{name}".replace("-", "_")
    return route(detail=True, methods=["post"], url_path=name, url_name=name)(handler)
