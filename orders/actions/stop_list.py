"""The stop list of letters: clients that get none, and disputed invoices that none names."""

from datetime import date

from django.utils.translation import gettext as _

from kam import trail
from kam.access import authority
from kam.records import written
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client
from orders.models import Invoice, StopListEntry


@writes
def stop_letters(
    *, client_id: int, by, day: date, reason: str, ends_on: date | None = None, invoice_id: int | None = None
) -> StopListEntry:
    """Let no letter go to a client, or none name a disputed invoice, until a day (included) or until it is removed.

    Letters that wait for approval stay where they are: a person decides on them. Raises Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.add_stoplistentry", client.manager_id)
    found = []
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Say why no letters are written."), field="reason"))
    if invoice_id is not None and not Invoice.objects.filter(pk=invoice_id, client=client).exists():
        found.append(Refusal("invoice_of_another", _("The invoice is another client's."), field="invoice"))
    if ends_on is not None and ends_on < day:
        found.append(Refusal("in_the_past", _("The last day is past already."), field="ends_on"))
    if found:
        raise Refused(*found)
    entry = StopListEntry(
        client=client, invoice_id=invoice_id, starts_on=day, ends_on=ends_on, reason=reason.strip(), placed_by=who.by
    )
    written(entry)
    trail.record(entry, "create", by=who)
    return entry


@writes
def allow_letters(pk: int, *, by, day: date, reason: str = "") -> StopListEntry:
    """Take an entry off the stop list from this day on; raises StopListEntry.DoesNotExist, Forbidden, Refused."""
    rows = StopListEntry.objects.visible_to(by).select_related("client").select_for_update(of=("self",))
    entry = rows.get(pk=pk)
    who = authority(by, "orders.remove_stoplistentry", entry.client.manager_id)
    if entry.removed_on is not None:
        raise Refused(Refusal("removed_already", _("It is off the stop list already.")))
    entry.removed_on, entry.removed_by = max(day, entry.starts_on), who.by
    entry.version += 1
    entry.save(update_fields=["removed_on", "removed_by", "version", "updated_at"])
    trail.record(entry, "allow", by=who, reason=reason)
    return entry
