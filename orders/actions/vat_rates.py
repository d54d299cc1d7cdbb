"""Writers of VAT rates."""

from datetime import timedelta

from kam import trail
from kam.access import authority
from kam.records import written
from kam.writing import writes
from orders.models import VatRate


@writes
def create_vat_rate(*, by, kind: str, rate, starts_on, ends_on=None) -> VatRate:
    """Let a rate of this kind (per cent) hold from a day on; the open rate before it ends the day before.

    Raises Forbidden, and Refused where the period overlaps a rate that is not open.
    """
    who = authority(by, "orders.add_vatrate")
    before = VatRate.objects.select_for_update().filter(kind=kind, ends_on=None, starts_on__lt=starts_on).first()
    if before is not None:
        before.ends_on = starts_on - timedelta(days=1)
        written(before)
        trail.record(before, "change", by=who, changes={"ends_on": [None, str(before.ends_on)]})
    added = VatRate(kind=kind, rate=rate, starts_on=starts_on, ends_on=ends_on)
    written(added)
    trail.record(added, "create", by=who)
    return added
