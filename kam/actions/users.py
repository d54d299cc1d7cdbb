"""People: who works here, in which roles, under whom. Only the administrator writes them."""

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import clock, trail
from kam.access import Authority, authority
from kam.models import ApiToken, Substitution, User
from kam.phrases import Phrase
from kam.records import written
from kam.refusals import Refusal, Refused
from kam.roles import ROLES
from kam.writing import writes

CLOSED = gettext_noop("The account of %(user)s is closed.")

ADMINISTRATOR = "administrator"


@writes
def create_user(*, by: User, roles=(), password: str = "", **fields) -> User:
    """Add a person with their roles and a first password, which they change themselves.

    Raises Forbidden, or Refused beside the fields: an e-mail in use, a weak password, unknown roles.
    """
    who = authority(by, "kam.add_user")
    user = User(**fields)
    user.email = User.objects.normalize_email(user.email or "").lower()
    found = [*_role_refusals(roles), *_password_refusals(password, user)]
    if not roles:
        found.append(Refusal("no_role", _("Give the person at least one role."), field="roles"))
    if found:
        raise Refused(*found)
    user.set_password(password)
    written(user)
    user.groups.set(Group.objects.filter(name__in=roles))
    trail.record(user, "create", by=who, changes={"roles": [None, ", ".join(sorted(roles))]})
    return user


@writes
def change_user(pk: int, *, by: User, roles=None, password: str = "", **fields) -> User:
    """Change a person, their roles, or give them a new password; what is not named stays.

    Raises Forbidden, or Refused: a ring of heads, one's own account closed or own administrator's role given
    up, the last administrator. A closed account and a new password end every token of the person,
    a closed account also its substitutions, on either side.
    """
    who = authority(by, "kam.change_user")
    user = User.objects.select_for_update(of=("self",)).get(pk=pk)
    before = set(user.groups.values_list("name", flat=True))
    after = before if roles is None else set(roles)
    if "email" in fields:
        fields["email"] = User.objects.normalize_email(fields["email"] or "").lower()
    changes = trail.changed(user, **fields)
    found = [*_own_refusals(user, by, before, after), *_head_refusals(user), *_role_refusals(after)]
    found += _password_refusals(password, user) if password else []
    if found:
        raise Refused(*found)
    if password:
        user.set_password(password)
        changes["password"] = [None, "•••"]
    written(user)
    if after != before:
        user.groups.set(Group.objects.filter(name__in=after))
        changes["roles"] = [", ".join(sorted(before)), ", ".join(sorted(after))]
    if password or not user.is_active:
        ApiToken.objects.filter(user=user).delete()
    if "is_active" in changes and not user.is_active:
        _end_substitutions(user, who)
    if changes:
        trail.record(user, "change", by=who, changes=changes)
    return user


def _end_substitutions(user: User, who: Authority) -> None:
    """End every substitution of a person whose account is closed: rights that nobody holds cannot be handed over."""
    now = clock.now()
    running = Substitution.objects.select_for_update(of=("self",)).of_person(user).order_by("pk")
    ended = list(running.filter(ended_at=None, ends_on__gte=clock.day_of(now)))
    for each in ended:
        each.ended_at, each.version = now, each.version + 1
    Substitution.objects.bulk_update(ended, ["ended_at", "version"])
    trail.record_many(ended, "end", by=who, reason=Phrase(CLOSED, {"user": str(user)}))


def _role_refusals(roles) -> list[Refusal]:
    unknown = sorted(set(roles) - set(ROLES))
    text = _("There is no such role: %(names)s.") % {"names": ", ".join(unknown)}
    return [Refusal("unknown_role", text, field="roles")] if unknown else []


def _password_refusals(password: str, user: User) -> list[Refusal]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Refusal("password", text, field="password") for text in error.messages]
    return []


def _own_refusals(user: User, by: User, before: set[str], after: set[str]) -> list[Refusal]:
    """What would lock the administrator out."""
    if user.pk != by.pk:
        return []
    found = []
    if not user.is_active:
        found.append(Refusal("own_account", _("Nobody closes their own account."), field="is_active"))
    if ADMINISTRATOR in before - after:
        text = _("Nobody takes the administrator's role from themselves: another administrator does.")
        found.append(Refusal("own_role", text, field="roles"))
    return found


def _head_refusals(user: User) -> list[Refusal]:
    """Heads must not form a ring."""
    seen, head = {user.pk}, user.manager_id
    while head is not None:
        if head in seen:
            return [Refusal("ring", _("This person reports to the very one they would head."), field="manager")]
        seen.add(head)
        head = User.objects.values_list("manager_id", flat=True).get(pk=head)  # as deep as the company has levels
    return []
