"""The API of nights and of the finance director's figures."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from kam.api.runs import RunSerializer, started
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.replica import reading_from_replica
from reports import serializers
from reports.actions.nightly import run_again, run_night_again
from reports.filters import BrandFigureFilter, ExpectedCashFilter, KeyFigureFilter, NightlyRunFilter
from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyRun
from reports.pages.asking import FinanceForm, read_params
from reports.pages.returns import ReturnsForm
from reports.pages.returns import read as read_returns
from reports.queries.finance import LARGEST, picture
from reports.queries.returns import returns_by


@register("nights")
class NightApi(ScopedViewSet):
    """The nights that closed days. `again` closes the day once more, in the background."""

    model = NightlyRun
    serializer_class = serializers.NightlyRunSerializer
    filterset_class = NightlyRunFilter
    prefetch = ("parts",)
    orderings = ("day",)
    verbs = (Verb("again", run_night_again, status=202),)

    @extend_schema(
        operation_id="nights_close_again", request=serializers.AgainSerializer, responses={202: RunSerializer},
        filters=False,
    )  # fmt: skip
    @action(detail=False, methods=["post"], url_path="again", url_name="close-again", pagination_class=None)
    def close_again(self, request):
        """Close a day once more in the background, also one that no night has closed yet; watch the run."""
        self.demand("reports.run_night")
        return started(run_again(day=self.sent(serializers.AgainSerializer)["day"], by=request.user), request)


@register("key-figures")
class KeyFigureApi(ScopedViewSet):
    """How clients stood with their credit at the close of a day. `finance` sums the whole dashboard up."""

    model = KeyFigure
    serializer_class = serializers.KeyFigureSerializer
    filterset_class = KeyFigureFilter
    permissions = {"view": "orders.view_invoice"}
    orderings = ("day",)

    @extend_schema(
        parameters=[
            OpenApiParameter("on", str, description="A day; the last one that is closed if left out."),
            OpenApiParameter("manager", int),
            OpenApiParameter("channel", str),
            OpenApiParameter("group", int),
            OpenApiParameter("client", int),
            OpenApiParameter("months", int, enum=[1, 3, 12]),
            OpenApiParameter("currency", str),
        ],
        responses=serializers.FinanceSerializer,
    )
    @action(detail=False, methods=["get"], filter_backends=(), pagination_class=None)
    def finance(self, request, *args, **kwargs):
        """The figures of the finance dashboard, of the clients that the person may see."""
        form = FinanceForm(request.query_params, user=request.user)
        if not form.is_valid():
            raise ValidationError(form.errors)
        asked = read_params(request.query_params, request.user).asked
        with reading_from_replica():
            return Response(serializers.FinanceSerializer(picture(request.user, asked, LARGEST)).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("starts_on", str, description="Twelve whole months back if left out."),
            OpenApiParameter("ends_on", str, description="Today if left out."),
            OpenApiParameter("by", str, enum=["reason", "product", "client", "carrier", "month"]),
            OpenApiParameter("manager", int),
            OpenApiParameter("client", int),
            OpenApiParameter("product", int),
            OpenApiParameter("reason", str),
            OpenApiParameter("carrier", str),
        ],
        responses=serializers.ReturnsRowSerializer(many=True),
    )
    # Returns are open to some who may not see key figures: the right of its own is asked below.
    @action(
        detail=False, methods=["get"], filter_backends=(), pagination_class=None,
        permission_classes=(IsAuthenticated,),
    )  # fmt: skip
    def returns(self, request, *args, **kwargs):
        """What came back or differed at acceptance, of the clients that the person may see."""
        self.demand("orders.view_return")
        form = ReturnsForm(request.query_params, user=request.user)
        if not form.is_valid():
            raise ValidationError(form.errors)
        with reading_from_replica():
            found = returns_by(request.user, read_returns(form, request.query_params))
        return Response(serializers.ReturnsRowSerializer(found, many=True).data)


@register("expected-cash")
class ExpectedCashApi(ScopedViewSet):
    """What clients were expected to pay by week, as each night foresaw it."""

    model = ExpectedCash
    serializer_class = serializers.ExpectedCashSerializer
    filterset_class = ExpectedCashFilter
    permissions = {"view": "orders.view_invoice"}
    orderings = ("day",)


@register("brand-figures")
class BrandFigureApi(ScopedViewSet):
    """What clients owed for the goods of a brand at the close of a day."""

    model = BrandFigure
    serializer_class = serializers.BrandFigureSerializer
    filterset_class = BrandFigureFilter
    permissions = {"view": "orders.view_invoice"}
    orderings = ("day",)
