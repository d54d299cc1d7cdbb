"""Keys to the API."""

from datetime import timedelta

from django.utils.translation import gettext as _

from kam import trail
from kam.models import ApiToken, User
from kam.refusals import Refusal, Refused
from kam.writing import writes

LONGEST_DAYS = 365
MOST_TOKENS = 20


@writes
def make_token(*, by: User, name: str, days: int) -> tuple[ApiToken, str]:
    """Make a token for the person that ends after so many days; returns it and its text, told only once.

    Raises Refused for a period beyond LONGEST_DAYS and where the person has MOST_TOKENS already.
    """
    if not 1 <= days <= LONGEST_DAYS:
        text = _("A token lasts 1 to %(days)s days.") % {"days": LONGEST_DAYS}
        raise Refused(Refusal("token_period", text, field="days"))
    if ApiToken.objects.filter(user=by).count() >= MOST_TOKENS:
        text = _("You have %(count)s tokens already: revoke one you no longer use.") % {"count": MOST_TOKENS}
        raise Refused(Refusal("too_many_tokens", text))
    token, text = ApiToken.objects.create(by, expiry=timedelta(days=days), name=name.strip())
    trail.record(by, "make_token", by=by, changes={"token": [None, f"{token.name} ({token.token_key})"]})
    return token, text


@writes
def revoke_token(digest: str, *, by: User) -> None:
    """Delete one's own token; raises ApiToken.DoesNotExist for another's."""
    token = ApiToken.objects.get(pk=digest, user=by)
    trail.record(by, "revoke_token", by=by, changes={"token": [f"{token.name} ({token.token_key})", None]})
    token.delete()
