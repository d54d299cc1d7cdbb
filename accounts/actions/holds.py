"""Stops on shipping to a client: placed and lifted, each with its reason."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.rows import locked, locked_client
from accounts.models import Client, CreditHold
from kam import clock, trail
from kam.access import Authority, authority
from kam.models import User
from kam.notifications import notify
from kam.refusals import Refusal, Refused
from kam.writing import writes

PLACED = gettext_noop("%(client)s is on hold: %(reason)s")
LIFTED = gettext_noop("The hold on %(client)s is lifted: %(reason)s")


@writes
def place_hold(client_id: int, *, by: User | None, reason: str) -> CreditHold:
    """Stop shipping to a client. `by` is None where a job places it, which a job may lift again.

    A job that comes again with the same reason finds its hold placed and leaves it. Raises Client.DoesNotExist for
    one unseen, Forbidden, Refused without a reason.
    """
    if by is None:
        client = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
        placed = client.holds.live().filter(by_person=False, reason=reason).first()
        if placed is not None:
            return placed
        who = Authority(None)
    else:
        client = locked_client(by, None, client_id)
        who = authority(by, "accounts.place_hold", client.manager_id)
    _need(reason, _("Say why the client is put on hold."))
    hold = CreditHold.objects.create(client=client, reason=reason.strip(), by_person=by is not None, placed_by=by)
    trail.record(client, "place_hold", by=who, reason=hold.reason)
    _tell(client, PLACED, hold.reason, by)
    return hold


@writes
def lift_hold(pk: int, *, by: User | None, reason: str) -> CreditHold:
    """Lift a hold. A job (`by` None) lifts only what a job placed: a person's hold is a person's decision.

    Raises CreditHold.DoesNotExist for one unseen, Forbidden, Refused if it is lifted already or without a reason.
    """
    if by is None:
        hold = CreditHold.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        if hold.by_person:
            raise Refused(Refusal("hold_of_person", _("A person placed this hold: only a person lifts it.")))
        who = Authority(None)
    else:
        hold = locked(CreditHold, pk, by)
        who = authority(by, "accounts.lift_hold", hold.client.manager_id)
    if hold.lifted_at is not None:
        raise Refused(Refusal("lifted_already", _("This hold is lifted already.")))
    _need(reason, _("Say why the hold is lifted."))
    hold.lifted_by, hold.lifted_at, hold.lift_reason = by, clock.now(), reason.strip()
    hold.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    trail.record(hold.client, "lift_hold", by=who, reason=hold.lift_reason)
    _tell(hold.client, LIFTED, hold.lift_reason, by)
    return hold


def _need(reason: str, text: str) -> None:
    if not reason.strip():
        raise Refused(Refusal("reason_missing", text, field="reason"))


def _tell(client: Client, text: str, reason: str, by: User | None) -> None:
    manager = client.manager
    if manager is not None and manager != by:
        values = {"client": client.name, "reason": reason}
        notify([manager], "hold", text, values=values, document=client, urgent=True)
