"""The API of nights and of the finance director's figures."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from kam.api.files import PDF, XLSX, file_route
from kam.api.runs import RunSerializer, started
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.books import book_response, demand_export, xlsx_response
from kam.models import Run
from kam.pdf import pdf_response
from kam.replica import reading_from_replica
from reports import serializers
from reports.actions.finance_book import make_finance_book, name_of
from reports.actions.nightly import run_again, run_night_again
from reports.asking import Address, FinanceForm, read_params
from reports.asking_returns import ReturnsForm, labels_of
from reports.asking_returns import read as read_returns
from reports.documents.board import board_paper
from reports.documents.returns_book import returns_book
from reports.filters import BrandFigureFilter, ExpectedCashFilter, KeyFigureFilter, NightlyRunFilter
from reports.models import BrandFigure, ExpectedCash, KeyFigure, NightlyRun
from reports.queries.finance import LARGEST, picture
from reports.queries.returns import Asked as AskedReturns
from reports.queries.returns import returns_by

FINANCE = [
    OpenApiParameter("on", str, description="A day; the last one that is closed if left out."),
    OpenApiParameter("manager", int),
    OpenApiParameter("channel", str),
    OpenApiParameter("group", int),
    OpenApiParameter("client", int),
    OpenApiParameter("months", int, enum=[1, 3, 12]),
    OpenApiParameter("currency", str),
]
RETURNS = [
    OpenApiParameter("starts_on", str, description="Twelve whole months back if left out."),
    OpenApiParameter("ends_on", str, description="Today if left out."),
    OpenApiParameter("by", str, enum=["reason", "product", "client", "carrier", "month"]),
    OpenApiParameter("manager", int),
    OpenApiParameter("client", int),
    OpenApiParameter("product", int),
    OpenApiParameter("reason", str),
    OpenApiParameter("carrier", str),
]


def finance_asked(request) -> Address:
    """What a request asks of the dashboard; raises a validation error for what cannot be read."""
    form = FinanceForm(request.query_params, user=request.user)
    if not form.is_valid():
        raise ValidationError(form.errors)
    return read_params(request.query_params, request.user)


def returns_asked(request) -> AskedReturns:
    """What a request asks of the analysis of returns; raises a validation error for what cannot be read."""
    form = ReturnsForm(request.query_params, user=request.user)
    if not form.is_valid():
        raise ValidationError(form.errors)
    return read_returns(form, request.query_params)


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

    @extend_schema(parameters=FINANCE, responses=serializers.FinanceSerializer)
    @action(detail=False, methods=["get"], filter_backends=(), pagination_class=None)
    def finance(self, request, *args, **kwargs):
        """The figures of the finance dashboard, of the clients that the person may see."""
        asked = finance_asked(request).asked
        with reading_from_replica():
            return Response(serializers.FinanceSerializer(picture(request.user, asked, LARGEST)).data)

    @extend_schema(
        operation_id="finance_xlsx", parameters=FINANCE, filters=False,
        responses={(200, XLSX): OpenApiTypes.BINARY, 202: RunSerializer},
    )  # fmt: skip
    @file_route(detail=False, name="finance.xlsx")
    def finance_xlsx(self, request, *args, **kwargs):
        """The dashboard as a workbook that ties to the ledger; needs the right to export, and is written to its log.

        One of many invoices is made by a worker: 202 with the run, whose `result` is the file.
        """
        asked = finance_asked(request)
        found = make_finance_book(asked, by=request.user, address=request.META.get("REMOTE_ADDR"))
        return started(found, request) if isinstance(found, Run) else xlsx_response(found, name_of(asked))

    @extend_schema(
        operation_id="finance_pdf", parameters=FINANCE, responses={(200, PDF): OpenApiTypes.BINARY}, filters=False
    )
    @file_route(detail=False, name="finance.pdf")
    def finance_pdf(self, request, *args, **kwargs):
        """The dashboard as a paper for the board, in Russian."""
        paper = board_paper(request.user, finance_asked(request).asked)
        return pdf_response(paper.content, paper.name)

    # Returns are open to some who may not see key figures: the right of its own is asked below.
    @extend_schema(parameters=RETURNS, responses=serializers.ReturnsRowSerializer(many=True))
    @action(
        detail=False, methods=["get"], filter_backends=(), pagination_class=None,
        permission_classes=(IsAuthenticated,),
    )  # fmt: skip
    def returns(self, request, *args, **kwargs):
        """What came back or differed at acceptance, of the clients that the person may see."""
        self.demand("orders.view_return")
        with reading_from_replica():
            found = returns_by(request.user, returns_asked(request))
        return Response(serializers.ReturnsRowSerializer(found, many=True).data)

    @extend_schema(
        operation_id="returns_xlsx", parameters=RETURNS, responses={(200, XLSX): OpenApiTypes.BINARY}, filters=False
    )
    @file_route(detail=False, name="returns.xlsx", permission_classes=(IsAuthenticated,))
    def returns_xlsx(self, request, *args, **kwargs):
        """The same and the lines behind it as a workbook; needs the right to export, and is written to its log."""
        self.demand("orders.view_return")
        demand_export(request.user)
        asked = returns_asked(request)
        with reading_from_replica():
            rows = returns_by(request.user, asked)
            labels = labels_of(asked.by, [row.key for row in rows])
            return book_response(returns_book(request.user, asked, rows, labels), request)


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
