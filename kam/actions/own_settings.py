"""What a person sets for themselves."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kam import trail
from kam.models import ApiToken, User
from kam.refusals import Refusal, Refused
from kam.writing import writes

OWN_SETTINGS = frozenset(("language", "theme", "time_zone", "phone"))


@writes
def change_own_settings(*, by: User, **values: str) -> User:
    """Set the person's own language, theme, time zone or phone; other names raise ValueError.

    No trail: these change nothing for anybody else.
    """
    if not values.keys() <= OWN_SETTINGS:
        raise ValueError(sorted(values.keys() - OWN_SETTINGS))
    for name, value in values.items():
        setattr(by, name, value)
    by.save(update_fields=list(values))
    return by


@writes
def change_own_password(*, by: User, password: str) -> int:
    """Give oneself a new password; returns how many tokens of the API it ended.

    Whoever knew the old one is out: tokens are revoked here, and every other session ends with its next request,
    since a session is good only for the password it began with. Raises Refused for a weak password.
    """
    try:
        validate_password(password, by)
    except ValidationError as error:
        raise Refused(*(Refusal("password", text, field="new_password") for text in error.messages)) from error
    by.set_password(password)
    by.save(update_fields=["password"])
    revoked, _by_model = ApiToken.objects.filter(user=by).delete()
    trail.record(by, "change_password", by=by, changes={"tokens_revoked": [None, revoked]})
    return revoked
