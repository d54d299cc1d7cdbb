"""What the API shows and takes of orders, rough orders and reservations."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Client, Contract, Outlet
from kam.api.views import VisibleId
from orders.actions.amending import LineChange
from orders.actions.intakes import IntakeLineInput
from orders.actions.orders import OrderLineInput
from orders.models import Intake, IntakeLine, Order, OrderLine, Reservation, Warehouse
from orders.queries.pasting import products_by_code
from orders.queries.progress import Progress
from orders.serializers.catalogue import STAMPS
from orders.wording import OF_MARGIN

MONEY = {"max_digits": 16, "decimal_places": 2, "required": False, "allow_null": True}


class OrderLineSerializer(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku", read_only=True)

    class Meta:
        model = OrderLine
        fields = (
            "id", "position", "product", "sku", "quantity", "list_price", "discount_percent", "price", "price_source",
            "vat_rate", "net", "vat", "total", "shipped", "cancelled",
        )  # fmt: skip


class ProgressSerializer(serializers.Serializer):
    """How far an order has come; the margin for those who may see it, once the cost of every line is known."""

    units = serializers.IntegerField()
    reserved = serializers.IntegerField()
    shipped = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    short = serializers.IntegerField()
    shipped_percent = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    margin_percent = serializers.SerializerMethodField()

    def get_margin_percent(self, progress: Progress) -> str | None:
        """The margin on net prices."""
        request = self.context.get("request")
        if request is None or not request.user.has_perm("orders.view_margin") or progress.margin_percent is None:
            return None
        return str(progress.margin_percent)


class OrderSerializer(serializers.ModelSerializer):
    """An order with its lines. `approval` and `credit` hold the reasons as rules gave them, with their figures."""

    progress = ProgressSerializer(read_only=True, default=None, allow_null=True)
    lines = OrderLineSerializer(many=True, read_only=True)
    approval = serializers.SerializerMethodField()
    credit = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = (
            "id", "number", "client", "outlet", "contract", "manager", "author", "intake", "status", "warehouse",
            "distributor", "payer", "price_column", "currency", "ordered_on", "wanted_on", "customer_number",
            "allow_partial", "comment", "net", "vat", "total", "unshipped_total", "submitted_by", "approval",
            "approved_by", "credit", "released_by", "confirmed_on", "external_id", "progress", "lines", *STAMPS,
        )  # fmt: skip

    def get_credit(self, order: Order) -> dict[str, Any] | None:
        """The last credit check; of its reasons the codes alone for who may not know the payer's money, and nothing for
        who has no part in credit."""
        request = self.context.get("request")
        if request is not None and not request.user.has_perm("accounts.view_creditterms"):
            return None
        if not order.credit or (request is not None and order.shows_money_to(request.user)):
            return order.credit
        return {"allowed": order.credit["allowed"], "reasons": [{"code": each["code"]} for each in
                                                                order.credit["reasons"]]}  # fmt: skip

    def get_approval(self, order: Order) -> list[dict[str, Any]]:
        """Why approval is needed; reasons of margin only for those who may see it."""
        request = self.context.get("request")
        if request is not None and request.user.has_perm("orders.view_margin"):
            return order.approval
        return [each for each in order.approval if each.get("code") not in OF_MARGIN]


class LineInputSerializer(serializers.Serializer):
    """A line asked for: a product by id or by `sku` (an EAN will do); a given price wins over a given discount."""

    product = serializers.IntegerField(min_value=1, required=False)
    sku = serializers.CharField(max_length=60, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=10_000_000)
    price = serializers.DecimalField(**MONEY)
    discount_percent = serializers.DecimalField(max_digits=5, decimal_places=2, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("product" in attrs) == ("sku" in attrs):
            raise serializers.ValidationError(_("Name the product by its id or by its SKU."), code="no_product")
        return attrs


class LinesField(serializers.ListSerializer):
    """Lines for an action; articles are looked up all at once. An id nobody knows is refused by the action."""

    def to_internal_value(self, data: Any) -> list[OrderLineInput]:
        rows = super().to_internal_value(data)
        codes = {row["sku"].upper() for row in rows if "sku" in row}
        known = products_by_code(codes) if codes else {}
        unknown = [
            {"sku": [serializers.ErrorDetail(_("No product has this SKU."), code="unknown_product")]}
            if "sku" in row and row["sku"].upper() not in known
            else {}
            for row in rows
        ]
        if any(unknown):
            raise serializers.ValidationError(unknown)
        return [
            OrderLineInput(
                row["product"] if "product" in row else known[row["sku"].upper()][0], row["quantity"],
                row.get("price"), row.get("discount_percent"),
            )
            for row in rows
        ]  # fmt: skip


class OrderLineInputSerializer(LineInputSerializer):
    class Meta:
        list_serializer_class = LinesField


class OrderWriteSerializer(serializers.ModelSerializer):
    """The head of an order; once it is submitted only wishes and comments may change."""

    outlet = VisibleId(Outlet, source="outlet_id", required=False, allow_null=True)
    contract = VisibleId(Contract, source="contract_id", required=False, allow_null=True)
    warehouse = VisibleId(Warehouse, source="warehouse_id", required=False, allow_null=True)
    distributor = VisibleId(Client, source="distributor_id", required=False, allow_null=True)

    class Meta:
        model = Order
        fields = (
            "outlet", "contract", "warehouse", "distributor", "payer", "wanted_on", "customer_number", "comment",
            "allow_partial",
        )  # fmt: skip


class NewOrderSerializer(OrderWriteSerializer):
    client = VisibleId(Client, source="client_id")
    lines = OrderLineInputSerializer(many=True, required=False)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)

    class Meta(OrderWriteSerializer.Meta):
        fields = ("client", "lines", "external_id", *OrderWriteSerializer.Meta.fields)


class SetLinesSerializer(serializers.Serializer):
    """All lines of a draft; `version` is the one the writer saw."""

    lines = OrderLineInputSerializer(many=True)
    version = serializers.IntegerField(required=False, allow_null=True)


class LineChangeSerializer(serializers.Serializer):
    """A line to change, by `line`, or to add, by `product`: units in all; 0 gives up what is not shipped."""

    line = serializers.IntegerField(source="line_id", min_value=1, required=False)
    product = serializers.IntegerField(source="product_id", min_value=1, required=False)
    quantity = serializers.IntegerField(min_value=0, max_value=10_000_000)
    price = serializers.DecimalField(**MONEY)
    discount_percent = serializers.DecimalField(max_digits=5, decimal_places=2, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("line_id" in attrs) == ("product_id" in attrs):
            raise serializers.ValidationError(_("Name the line to change or the product to add."), code="no_line")
        return attrs


class AmendSerializer(serializers.Serializer):
    """Changes of a confirmed order's lines."""

    changes = LineChangeSerializer(many=True, allow_empty=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    version = serializers.IntegerField(required=False, allow_null=True)

    def validate_changes(self, changes: list[dict[str, Any]]) -> list[LineChange]:
        return [LineChange(**row) for row in changes]


class ReservationSerializer(serializers.ModelSerializer):
    order = serializers.IntegerField(source="line.order_id", read_only=True)
    end_reason = serializers.CharField(source="why_ended", read_only=True)

    class Meta:
        model = Reservation
        fields = (
            "id", "order", "line", "product", "level", "supply_line", "quota", "quantity", "status", "promised_at",
            "expires_on", "ended_at", "end_reason",
        )  # fmt: skip


class TransferSerializer(serializers.Serializer):
    to_order = VisibleId(Order, source="to_order_id")
    quantity = serializers.IntegerField(min_value=1)


class ProlongSerializer(serializers.Serializer):
    expires_on = serializers.DateField()


class WhyReleasedSerializer(serializers.Serializer):
    """Why promised goods are let go."""

    reason = serializers.CharField(max_length=200)


class IntakeLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = IntakeLine
        fields = ("id", "position", "product", "wording", "quantity", "price")


class IntakeSerializer(serializers.ModelSerializer):
    lines = IntakeLineSerializer(many=True, read_only=True)

    class Meta:
        model = Intake
        fields = (
            "id", "number", "client", "author", "status", "taken_by", "wanted_on", "text", "promised_total", "lines",
            *STAMPS,
        )  # fmt: skip


class IntakeLineInputSerializer(serializers.Serializer):
    """What was promised: a product or the client's words for it."""

    product = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    wording = serializers.CharField(max_length=300, required=False, allow_blank=True)
    quantity = serializers.IntegerField(min_value=1, max_value=10_000_000)
    price = serializers.DecimalField(**MONEY)


class IntakeWriteSerializer(serializers.Serializer):
    text = serializers.CharField(required=False, allow_blank=True)
    wanted_on = serializers.DateField(required=False, allow_null=True)
    promised_total = serializers.DecimalField(**MONEY)
    lines = IntakeLineInputSerializer(many=True, required=False)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[IntakeLineInput]:
        return [
            IntakeLineInput(each["quantity"], each.get("product"), each.get("wording", ""), each.get("price"))
            for each in lines
        ]


class NewIntakeSerializer(IntakeWriteSerializer):
    client = VisibleId(Client, source="client_id")


class EnterSerializer(serializers.Serializer):
    """What is entered; left out, it is what was promised."""

    lines = OrderLineInputSerializer(many=True, required=False)
