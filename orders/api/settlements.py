"""The API of settlements: the account, offsets, reconciliations, differences, discrepancy acts, corrective actions."""

from datetime import date

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import Client
from kam.api.files import XLSX, file_route
from kam.api.papers import Papered
from kam.api.runs import RunSerializer, started
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.books import book_response, demand_export
from kam.clock import today
from kam.models import User
from orders.actions import (
    corrective_actions,
    discrepancies,
    discrepancy_acts,
    offsets,
    reconciliations,
    settling_claims,
)
from orders.actions.lay_reconciliations import prepare_reconciliations
from orders.documents.account_book import account_book
from orders.documents.kinds import RECONCILIATION_ACT, TORG_2
from orders.filters.settlements import (
    CorrectiveActionFilter,
    DiscrepancyActFilter,
    DiscrepancyFilter,
    OffsetFilter,
    ReconciliationFilter,
)
from orders.flow import ACT_FLOW, ACTION_FLOW, DISCREPANCY_FLOW, OFFSET_FLOW, RECONCILIATION_FLOW
from orders.models import CorrectiveAction, Discrepancy, DiscrepancyAct, Offset, Reconciliation
from orders.queries.client_ledger import Ledger, account_seen, ledger
from orders.serializers import settlements as serializers


@register("offsets")
class OffsetApi(ScopedViewSet):
    """Mutual claims set off against each other: once approved, a payment without money."""

    model = Offset
    serializer_class, create_serializer = serializers.OffsetSerializer, serializers.NewOffsetSerializer
    filterset_class = OffsetFilter
    orderings = ("offset_on", "updated_at")
    flow, move_action = OFFSET_FLOW, offsets.move_offset
    create_action = offsets.propose_offset


class LedgerAsked(drf.Serializer):
    """What the account is asked for."""

    client = drf.IntegerField(min_value=1)
    starts_on = drf.DateField(required=False)
    ends_on = drf.DateField(required=False)
    contract = drf.IntegerField(required=False, min_value=1)
    currency = drf.CharField(required=False, max_length=3)


def record_differences(pk: int, *, by: User, day: date, differences: list[dict], **shared) -> dict:
    """Record several differences of one reconciliation, all of them or none."""
    found = [discrepancies.DiscrepancyInput(**each, place=place) for place, each in enumerate(differences)]
    return {"differences": discrepancies.record_discrepancies(pk, found, by=by, day=day, **shared)}


LEDGER = [
    OpenApiParameter("client", int, required=True),
    OpenApiParameter("starts_on", str, description="The beginning of the books if left out."),
    OpenApiParameter("ends_on", str, description="Today if left out."),
    OpenApiParameter("contract", int),
    OpenApiParameter("currency", str),
]


def ledger_asked(request) -> tuple[Client, Ledger]:
    """The client and the account that a request asks for; 404 for an account that is not this person's to know."""
    asked = LedgerAsked(data=request.query_params)
    asked.is_valid(raise_exception=True)
    values = asked.validated_data
    client = Client.objects.visible_to(request.user).filter(pk=values["client"]).first()
    if client is None or not account_seen(client, request.user):
        raise Http404
    contract_id = values.get("contract")
    if contract_id and not client.contracts.filter(pk=contract_id).exists():
        raise Http404
    return client, ledger(
        client.pk,
        values.get("starts_on"),
        values.get("ends_on") or today(),
        contract_id=contract_id,
        currency=values.get("currency", "RUB"),
    )


@register("reconciliations")
class ReconciliationApi(Papered, ScopedViewSet):
    """Our account of a client for a period, laid before the client."""

    model = Reconciliation
    serializer_class = serializers.ReconciliationSerializer
    create_serializer = serializers.NewReconciliationSerializer
    step_serializers = {"agree": serializers.AgreeSerializer}
    filterset_class = ReconciliationFilter
    prefetch = ("lines",)
    orderings = ("ends_on", "updated_at")
    flow, move_action = RECONCILIATION_FLOW, reconciliations.move_reconciliation
    create_action = reconciliations.draw_up_reconciliation
    papers = (RECONCILIATION_ACT,)
    verbs = (
        Verb("redraw", reconciliations.redraw_reconciliation, permission="orders.change_reconciliation"),
        Verb("differences", record_differences, serializers.DifferencesSerializer, status=201,
             answer=serializers.RecordedSerializer, permission="orders.change_reconciliation"),
    )  # fmt: skip

    @extend_schema(
        operation_id="reconciliations_prepare", request=serializers.PrepareSerializer, responses={202: RunSerializer},
        filters=False,
    )  # fmt: skip
    @action(detail=False, methods=["post"], pagination_class=None)
    def prepare(self, request):
        """Draw up a sheet for each client of mine with documents or a balance; their papers are the run's result."""
        self.demand("orders.add_reconciliation")
        fields = self.sent(serializers.PrepareSerializer)
        return started(prepare_reconciliations(by=request.user, day=today(), **fields), request)

    @extend_schema(parameters=LEDGER, responses=serializers.LedgerSerializer)
    @action(detail=False, methods=["get"], filter_backends=(), pagination_class=None)
    def ledger(self, request, *args, **kwargs):
        """The account of a client, or of one contract, over a period: what a sheet drawn up now would say."""
        _client, found = ledger_asked(request)
        return Response(serializers.LedgerSerializer(found).data)

    @extend_schema(
        operation_id="ledger_xlsx", parameters=LEDGER, responses={(200, XLSX): OpenApiTypes.BINARY}, filters=False
    )
    @file_route(detail=False, name="ledger.xlsx")
    def ledger_xlsx(self, request, *args, **kwargs):
        """The same as a workbook; needs the right to export, and is written to the log of exports."""
        demand_export(request.user)
        return book_response(account_book(*ledger_asked(request)), request)


@register("differences")
class DiscrepancyApi(ScopedViewSet):
    """Where a client's books differ from ours in a reconciliation."""

    model = Discrepancy
    serializer_class, create_serializer = serializers.DiscrepancySerializer, serializers.NewDiscrepancySerializer
    change_serializer = serializers.ChangeDiscrepancySerializer
    step_serializers = {"resolve": serializers.ResolveSerializer}
    permissions = {"add": "orders.change_reconciliation", "change": "orders.change_reconciliation"}
    filterset_class = DiscrepancyFilter
    orderings = ("due_on", "updated_at")
    flow, move_action = DISCREPANCY_FLOW, discrepancies.move_discrepancy
    create_action, change_action = discrepancies.record_discrepancy, discrepancies.change_discrepancy


@register("discrepancy-acts")
class DiscrepancyActApi(Papered, ScopedViewSet):
    """What clients found at acceptance; settling credits, orders anew and takes back, line by line."""

    model = DiscrepancyAct
    serializer_class, create_serializer = serializers.DiscrepancyActSerializer, serializers.NewActSerializer
    change_serializer = serializers.ActFactsSerializer
    step_serializers = {
        "accept": serializers.AcceptSerializer,
        "settle": serializers.SettleSerializer,
        "close": serializers.CloseSerializer,
    }
    filterset_class = DiscrepancyActFilter
    prefetch = ("lines__product",)
    orderings = ("recorded_on", "updated_at")
    flow, move_action = ACT_FLOW, settling_claims.move_act
    create_action, change_action = discrepancy_acts.record_act, discrepancy_acts.change_act
    papers = (TORG_2,)


@register("corrective-actions")
class CorrectiveActionApi(ScopedViewSet):
    """What is done so that a return or a discrepancy does not happen again."""

    model = CorrectiveAction
    serializer_class, create_serializer = serializers.CorrectiveActionSerializer, serializers.NewActionSerializer
    change_serializer = serializers.ChangeActionSerializer
    step_serializers = {"finish": serializers.FinishSerializer}
    filterset_class = CorrectiveActionFilter
    orderings = ("due_on", "updated_at")
    flow, move_action = ACTION_FLOW, corrective_actions.move_action
    create_action, change_action = corrective_actions.plan_action, corrective_actions.change_action
