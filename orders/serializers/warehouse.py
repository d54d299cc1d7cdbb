"""What the API shows and takes of our warehouses, supplies and quotas."""

from rest_framework import serializers

from accounts.models import Client
from kam.api.views import VisibleId
from kam.models import User
from orders.actions.order_lines import MOST_UNITS
from orders.actions.supplies import SupplyLineInput
from orders.models import Product, Quota, StockLevel, Supply, SupplyLine, Warehouse
from orders.serializers.catalogue import STAMPS


class WarehouseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Warehouse
        fields = ("id", "name", "address", "is_active", "external_id", *STAMPS)


class WarehouseWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Warehouse
        fields = ("name", "address", "is_active", "external_id")


class StockLevelSerializer(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku", read_only=True)
    available = serializers.IntegerField(read_only=True)

    class Meta:
        model = StockLevel
        fields = ("id", "warehouse", "product", "sku", "on_hand", "reserved", "available")


class SupplyLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = SupplyLine
        fields = ("id", "product", "quantity", "reserved", "received", "is_open")


class SupplySerializer(serializers.ModelSerializer):
    lines = SupplyLineSerializer(many=True, read_only=True)

    class Meta:
        model = Supply
        fields = (
            "id", "number", "supplier", "warehouse", "expected_on", "arrived_on", "status", "comment", "lines", *STAMPS,
        )  # fmt: skip


class NewSupplyLineSerializer(serializers.Serializer):
    # The ids are checked by the foreign key: one query for each of many lines would be too many.
    product = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)

    def to_internal_value(self, data):
        line = super().to_internal_value(data)
        return SupplyLineInput(line["product"], line["quantity"])


class NewSupplySerializer(serializers.Serializer):
    number = serializers.CharField(max_length=60)
    supplier = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    warehouse = VisibleId(Warehouse, source="warehouse_id")
    expected_on = serializers.DateField()
    comment = serializers.CharField(required=False, allow_blank=True, default="")
    lines = NewSupplyLineSerializer(many=True)

    def validate_lines(self, lines):
        wanted = {line.product_id for line in lines}
        known = set(Product.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted - known:
            raise serializers.ValidationError([f"{pk}" for pk in sorted(wanted - known)], code="unknown_product")
        return lines


class MoveSupplySerializer(serializers.Serializer):
    expected_on = serializers.DateField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReceiveSupplySerializer(serializers.Serializer):
    """`received` maps ids of lines to units that came; left out, everything announced came."""

    received = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_UNITS), required=False)
    rest_comes = serializers.BooleanField(required=False, default=False)

    def validate_received(self, received):
        try:
            return {int(line): units for line, units in received.items()}
        except ValueError:
            raise serializers.ValidationError("A line is named by its id.", code="bad_line") from None


class QuotaSerializer(serializers.ModelSerializer):
    class Meta:
        model = Quota
        fields = ("id", "product", "client", "manager", "starts_on", "ends_on", "units", "used", *STAMPS)


class NewQuotaSerializer(serializers.ModelSerializer):
    product = VisibleId(Product, source="product_id")
    client = VisibleId(Client, source="client_id", required=False, allow_null=True)
    manager = VisibleId(User, source="manager_id", required=False, allow_null=True)

    class Meta:
        model = Quota
        fields = ("product", "client", "manager", "starts_on", "ends_on", "units")
        validators = []  # the action answers for holders and periods
