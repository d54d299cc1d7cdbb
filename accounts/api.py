"""The API of this floor: clients and what belongs to them, on the same rows, filters and actions as the pages."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import actions, serializers
from accounts.filters import (
    ActivityFilter,
    ClientFilter,
    ContactFilter,
    ContractFilter,
    CreditCoverFilter,
    CreditFactFilter,
    HandoverFilter,
    HoldFilter,
    OutletFilter,
    TermsFilter,
)
from accounts.flow import CLIENT_FLOW
from accounts.models import (
    Activity,
    Client,
    ClientGroup,
    ClientHandover,
    Contact,
    Contract,
    CreditCover,
    CreditFact,
    CreditHold,
    CreditPolicy,
    CreditTerms,
    DecreedDay,
    Outlet,
    PriceColumn,
    Segment,
    Territory,
)
from accounts.queries import clients_to_hand_over
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.clock import today
from kam.models import User


@register("clients")
class ClientApi(ScopedViewSet):
    """Companies we sell to or hope to.

    Odd requisites (a treasury account, a likely duplicate) are refused with their codes; send these in
    `confirmed_warnings` to go on.
    """

    model = Client
    serializer_class = serializers.ClientSerializer
    create_serializer = serializers.NewClientSerializer
    change_serializer = serializers.ClientWriteSerializer
    filterset_class = ClientFilter
    related = ("manager", "group")
    orderings = ("sort_key", "updated_at")
    flow, move_action = CLIENT_FLOW, actions.move_client
    create_action, change_action = actions.create_client, actions.change_client
    verbs = (
        Verb(
            "hand-over",
            actions.hand_over_client,
            serializers.HandOverSerializer,
            permission="accounts.hand_over_client",
        ),
        Verb(
            "log",
            actions.log_activity,
            serializers.LogSerializer,
            status=201,
            answer=serializers.ActivitySerializer,
            permission="accounts.add_activity",
        ),
    )

    @extend_schema(
        operation_id="clients_hand_over_many",
        request=serializers.HandOverManySerializer,
        responses={200: serializers.HandedOverSerializer},
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="hand-over", url_name="hand-over-many", pagination_class=None)
    def hand_over_many(self, request):
        """Hand many clients over to another KAM: all of them, or none."""
        self.demand("accounts.hand_over_client")
        fields = self.sent(serializers.HandOverManySerializer)
        named, former = fields.pop("clients", ()), fields.pop("from_manager", None)
        if not named and former is None:
            text = _("Name the clients, or the KAM whose clients are handed over.")
            raise ValidationError({"clients": [text]})
        chosen = clients_to_hand_over(request.user, named, former)
        handed = actions.hand_over_clients(chosen, by=request.user, day=today(), **fields) if chosen else []
        return Response({"handed_over": len(handed)})


@register("outlets")
class OutletApi(ScopedViewSet):
    """Shops and delivery points of clients."""

    model = Outlet
    serializer_class = serializers.OutletSerializer
    create_serializer = serializers.NewOutletSerializer
    change_serializer = serializers.OutletWriteSerializer
    filterset_class = OutletFilter
    related = ("client",)
    orderings = ("sort_key", "updated_at")
    create_action, change_action = actions.create_outlet, actions.change_outlet


@register("contacts")
class ContactApi(ScopedViewSet):
    """People at clients."""

    model = Contact
    serializer_class = serializers.ContactSerializer
    create_serializer = serializers.NewContactSerializer
    change_serializer = serializers.ContactWriteSerializer
    filterset_class = ContactFilter
    related = ("client",)
    orderings = ("sort_key", "updated_at")
    create_action, change_action = actions.create_contact, actions.change_contact


@register("contracts")
class ContractApi(ScopedViewSet):
    """Supply contracts."""

    model = Contract
    serializer_class = serializers.ContractSerializer
    create_serializer = serializers.NewContractSerializer
    change_serializer = serializers.ContractWriteSerializer
    filterset_class = ContractFilter
    related = ("client",)
    orderings = ("signed_on", "updated_at")
    create_action, change_action = actions.create_contract, actions.change_contract


@register("credit-terms")
class CreditTermsApi(ScopedViewSet):
    """Terms in their periods. New ones end those they follow; those of the same day are corrected."""

    model = CreditTerms
    serializer_class = serializers.TermsSerializer
    create_serializer = serializers.NewTermsSerializer
    filterset_class = TermsFilter
    related = ("client",)
    orderings = ("starts_on",)
    create_action = actions.set_terms
    permissions = {"add": "accounts.change_terms"}


@register("credit-facts")
class CreditFactApi(ScopedViewSet):
    """What was found out about clients: claims, bankruptcy, tax debts, the day of registration."""

    model = CreditFact
    serializer_class = serializers.CreditFactSerializer
    create_serializer = serializers.NewCreditFactSerializer
    change_serializer = serializers.CreditFactWriteSerializer
    filterset_class = CreditFactFilter
    related = ("client",)
    orderings = ("happened_on", "updated_at")
    create_action, change_action = actions.create_credit_fact, actions.change_credit_fact


@register("credit-covers")
class CreditCoverApi(ScopedViewSet):
    """Insurer's limits, guarantees, pledges and sureties."""

    model = CreditCover
    serializer_class = serializers.CreditCoverSerializer
    create_serializer = serializers.NewCreditCoverSerializer
    change_serializer = serializers.CreditCoverWriteSerializer
    filterset_class = CreditCoverFilter
    related = ("client",)
    orderings = ("starts_on", "updated_at")
    create_action, change_action = actions.create_credit_cover, actions.change_credit_cover


@register("credit-policies")
class CreditPolicyApi(ScopedViewSet):
    """Who decides on how much credit; each holds from its day until the next one begins."""

    model = CreditPolicy
    serializer_class = serializers.CreditPolicySerializer
    create_serializer = serializers.NewCreditPolicySerializer
    orderings = ("starts_on",)
    create_action = actions.set_credit_policy
    permissions = {"add": "accounts.change_creditpolicy"}


@register("holds")
class CreditHoldApi(ScopedViewSet):
    """Stops on shipping to clients."""

    model = CreditHold
    serializer_class = serializers.HoldSerializer
    create_serializer = serializers.NewHoldSerializer
    filterset_class = HoldFilter
    related = ("client",)
    create_action = actions.place_hold
    permissions = {"add": "accounts.place_hold"}
    verbs = (Verb("lift", actions.lift_hold, serializers.ReasonNeededSerializer, permission="accounts.lift_hold"),)


@register("activities")
class ActivityApi(ScopedViewSet):
    """What is planned with clients and what came of it."""

    model = Activity
    serializer_class = serializers.ActivitySerializer
    create_serializer = serializers.NewActivitySerializer
    change_serializer = serializers.ActivityWriteSerializer
    filterset_class = ActivityFilter
    related = ("client", "owner")
    orderings = ("due_on", "updated_at")
    create_action, change_action = actions.create_activity, actions.change_activity
    verbs = (
        Verb("complete", actions.complete_activity, serializers.CompleteSerializer),
        Verb("drop", actions.drop_activity, serializers.ReasonNeededSerializer),
    )


@register("client-groups")
class ClientGroupApi(ScopedViewSet):
    """Holdings."""

    model = ClientGroup
    serializer_class = serializers.GroupSerializer
    write_serializer = serializers.GroupWriteSerializer
    orderings = ("sort_key",)
    create_action, change_action = actions.create_client_group, actions.change_client_group


@register("territories")
class TerritoryApi(ScopedViewSet):
    """Parts of the country."""

    model = Territory
    serializer_class = serializers.TerritorySerializer
    write_serializer = serializers.TerritoryWriteSerializer
    orderings = ("sort_key",)
    create_action, change_action = actions.create_territory, actions.change_territory


@register("segments")
class SegmentApi(ScopedViewSet):
    """How clients are told apart."""

    model = Segment
    serializer_class = serializers.SegmentSerializer
    write_serializer = serializers.SegmentWriteSerializer
    orderings = ("sort_key",)
    create_action, change_action = actions.create_segment, actions.change_segment


@register("price-columns")
class PriceColumnApi(ScopedViewSet):
    """Columns of the price list."""

    model = PriceColumn
    serializer_class = serializers.PriceColumnSerializer
    write_serializer = serializers.PriceColumnWriteSerializer
    orderings = ("code",)
    create_action, change_action = actions.create_price_column, actions.change_price_column


def clear_day(pk: int, *, by: User) -> None:
    """Let the usual calendar decide on this day again."""
    actions.clear_decreed_day(DecreedDay.objects.get(pk=pk).day, by=by)


@register("decreed-days")
class DecreedDayApi(ScopedViewSet):
    """Days off and working days against the usual calendar; without one the calendar decides again."""

    model = DecreedDay
    serializer_class = serializers.DecreedDaySerializer
    create_serializer = serializers.NewDecreedDaySerializer
    orderings = ("day",)
    create_action, remove_action = actions.set_decreed_day, clear_day


class HandoverSerializer(drf.ModelSerializer):
    """Who looked after a client until when; `notes` are what the new KAM should know."""

    class Meta:
        model = ClientHandover
        fields = ("id", "client", "from_manager", "to_manager", "handed_on", "by", "reason", "notes")


@register("client-handovers")
class HandoverApi(ScopedViewSet):
    """The history of clients' KAMs; a client is handed over by `POST /clients/{id}/hand-over/`."""

    model = ClientHandover
    serializer_class = HandoverSerializer
    filterset_class = HandoverFilter
    orderings = ("handed_on",)
