"""The pages of reservations: who was promised which goods until when; release, transfer and prolong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.pages import Button, Fact, Facts, Page
from kam.pages.filters import scope_choices
from kam.pages.views import PageView, asked_by_htmx, gone_to
from kam.refusals import Refused
from orders.actions.reservations import prolong_reservation, release_reservation, transfer_reservation
from orders.filters.orders import ReservationFilter
from orders.forms.orders import ProlongForm, ReleaseForm, TransferForm
from orders.models import Reservation
from orders.tables.orders import RESERVATION_TONES, ReservationTable, source_of


def _transfer(pk: int, *, by: Any, to_order: Any, quantity: int) -> Reservation:
    return transfer_reservation(pk, to_order.pk, quantity=quantity, by=by, day=today())


@dataclass(frozen=True, slots=True)
class Deed:
    """What may be done with a reservation: shown like a step, though a reservation has no flow of its own."""

    name: str
    label: Any
    permission: str
    form: type[forms.Form]
    action: Callable[..., Any]
    done: Any
    danger: bool = False
    needs_reason: bool = False
    first: Callable[[Any], dict[str, Any]] = lambda reservation: {}


DEEDS = {
    deed.name: deed
    for deed in (
        Deed("prolong", _("Prolong"), "orders.release_reservation", ProlongForm, prolong_reservation,
             _("The reservation is prolonged.")),
        Deed("transfer", _("Transfer"), "orders.transfer_reservation", TransferForm, _transfer,
             _("The goods are transferred."), first=lambda reservation: {"quantity": reservation.quantity}),
        Deed("release", _("Release"), "orders.release_reservation", ReleaseForm, release_reservation,
             _("The goods are free again."), danger=True, needs_reason=True),
    )
}  # fmt: skip


class DeedView(PageView):
    """GET: what the deed asks for. POST: do it; every reason against it at once."""

    deed: Deed = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        reservation = self.document(pk)
        if not request.user.has_perm(self.deed.permission):
            raise PermissionDenied
        return self.asked(reservation, self.deed.form(initial=self.deed.first(reservation)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reservation = self.document(pk)
        form = self.deed.form(request.POST)
        scope_choices(form, request.user)
        if not form.is_valid():
            return self.asked(reservation, form, 422)
        try:
            self.deed.action(reservation.pk, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_refusals(refused.refusals)
            return self.asked(reservation, form, 409)
        messages.success(request, self.deed.done)
        order = reverse("orders:order_detail", args=[reservation.line.order_id])
        return gone_to(request, f"{order}?tab=reservations")

    def asked(self, reservation: Reservation, form: forms.Form, status: int = 200) -> HttpResponse:
        scope_choices(form, self.request.user)
        context = {
            "document": reservation, "step": self.deed, "form": form, "title": self.deed.label,
            "heading": self.page.heading(reservation), "back_url": self.page.detail_url(reservation.pk),
            "action": reverse(f"orders:reservation_{self.deed.name}", args=[reservation.pk]),
        }  # fmt: skip
        template = "kam/partials/step.html" if asked_by_htmx(self.request) else "kam/step.html"
        return self.render(template, context, status)


def _button(deed: Deed) -> Button:
    return Button(
        deed.label, lambda row, user: reverse(f"orders:reservation_{deed.name}", args=[row.pk]),
        permission=deed.permission, shown=lambda row, user: row.status == Reservation.Status.LIVE, dialog=True,
    )  # fmt: skip


class ReservationPage(Page):
    """Goods promised to orders."""

    model, table, filterset = Reservation, ReservationTable, ReservationFilter
    status, tones = "status", RESERVATION_TONES
    icon, menu, menu_order = "bookmark", "orders", 40
    opens_with = {"status": Reservation.Status.LIVE.value}
    empty = _("Nothing is reserved.")
    search = ("product__sku", "product__name", "line__order__number", "line__order__client__name")
    actions = tuple(_button(deed) for deed in DEEDS.values())
    panels = (
        Facts(
            Fact("line.order", _("Order"), href=lambda row: reverse("orders:order_detail", args=[row.line.order_id])),
            Fact("line.order.client", _("Client")), "product", "quantity", Fact(source_of, _("Where from")),
            "promised_at", "expires_on", Fact("quota.units", _("Quota"), hide_empty=True),
            Fact("ended_at", hide_empty=True),
            Fact("why_ended", _("Why ended"), hide_empty=True),
        ),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[Any]:
        deeds = [
            path(f"{cls.path}/<int:pk>/{deed.name}/", DeedView.as_view(page=cls, deed=deed), name=f"reservation_{name}")
            for name, deed in DEEDS.items()
        ]
        return [*super().urls(), *deeds]

    @classmethod
    def bulk_steps(cls) -> list[Deed]:
        """Many are released at once, for one reason; the others ask for something of each."""
        return [DEEDS["release"]]

    @classmethod
    def take(cls, pk: Any, step: str, *, by: Any, reason: str = "", **facts: Any) -> Reservation:
        """Release one of many; each is its own write with its own result."""
        return DEEDS[step].action(pk, by=by, reason=reason)

    @classmethod
    def detail_rows(cls, user: Any) -> Any:
        return super().detail_rows(user).select_related("product", "line__order__client")

    @classmethod
    def heading(cls, document: Reservation) -> str:
        values = {"sku": document.product.sku, "units": document.quantity, "order": document.line.order}
        return gettext("%(sku)s × %(units)s for %(order)s") % values
