"""Changing the lines of a confirmed order: fewer or more units, another price, further products; all or nothing."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from kam import formats
from kam.clock import today
from kam.pages import Button, MoneyField, QuantityField
from kam.refusals import Refusal, Refused
from orders.actions.amending import LineChange, amend_order
from orders.actions.orders import read_pasted
from orders.flow import ORDER_FLOW
from orders.forms.amending import AmendForm
from orders.models import Order
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.pages.orders import OrderPage
from orders.queries.progress import with_reserved

AMENDABLE = ORDER_FLOW.step("amend").from_


class AmendScreen(LinesScreen):
    """Change the lines of a confirmed order; prices, credit and goods are asked anew."""

    app, name, path = "orders", "order_amend", "orders/<int:pk>/amend/"
    title, permission, submit = _("Change the lines"), "orders.change_order", _("Change the lines")
    form, model = AmendForm, Order
    headings = (
        (_("Product"), False),
        (pgettext_lazy("units", "Ordered"), True),
        (_("Shipped"), True),
        (_("Reserved"), True),
    )
    inputs = (("quantity", _("Units in all")), ("price", _("Price")))
    lines_title, empty = _("Lines"), _("Nothing is left to change.")

    def lines(self, document: Order) -> list[Line]:
        found = []
        for line in with_reserved(document.lines.select_related("product")):
            figures = (line.quantity - line.cancelled, line.shipped, line.reserved_units)
            cells = (
                Cell(line.product.name, hint=line.product.sku),
                *(Cell(formats.quantity(units), True) for units in figures),
            )
            quantity = QuantityField(
                label=gettext("Units of %(sku)s") % {"sku": line.product.sku}, initial=figures[0], min_value=0
            )
            price = MoneyField(label=gettext("Price of %(sku)s") % {"sku": line.product.sku}, initial=line.price)
            found.append(Line(line.pk, cells, {"quantity": quantity, "price": price}, line.position))
        return found

    def about_lines(self, document: Order) -> Any:
        return _("0 gives up what is not shipped. A line that grows keeps what is reserved for it.")

    def first_values(self, document: Order) -> dict[str, Any]:
        return {"version": document.version}

    def act(self, document: Order, values: dict[str, Any]) -> str:
        changes = [*changed_lines(document, values["lines"]), *added_lines(values["many"])]
        if not changes:
            raise Refused(Refusal("nothing_changed", gettext("Nothing was changed.")))
        amended = amend_order(
            document.pk, by=self.request.user, day=today(), changes=changes, reason=values["reason"],
            version=values["version"],
        )  # fmt: skip
        total = formats.money(amended.total, amended.currency)
        return gettext("%(order)s is changed: now %(total)s.") % {"order": amended, "total": total}

    def back(self, document: Order) -> str:
        return OrderPage.detail_url(document.pk)


def changed_lines(order: Order, rows: dict[int, dict[str, Any]]) -> list[LineChange]:
    """The lines whose units or price a person changed; a price is sent only where it is another one."""
    found = []
    for line in order.lines.filter(pk__in=rows):
        quantity, price = rows[line.pk]["quantity"], rows[line.pk]["price"]
        if quantity != line.quantity - line.cancelled or price != line.price:
            found.append(LineChange(quantity, line_id=line.pk, price=price if price != line.price else None))
    return found


def added_lines(text: str) -> list[LineChange]:
    """The lines to add; raises Refused with every row that could not be read."""
    pasted = read_pasted(text)
    if pasted.errors:
        raise Refused(
            *(Refusal("bad_row", f"{each.row}: {each.text} — {each.error}", "many") for each in pasted.errors)
        )
    return [LineChange(row.quantity, product_id=row.product_id, price=row.price) for row in pasted.lines]


OrderPage.add_action(
    Button(
        _("Change the lines"),
        lambda order, user: reverse("orders:order_amend", args=[order.pk]),
        icon="table",
        permission="orders.change_order",
        shown=lambda order, user: (
            order.status in AMENDABLE and allowed(user, "orders.change_order", order.client.manager_id)
        ),
    )
)
