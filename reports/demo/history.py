"""Two years of dealings, day by day: every order, shipment, payment and return goes through the actions."""

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from kam import clock
from kam.refusals import Refused
from orders.actions.invoices import issue_invoice
from orders.actions.order_steps import move_order
from orders.actions.orders import OrderLineInput, create_order
from orders.actions.payments import receive_payment
from orders.actions.returns import approve_return, receive_return, request_return
from orders.actions.shipments import deliver_shipment, refuse_shipment, ship_order
from orders.actions.supplies import SupplyLineInput, create_supply, receive_supply
from orders.models import Order, Reservation, Return
from reports.demo.goods import Article
from reports.demo.moments import midday
from reports.demo.partners import Partner

# Demand by month: gifts before the New Year, navigation in spring, a quiet January.
SEASON = (0.6, 0.8, 0.95, 1.05, 1.1, 1.0, 0.9, 0.9, 1.0, 1.1, 1.35, 1.6)
CARRIERS = ("Собственная доставка", "Деловой путь", "Северная линия", "Быстрый груз")
SUPPLY_EVERY = 14  # days
RETURN_SHARE = 0.03
REFUSAL_SHARE = 0.01
REFUSALS = (
    ("damage", "Упаковка повреждена"), ("late", "Привезли позже окна приёмки"), ("wrong_item", "Привезли не те модели"),
    ("price", "Цена в накладной не та, что в заказе"),
)  # fmt: skip
DISCOUNT_SHARE = 0.12
# What lies further back is told by fewer and larger orders: the picture of a month is the same, the telling is quicker.
DENSE = dt.timedelta(days=130)
SPARSE_SHARE = 0.15


@dataclass
class Cast:
    """Who acts in the history."""

    heads: list
    support: list
    finance: object
    service: object
    marketing: object


@dataclass
class History:
    """The company's days: what is due happens, clients order, goods arrive."""

    cast: Cast
    partners: list[Partner]
    articles: list[Article]
    warehouses: list
    start: dt.date
    end: dt.date
    rng: random.Random
    day: dt.date = dt.date.min
    queue: list = field(default_factory=list)
    counter: itertools.count = field(default_factory=itertools.count)
    told: Callable[[dt.date], None] | None = None

    def tell(self) -> None:
        """Tell every day from the start to the end."""
        self._choose_tastes()
        for offset in range((self.end - self.start).days + 1):
            self.day = self.start + dt.timedelta(days=offset)
            with clock.at(midday(self.day)):
                self._tell_day(offset)
            if self.told:
                self.told(self.day)

    def later(self, days: int, happen: Callable, *args) -> None:
        """Let something happen on the first weekday at least so many days from now, if the history lasts so long."""
        day = self.day + dt.timedelta(days=max(days, 0))
        while day.weekday() > 4:
            day += dt.timedelta(days=1)
        if day <= self.end:
            heapq.heappush(self.queue, (day, next(self.counter), happen, args))

    def _choose_tastes(self):
        weights = [article.weight for article in self.articles]
        for partner in self.partners:
            partner.taste = self.rng.choices(self.articles, weights, k=60)

    def _tell_day(self, offset):
        if offset % SUPPLY_EVERY == 0:
            self._announce_supply(first=offset == 0)
        while self.queue and self.queue[0][0] <= self.day:
            _day, _number, happen, args = heapq.heappop(self.queue)
            happen(*args)
        if self.day.weekday() < 5:
            for partner in self.partners:
                self._perhaps_order(partner)

    # --- goods come in

    def _announce_supply(self, *, first):
        """Each warehouse expects what it will need; the first delivery is there from the start."""
        for number, warehouse in enumerate(self.warehouses):
            wanted = self._wanted(share=0.75 if number == 0 else 0.25, periods=4 if first else 1)
            if not wanted:
                continue
            expected_on = self.day if first else self.day + dt.timedelta(days=self.rng.randint(12, 20))
            supply = create_supply(
                by=self.cast.marketing,
                number=f"ПС-{self.day:%y%m%d}-{number + 1}",
                supplier="Завод-изготовитель",
                warehouse_id=warehouse.pk,
                expected_on=expected_on,
                lines=wanted,
            )
            if first:
                self._receive(supply)
            else:
                self.later((expected_on - self.day).days, self._receive, supply)

    def _wanted(self, *, share, periods) -> list[SupplyLineInput]:
        wanted = []
        for article in self.articles:
            product = article.product
            if product.launched_on > self.day + dt.timedelta(days=25):
                continue
            if product.ends_on and product.ends_on < self.day:
                continue
            units = article.weight * 16 * SEASON[self.day.month - 1] * share * periods
            if product.is_scarce:
                units *= 0.15
            quantity = int(units * self.rng.uniform(0.7, 1.3)) // product.pack * product.pack
            if quantity > 0:
                wanted.append(SupplyLineInput(product.pk, quantity))
        return wanted

    def _receive(self, supply):
        short = self.rng.random() < 0.15
        received = {
            line.pk: line.quantity - (line.quantity // 10 if short else 0) for line in supply.lines.order_by("pk")
        }
        receive_supply(pk=supply.pk, by=self.cast.support[0], day=self.day, received=received)

    # --- orders

    @property
    def share(self) -> float:
        """Which part of the orders of a day are told."""
        return 1.0 if self.end - self.day < DENSE else SPARSE_SHARE

    def _perhaps_order(self, partner):
        if partner.client.status != "active":
            return
        chance = partner.habit.orders_a_month * partner.size * SEASON[self.day.month - 1] * self.share / 21
        if self.rng.random() < chance:
            self._order(partner)

    def _order(self, partner) -> Order | None:
        on_sale = [a for a in partner.taste if a.product.launched_on <= self.day and not self._ended(a)]
        count = min(self.rng.randint(*partner.habit.lines), len(on_sale))
        chosen = {article.product.pk: article for article in self.rng.sample(on_sale, count)}
        discount = Decimal(self.rng.choice((2, 3, 4, 5, 7, 10))) if self.rng.random() < DISCOUNT_SHARE else None
        lines = [
            OrderLineInput(
                product_id=pk,
                quantity=max(1, int(self.rng.randint(*partner.habit.units) * partner.size * (0.8 / self.share))),
                discount_percent=discount if self.rng.random() < 0.5 else None,
            )
            for pk in chosen
        ]
        if not lines:
            return None
        order = create_order(
            by=partner.manager,
            day=self.day,
            client_id=partner.client.pk,
            warehouse_id=self.rng.choices(self.warehouses, (0.75, 0.25))[0].pk,
            wanted_on=self.day + dt.timedelta(days=self.rng.randint(3, 14)),
            lines=lines,
        )
        self.later(self.rng.choice((0, 0, 0, 1)), self._submit, order.pk, partner)
        return order

    def _ended(self, article) -> bool:
        return article.product.ends_on is not None and article.product.ends_on <= self.day

    def _submit(self, pk, partner):
        order = self._move(pk, "submit", partner.manager)
        if order is None:
            return
        if order.status == Order.Status.APPROVAL:
            self.later(1, self._decide, pk, partner)
        else:
            self.later(self.rng.choice((0, 0, 1)), self._confirm, pk, partner)

    def _decide(self, pk, partner):
        head = next(head for head in self.cast.heads if head.pk == partner.manager.manager_id)
        if self.rng.random() < 0.85:
            self._move(pk, "approve", head)
            self.later(0, self._confirm, pk, partner)
        elif self._move(pk, "return", head, reason="Скидка выше, чем даём этому каналу"):
            self.later(1, self._cancel, pk, partner)

    def _cancel(self, pk, partner):
        self._move(pk, "cancel", partner.manager, reason="Клиент отказался без скидки")

    def _confirm(self, pk, partner):
        order = self._move(pk, "confirm", self.rng.choice(self.cast.support))
        if order is None:
            return
        if order.status == Order.Status.HELD:
            self.later(self.rng.randint(1, 4), self._settle_hold, pk, partner)
        else:
            self.later(self.rng.randint(1, 3), self._ship, pk, partner, 0)

    def _settle_hold(self, pk, partner):
        if self.rng.random() < 0.75:
            if self._move(pk, "release", self.cast.finance, reason="Оплата подтверждена платёжным поручением"):
                self.later(1, self._ship, pk, partner, 0)
        else:
            self._move(pk, "cancel", partner.manager, reason="Клиент не погасил просрочку")

    def confirm(self, pk, by, day) -> Order | None:
        """Have an order confirmed on a day; it may end held, or stay submitted for want of goods."""
        self.day = day
        return self._move(pk, "confirm", by)

    def _move(self, pk, step, by, reason="") -> Order | None:
        """Take a step; None where it was refused: the history goes on without it, as life does."""
        try:
            return move_order(pk=pk, step=step, by=by, day=self.day, reason=reason)
        except Refused:
            return None

    # --- goods and money

    def _ship(self, pk, partner, attempt):
        """Ship what is reserved from stock; come back for the rest, and give it up after the third time."""
        ready = Reservation.objects.live().filter(line__order_id=pk, level__isnull=False)
        quantities: dict[int, int] = {}
        for line_id, quantity in ready.values_list("line_id", "quantity"):
            quantities[line_id] = quantities.get(line_id, 0) + quantity
        if quantities:
            self._dispatch(pk, partner, quantities)
        order = Order.objects.get(pk=pk)
        if order.status in (Order.Status.CONFIRMED, Order.Status.PARTLY_SHIPPED):
            if attempt < 2:
                self.later(9, self._ship, pk, partner, attempt + 1)
            elif order.status == Order.Status.PARTLY_SHIPPED:
                self._move(pk, "close", self.rng.choice(self.cast.support))
            else:
                self._move(pk, "cancel", partner.manager, reason="Товара нет в наличии")
        elif order.status == Order.Status.SHIPPED:
            self.later(20, self._move, pk, "close", self.rng.choice(self.cast.support))

    def _dispatch(self, pk, partner, quantities):
        try:
            shipment = ship_order(
                pk=pk,
                by=self.rng.choice(self.cast.support),
                day=self.day,
                quantities=quantities,
                carrier=self.rng.choice(CARRIERS),
                tracking=f"{self.rng.randint(10**9, 10**10 - 1)}",
                address=partner.client.legal_address,
                invoice=False,
            )
        except Refused:
            return
        invoice = issue_invoice(shipment.pk, by=self.rng.choice(self.cast.support), day=self.day)
        self.later(self.rng.randint(2, 6), self._deliver, shipment.pk)
        late = self.rng.randint(*partner.lateness)
        self.later((invoice.due_on - self.day).days + late, self._pay, invoice, partner)
        if self.rng.random() < RETURN_SHARE:
            self.later(self.rng.randint(8, 25), self._return, invoice, partner)

    def _deliver(self, pk):
        by = self.rng.choice(self.cast.support)
        if self.rng.random() < REFUSAL_SHARE:
            code, reason = self.rng.choice(REFUSALS)
            refuse_shipment(pk=pk, by=by, day=self.day, reason=reason, code=code)
        else:
            deliver_shipment(pk=pk, by=by, day=self.day)

    def _pay(self, invoice, partner):
        invoice.refresh_from_db(fields=["open_amount"])
        if not invoice.open_amount:
            return
        amount = invoice.open_amount
        if amount > 100_000 and self.rng.random() < 0.12:
            amount = (amount * Decimal("0.4")).quantize(Decimal("1000"))
            self.later(self.rng.randint(5, 25), self._pay, invoice, partner)
        stated = f"Оплата по счёту № {invoice.number} от {invoice.issued_on:%d.%m.%Y}"
        receive_payment(
            client_id=partner.client.pk,
            amount=amount,
            received_on=self.day,
            by=self.cast.finance,
            number=str(self.rng.randint(1, 9999)),
            purpose=stated if self.rng.random() < 0.85 else "Оплата за товар по договору поставки",
        )

    def _return(self, invoice, partner):
        lines = list(invoice.lines.order_by("pk"))
        line = self.rng.choice(lines)
        left = line.quantity - line.returned
        if left < 1:
            return
        units = self.rng.randint(1, max(1, min(left, line.quantity // 4)))
        try:
            document = request_return(
                invoice.pk,
                by=partner.manager,
                day=self.day,
                kind=Return.Kind.RETURN,
                reason=self.rng.choice([reason for reason in Return.Reason.values if reason != "other"]),
                lines=[(line.pk, units, self.rng.random() < 0.6)],
            )
        except Refused:
            return
        self.later(2, self._take_back, document.pk, partner)

    def _take_back(self, pk, partner):
        head = next(head for head in self.cast.heads if head.pk == partner.manager.manager_id)
        approve_return(pk=pk, by=head)
        self.later(4, self._receive_return, pk)

    def _receive_return(self, pk):
        receive_return(pk=pk, by=self.cast.service, day=self.day, warehouse_id=self.warehouses[0].pk)
