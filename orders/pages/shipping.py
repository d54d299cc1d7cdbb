"""Pages of shipments and returns, and the forms that make them."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from kam import formats
from kam.clock import today
from kam.inbox import Effect, add_effect
from kam.pages import (
    Attachments,
    Button,
    Fact,
    Facts,
    Figure,
    Page,
    QuantityField,
    Rows,
    Trail,
    address_of,
    paper_button,
)
from kam.pages.trails import VERBS
from orders.actions.invoices import issue_invoice
from orders.actions.returns import move_return, request_return
from orders.actions.shipments import change_shipment, move_shipment, ship_order
from orders.documents.kinds import SHIPMENT_NOTE
from orders.filters.shipping import ReturnFilter, ShipmentFilter
from orders.flow import RETURN_FLOW, SHIPMENT_FLOW
from orders.forms.shipping import DeliverForm, ReceiveForm, RefuseForm, ReturnForm, ShipForm, ShipmentForm
from orders.models import Invoice, Order, Return, Shipment
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.pages.post_screen import PostScreen
from orders.queries.shipping import returnable_units, returning_units, shippable_lines
from orders.tables.shipping import ReturnLineTable, ReturnTable, ShipmentLineTable, ShipmentTable

VERBS.update({"credit": _("Reduced by a credit note"), "allocate": _("Allocated")})
SHIPPABLE = (Order.Status.CONFIRMED, Order.Status.PARTLY_SHIPPED)


class ShipmentPage(Page):
    """Goods on their way."""

    model, table, filterset, form = Shipment, ShipmentTable, ShipmentFilter, ShipmentForm
    flow, move, change = SHIPMENT_FLOW, move_shipment, change_shipment
    step_forms = {"deliver": DeliverForm, "refuse": RefuseForm}
    menu, menu_order, icon = "orders", 30, "truck-delivery"
    search = ("number__istartswith", "tracking__istartswith", "order__number__istartswith", "client__search")
    empty = _("No shipment fits. Goods are shipped from the page of a confirmed order.")
    figures = (
        Figure(_("Total"), "total", currency="order.currency"),
        Figure(
            _("Not invoiced"),
            "uninvoiced_total",
            currency="order.currency",
            tone=lambda doc, user: "wait" if doc.uninvoiced_total else "",
        ),
    )
    panels = (
        Rows("lines", ShipmentLineTable, _("Goods")),
        Facts(
            "order", "client", "payer", "warehouse", Fact("distributor", hide_empty=True),
            "shipped_on", title=_("Shipment"),
        ),
        Facts(
            "carrier", "tracking", "address", "window_from", "window_to", Fact("delivered_on", hide_empty=True),
            Fact("received_by", hide_empty=True), Fact("refusal_reason", hide_empty=True), title=_("Delivery"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (
        paper_button(SHIPMENT_NOTE),
        Button(
            _("Invoice"), lambda doc, user: reverse("orders:shipment_invoice", args=[doc.pk]), icon="file-invoice",
            permission="orders.add_invoice", post=True, shown=lambda doc, user: bool(doc.uninvoiced_total),
        ),
        Button(
            _("Open the invoice"), lambda doc, user: reverse("orders:invoice_detail", args=[doc.invoice.pk]),
            icon="file-invoice", permission="orders.view_invoice", shown=lambda doc, user: hasattr(doc, "invoice"),
        ),
        # Who sees the invoice takes goods back from there.
        Button(
            _("Take goods back"), lambda doc, user: reverse("orders:invoice_return", args=[doc.invoice.pk]),
            icon="truck-return", permission="orders.add_return",
            shown=lambda doc, user: hasattr(doc, "invoice") and not user.has_perm("orders.view_invoice"),
        ),
    )  # fmt: skip

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("invoice")

    @classmethod
    def editable(cls, document, user):
        return document.status == Shipment.Status.SHIPPED and allowed(
            user, "orders.change_shipment", document.client.manager_id
        )

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {formats.day(document.shipped_on)}"


class ReturnPage(Page):
    """Goods that come back."""

    model, table, filterset = Return, ReturnTable, ReturnFilter
    flow, move = RETURN_FLOW, move_return
    step_forms = {"receive": ReceiveForm}
    menu, menu_order, icon = "orders", 40, "truck-return"
    search = ("number__istartswith", "client__search", "invoice__number__istartswith")
    empty = _("No return fits. Goods are taken back from the page of their invoice or shipment.")
    figures = (Figure(_("Total"), "total", currency="invoice.currency"),)
    panels = (
        Rows("lines", ReturnLineTable, _("Goods")),
        Facts(
            "client", "invoice", "kind", "reason", "requested_by", "requested_on",
            Fact("received_on", hide_empty=True), Fact("warehouse", hide_empty=True), Fact("comment", hide_empty=True),
            Fact("credit_note", _("Credit note"), hide_empty=True), title=pgettext_lazy("of goods", "Return"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @classmethod
    def take(cls, pk, step, *, by, reason="", warehouse=None, **facts):
        if step == "receive":
            facts["warehouse_id"] = warehouse.pk if warehouse else None
        return super().take(pk, step, by=by, reason=reason, **facts)

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("credit_note")

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {document.get_reason_display()}"


def return_effects(returns: list[Return], user: Any) -> dict[int, list[Effect]]:
    """What agreeing to each return means: the credit, the units and how many of them cannot be sold again."""
    units = returning_units([document.pk for document in returns])
    found = {}
    for document in returns:
        coming, broken = units.get(document.pk, (0, 0))
        found[document.pk] = [
            Effect(_("Total"), document.total),
            Effect(_("Units"), coming, "quantity"),
            Effect(_("Not sellable"), broken, "quantity"),
            Effect(_("Invoice"), f"{document.invoice.number}, {formats.day(document.invoice.issued_on)}", "text"),
        ]
        if document.comment:
            found[document.pk].append(Effect(_("Comment"), document.comment, "text"))
    return found


add_effect(RETURN_FLOW, return_effects, related=("client", "invoice"))


class ShipScreen(LinesScreen):
    """Ship an order, whole or in part."""

    app, name, path = "orders", "order_ship", "orders/<int:pk>/ship/"
    title, permission, submit = _("Ship"), "orders.ship_order", _("Ship")
    form, model = ShipForm, Order
    headings = (
        (_("Product"), False),
        (pgettext_lazy("units", "Ordered"), True),
        (_("Left"), True),
        (_("Reserved"), True),
        (_("Free"), True),
    )
    inputs = (("units", _("To ship")),)
    lines_title, empty = _("Goods"), _("Nothing is left to ship.")

    def lines(self, document):
        found = []
        for line in shippable_lines(document):
            label = gettext("To ship: %(sku)s") % {"sku": line.sku}
            field = QuantityField(label=label, required=False, initial=line.ready or None, min_value=0)
            cells = (
                Cell(line.name, hint=line.sku),
                *(Cell(formats.quantity(n), True) for n in (line.quantity, line.left, line.reserved, line.free)),
            )
            found.append(Line(line.pk, cells, {"units": field}, line.position))
        return found

    def about_lines(self, document):
        if document.distributor_id:
            return _("Goods leave the distributor's warehouse; our stock is not touched.")
        return _("Reserved units leave first, then free ones.")

    def act(self, document, values):
        lines = values.pop("lines")
        quantities = {key: row["units"] or 0 for key, row in lines.items()}
        shipment = ship_order(document.pk, by=self.request.user, day=today(), quantities=quantities, **values)
        self.made = ShipmentPage.detail_url(shipment.pk)
        return gettext("%(shipment)s has left.") % {"shipment": shipment}

    def back(self, document):
        return address_of(document) or ShipmentPage.list_url()


class ReturnScreen(LinesScreen):
    """Ask to take goods of an invoice back."""

    app, name, path = "orders", "invoice_return", "invoices/<int:pk>/return/"
    title, permission, submit = _("Take goods back"), "orders.add_return", _("Ask for the return")
    form, model, by_right = ReturnForm, Invoice, True
    headings = ((_("Product"), False), (_("Invoiced"), True), (_("Can come back"), True))
    inputs = (("units", _("Come back")), ("damaged", _("Unfit to sell")))
    lines_title, empty = _("Goods"), _("Everything of this invoice has come back.")

    def lines(self, document):
        left = returnable_units(document)
        rows = document.lines.filter(pk__in=[pk for pk, units in left.items() if units]).select_related("product")
        return [
            Line(
                row.pk,
                (
                    Cell(row.product.name, hint=row.product.sku),
                    Cell(formats.quantity(row.quantity), True),
                    Cell(formats.quantity(left[row.pk]), True),
                ),
                self._fields(row),
                place,
            )
            for place, row in enumerate(rows.order_by("pk"), start=1)
        ]

    @staticmethod
    def _fields(row) -> dict[str, Any]:
        sku = {"sku": row.product.sku}
        return {
            "units": QuantityField(label=gettext("Come back: %(sku)s") % sku, required=False, min_value=0),
            "damaged": forms.BooleanField(label=gettext("Unfit to sell: %(sku)s") % sku, required=False),
        }

    def act(self, document, values):
        lines = values.pop("lines")
        wanted = [(key, row["units"] or 0, not row["damaged"]) for key, row in lines.items()]
        asked = request_return(document.pk, by=self.request.user, day=today(), lines=wanted, **values)
        self.made = ReturnPage.detail_url(asked.pk)
        return gettext("%(document)s waits for approval.") % {"document": asked}

    def back(self, document):
        if self.request.user.has_perm("orders.view_invoice"):
            return reverse("orders:invoice_detail", args=[document.pk])
        return address_of(document.shipment) or ReturnPage.list_url()


class InvoiceShipmentScreen(PostScreen):
    """Invoice a shipment that is not invoiced yet."""

    app, name, path = "orders", "shipment_invoice", "shipments/<int:pk>/invoice/"
    title, permission, model = _("Invoice"), "orders.add_invoice", Shipment

    def act(self, document):
        invoice = issue_invoice(document.pk, by=self.request.user, day=today())
        return gettext("%(invoice)s is issued.") % {"invoice": invoice}, reverse(
            "orders:invoice_detail", args=[invoice.pk]
        )

    def back(self, document):
        return ShipmentPage.detail_url(document.pk)


ship_button = Button(
    _("Ship"),
    lambda order, user: reverse("orders:order_ship", args=[order.pk]),
    icon="truck-delivery",
    permission="orders.ship_order",
    primary=True,
    shown=lambda order, user: order.status in SHIPPABLE and allowed(user, "orders.ship_order", order.client.manager_id),
)
