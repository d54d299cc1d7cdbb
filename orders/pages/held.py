"""The queue of held orders: why each is held, what releasing it would do, and the decision on one or on many."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.money import ZERO
from kam.pages import Screen, add_counter
from kam.pages.effects import shown_effect
from kam.pages.views import with_query
from kam.wording import worded
from orders.pages.orders import OrderPage, told_effect
from orders.queries.held import HeldOrder, held_orders, told
from orders.wording import credit_texts

SHOWN = 50


class HeldOrders(Screen):
    """Held orders that this person may release."""

    app, name, path = "orders", "held", "held-orders/"
    title, permission = _("Held orders"), "orders.release_order"
    menu, menu_order, icon = "receivables", 12, "hand-stop"
    template = "orders/held_orders.html"

    def context(self, request: Any, **kwargs: Any) -> dict[str, Any]:
        orders = list(held_orders(request.user)[: SHOWN + 1])
        held = told(orders[:SHOWN], request.user, today())
        payers = {each.order.payer_id: each.effect for each in held}
        return {
            "items": [self.item(each) for each in held],
            "more": len(orders) > SHOWN,
            "bulk_url": OrderPage.url("bulk"),
            "list_url": f"{OrderPage.list_url()}?status=held",
            "back": reverse("orders:held"),
            "tiles": [
                {"label": _("Orders held"), "number": len(held), "href": f"{OrderPage.list_url()}?status=held"},
                {"label": _("Their total"), "amount": sum((each.effect.total for each in held), ZERO)},
                {"label": _("Overdue of these clients"),
                 "amount": sum((effect.overdue for effect in payers.values()), ZERO)},
            ],
        }  # fmt: skip

    def item(self, held: HeldOrder) -> dict[str, Any]:
        """What the template shows of one held order."""
        order, user = held.order, self.request.user
        knows = order.shows_money_to(user)
        return {
            "order": order,
            "href": OrderPage.detail_url(order.pk),
            "release_href": with_query(OrderPage.url("step", order.pk, "release"), back=reverse("orders:held")),
            "return_href": with_query(OrderPage.url("step", order.pk, "send_back"), back=reverse("orders:held")),
            "client_href": reverse("accounts:client_detail", args=[order.client_id]),
            "reasons": [worded(each, credit_texts(knows)) for each in held.verdict.reasons],
            "effects": [shown_effect(effect) for effect in told_effect(held.effect, user, knows)],
            "may_release": held.may_release,
        }


def waiting_held(user: Any) -> int:
    """How many held orders wait for this person."""
    return held_orders(user).count() if user.has_perm("orders.release_order") else 0


add_counter("orders.held", waiting_held)
