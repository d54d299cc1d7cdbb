"""The VAT rates of a day."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kam.refusals import Refusal, Refused
from orders.models import VatRate
from orders.models.vat_rate import VAT_KINDS
from orders.rules.vat import DatedRate, NoRate, rate_on


def dated_rates() -> list[DatedRate]:
    """The whole table of rates, a few rows."""
    return [DatedRate(*row) for row in VatRate.objects.values_list("kind", "rate", "starts_on", "ends_on")]


def rates_on(day: date, kinds: Collection[str]) -> dict[str, Decimal]:
    """The rate in per cent of each of these kinds on a day; raises Refused where the table of rates has a gap."""
    dated = dated_rates()
    try:
        return {kind: rate_on(dated, kind, day).rate for kind in kinds}
    except NoRate as gap:
        text = _("No VAT rate of the kind “%(kind)s” is entered for %(day)s.")
        values = {"kind": dict(VAT_KINDS).get(gap.kind, gap.kind), "day": f"{gap.day:%d.%m.%Y}"}
        raise Refused(Refusal("no_vat_rate", text % values)) from gap
