"""Order entry over the API: what the grid shows of a draft, and the products that may be put into it."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.response import Response

from kam.clock import today
from kam.refusals import Refusal, Refused
from orders.models import Order
from orders.queries.entering import entry_of, find_products
from orders.serializers.entry import EntrySerializer, GoodsSerializer, told_entry

LONGEST = 100


class GoodsAsked(drf.Serializer):
    """What is searched for."""

    q = drf.CharField(max_length=LONGEST)


class EntryRoutes:
    """What a view set of orders tells of a draft while its lines are entered."""

    @extend_schema(responses=EntrySerializer, filters=False)
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def entry(self, request, *args, **kwargs):
        """A draft as its entry shows it: goods, quotas, margins, approvals, and what confirming would be held by."""
        order = self.entered_order()
        return Response(EntrySerializer(told_entry(entry_of(order, today()), request.user)).data)

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True, description="SKU, EAN or words of the name.")],
        responses=GoodsSerializer(many=True), filters=False,
    )  # fmt: skip
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def goods(self, request, *args, **kwargs):
        """Products found for this draft, the exact SKU first, with the client's price and what is free of them."""
        order = self.entered_order()
        asked = GoodsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        hits = find_products(asked.validated_data["q"], order, request.user, today())
        return Response(GoodsSerializer(hits, many=True).data)

    def entered_order(self) -> Order:
        """The order with what its entry reads; raises Forbidden without the right to change it, Refused if no draft."""
        order = self.get_object()
        self.demand(self.permission("change"))
        if order.status != Order.Status.DRAFT:
            text = _("%(order)s is no draft any more.") % {"order": order}
            raise Refused(Refusal("wrong_state", text))
        read = self.get_queryset().select_related("client__manager", "manager", "warehouse", "price_column", "intake")
        return read.get(pk=order.pk)
