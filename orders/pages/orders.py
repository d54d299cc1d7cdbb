"""The pages of orders: the list, the order with its lines, goods and credit, and the way into its entry."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from accounts.pages import ClientPage
from accounts.panels import Offers
from kam import formats
from kam.clock import today
from kam.inbox import Effect, add_effect, waiting_in
from kam.pages import Attachments, Button, Fact, Facts, Figure, Page, Rows, Tab, Trail, add_counter
from kam.wording import worded
from kam.workspace import Today
from orders.actions.order_steps import move_order
from orders.actions.orders import change_order, create_order
from orders.filters.orders import OrderFilter
from orders.flow import ORDER_FLOW
from orders.forms.orders import NewOrderForm, OrderForm
from orders.models import Order, Reservation, Warehouse
from orders.pages.entry import entry_urls
from orders.pages.order_copies import CopyView
from orders.panels import ApprovalReasons, CreditCheck, OrderTroubles, PromisedAndEntered
from orders.queries.credit import check_orders
from orders.queries.effects import OrderEffect, effects_of
from orders.queries.progress import Progress, progress_of, with_cost, with_reserved
from orders.tables.orders import OrderLineTable, OrderOfClientTable, OrderTable, ReservationOfOrderTable
from orders.wording import credit_texts


def ids_of(values: dict[str, Any]) -> dict[str, Any]:
    """Chosen documents as the ids that actions take."""
    return {f"{name}_id" if hasattr(value, "pk") or name in RELATIONS else name: getattr(value, "pk", value)
            for name, value in values.items()}  # fmt: skip


RELATIONS = frozenset({"client", "outlet", "warehouse", "contract", "distributor"})


def create(*, by: Any, day: date, **values: Any) -> Order:
    """Draft an order from its form."""
    return create_order(by=by, day=day, **ids_of(values))


def change(pk: int, *, by: Any, day: date, version: int | None = None, **values: Any) -> Order:
    """Change an order's head from its form."""
    return change_order(pk, by=by, day=day, version=version, **ids_of(values))


def progress(order: Order) -> Progress:
    """The order's progress, asked once a page."""
    if not hasattr(order, "progress"):
        order.progress = progress_of([order], today())[order.pk]
    return order.progress


def headroom_after(order: Order, user: Any) -> Decimal | None:
    """What the last credit check left; None before the first, and for who may not know the payer's money."""
    if not order.shows_money_to(user):
        return None
    after = order.credit.get("headroom_after") if order.credit else None
    return None if after is None else Decimal(after)


def tone_below_zero(order: Order, user: Any) -> str:
    """The colour of a headroom that the order overdraws."""
    after = headroom_after(order, user)
    return "wrong" if after is not None and after < 0 else ""


def units_short(order: Order, user: Any) -> int | None:
    """Units confirmed and not reserved; None before the order is confirmed, when nothing is reserved for it yet."""
    told = progress(order)
    return told.short if told.is_confirmed or told.shipped else None


def is_draft(order: Order, user: Any) -> bool:
    """Whether lines may still be entered."""
    return order.status == Order.Status.DRAFT


def lines_of(order: Order, user: Any) -> Any:
    """The lines with what is reserved for each and its cost of today."""
    return with_cost(with_reserved(order.lines.all()), today())


def reservations_of(order: Order, user: Any) -> Any:
    """Every reservation made for the order, ended ones too."""
    return Reservation.objects.filter(line__order=order)


class OrderPage(Page):
    """Orders of clients, from draft to closed."""

    model, table, filterset = Order, OrderTable, OrderFilter
    form, new_form, create, change = OrderForm, NewOrderForm, create, change
    flow, move = ORDER_FLOW, move_order
    bulk = ("submit", "approve", "confirm", "recheck", "release", "send_back", "reserve", "cancel")
    icon, menu, menu_order = "shopping-cart", "orders", 10
    palette, palette_related = 3, ("client",)
    empty = _("No order fits. Take a filter away, or enter a new order.")
    figures = (
        Figure(_("Total"), "total", currency="currency"),
        Figure(
            _("Headroom after"), headroom_after, tone=tone_below_zero, permission="accounts.view_creditterms",
            href=lambda order, user: "?tab=credit", hint=_("at the last credit check"),
        ),
        Figure(_("Shipped"), lambda order, user: progress(order).shipped_percent, kind="percent"),
        Figure(
            _("Short, units"), units_short, kind="quantity",
            tone=lambda order, user: "wait" if units_short(order, user) else "",
            href=lambda order, user: "?tab=reservations",
        ),
        Figure(
            _("Margin"), lambda order, user: progress(order).margin_percent, kind="percent",
            permission="orders.view_margin",
        ),
    )  # fmt: skip
    actions = (
        Button(
            _("Enter lines"), lambda order, user: reverse("orders:order_entry", args=[order.pk]),
            icon="table-plus", permission="orders.change_order", shown=is_draft,
        ),
        Button(
            _("Copy"), lambda order, user: reverse("orders:order_copy", args=[order.pk]),
            icon="copy", permission="orders.add_order", post=True,
        ),
    )  # fmt: skip
    panels = (
        CreditCheck(only_against=True),
        ApprovalReasons(),
        Rows("lines", OrderLineTable, _("Lines"), rows=lines_of, empty=_("No lines yet: enter them in the grid.")),
        PromisedAndEntered(),
        Facts(
            "client", "outlet", "contract", "warehouse", Fact("distributor", hide_empty=True),
            Fact("payer", hide_empty=True), "price_column", "ordered_on", "wanted_on", "confirmed_on",
            Fact("customer_number", hide_empty=True), "allow_partial", Fact("intake", hide_empty=True), "manager",
            "author", Fact("submitted_by", hide_empty=True), Fact("comment", hide_empty=True), title=_("Order"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip
    tabs = (
        Tab(
            "reservations", _("Reserved goods"),
            (Rows("reservations", ReservationOfOrderTable, _("Reserved goods"), rows=reservations_of,
                  empty=_("Nothing is reserved: goods are reserved when the order is confirmed.")),),
        ),
        Tab("credit", _("Credit"), (CreditCheck(),), permission="accounts.view_creditterms"),
    )  # fmt: skip

    @classmethod
    def palette_hint(cls, document):
        return document.client.name

    @classmethod
    def useful(cls, document: Order, step: Any) -> bool:
        return step.name != "reserve" or progress(document).short > 0

    @classmethod
    def urls(cls) -> list[Any]:
        one = f"{cls.path}/<int:pk>"
        return [*super().urls(), *entry_urls(cls), CopyView.at(f"{one}/copy/", cls)]

    @classmethod
    def decorate(cls, rows: list[Any], user: Any) -> None:
        found = progress_of(rows, today())
        for row in rows:
            row.progress = found[row.pk]

    @classmethod
    def detail_rows(cls, user: Any) -> Any:
        return cls.rows(user).select_related(
            "client", "manager", "outlet", "warehouse", "contract", "distributor", "price_column", "author",
            "intake", "submitted_by", "approved_by",
        )  # fmt: skip

    @classmethod
    def initial(cls, request: Any) -> dict[str, Any]:
        first = Warehouse.objects.filter(is_active=True).order_by("pk").first()
        return {"warehouse": first and first.pk, **super().initial(request)}

    @classmethod
    def editable(cls, document: Order, user: Any) -> bool:
        return document.status in Order.IN_WORK

    @classmethod
    def created_url(cls, document: Order) -> str:
        return cls.url("entry", document.pk)

    @classmethod
    def subheading(cls, document: Order) -> str:
        return document.client.name

    @classmethod
    def choice_hint(cls, document: Order) -> str:
        return document.client.name


def inbox_effects(orders: list[Order], user: Any) -> dict[int, list[Effect]]:
    """What letting each of the orders pass would do, for those who decide."""
    knows = {order.pk: order.shows_money_to(user) for order in orders}
    found = {pk: told_effect(effect, user, knows[pk]) for pk, effect in effects_of(orders, today()).items()}
    for pk, verdict in check_orders([order for order in orders if order.status == Order.Status.HELD], today()).items():
        why = " ".join(worded(each, credit_texts(knows[pk])) for each in verdict.reasons)
        found[pk].append(Effect(_("Why it is held"), why or _("nothing any more"), "text", tone="wrong" if why else ""))
    return found


def told_effect(effect: OrderEffect, user: Any, knows_money: bool) -> list[Effect]:
    """An effect as figures: money, margin, discount against its limit, exposure, headroom, overdue, what is usual."""
    over = effect.largest_discount > effect.discount_limit
    limit = _("limit %(percent)s") % {"percent": formats.percent(effect.discount_limit)}
    found = [Effect(_("Total"), effect.total)]
    if effect.usual_total is not None:
        found.append(Effect(_("Usual order"), effect.usual_total, hint=_("mean of a year")))
    if user.has_perm("orders.view_margin"):
        found.append(Effect(_("Margin"), effect.margin_percent, "percent"))
    found.append(Effect(_("Largest discount"), effect.largest_discount, "percent", hint=limit,
                        tone="wait" if over else ""))  # fmt: skip
    if not knows_money:
        return found
    found += [
        Effect(_("Exposure"), effect.exposure_after, before=effect.exposure_before),
        Effect(
            _("Headroom"), effect.headroom_after, before=effect.headroom_before,
            tone="wrong" if effect.headroom_after is not None and effect.headroom_after < 0 else "",
        ),
    ]  # fmt: skip
    if effect.overdue:
        found.append(Effect(_("Overdue"), effect.overdue, tone="wrong"))
    return found


def waiting_orders(user: Any) -> int:
    """Orders that wait for a decision of this person."""
    return waiting_in(ORDER_FLOW, user)


def orders_of_client(client: Any, user: Any) -> Any:
    """The orders of a client, for the tab of its page."""
    return Order.objects.filter(client=client)


def new_order_of(client: Any, user: Any = None) -> str:
    """Where an order of the client is begun."""
    return f"{reverse('orders:order_new')}?client={client.pk}"


add_effect(ORDER_FLOW, inbox_effects, related=("client", "manager", "distributor"))
add_counter("orders.order", waiting_orders)
Today.add(OrderTroubles())
ClientPage.add_tab(
    Tab(
        "orders",
        _("Orders"),
        (
            Offers((_("New order"), new_order_of, "orders.add_order")),
            Rows(
                table=OrderOfClientTable, title=_("Orders"), rows=orders_of_client, limit=100,
                empty=_("The client has ordered nothing yet."),
                more=lambda client, user: f"{reverse('orders:order_list')}?client={client.pk}",
            ),
        ),
        permission="orders.view_order",
    )
)  # fmt: skip
ClientPage.add_action(
    Button(
        _("New order"), new_order_of, icon="shopping-cart-plus", permission="orders.add_order", primary=True,
        shown=lambda client, user: client.status == Client.Status.ACTIVE,
    )
)  # fmt: skip
