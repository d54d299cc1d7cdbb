"""The pages of rough orders: a KAM hands one over from a phone, sales support takes and enters it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from kam.clock import today
from kam.inbox import Effect, add_effect
from kam.pages import Attachments, Button, Fact, Facts, Lines, Page, Rows, Trail, add_counter
from kam.pages.details import Showing
from kam.pages.views import PageView, gone_to
from kam.refusals import Refused
from orders.actions.intakes import change_intake, create_intake, enter_intake, move_intake
from orders.actions.orders import OrderLineInput
from orders.filters.intakes import IntakeFilter
from orders.flow import INTAKE_FLOW
from orders.forms.intakes import IntakeEditForm, IntakeForm, IntakeLineForm, intake_lines, lines_of
from orders.models import Intake, Order
from orders.panels import PromisedAndEntered
from orders.queries.intakes import line_counts
from orders.queries.pasting import read_pasted
from orders.tables.intakes import IntakeLineTable, IntakeTable
from orders.tables.orders import OrderOfClientTable

ASKED_SHOWN = 120


def create(*, by: Any, day: date, client: Any, text: str, wanted_on: date | None, promised_total: Decimal | None,
           many: str, lines: list[dict[str, Any]]) -> Intake:  # fmt: skip
    """Hand over a rough order from its form."""
    found, rest = intake_lines(lines, read_pasted(many))
    return create_intake(
        by=by, day=day, client_id=client.pk, lines=found, text="\n".join([*filter(None, [text]), *rest]),
        wanted_on=wanted_on, promised_total=promised_total,
    )  # fmt: skip


def change(pk: int, *, by: Any, text: str, wanted_on: date | None, promised_total: Decimal | None, many: str,
           lines: list[dict[str, Any]], version: int | None = None) -> Intake:  # fmt: skip
    """Change a rough order from its form; the page has compared the version."""
    found, rest = intake_lines(lines, read_pasted(many))
    return change_intake(
        pk, by=by, lines=found, text="\n".join([*filter(None, [text]), *rest]), wanted_on=wanted_on,
        promised_total=promised_total,
    )  # fmt: skip


def _enter_button(status: str, primary: bool = False) -> Button:
    """The way into the grid: what comes next once somebody has taken the rough order."""
    return Button(
        _("Enter the order"), lambda intake, user: reverse("orders:intake_enter", args=[intake.pk]),
        icon="table-plus", permission="orders.take_intake", post=True, primary=primary,
        shown=lambda intake, user: intake.status == status,
    )  # fmt: skip


class EnterView(PageView):
    """POST: draft the order of what names a product, and go to its grid, where the words stand beside."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        intake = self.document(pk)
        lines = [
            OrderLineInput(line.product_id, line.quantity, line.price)
            for line in intake.lines.select_related("product")
            if line.product_id and not line.product.is_archived
        ]
        try:
            order = enter_intake(intake.pk, by=request.user, day=today(), lines=lines)
        except Refused as refused:
            showing = Showing(self.page, intake, request, tuple(refused.refusals))
            context = {"showing": showing, "document": intake, "title": showing.heading}
            return self.render("kam/detail.html", context, 409)
        return gone_to(request, reverse("orders:order_entry", args=[order.pk]))


class IntakePage(Page):
    """Rough orders."""

    model, table, filterset = Intake, IntakeTable, IntakeFilter
    new_form, form, create, change = IntakeForm, IntakeEditForm, create, change
    lines = (Lines("lines", IntakeLineForm, _("Lines"), initial=lines_of),)
    flow, move = INTAKE_FLOW, move_intake
    icon, menu, menu_order = "notes", "orders", 20
    search = ("number", "client__name", "text")
    empty = _("No rough order fits. A KAM hands one over with “New”.")
    help = _("What clients asked for, on its way to an order.")
    actions = (_enter_button(Intake.Status.WAITING), _enter_button(Intake.Status.TAKEN, primary=True))
    panels = (
        PromisedAndEntered(),
        Facts(Fact("text", _("What the client asks for"))),
        Rows("lines", IntakeLineTable, _("Lines"), empty=_("Only words, no lines.")),
        Facts("client", "author", "taken_by", "wanted_on", "promised_total", title=_("Rough order")),
        Rows(
            table=OrderOfClientTable,
            title=_("Orders"), rows=lambda intake, user: Order.objects.filter(intake=intake),
            empty=_("Not entered yet."),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[Any]:
        enter = path(f"{cls.path}/<int:pk>/enter/", EnterView.as_view(page=cls), name="intake_enter")
        return [enter, *super().urls()]

    @classmethod
    def editable(cls, document: Intake, user: Any) -> bool:
        return document.status in (Intake.Status.WAITING, Intake.Status.RETURNED)

    @classmethod
    def values_of(cls, document: Intake) -> dict[str, Any]:
        return {name: getattr(document, name) for name in ("text", "wanted_on", "promised_total")}

    @classmethod
    def subheading(cls, document: Intake) -> str:
        return document.client.name

    @classmethod
    def choice_hint(cls, document: Intake) -> str:
        return document.client.name


def waiting_intakes(user: Any) -> int:
    """Rough orders that nobody has taken, for those who may take them."""
    if not user.has_perm("orders.take_intake"):
        return 0
    return Intake.objects.visible_to(user).filter(status=Intake.Status.WAITING).count()


def intake_effects(intakes: list[Intake], user: Any) -> dict[int, list[Effect]]:
    """What each rough order promises, so that the next one to enter is chosen without opening them all."""
    lines = line_counts([intake.pk for intake in intakes])
    return {
        intake.pk: [
            Effect(_("Promised total"), intake.promised_total),
            Effect(_("Wanted on"), intake.wanted_on, "date"),
            Effect(_("Lines"), lines.get(intake.pk, 0), "quantity"),
            Effect(_("What the client asks for"), Truncator(intake.text).chars(ASKED_SHOWN), "text"),
        ]
        for intake in intakes
    }


add_counter("orders.intake", waiting_intakes)
add_effect(INTAKE_FLOW, intake_effects, related=("client",))
