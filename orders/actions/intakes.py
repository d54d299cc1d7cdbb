"""Rough orders: a KAM hands over what a client asked for, sales support enters it as an order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Client
from kam import trail
from kam.access import authority
from kam.flows import mover
from kam.notifications import notify
from kam.numbering import document_number
from kam.records import check_version
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.order_lines import MOST_UNITS
from orders.actions.orders import OrderLineInput, create_order
from orders.flow import INTAKE_FLOW
from orders.models import Intake, IntakeLine, Order

SERIES = "РЗ"
ENTERED = gettext_noop("%(intake)s is entered as order %(order)s.")
RETURNED = gettext_noop("%(intake)s is returned: %(reason)s")


@dataclass(frozen=True, slots=True)
class IntakeLineInput:
    """What was promised: a product or the client's words for it, units, perhaps a price."""

    quantity: int
    product_id: int | None = None
    wording: str = ""
    price: Decimal | None = None


@writes
def create_intake(
    *,
    by,
    day: date,
    client_id: int,
    lines: Sequence[IntakeLineInput] = (),
    text: str = "",
    wanted_on: date | None = None,
    promised_total: Decimal | None = None,
) -> Intake:
    """Hand a rough order to sales support: lines, or only the client's words.

    Raises Client.DoesNotExist for a client the user does not see, Forbidden, and Refused with every reason.
    """
    client = Client.objects.visible_to(by).get(pk=client_id)
    who = authority(by, "orders.add_intake", client.manager_id)
    _refuse_lines(lines, text)
    intake = Intake.objects.create(
        number=document_number(SERIES, day.year),
        client=client,
        author=by,
        wanted_on=wanted_on,
        text=text,
        promised_total=promised_total,
    )
    _write_lines(intake, lines)
    trail.record(intake, "create", by=who)
    return intake


@writes
def change_intake(
    pk: int,
    *,
    by,
    lines: Sequence[IntakeLineInput],
    text: str,
    wanted_on=None,
    promised_total=None,
    version: int | None = None,
) -> Intake:
    """Change a rough order that waits or was returned.

    Raises Forbidden, EditConflict where `version` is behind, and Refused with every reason.
    """
    intake = _locked(pk, by)
    who = authority(by, "orders.change_intake", intake.client.manager_id)
    check_version(intake, version)
    if intake.status not in (Intake.Status.WAITING, Intake.Status.RETURNED):
        raise Refused(Refusal("wrong_state", _("%(intake)s is in work already.") % {"intake": intake}))
    _refuse_lines(lines, text)
    changes = trail.changed(intake, text=text, wanted_on=wanted_on, promised_total=promised_total)
    intake.version += 1
    intake.save(update_fields=["text", "wanted_on", "promised_total", "version", "updated_at"])
    intake.lines.all().delete()
    _write_lines(intake, lines)
    trail.record(intake, "change", by=who, changes={**changes, "lines": [None, len(lines)]})
    return intake


@writes
def take_intake(pk: int, *, by, reason: str = "") -> Intake:
    """Take a waiting rough order into work. Raises Forbidden, and Refused when somebody has it already."""
    intake = _locked(pk, by)
    step, who = INTAKE_FLOW.check(intake, "take", by=by, reason=reason)
    intake.taken_by = by
    INTAKE_FLOW.finish(intake, step, who, reason=reason, also=("taken_by",))
    return intake


@writes
def return_intake(pk: int, *, by, reason: str = "") -> Intake:
    """Send a rough order back to its author, saying why. Raises Forbidden and Refused."""
    intake = _locked(pk, by)
    step, who = INTAKE_FLOW.check(intake, "return", by=by, reason=reason)
    intake.taken_by = None
    INTAKE_FLOW.finish(intake, step, who, reason=reason, also=("taken_by",))
    values = {"intake": intake.number, "reason": reason}
    notify([intake.author], "intake_returned", RETURNED, values=values, document=intake, urgent=True)
    return intake


@writes
def resend_intake(pk: int, *, by, reason: str = "") -> Intake:
    """Hand a returned rough order over again. Raises Forbidden and Refused."""
    intake = _locked(pk, by)
    step, who = INTAKE_FLOW.check(intake, "resend", by=by, reason=reason)
    INTAKE_FLOW.finish(intake, step, who, reason=reason)
    return intake


@writes
def enter_intake(pk: int, *, by, day: date, lines: Sequence[OrderLineInput] | None = None, **fields) -> Order:
    """Enter a rough order as a draft order and link the two; `lines` are what is entered, else what was promised.

    Other fields are those of `create_order`. Raises Forbidden, and Refused for a wrong state, for promised lines
    that name no product, and for everything `create_order` refuses.
    """
    intake = _locked(pk, by)
    step, who = INTAKE_FLOW.check(intake, "enter", by=by)
    if lines is None:
        lines = _promised(intake.lines.all())
    fields = {"wanted_on": intake.wanted_on, **fields}
    order = create_order(by=by, day=day, client_id=intake.client_id, lines=lines, intake_id=intake.pk, **fields)
    intake.taken_by = intake.taken_by or by
    INTAKE_FLOW.finish(intake, step, who, changes={"order": [None, order.number]}, also=("taken_by",))
    if intake.author_id != by.pk:
        values = {"intake": intake.number, "order": order.number}
        notify([intake.author], "intake_entered", ENTERED, values=values, document=order)
    return order


move_intake = mover({"take": take_intake, "return": return_intake, "resend": resend_intake})


def _locked(pk: int, by) -> Intake:
    rows = Intake.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("client", "author").get(pk=pk)


def _refuse_lines(lines: Sequence[IntakeLineInput], text: str) -> None:
    found = []
    if not lines and not text.strip():
        found.append(Refusal("nothing_asked", _("Say what the client asks for, in lines or in words."), "text"))
    for position, line in enumerate(lines, 1):
        if line.product_id is None and not line.wording.strip():
            text = _("Choose a product or write the client's words for it.")
            found.append(Refusal("no_product", text, "product", position))
        if line.quantity <= 0:
            found.append(Refusal("bad_quantity", _("At least one unit."), "quantity", position))
        if line.quantity > MOST_UNITS:
            text = _("At most %(most)d units.") % {"most": MOST_UNITS}
            found.append(Refusal("bad_quantity", text, "quantity", position))
        if line.price is not None and line.price <= 0:
            found.append(Refusal("bad_price", _("The price must be more than zero."), "price", position))
    if found:
        raise Refused(*found)


def _write_lines(intake: Intake, lines: Iterable[IntakeLineInput]) -> None:
    IntakeLine.objects.bulk_create(
        IntakeLine(
            intake=intake,
            position=position,
            product_id=line.product_id,
            wording=line.wording,
            quantity=line.quantity,
            price=line.price,
        )
        for position, line in enumerate(lines, 1)
    )


def _promised(lines: Iterable[IntakeLine]) -> list[OrderLineInput]:
    lines = list(lines)
    if not lines:
        raise Refused(Refusal("no_lines", _("Enter the lines: the rough order has only words.")))
    text = _("Choose a product for “%(wording)s”.")
    wordless = [
        Refusal("no_product", text % {"wording": line.wording}, "product", line.position)
        for line in lines
        if line.product_id is None
    ]
    if wordless:
        raise Refused(*wordless)
    return [OrderLineInput(line.product_id, line.quantity, line.price) for line in lines]
