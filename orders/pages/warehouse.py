"""Pages of our warehouses: stock, expected supplies and their arrival, quotas."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.pages import Button, Facts, Figure, Lines, Page, Rows, Screen, Tab, Trail
from kam.refusals import Refused
from orders.actions import catalogue, quotas, supplies
from orders.filters.warehouse import QuotaFilter, StockLevelFilter, SupplyFilter
from orders.forms.warehouse import ArrivalForm, QuotaForm, SupplyForm, SupplyLineForm, WarehouseForm
from orders.models import Quota, Reservation, StockLevel, Supply, SupplyLine, Warehouse
from orders.pages.catalogue import ProductPage
from orders.tables.warehouse import (
    SUPPLY_TONES,
    PromiseTable,
    QuotaTable,
    StockLevelTable,
    SupplyLineTable,
    SupplyTable,
    WarehouseTable,
    reservations_behind,
)


class WarehousePage(Page):
    """Warehouses of ours."""

    model, table, form = Warehouse, WarehouseTable, WarehouseForm
    create, change = catalogue.create_warehouse, catalogue.change_warehouse
    menu, menu_order, icon = "settings", 52, "building-warehouse"
    search = ("sort_key",)
    panels = (Facts("name", "address", "is_active"), Trail())
    tabs = (
        Tab("levels", _("Stock"), (Rows("levels", StockLevelTable),)),
        Tab("supplies", _("Supplies"), (Rows("supplies", SupplyTable),)),
    )


class StockLevelPage(Page):
    """What lies in our warehouses, product by product."""

    model, table, filterset = StockLevel, StockLevelTable, StockLevelFilter
    path, menu, menu_order, icon = "stock-levels", "stock", 20, "packages"
    titles = _("Our stock")
    search = ("product__sku", "product__sort_key")
    panels = (
        Facts("product", "warehouse", "on_hand", "reserved"),
        Rows(
            table=PromiseTable, title=_("Promised to"), empty=_("Nothing of it is reserved."),
            rows=lambda level, user: Reservation.objects.live().filter(level=level),
        ),
    )  # fmt: skip
    figures = (
        Figure(_("Available"), "available", "quantity"),
        Figure(_("On hand"), "on_hand", "quantity"),
        Figure(_("Reserved"), "reserved", "quantity", href=lambda level, user: reservations_behind(level)),
    )

    @classmethod
    def heading(cls, document):
        return f"{document.product.name}, {document.warehouse}"

    @classmethod
    def subheading(cls, document):
        return document.product.sku


def _supply_lines(rows):
    return [
        supplies.SupplyLineInput(row["product"].pk, row["quantity"] or 0) for row in rows if row.get("product")
    ]  # fmt: skip


class SupplyPage(Page):
    """Expected deliveries from suppliers; their units can be reserved before they arrive."""

    model, table, filterset, new_form = Supply, SupplyTable, SupplyFilter, SupplyForm
    lines = (Lines("lines", SupplyLineForm, _("What is coming"), at_least=1, extra=5),)
    status, tones = "status", SUPPLY_TONES
    path, menu, menu_order, icon = "supplies", "stock", 30, "truck-delivery"
    search = ("number", "supplier")
    figures = (
        Figure(_("Announced"), lambda supply, user: _sum(supply, "quantity"), "quantity"),
        Figure(_("Reserved"), lambda supply, user: _sum(supply, "reserved"), "quantity", href="?tab=promises"),
        Figure(_("Received"), lambda supply, user: _sum(supply, "received"), "quantity"),
    )
    panels = (
        Rows("lines", SupplyLineTable),
        Facts("number", "supplier", "warehouse", "expected_on", "arrived_on", "comment", side=True),
        Trail(),
    )
    tabs = (
        Tab(
            "promises", _("Promised to"),
            (Rows(
                table=PromiseTable, empty=_("Nothing of this supply is reserved."),
                rows=lambda supply, user: Reservation.objects.live().filter(supply_line__supply=supply),
            ),),
        ),
    )  # fmt: skip
    actions = (
        Button(
            _("Receive"),
            lambda supply, user: reverse("orders:supply_receive", args=[supply.pk]),
            icon="package-import",
            permission="orders.receive_supply", primary=True,
            shown=lambda supply, user: supply.status == Supply.Status.EXPECTED,
        ),
        Button(
            _("Cancel the supply"), lambda supply, user: reverse("orders:supply_cancel", args=[supply.pk]), icon="x",
            permission="orders.change_supply", shown=lambda supply, user: supply.status == Supply.Status.EXPECTED,
        ),
    )  # fmt: skip

    def create(*, by, warehouse, lines=(), **fields):
        """Announce a delivery from a form's values."""
        return supplies.create_supply(by=by, warehouse_id=warehouse.pk, lines=_supply_lines(lines), **fields)


def _sum(supply, name):
    """A figure of all lines of the supply, which are read once for one page."""
    if not hasattr(supply, "lines_shown"):
        supply.lines_shown = list(supply.lines.all())
    return sum(getattr(line, name) for line in supply.lines_shown)


class _SupplyScreen(Screen):
    """What is done with one expected supply: a question and an answer."""

    app = "orders"

    def supply(self, pk):
        found = Supply.objects.visible_to(self.request.user).select_related("warehouse").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def done(self, supply, text):
        messages.success(self.request, text % {"supply": supply})
        return HttpResponseRedirect(SupplyPage.detail_url(supply.pk))


class ReceiveSupply(_SupplyScreen):
    """The arrival of a supply, line by line; what is announced stands there already."""

    name, path = "supply_receive", "supplies/<int:pk>/receive/"
    title, permission, template = _("Receive a supply"), "orders.receive_supply", "orders/receive_supply.html"

    def context(self, request, pk, form=None, refusals=()):
        supply = self.supply(pk)
        lines = list(SupplyLine.objects.filter(supply=supply, is_open=True).select_related("product").order_by("pk"))
        form = form or ArrivalForm(lines=lines, initial={"arrived_on": today()})
        return {"supply": supply, "form": form, "rows": form.rows(lines), "refusals": refusals}

    def post(self, request, pk):
        supply = self.supply(pk)
        lines = list(SupplyLine.objects.filter(supply=supply, is_open=True).order_by("pk"))
        form = ArrivalForm(request.POST, lines=lines)
        if not form.is_valid():
            return self.render(self.context(request, pk, form), status=422)
        try:
            supplies.receive_supply(
                supply.pk, by=request.user, day=form.cleaned_data["arrived_on"], received=form.received(),
                rest_comes=form.cleaned_data["rest_comes"],
            )  # fmt: skip
        except Refused as refused:
            return self.render(self.context(request, pk, form, refused.refusals), status=422)
        return self.done(supply, gettext("%(supply)s is received: its units are on hand."))


class CancelSupply(_SupplyScreen):
    """A supply that will not come: its promises are released."""

    name, path = "supply_cancel", "supplies/<int:pk>/cancel/"
    title, permission, template = _("Cancel the supply"), "orders.change_supply", "orders/cancel_supply.html"

    def context(self, request, pk, refusals=()):
        return {"supply": self.supply(pk), "refusals": refusals, "reason": request.POST.get("reason", "")}

    def post(self, request, pk):
        supply = self.supply(pk)
        try:
            supplies.cancel_supply(supply.pk, by=request.user, reason=request.POST.get("reason", ""))
        except Refused as refused:
            return self.render(self.context(request, pk, refused.refusals), status=422)
        return self.done(supply, gettext("%(supply)s is cancelled; those who were promised its units know."))


class QuotaPage(Page):
    """Units of scarce products set aside for KAMs and clients."""

    model, table, filterset, new_form = Quota, QuotaTable, QuotaFilter, QuotaForm
    menu, menu_order, icon = "stock", 60, "chart-pie"
    search = ("product__sku", "product__sort_key")
    figures = (
        Figure(_("Quota"), "units", "quantity"),
        Figure(_("Used"), "used", "quantity"),
        Figure(_("Left"), lambda quota, user: quota.units - quota.used, "quantity"),
    )
    panels = (
        Facts("product", "client", "manager", "starts_on", "ends_on"),
        Rows(
            table=PromiseTable, title=_("Used by"),
            rows=lambda quota, user: Reservation.objects.live().filter(quota=quota),
        ),
        Trail(),
    )  # fmt: skip

    def create(*, by, product, client, manager, **fields):
        """Set a quota from a form's values; the same period again changes its units."""
        return quotas.set_quota(
            by=by, product_id=product.pk, client_id=client and client.pk, manager_id=manager and manager.pk, **fields
        )

    @classmethod
    def heading(cls, document):
        return f"{document.product}: {document.client or document.manager}"


ProductPage.add_tab(
    Tab(
        "supplies",
        _("Supplies"),
        (
            Rows(
                table=SupplyTable,
                empty=_("No supply of this product is expected."),
                rows=lambda product, user: Supply.objects.filter(lines__product=product, status=Supply.Status.EXPECTED),
            ),
        ),
    )
)
