"""On what terms a client buys, from a day on."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.rows import locked
from accounts.models import Client, CreditPolicy, CreditTerms, PriceColumn
from kam import trail
from kam.access import Authority, authority
from kam.models import User
from kam.records import save_changes, written
from kam.refusals import Forbidden, Refusal, Refused
from kam.writing import writes

ONE_DAY = dt.timedelta(days=1)


@writes
def set_terms(
    client_id: int,
    *,
    by: User,
    starts_on: dt.date,
    credit_limit: Decimal,
    days: int,
    price_column_id: int | None = None,
    price_column: PriceColumn | None = None,
    day_kind: str = CreditTerms.DayKind.CALENDAR,
    discount_percent: Decimal = Decimal(0),
    overdue_days_allowed: int = 0,
    overdue_amount_allowed: Decimal = Decimal(0),
    reason: str = "",
    ends_on: dt.date | None = None,
    day: dt.date | None = None,
) -> CreditTerms:
    """Set the terms of a client from `starts_on` on: until `ends_on` or until its next agreed terms begin.

    The period they fall into ends the day before. Terms that begin on the same day are corrected in place, with
    what they were in the trail. Amounts are roubles. `day` is the business day of deciding, whose policy tells how far
    a head of sales decides. Raises Client.DoesNotExist for one unseen, Forbidden, Refused.
    """
    client = locked(Client, client_id, by)
    who = authority(by, "accounts.change_terms", client.manager_id)
    column = price_column or PriceColumn.objects.get(pk=price_column_id)
    agreed = {
        "credit_limit": credit_limit,
        "days": days,
        "day_kind": day_kind,
        "price_column": column,
        "discount_percent": discount_percent,
        "overdue_days_allowed": overdue_days_allowed,
        "overdue_amount_allowed": overdue_amount_allowed,
        "reason": reason,
    }
    periods = list(client.terms.select_for_update(of=("self",), no_key=True).order_by("starts_on"))
    _check_limit(client, by, credit_limit, periods, starts_on, day or starts_on)
    agreed |= {"agreed_by": by, "ends_on": _end_of(periods, starts_on, ends_on)}
    return _agree(client, starts_on, agreed, periods, who)


def _end_of(periods: list[CreditTerms], starts_on: dt.date, ends_on: dt.date | None) -> dt.date | None:
    """The day on which terms from `starts_on` end at the latest: as agreed, or before the next ones begin."""
    later = [each.starts_on - ONE_DAY for each in periods if each.starts_on > starts_on][:1]
    return min([*later, *([ends_on] if ends_on else [])], default=None)


def _agree(
    client: Client, starts_on: dt.date, agreed: dict[str, Any], periods: list[CreditTerms], who: Authority
) -> CreditTerms:
    """Correct the terms that begin on this very day, or begin new ones and end those before them."""
    same = next((each for each in periods if each.starts_on == starts_on), None)
    if same is not None:
        return save_changes(same, who=who, **agreed)
    terms = CreditTerms(client=client, starts_on=starts_on, **agreed)
    # Refused terms leave the former period open even for a caller that goes on, such as an import.
    with transaction.atomic():
        _close(periods, starts_on, who)
        written(terms)
    trail.record(terms, "create", by=who, reason=terms.reason)
    trail.record(client, "set_terms", by=who, reason=terms.reason)
    return terms


def _check_limit(
    client: Client, by: User, limit: Decimal, periods: list[CreditTerms], starts_on: dt.date, day: dt.date
) -> None:
    """Raise Refused for a limit that only somebody above may set; keeping or lowering one is not raising it."""
    before = max((each.credit_limit for each in periods if _in_force(each, starts_on)), default=Decimal(0))
    if limit <= max(before, CreditPolicy.objects.valid_on(day).head_limit):
        return
    try:
        authority(by, "accounts.set_any_limit", client.manager_id)
    except Forbidden as forbidden:
        text = _("So large a limit is set by the finance director: propose it in a credit review.")
        raise Refused(Refusal("beyond_authority", text, field="credit_limit")) from forbidden


def _in_force(terms: CreditTerms, day: dt.date) -> bool:
    return terms.starts_on <= day and (terms.ends_on is None or terms.ends_on >= day)


def _close(periods: list[CreditTerms], starts_on: dt.date, who: Authority) -> None:
    """End the period that the new one begins in."""
    for former in periods:
        if former.starts_on < starts_on and (former.ends_on is None or former.ends_on >= starts_on):
            save_changes(former, who=who, verb="close", ends_on=starts_on - ONE_DAY)
