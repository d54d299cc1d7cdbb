"""Lists of shipments and returns."""

from django.utils.translation import gettext_lazy as _

from kam.pages import Column, Table, address_of


class ShipmentTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    shipped_on = Column(_("Shipped"), kind="date", sort=("shipped_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    order = Column(_("Order"), accessor="order.number", href=lambda row: address_of(row.order))
    status = Column(_("State"), kind="chip", sort=True)
    warehouse = Column(_("From"), accessor=lambda row: str(row.warehouse or row.distributor or ""))
    carrier = Column(_("Carrier"), sort=True)
    tracking = Column(_("Tracking number"), visible=False)
    payer = Column(_("Who is invoiced"), accessor="payer.name", visible=False)
    delivered_on = Column(_("Delivered"), kind="date", sort=True, visible=False)
    uninvoiced_total = Column(
        _("Not invoiced"), kind="money", currency="order.currency", sort=True, total=True, visible=False
    )
    total = Column(_("Total"), kind="money", currency="order.currency", sort=True, total=True)

    class Meta:
        related = ("client__manager", "order", "warehouse", "distributor", "payer")
        sort = "-shipped_on"


class ShipmentOfOrderTable(Table):
    number = Column(_("Number"), kind="link")
    shipped_on = Column(_("Shipped"), kind="date", sort=("shipped_on", "pk"))
    status = Column(_("State"), kind="chip")
    carrier = Column(_("Carrier"))
    tracking = Column(_("Tracking number"))
    invoice = Column(
        _("Invoice"), accessor="invoice.number", href=lambda row: address_of(getattr(row, "invoice", None)),
        opens="orders.view_invoice",
    )  # fmt: skip
    total = Column(_("Total"), kind="money", currency="order.currency", total=True)

    class Meta:
        related = ("invoice",)
        sort = "shipped_on"


class ShipmentLineTable(Table):
    product = Column(
        _("Product"),
        accessor="product.name",
        href=lambda row: address_of(row.product),
        hint=lambda row: row.product.sku,
    )
    quantity = Column(_("Quantity"), kind="quantity", total=True)
    price = Column(_("Price"), kind="money", currency="shipment.order.currency")
    vat_rate = Column(_("VAT, %"), kind="percent")
    net = Column(_("Without VAT"), kind="money", currency="shipment.order.currency", total=True, visible=False)
    vat = Column(_("VAT"), kind="money", currency="shipment.order.currency", total=True)
    total = Column(_("Total"), kind="money", currency="shipment.order.currency", total=True)

    class Meta:
        related = ("product", "shipment__order")


class ReturnTable(Table):
    number = Column(_("Number"), kind="link", sort=True)
    requested_on = Column(_("Asked on"), kind="date", sort=("requested_on", "pk"))
    client = Column(_("Client"), accessor="client.name", sort="client__sort_key")
    invoice = Column(
        _("Invoice"), accessor="invoice.number", href=lambda row: address_of(row.invoice), opens="orders.view_invoice"
    )
    kind = Column(_("Kind"), accessor="get_kind_display", sort="kind")
    reason = Column(_("Reason"), accessor="get_reason_display", sort="reason")
    status = Column(_("State"), kind="chip", sort=True)
    received_on = Column(_("Received"), kind="date", sort=True)
    total = Column(_("Total"), kind="money", currency="invoice.currency", sort=True, total=True)

    class Meta:
        related = ("client__manager", "invoice")
        sort = "-requested_on"


class ReturnLineTable(Table):
    product = Column(
        _("Product"),
        accessor="invoice_line.product.name",
        href=lambda row: address_of(row.invoice_line.product),
        hint=lambda row: row.invoice_line.product.sku,
    )
    quantity = Column(_("Quantity"), kind="quantity", total=True)
    invoiced = Column(_("Invoiced"), kind="quantity", accessor="invoice_line.quantity")
    price = Column(_("Price"), kind="money", currency="invoice_line.invoice.currency", accessor="invoice_line.price")
    is_sellable = Column(_("Back to stock"), kind="flag")

    class Meta:
        related = ("invoice_line__product",)
