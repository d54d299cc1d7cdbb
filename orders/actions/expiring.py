"""Reservations run out: warned of first, then released; safe to run again, killed half-way or not."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Sum
from django.utils.translation import gettext_noop

from accounts.queries import calendar
from kam import clock
from kam.notifications import Message, notify_each
from kam.phrases import Phrase
from kam.writing import writes
from orders.actions.confirming import AHEAD
from orders.actions.holding import end_reservations
from orders.actions.promises import EXPIRED, tell_of_loss
from orders.models import Order, Reservation
from orders.rules.reservation import WARNS_BEFORE, expires_on

BATCH = 500
EXPIRES = gettext_noop("%(order)s: the reservation of %(units)s units expires on %(day)s.")


@dataclass(frozen=True, slots=True)
class Expired:
    """What a run released: reservations and units."""

    reservations: int = 0
    units: int = 0


def warn_of_expiry(day: date) -> int:
    """Tell KAMs which reservations expire by the next working day; returns how many were warned of.

    Each reservation is warned of once, unless it is prolonged.
    """
    last = expires_on(day, calendar(day, day + AHEAD), WARNS_BEFORE)
    count = 0
    while warned := _warn_batch(day, last):
        count += warned
    return count


def expire_reservations(day: date) -> Expired:
    """Release live reservations whose last day is before this one, in batches, each in a transaction of its own."""
    reservations = units = 0
    while batch := _expire_batch(day):
        reservations += len(batch)
        units += sum(each.units for each in batch)
    return Expired(reservations, units)


@writes
def _expire_batch(day: date):
    rows = Reservation.objects.live().filter(expires_on__lt=day).order_by("expires_on", "pk")
    pks = list(rows.values_list("pk", flat=True)[:BATCH])
    ended = end_reservations(pks, Phrase(gettext_noop("expired")), expired_before=day)
    tell_of_loss(ended, EXPIRED, verb="reservation_expired")
    return ended


@writes
def _warn_batch(day: date, last: date) -> int:
    rows = Reservation.objects.live().filter(expires_on__gte=day, expires_on__lte=last, warned_at=None)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    rows = Reservation.objects.filter(pk__in=pks)
    orders = Order.objects.filter(lines__reservations__in=pks).annotate(
        units=Sum("lines__reservations__quantity"), expires=Min("lines__reservations__expires_on")
    )
    messages = [
        Message(
            order.client.manager_id,
            "reservation_expires",
            EXPIRES,
            {"order": order.number, "units": order.units, "day": order.expires},
            document=order,
            urgent=True,
        )
        for order in orders.select_related("client").order_by("pk")
        if order.client.manager_id
    ]
    rows.update(warned_at=clock.now())
    notify_each(messages)
    return len(pks)
