"""Whatever happens in whatever order, counters equal the reservations behind them and no line is promised too much."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.refusals import Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.confirming import confirm_order, reserve_order
from orders.actions.expiring import expire_reservations
from orders.actions.order_steps import cancel_order, close_order
from orders.actions.proving import mismatches
from orders.actions.quotas import set_quota
from orders.actions.reservations import release_reservation, transfer_reservation
from orders.actions.shipments import ship_order
from orders.actions.supplies import cancel_supply, receive_supply
from orders.models import OrderLine, Reservation, ShipmentLine, StockLevel, SupplyLine
from tests.factories import DAY, buyer, stocked_product, submitted_order, supply, system_user

pytestmark = pytest.mark.django_db
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "confirm",
                "confirm",
                "reserve",
                "cancel",
                "close",
                "release",
                "transfer",
                "expire",
                "receive",
                "rest",
                "cancel_supply",
                "ship",
                "amend",
            )
        ),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=14,
)


class Scene:
    """Two products, one of them scarce, stock, two supplies and four orders that want more than there is."""

    def __init__(self, kam):
        self.by = system_user()
        self.goods = [stocked_product(6), stocked_product(5, is_scarce=True)]
        self.supplies = [supply(dict.fromkeys(self.goods, 7), DAY + dt.timedelta(days=each)) for each in (5, 9)]
        period = {"starts_on": DAY, "ends_on": DAY + dt.timedelta(days=30)}
        set_quota(by=self.by, product_id=self.goods[1].pk, manager_id=kam.pk, units=14, **period)
        self.orders = [
            submitted_order(buyer(kam), self.by, dict(zip(self.goods, units, strict=True)))
            for units in ((3, 4), (8, 2), (5, 9), (1, 1))
        ]
        for order in self.orders[:2]:
            confirm_order(order.pk, by=self.by, day=DAY)

    def do(self, what, which, units):
        """One event; what is refused changes nothing."""
        try:
            with transaction.atomic():
                getattr(self, what)(self.orders[which].pk, which, units)
        except Refused:
            pass

    def confirm(self, pk, _which, _units):
        confirm_order(pk, by=self.by, day=DAY)

    def reserve(self, pk, _which, _units):
        reserve_order(pk, by=self.by, day=DAY)

    def cancel(self, pk, _which, _units):
        cancel_order(pk, by=self.by, day=DAY, reason="Отказ")

    def close(self, pk, _which, _units):
        close_order(pk, by=self.by, day=DAY)

    def release(self, _pk, _which, units):
        live = list(Reservation.objects.live().order_by("pk"))
        if live:
            release_reservation(live[units % len(live)].pk, by=self.by, reason="Нужнее")

    def transfer(self, pk, _which, units):
        live = list(Reservation.objects.live().order_by("pk"))
        if live:
            transfer_reservation(live[units % len(live)].pk, pk, quantity=1 + units % 3, by=self.by, day=DAY)

    def expire(self, _pk, which, _units):
        expire_reservations(DAY + dt.timedelta(days=4 + which))

    def receive(self, _pk, which, units, rest_comes=False):
        coming = self.supplies[which % 2]
        lines = SupplyLine.objects.filter(supply=coming, is_open=True).values_list("pk", flat=True)
        receive_supply(coming.pk, by=self.by, day=DAY, received=dict.fromkeys(lines, units), rest_comes=rest_comes)

    def rest(self, pk, which, units):
        self.receive(pk, which, units % 5, rest_comes=True)

    def cancel_supply(self, _pk, which, _units):
        cancel_supply(self.supplies[which % 2].pk, by=self.by, reason="Не будет")

    def ship(self, pk, _which, units):
        lines = [line for line in OrderLine.objects.filter(order=pk) if line.unshipped]
        ship_order(pk, by=self.by, day=DAY, quantities={each.pk: min(units + 1, each.unshipped) for each in lines})

    def amend(self, pk, _which, units):
        line = OrderLine.objects.filter(order=pk).order_by("pk").first()
        amend_order(pk, by=self.by, day=DAY, changes=[LineChange(units, line_id=line.pk)])

    def check(self):
        """Counters, lines and units all agree."""
        assert mismatches() == []
        live = Sum("reservations__quantity", filter=Q(reservations__status="live"), default=0)
        for line in OrderLine.objects.annotate(live=live):
            assert line.live <= line.unshipped
        for one in self.goods:
            level = StockLevel.objects.get(product=one)
            came = SupplyLine.objects.filter(product=one).aggregate(units=Sum("received", default=0))["units"]
            left = ShipmentLine.objects.filter(product=one).aggregate(units=Sum("quantity", default=0))["units"]
            assert level.on_hand == came - left


@pytest.fixture
def scene(anna):
    return Scene(anna)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
def test_counters_hold_through_anything(scene, events):
    with transaction.atomic():
        for event in events:
            scene.do(*event)
            scene.check()
        transaction.set_rollback(True)
