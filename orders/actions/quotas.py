"""Units of scarce products set aside for a KAM or a client."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Client
from kam import trail
from kam.access import Authority, authority
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.models import Quota


@writes
def set_quota(
    *,
    by,
    product_id: int,
    units: int,
    starts_on: date,
    ends_on: date,
    client_id: int | None = None,
    manager_id: int | None = None,
) -> Quota:
    """Set aside units of a product for a client or a KAM in a period; the same period again changes the units.

    Raises Forbidden, and Refused for fewer units than are used, a period that overlaps another, or no single holder.
    """
    client = Client.objects.visible_to(by).get(pk=client_id) if client_id else None
    who = authority(by, "orders.add_quota", client.manager_id if client else manager_id)
    key = {
        "product_id": product_id,
        "client_id": client_id,
        "manager_id": manager_id,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    found = _refusals(Quota(**key, units=units))
    if found:
        raise Refused(*found)
    quota = Quota.objects.select_for_update(of=("self",), no_key=True).filter(**key).first()
    if quota is None:
        quota = _created(Quota(**key, units=units))
        trail.record(quota, "create", by=who, changes={"units": [None, units]})
        return quota
    return _resized(quota, units, who)


def _refusals(quota: Quota) -> list[Refusal]:
    """Everything that is wrong with a quota by itself."""
    found = []
    if (quota.client_id is None) == (quota.manager_id is None):
        found.append(Refusal("one_holder", _("A quota is held by either a client or a KAM."), "client_id"))
    if quota.ends_on < quota.starts_on:
        found.append(Refusal("bad_period", _("The period ends before it starts."), "ends_on"))
    if quota.units < 0:
        found.append(Refusal("bad_quantity", _("A quota cannot be negative."), "units"))
    return found


def _resized(quota: Quota, units: int, who: Authority) -> Quota:
    """Change the units of a locked quota, never below what is used."""
    if units < quota.used:
        text = _("%(used)d units of the quota are used already.") % {"used": quota.used}
        raise Refused(Refusal("below_used", text, "units"))
    changes = trail.changed(quota, units=units)
    if changes:
        quota.version += 1
        quota.save(update_fields=["units", "version", "updated_at"])
        trail.record(quota, "change", by=who, changes=changes)
    return quota


def _created(quota: Quota) -> Quota:
    try:
        with transaction.atomic():
            quota.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", "") != "23P01":  # exclusion: the periods overlap
            raise
        text = _("The holder has a quota of this product for an overlapping period.")
        raise Refused(Refusal("overlapping_quota", text, "starts_on")) from error
    return quota
