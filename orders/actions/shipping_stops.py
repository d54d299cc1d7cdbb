"""Stops on shipping by lateness: placed by the rules for stops, lifted as soon as no rule catches the client."""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext_noop

from accounts.actions.holds_of_program import lift_program_holds, place_program_holds
from accounts.models import Client, CreditHold
from kam.phrases import Phrase
from kam.records import change_record, create_record
from kam.writing import writes
from orders.models import ShippingStop, StopPolicy
from orders.queries.debts import Caught, clients_caught
from orders.wording import why_stopped

BATCH = 500
PAID = Phrase(gettext_noop("Nothing is late beyond the rule any more."))


def roll_stops(*, day: date) -> int:
    """Stop the clients that a rule catches as of a day and lift the program's stops of all others; how many moved.

    Set-based, in batches that are transactions of their own: a run that comes again finds nothing left to do. A hold
    of a person is neither counted nor lifted; where a person lifted the program's own, it is not placed again until
    the client was free of it once.
    """
    caught = clients_caught(day)
    stopped = set(ShippingStop.objects.live().values_list("client_id", flat=True))
    new = sorted(set(caught) - stopped)
    free = sorted(stopped - set(caught))
    moved = sum(_place({pk: caught[pk] for pk in new[at : at + BATCH]}, day) for at in range(0, len(new), BATCH))
    return moved + sum(lift_paid_stops(free[at : at + BATCH], day) for at in range(0, len(free), BATCH))


@writes
def lift_paid_stops(client_ids: Collection[int], day: date) -> int:
    """Lift the program's stops of these clients that no rule catches any more; returns how many.

    Called by the nightly job, and after money came in. Locks the clients.
    """
    stops = ShippingStop.objects.live().filter(client__in=client_ids)
    pks = sorted(stops.values_list("client_id", flat=True))
    if not pks:
        return 0
    _lock(pks)
    caught = clients_caught(day, pks)
    free = list(stops.exclude(client__in=caught).select_for_update(of=("self",)).order_by("pk"))
    lift_program_holds({stop.hold_id: PAID for stop in free})
    for stop in free:
        stop.lifted_on = max(day, stop.placed_on)
    ShippingStop.objects.bulk_update(free, ["lifted_on"], batch_size=BATCH)
    return len(free)


@writes
def _place(caught: dict[int, Caught], day: date) -> int:
    _lock(sorted(caught))
    there = set(ShippingStop.objects.live().filter(client__in=caught).values_list("client_id", flat=True))
    new = {pk: each for pk, each in caught.items() if pk not in there}
    holds = place_program_holds({pk: _why(each) for pk, each in new.items()})
    ShippingStop.objects.bulk_create(
        [_stop(holds[pk], each, day) for pk, each in sorted(new.items())], batch_size=BATCH
    )
    return len(new)


def _stop(hold: CreditHold, caught: Caught, day: date) -> ShippingStop:
    return ShippingStop(
        client_id=caught.client_id,
        hold=hold,
        policy_id=caught.policy_id,
        placed_on=day,
        overdue=caught.overdue,
        days=caught.oldest,
        days_allowed=caught.days_allowed,
        amount_from=caught.amount_from,
    )


def _why(caught: Caught) -> Phrase:
    return why_stopped(caught.overdue, caught.days_allowed, caught.oldest)


def create_stop_policy(*, by, **fields) -> StopPolicy:
    """Add a rule for stops; raises Forbidden, Refused."""
    return create_record(StopPolicy, by=by, permission="orders.add_stoppolicy", **fields)


def change_stop_policy(pk: int, *, by, version: int | None = None, **fields) -> StopPolicy:
    """Change a rule for stops; the next night follows it. Raises Forbidden, EditConflict, Refused."""
    return change_record(StopPolicy, pk, by=by, permission="orders.change_stoppolicy", version=version, **fields)


def _lock(pks: Sequence[int]) -> None:
    list(Client.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk", flat=True))
