"""The API of orders: drafted, changed, moved through their steps; rough orders; reserved goods."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from kam.api.papers import Papered
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from kam.clock import today
from orders.actions import amending, intakes, order_steps, orders, reservations, shipments
from orders.actions.confirming import release_orders
from orders.actions.intakes import IntakeLineInput
from orders.api.entry import EntryRoutes
from orders.documents.kinds import ORDER_BILL, ORDER_OFFER
from orders.filters.intakes import IntakeFilter
from orders.filters.orders import OrderFilter, ReservationFilter
from orders.flow import INTAKE_FLOW, ORDER_FLOW
from orders.models import Intake, Order, Reservation
from orders.queries.held import held_orders, told
from orders.queries.progress import progress_of
from orders.serializers import orders as serializers
from orders.serializers.credit import HeldOrderSerializer, ReleasedSerializer, ReleaseManySerializer
from orders.serializers.money import ShipmentSerializer, ShipSerializer


@register("orders")
class OrderApi(EntryRoutes, Papered, ScopedViewSet):
    """Orders with their lines. Lines of a draft are set all at once, those of a confirmed order are amended."""

    model = Order
    serializer_class = serializers.OrderSerializer
    create_serializer, change_serializer = serializers.NewOrderSerializer, serializers.OrderWriteSerializer
    filterset_class = OrderFilter
    related = ("client", "distributor")
    prefetch = ("lines__product",)
    orderings = ("ordered_on", "number", "updated_at")
    create_action, change_action = orders.create_order, orders.change_order
    flow, move_action = ORDER_FLOW, order_steps.move_order
    papers = (ORDER_BILL, ORDER_OFFER)
    verbs = (
        Verb("lines", orders.set_lines, serializers.SetLinesSerializer, permission="orders.change_order"),
        Verb("amend", amending.amend_order, serializers.AmendSerializer, permission="orders.change_order"),
        Verb("copy", orders.copy_order, status=201, permission="orders.add_order"),
        Verb("ship", shipments.ship_order, ShipSerializer, status=201, answer=ShipmentSerializer,
             permission="orders.ship_order"),
    )  # fmt: skip

    def decorate(self, documents):
        found = progress_of(documents, today())
        for document in documents:
            document.progress = found[document.pk]

    @extend_schema(responses={200: HeldOrderSerializer(many=True)}, filters=False)
    @action(detail=False, methods=["get"], filter_backends=(), pagination_class=None)
    def held(self, request, *args, **kwargs):
        """Held orders this person may decide on, longest waiting first, with reasons and effect; 200 at most."""
        self.demand("orders.release_order")
        found = told(list(held_orders(request.user)[:200]), request.user, today())
        return Response(HeldOrderSerializer(found, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=ReleaseManySerializer, responses={200: ReleasedSerializer(many=True)}, filters=False)
    @action(detail=False, methods=["post"], url_path="release-held", url_name="release-held", pagination_class=None)
    def release_held(self, request, *args, **kwargs):
        """Release many held orders, each by itself: the answer tells what became of each."""
        self.demand("orders.release_order")
        fields = self.sent(ReleaseManySerializer)
        seen = held_orders(request.user).filter(pk__in=fields["orders"]).values_list("pk", flat=True)
        results = release_orders(sorted(seen), by=request.user, day=today(), reason=fields["reason"])
        return Response(ReleasedSerializer(results, many=True).data)


@register("reservations")
class ReservationApi(ScopedViewSet):
    """Goods promised to order lines."""

    model = Reservation
    serializer_class = serializers.ReservationSerializer
    filterset_class = ReservationFilter
    related = ("line",)
    orderings = ("promised_at",)
    verbs = (
        Verb("release", reservations.release_reservation, serializers.WhyReleasedSerializer,
             permission="orders.release_reservation"),
        Verb("transfer", reservations.transfer_reservation, serializers.TransferSerializer,
             permission="orders.transfer_reservation"),
        Verb("prolong", reservations.prolong_reservation, serializers.ProlongSerializer,
             permission="orders.release_reservation"),
    )  # fmt: skip


def change_intake(pk: int, *, by: Any, **fields: Any) -> Intake:
    """Change what was sent of a rough order; the rest stays as it was read, or there is a conflict."""
    intake = Intake.objects.visible_to(by).get(pk=pk)
    lines = [IntakeLineInput(row.quantity, row.product_id, row.wording, row.price) for row in intake.lines.all()]
    kept = {"lines": lines, "text": intake.text, "wanted_on": intake.wanted_on, "promised_total": intake.promised_total}
    return intakes.change_intake(pk, by=by, **{"version": intake.version, **kept, **fields})


@register("intakes")
class IntakeApi(ScopedViewSet):
    """Rough orders on their way to sales support; entering one answers with the order."""

    model = Intake
    serializer_class = serializers.IntakeSerializer
    create_serializer, change_serializer = serializers.NewIntakeSerializer, serializers.IntakeWriteSerializer
    filterset_class = IntakeFilter
    prefetch = ("lines",)
    orderings = ("created_at", "number")
    create_action, change_action = intakes.create_intake, change_intake
    flow, move_action = INTAKE_FLOW, intakes.move_intake
    verbs = (
        Verb("enter", intakes.enter_intake, serializers.EnterSerializer, status=201,
             answer=serializers.OrderSerializer, permission="orders.take_intake"),
    )  # fmt: skip
