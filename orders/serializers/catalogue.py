"""What the API shows and takes of the catalogue."""

from rest_framework import serializers

from accounts.models import Client, PriceColumn
from kam.api.views import VisibleId
from orders.models import Brand, Category, Price, Product, ProductCost, SpecialTerm, VatRate

STAMPS = ("version", "created_at", "updated_at")


class BrandSerializer(serializers.ModelSerializer):
    class Meta:
        model = Brand
        fields = ("id", "name", "is_exclusive", "is_active", "external_id", *STAMPS)


class BrandWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Brand
        fields = ("name", "is_exclusive", "is_active", "external_id")


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "name", "parent", "external_id", *STAMPS)


class CategoryWriteSerializer(serializers.ModelSerializer):
    parent = VisibleId(Category, source="parent_id", required=False, allow_null=True)

    class Meta:
        model = Category
        fields = ("name", "parent", "external_id")


PRODUCT = (
    "sku", "ean", "name", "brand", "category", "unit", "pack", "life_cycle", "launched_on", "ends_on", "is_scarce",
    "is_archived", "vat_kind", "country", "description", "external_id",
)  # fmt: skip


class ProductSerializer(serializers.ModelSerializer):
    brand_name = serializers.CharField(source="brand.name", read_only=True)
    on_hand = serializers.IntegerField(source="on_hand_units", read_only=True)
    reserved = serializers.IntegerField(source="reserved_units", read_only=True)
    available = serializers.IntegerField(source="available_units", read_only=True)
    arriving = serializers.IntegerField(source="arriving_units", read_only=True)
    next_supply_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Product
        fields = (
            "id", *PRODUCT, "brand_name", "on_hand", "reserved", "available", "arriving", "next_supply_on", *STAMPS,
        )  # fmt: skip


class ProductWriteSerializer(serializers.ModelSerializer):
    brand = VisibleId(Brand, source="brand_id")
    category = VisibleId(Category, source="category_id", required=False, allow_null=True)

    class Meta:
        model = Product
        fields = PRODUCT


class PriceSerializer(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku", read_only=True)
    currency = serializers.CharField(source="column.currency", read_only=True)
    vat_included = serializers.BooleanField(source="column.vat_included", read_only=True)

    class Meta:
        model = Price
        fields = ("id", "product", "sku", "column", "starts_on", "ends_on", "amount", "currency", "vat_included")


class NewPriceSerializer(serializers.Serializer):
    product = VisibleId(Product, source="product_id")
    column = VisibleId(PriceColumn, source="column_id")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    starts_on = serializers.DateField()


class CostSerializer(serializers.ModelSerializer):
    sku = serializers.CharField(source="product.sku", read_only=True)

    class Meta:
        model = ProductCost
        fields = ("id", "product", "sku", "starts_on", "ends_on", "amount")


class NewCostSerializer(serializers.Serializer):
    product = VisibleId(Product, source="product_id")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    starts_on = serializers.DateField()


class VatRateSerializer(serializers.ModelSerializer):
    class Meta:
        model = VatRate
        fields = ("id", "kind", "rate", "starts_on", "ends_on")


class VatRateWriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = VatRate
        fields = ("kind", "rate", "starts_on", "ends_on")


class SpecialTermSerializer(serializers.ModelSerializer):
    class Meta:
        model = SpecialTerm
        fields = (
            "id", "client", "product", "brand", "category", "price", "discount_percent", "starts_on", "ends_on",
            "reason", "agreed_by", "withdrawn_at", *STAMPS,
        )  # fmt: skip


class NewSpecialTermSerializer(serializers.ModelSerializer):
    client = VisibleId(Client, source="client_id")
    product = VisibleId(Product, source="product_id", required=False, allow_null=True)
    brand = VisibleId(Brand, source="brand_id", required=False, allow_null=True)
    category = VisibleId(Category, source="category_id", required=False, allow_null=True)

    class Meta:
        model = SpecialTerm
        fields = (
            "client", "product", "brand", "category", "price", "discount_percent", "starts_on", "ends_on", "reason",
        )  # fmt: skip


class WhySerializer(serializers.Serializer):
    """A write that must be explained."""

    reason = serializers.CharField(max_length=300)
