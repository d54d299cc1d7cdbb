"""Stops that the program places and lifts by a rule, for many clients at once."""

from collections.abc import Mapping, Sequence

from accounts.actions.holds import LIFTED, PLACED
from accounts.models import Client, CreditHold
from kam import clock, trail
from kam.access import Authority
from kam.models import TrailEntry
from kam.notifications import Message, notify_each
from kam.phrases import Phrase
from kam.writing import writes

BATCH = 500


@writes
def place_program_holds(reasons: Mapping[int, Phrase]) -> dict[int, CreditHold]:
    """Put clients (ids) on hold, each for its reason, in a constant number of statements; the holds by client.

    Call it with the clients' rows locked. People may lift these holds, and so may the program.
    """
    holds = CreditHold.objects.bulk_create(
        [
            CreditHold(client_id=pk, reason=str(why)[:300], reason_parts=why.parts(), by_person=False)
            for pk, why in sorted(reasons.items())
        ],
        batch_size=BATCH,
    )
    _tell(sorted(reasons.items()), "place_hold", PLACED)
    return {hold.client_id: hold for hold in holds}


@writes
def lift_program_holds(reasons: Mapping[int, Phrase]) -> int:
    """Lift holds (ids) that the program placed, each for its reason; those of people and lifted ones are left alone.

    Returns how many were lifted.
    """
    rows = CreditHold.objects.live().filter(pk__in=reasons, by_person=False)
    holds = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for hold in holds:
        why = reasons[hold.pk]
        hold.lifted_at, hold.lift_reason, hold.lift_reason_parts = clock.now(), str(why)[:300], why.parts()
    CreditHold.objects.bulk_update(holds, ["lifted_at", "lift_reason", "lift_reason_parts"], batch_size=BATCH)
    _tell([(hold.client_id, reasons[hold.pk]) for hold in holds], "lift_hold", LIFTED)
    return len(holds)


def _tell(reasons: Sequence[tuple[int, Phrase]], verb: str, text: str) -> None:
    """The trail of each client, and its KAM's notification."""
    clients = Client.objects.in_bulk([pk for pk, _reason in reasons])
    program = Authority(None)
    entries = [trail.entry_of(clients[pk], verb, program, reason=reason) for pk, reason in reasons]
    TrailEntry.objects.bulk_create(entries, batch_size=BATCH)
    notify_each(
        Message(
            clients[pk].manager_id,
            "hold",
            text,
            {"client": clients[pk].name, "reason": reason},
            document=clients[pk],
            urgent=True,
        )
        for pk, reason in reasons
        if clients[pk].manager_id
    )
