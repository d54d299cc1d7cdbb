"""Reservations after they are made: released, transferred, prolonged, expired, shipped, and proved against counters."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from kam import trail
from kam.access import authority
from kam.clock import day_of
from kam.formats import day as date_text
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.holding import end_reservations
from orders.actions.locking import lock_counters, lock_orders_only
from orders.actions.promises import RELEASED, tell_of_loss
from orders.models import Order, OrderLine, Reservation

RESERVING = (Order.Status.CONFIRMED, Order.Status.PARTLY_SHIPPED)


@writes
def release_reservation(pk: int, *, by, reason: str) -> Reservation:
    """Give reserved units back, saying why; the order stays confirmed without them.

    Raises Forbidden, and Refused without a reason or for a reservation that has ended.
    """
    reservation, orders = _locked(pk, by)
    order = orders[reservation.line.order_id]
    who = authority(by, "orders.release_reservation", order.client.manager_id)
    if not reason.strip():
        raise Refused(Refusal("reason_missing", _("Say why the goods are released."), "reason"))
    ended = end_reservations([pk], reason)
    if not ended:
        raise Refused(_ended(reservation))
    tell_of_loss(ended, RELEASED, verb="reservation_released", by=who, reason=reason)
    reservation.refresh_from_db()
    return reservation


@writes
def transfer_reservation(pk: int, to_order_id: int, *, quantity: int, by, day: date) -> Reservation:
    """Give reserved units to a line of another confirmed order that lacks them; they keep their source,
    their place in its queue and their expiry.

    A quota is not transferred: units of one stay with its holder. Raises Forbidden, and Refused with the reason.
    """
    Order.objects.visible_to(by).only("pk").get(pk=to_order_id)
    reservation, orders = _locked(pk, by, to_order_id)
    source, target = orders[reservation.line.order_id], orders[to_order_id]
    who = authority(by, "orders.transfer_reservation", source.client.manager_id)
    authority(by, "orders.transfer_reservation", target.client.manager_id)
    lock_counters(*([each] if each else () for each in (reservation.level_id, reservation.supply_line_id, None)))
    reservation = Reservation.objects.select_for_update(of=("self",)).get(pk=pk)
    line = _line_for(reservation, target, source, quantity)
    moved = _moved(reservation, line, quantity)
    units = {"units": [None, quantity], "product": [None, reservation.product_id]}
    trail.record(source, "transfer_from", by=who, changes={**units, "order": [source.number, target.number]})
    trail.record(target, "transfer_to", by=who, changes={**units, "order": [source.number, target.number]})
    return moved


@writes
def prolong_reservation(pk: int, *, by, expires_on: date) -> Reservation:
    """Keep a reservation until the end of a later day; it will warn anew.

    Raises Forbidden, and Refused for an ended one, a day that is not later, or one further from the promise than
    the house rule RESERVATION_LONGEST_DAYS allows: goods are not kept from others for ever.
    """
    reservation, orders = _locked(pk, by)
    who = authority(by, "orders.release_reservation", orders[reservation.line.order_id].client.manager_id)
    reservation = Reservation.objects.select_for_update(of=("self",)).select_related("line__order").get(pk=pk)
    if reservation.status != Reservation.Status.LIVE:
        raise Refused(_ended(reservation))
    if reservation.expires_on and expires_on <= reservation.expires_on:
        raise Refused(Refusal("not_later", _("Choose a day after the present one."), "expires_on"))
    last = day_of(reservation.promised_at) + timedelta(days=settings.RESERVATION_LONGEST_DAYS)
    if expires_on > last:
        text = _("These goods can be kept until %(day)s at the latest.") % {"day": date_text(last)}
        raise Refused(Refusal("too_long", text, "expires_on"))
    before = reservation.expires_on
    reservation.expires_on, reservation.warned_at = expires_on, None
    reservation.save(update_fields=["expires_on", "warned_at"])
    changes = {"expires_on": [before and before.isoformat(), expires_on.isoformat()]}
    trail.record(reservation.line.order, "prolong", by=who, changes=changes)
    return reservation


def _locked(pk: int, by, *others: int) -> tuple[Reservation, dict[int, Order]]:
    """A live reservation the person sees and, locked, its order and the others (ids): whose they are is asked under
    the lock, since a client may change hands while it is waited for.

    Raises Reservation.DoesNotExist, and Refused for a reservation that has ended.
    """
    rows = Reservation.objects.visible_to(by).select_related("line")
    orders = lock_orders_only({rows.get(pk=pk).line.order_id, *others})
    reservation = rows.get(pk=pk)
    if reservation.status != Reservation.Status.LIVE or reservation.line.order_id not in orders:
        raise Refused(_ended(reservation))
    return reservation, orders


def _ended(reservation: Reservation) -> Refusal:
    text = _("These goods are not reserved any more: %(reason)s") % {"reason": reservation.why_ended}
    return Refusal("not_live", text)


def _line_for(reservation: Reservation, target: Order, source: Order, quantity: int) -> OrderLine:
    """The target's line that lacks these units; raises Refused with every reason against the transfer."""
    found = []
    if reservation.status != Reservation.Status.LIVE:
        found.append(_ended(reservation))
    if not 0 < quantity <= reservation.quantity:
        text = _("Transfer between 1 and %(units)d units.") % {"units": reservation.quantity}
        found.append(Refusal("bad_quantity", text, "quantity"))
    if target.pk == source.pk or target.status not in RESERVING:
        found.append(Refusal("no_target", _("Choose another order that is confirmed."), "to_order"))
    elif target.warehouse_id != source.warehouse_id:
        found.append(Refusal("other_warehouse", _("The other order leaves another warehouse."), "to_order"))
    if reservation.quota_id and target.client_id != source.client_id:
        text = _("These units are within a quota of the client and stay with it.")
        found.append(Refusal("quota_stays", text, "to_order"))
    line = None if found else _lacking(target, reservation.product_id, quantity)
    if not found and line is None:
        text = _("%(order)s does not lack %(units)d units of this product.") % {"order": target, "units": quantity}
        found.append(Refusal("not_lacking", text, "to_order"))
    if found:
        raise Refused(*found)
    return line


def _lacking(order: Order, product_id: int, quantity: int) -> OrderLine | None:
    lines = list(order.lines.filter(product_id=product_id).order_by("position"))
    live = Reservation.objects.live().filter(line__in=lines)
    reserved = dict(live.values_list("line").annotate(units=Sum("quantity")).order_by())
    return next((line for line in lines if line.unshipped - reserved.get(line.pk, 0) >= quantity), None)


def _moved(reservation: Reservation, line: OrderLine, quantity: int) -> Reservation:
    """Put units of a locked reservation under another line; counters stay, since the source is the same."""
    if quantity == reservation.quantity:
        reservation.line = line
        reservation.save(update_fields=["line"])
        return reservation
    reservation.quantity -= quantity
    reservation.save(update_fields=["quantity"])
    return Reservation.objects.create(
        line=line,
        product_id=reservation.product_id,
        level_id=reservation.level_id,
        supply_line_id=reservation.supply_line_id,
        quota_id=reservation.quota_id,
        quantity=quantity,
        promised_at=reservation.promised_at,
        expires_on=reservation.expires_on,
    )
