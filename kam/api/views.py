"""`ScopedViewSet`: rows a person may see, writes through actions, steps from the flow."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import permissions, serializers, viewsets
from rest_framework.response import Response

from kam.api import verbs as routes
from kam.api.idempotency import Idempotent
from kam.api.problems import Problem
from kam.api.sorting import WORDS, Words, searched_page
from kam.api.verbs import Verb
from kam.flows import Flow, take_step
from kam.pages.fields import FIRST_YEAR, LAST_YEAR
from kam.refusals import Forbidden

VIEWSETS: dict[str, type["ScopedViewSet"]] = {}
PAGING_PARAMETERS = {"cursor", "limit", "ordering", "format"}


def register(prefix: str):
    """Class decorator: serve the view set under `/api/v1/{prefix}/`."""

    def add(view):
        assert prefix not in VIEWSETS or VIEWSETS[prefix].__module__ == view.__module__, prefix
        VIEWSETS[prefix] = view
        return view

    return add


def view_of(model: type[Model]) -> tuple[str, type["ScopedViewSet"]] | None:
    """The prefix and the view set that serve documents of a model: the first registered; None where nothing does."""
    return next(((prefix, view) for prefix, view in VIEWSETS.items() if view.model is model), None)


class VisibleId(serializers.PrimaryKeyRelatedField):
    """The id of a row the person may see; the action gets the id. One query each: not for rows of a long list.

    With a `right` the rows are those the person reaches with it, whether or not they may see them.
    """

    def __init__(self, model: type[Model] | None = None, right: str = "", **kwargs):
        self.right = right
        if model is not None and not kwargs.get("read_only"):
            kwargs["queryset"] = model._default_manager.all()
        super().__init__(**kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        rows = super().get_queryset()
        if request is None:
            return rows.none()
        return rows.reached_by(request.user, self.right) if self.right else rows.visible_to(request.user)

    def to_internal_value(self, data):
        return super().to_internal_value(data).pk

    def to_representation(self, value):
        return getattr(value, "pk", value)


class RolePermission(permissions.IsAuthenticated):
    """Reading asks for the right to view the kind, creating and changing for theirs; steps ask in their action."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        return view.may(request.user, "view") and view.may(request.user, view.asked_verb())


class StrictFilters(DjangoFilterBackend):
    """Filters that refuse a parameter nobody knows, instead of answering as if it were not there."""

    def filter_queryset(self, request, queryset, view):
        if getattr(view, "action", "") != "list":
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        known = PAGING_PARAMETERS | ({WORDS} if searched_page(view) else set())
        known |= parameters_of(filterset) if filterset is not None else set()
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            text = _("Unknown parameters: %(names)s.") % {"names": ", ".join(unknown)}
            errors = [{"parameter": name, "detail": text, "code": "unknown"} for name in unknown]
            raise Problem(400, "invalid", _("What was sent is not valid."), text, errors=errors)
        return super().filter_queryset(request, queryset, view)


def is_far(value) -> bool:
    """Whether a value is a day beyond our times, from which nothing can be counted."""
    return isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR


def parameters_of(filterset) -> set[str]:
    """Every parameter a filter set reads, those of ranges included."""
    names = set()
    for name, field in filterset.form.fields.items():
        suffixes = getattr(field.widget, "suffixes", None)
        parts = getattr(field.widget, "widgets_names", None)
        if suffixes:
            names |= {f"{name}_{suffix}" for suffix in suffixes if suffix}
        elif parts:
            names |= {f"{name}{part}" for part in parts}
        names.add(name)
    return names


def checked(serializer: serializers.Serializer) -> dict:
    """What was sent, once valid; raises a problem for a field that there is not, or a day that is none of ours."""
    sent = serializer.initial_data
    unknown = sorted(set(sent) - set(serializer.fields)) if hasattr(sent, "keys") else []
    if unknown:
        text = _("There is no such field.")
        errors = [{"pointer": f"/{name}", "detail": text, "code": "unknown"} for name in unknown]
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=errors)
    serializer.is_valid(raise_exception=True)
    far = [name for name, value in serializer.validated_data.items() if is_far(value)]
    if far:
        text = _("Days lie between the years %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        errors = [{"pointer": f"/{name}", "detail": text, "code": "far_day"} for name in far]
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=errors)
    return dict(serializer.validated_data)


class ScopedViewSet(Idempotent, viewsets.GenericViewSet):
    """One kind of document in the API; see the docstring of `kam.api`."""

    model: ClassVar[type[Model]]
    related: ClassVar[tuple[str, ...]] = ()
    prefetch: ClassVar[tuple] = ()
    orderings: ClassVar[tuple[str, ...]] = ()
    figures: ClassVar[tuple[str, ...]] = ()
    write_serializer: ClassVar[type[serializers.Serializer] | None] = None
    create_serializer: ClassVar[type[serializers.Serializer] | None] = None
    change_serializer: ClassVar[type[serializers.Serializer] | None] = None
    step_serializers: ClassVar[dict[str, type[serializers.Serializer]]] = {}
    create_action: ClassVar[Callable | None] = None
    change_action: ClassVar[Callable | None] = None
    remove_action: ClassVar[Callable | None] = None
    move_action: ClassVar[Callable | None] = None
    flow: ClassVar[Flow | None] = None
    verbs: ClassVar[tuple[Verb, ...]] = ()
    permissions: ClassVar[dict[str, str]] = {}

    permission_classes = (RolePermission,)
    filter_backends = (StrictFilters, Words)
    lookup_value_regex = r"\d+"
    http_method_names = ("get", "post", "patch", "delete", "head", "options")

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "model" not in vars(cls):
            return
        for name in ("create_action", "change_action", "remove_action", "move_action"):
            writer = vars(cls).get(name)
            if writer is not None and not isinstance(writer, staticmethod):
                # An action is a plain function: reading it through the view must not bind it.
                setattr(cls, name, staticmethod(writer))
        cls.queryset = cls.model._default_manager.all()
        cls.create_serializer = cls.create_serializer or cls.write_serializer
        cls.change_serializer = cls.change_serializer or cls.write_serializer
        if cls.create_action is not None:
            cls.create = routes.create_route(cls)
        if cls.change_action is not None:
            cls.partial_update = routes.change_route(cls)
        if cls.remove_action is not None:
            cls.destroy = routes.remove_route(cls)
        for step in cls.flow.steps if cls.flow else ():
            if step.listed or step.name in cls.step_serializers:
                handler = routes.step_route(cls, step)
                setattr(cls, handler.__name__, handler)
        for verb in cls.verbs:
            handler = routes.verb_route(cls, verb)
            setattr(cls, handler.__name__, handler)

    # ---------------------------------------------------------------- rights and rows

    @classmethod
    def permission(cls, verb: str) -> str:
        """The permission code of view, add or change."""
        return cls.permissions.get(verb, f"{cls.model._meta.app_label}.{verb}_{cls.model._meta.model_name}")

    @classmethod
    def may(cls, user, verb: str) -> bool:
        code = cls.permission(verb) if verb else ""
        return not code or user.has_perm(code)

    def asked_verb(self) -> str:
        """What the route does; "" where the action itself asks for the right, after the row was found."""
        return {"create": "add"}.get(self.action, "")

    def demand(self, code: str) -> None:
        """Raise Forbidden unless the person has the permission."""
        if not self.request.user.has_perm(code):
            raise Forbidden(_("You have no right to do this: %(permission)s.") % {"permission": code})

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        rows = self.model._default_manager.visible_to(self.request.user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetch)

    def decorate(self, documents: list) -> None:
        """Hang set-based figures on the documents of one answer (one query for all); by default nothing."""

    # ---------------------------------------------------------------- reading and answering

    def list(self, request, *args, **kwargs):
        documents = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.decorate(documents)
        return self.get_paginated_response(self.get_serializer(documents, many=True).data)

    def retrieve(self, request, *args, **kwargs):
        return self.shown(self.get_object())

    def shown(self, document, status: int = 200, headers=None) -> Response:
        self.decorate([document])
        headers = {**routes.etag_of(document), **(headers or {})}
        return Response(self.get_serializer(document).data, status, headers=headers)

    def answer(self, document, status: int = 200) -> Response:
        """The document as it now is, read through the same door; 204 where the write took it out of sight."""
        found = self.get_queryset().filter(pk=document.pk).first()
        if found is None:
            return Response(status=204)
        headers = {"Location": self.reverse_action("detail", args=[document.pk])} if status == 201 else {}
        return self.shown(found, status, headers)

    # ---------------------------------------------------------------- writing

    def sent(self, serializer_class, **kwargs) -> dict:
        """The validated fields of the request."""
        return checked(serializer_class(data=self.request.data, context=self.get_serializer_context(), **kwargs))

    def take(self, pk: int, step: str, fields: dict):
        """Take a step through the move action, or straight through the flow where there is none."""
        if self.move_action is None:
            return take_step(self.flow, pk, step, by=self.request.user, reason=fields.get("reason", ""))
        return routes.call(self.move_action, pk, step, request=self.request, fields=fields)


__all__ = ["VIEWSETS", "ScopedViewSet", "Verb", "VisibleId", "register"]
