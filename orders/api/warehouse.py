"""The API of our warehouses: stock, supplies, quotas."""

from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, register
from orders.actions import catalogue, quotas, supplies
from orders.filters.warehouse import QuotaFilter, StockLevelFilter, SupplyFilter
from orders.models import Quota, StockLevel, Supply, Warehouse
from orders.serializers import warehouse as serializers
from orders.serializers.catalogue import WhySerializer


@register("warehouses")
class WarehouseApi(ScopedViewSet):
    """Warehouses of ours."""

    model = Warehouse
    serializer_class, write_serializer = serializers.WarehouseSerializer, serializers.WarehouseWriteSerializer
    orderings = ("sort_key", "updated_at")
    create_action, change_action = catalogue.create_warehouse, catalogue.change_warehouse


@register("stock-levels")
class StockLevelApi(ScopedViewSet):
    """Units on hand, reserved and available, by product and warehouse."""

    model = StockLevel
    serializer_class = serializers.StockLevelSerializer
    filterset_class = StockLevelFilter
    related = ("product",)


@register("supplies")
class SupplyApi(ScopedViewSet):
    """Expected deliveries with their lines."""

    model = Supply
    serializer_class, create_serializer = serializers.SupplySerializer, serializers.NewSupplySerializer
    filterset_class = SupplyFilter
    prefetch = ("lines",)
    orderings = ("expected_on", "updated_at")
    create_action = supplies.create_supply
    verbs = (
        Verb("move", supplies.move_supply, serializers.MoveSupplySerializer, permission="orders.change_supply"),
        Verb(
            "receive", supplies.receive_supply, serializers.ReceiveSupplySerializer, permission="orders.receive_supply"
        ),
        Verb("cancel", supplies.cancel_supply, WhySerializer, permission="orders.change_supply"),
    )


@register("quotas")
class QuotaApi(ScopedViewSet):
    """Units of scarce products set aside; the same holder and period again changes the units."""

    model = Quota
    serializer_class, create_serializer = serializers.QuotaSerializer, serializers.NewQuotaSerializer
    filterset_class = QuotaFilter
    orderings = ("starts_on", "updated_at")
    create_action = quotas.set_quota
