"""The standings of a person: one statement at the door of every request."""

from datetime import date

from kam.access import Standings, standing_of
from kam.replica import reading

# The person first, then whom they substitute on the day; nobody stands in for somebody whose account is closed.
_PEOPLE = """
    SELECT person.id,
        ARRAY(SELECT role.name FROM kam_user_groups held JOIN auth_group role ON role.id = held.group_id
              WHERE held.user_id = person.id),
        ARRAY(SELECT member.id FROM kam_user member WHERE member.manager_id = person.id)
    FROM kam_user person
    WHERE person.id = %(user)s OR person.is_active AND person.id IN (
        SELECT absent_id FROM kam_substitution
        WHERE deputy_id = %(user)s AND starts_on <= %(day)s AND ends_on >= %(day)s AND ended_at IS NULL
    )
    ORDER BY person.id <> %(user)s, person.id
"""


def standings_on(day: date, user_id: int) -> Standings:
    """A person's own standing on the day and those of the people they substitute."""
    with reading().cursor() as cursor:
        cursor.execute(_PEOPLE, {"user": user_id, "day": day})
        own, *absent = [standing_of(person, roles, frozenset(team)) for person, roles, team in cursor]
    return Standings(own, tuple(absent))
