"""Writers of the policy of collecting: key rates and levels of letters."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam.models import Notification, User
from kam.notifications import notify
from kam.records import change_record, create_record
from kam.refusals import Refusal, Refused
from kam.roles import roles_with
from kam.writing import writes
from orders.models import KeyRate, LetterLevel
from orders.rules.letters import PLACES, unknown_places
from orders.rules.penalty import is_rate_in_doubt

RATE_KIND = "key_rate"
RATE_TEXT = gettext_noop("The last key rate is of %(day)s: see whether the Bank of Russia has set a newer one.")
REMINDED_EVERY = timedelta(days=30)


def create_key_rate(*, by, starts_on: date, rate: Decimal) -> KeyRate:
    """Enter the key rate of the Bank of Russia from a day on; raises Forbidden, Refused (one a day)."""
    return create_record(KeyRate, by=by, permission="orders.add_keyrate", starts_on=starts_on, rate=rate)


def change_key_rate(pk: int, *, by, version: int | None = None, **fields) -> KeyRate:
    """Mend a key rate that was entered wrongly; letters keep the figures they were written with.

    Raises Forbidden, EditConflict, Refused.
    """
    return change_record(KeyRate, pk, by=by, permission="orders.change_keyrate", version=version, **fields)


@writes
def remind_of_key_rates(*, day: date) -> int:
    """Tell who keeps the key rates, once in 30 days, that the last one is old; returns how many people were told."""
    last = KeyRate.objects.order_by("-starts_on").first()
    if last is None or not is_rate_in_doubt(last.starts_on, day):
        return 0
    keepers = User.objects.active().in_role(*roles_with("orders.add_keyrate"))
    told = Notification.objects.filter(kind=RATE_KIND, created_at__date__gt=day - REMINDED_EVERY)
    waiting = list(keepers.exclude(pk__in=told.values("user")))
    notify(waiting, RATE_KIND, RATE_TEXT, values={"day": last.starts_on}, document=last)
    return len(waiting)


def create_letter_level(*, by, **fields) -> LetterLevel:
    """Add a level of letters; raises Forbidden, and Refused where its words name what no letter knows."""
    _check_words(fields)
    return create_record(LetterLevel, by=by, permission="orders.add_letterlevel", **fields)


def change_letter_level(pk: int, *, by, version: int | None = None, **fields) -> LetterLevel:
    """Change a level of letters; what is prepared already stays as it is. Raises Forbidden, EditConflict, Refused."""
    _check_words(fields)
    return change_record(LetterLevel, pk, by=by, permission="orders.change_letterlevel", version=version, **fields)


def _check_words(fields: dict) -> None:
    found = []
    for name in ("subject", "text"):
        wrong = unknown_places(fields.get(name, ""))
        if wrong:
            text = _("A letter does not know %(wrong)s; it knows %(places)s.")
            values = {"wrong": ", ".join(f"{{{each}}}" for each in wrong), "places": ", ".join(PLACES)}
            found.append(Refusal("unknown_place", text % values, field=name))
    if found:
        raise Refused(*found)
