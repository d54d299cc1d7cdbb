"""Writers of the policy of collecting: key rates and levels of letters."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kam.records import change_record, create_record
from kam.refusals import Refusal, Refused
from orders.models import KeyRate, LetterLevel
from orders.rules.letters import PLACES, unknown_places


def create_key_rate(*, by, starts_on: date, rate: Decimal) -> KeyRate:
    """Enter the key rate of the Bank of Russia from a day on; raises Forbidden, Refused (one a day)."""
    return create_record(KeyRate, by=by, permission="orders.add_keyrate", starts_on=starts_on, rate=rate)


def change_key_rate(pk: int, *, by, version: int | None = None, **fields) -> KeyRate:
    """Mend a key rate that was entered wrongly; letters keep the figures they were written with.

    Raises Forbidden, EditConflict, Refused.
    """
    return change_record(KeyRate, pk, by=by, permission="orders.change_keyrate", version=version, **fields)


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
