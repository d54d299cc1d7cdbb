"""What a person sets for themselves."""

from kam.models import User
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
