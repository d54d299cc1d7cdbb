"""The one door to rows, and on whose authority somebody acts.

A person sees and may do what their roles say, plus, while they substitute somebody, what the absent
person sees and may do. `visible_to` is asked wherever rows are read for a person; `authority` wherever
somebody does something.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.utils.translation import gettext as _

from kam.refusals import Forbidden
from kam.roles import ROLES, Scope, grants_of, is_granted


@dataclass(frozen=True)
class Reach:
    """Whose rows a person sees: everybody's, or those of these managers."""

    everything: bool = False
    managers: frozenset[int] = frozenset()

    def covers(self, manager_id: int | None) -> bool:
        """Whether rows of this manager are within reach; rows of nobody only within everything."""
        return self.everything or manager_id in self.managers

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(self.everything or other.everything, self.managers | other.managers)


@dataclass(frozen=True)
class Standing:
    """The rights of one person on one day, their own only."""

    user_id: int
    grants: frozenset[str]
    reach: Reach

    def allows(self, permission: str) -> bool:
        return is_granted(self.grants, permission)


@dataclass(frozen=True)
class Rights:
    """What may be done, without who does it and how far they see: the same for all people of the same roles."""

    grants: frozenset[str] = frozenset()
    everything: bool = False

    def has_perm(self, permission: str) -> bool:
        return self.everything or is_granted(self.grants, permission)


@dataclass(frozen=True)
class Standings:
    """A person's own standing and those of the people they substitute today."""

    own: Standing
    absent: tuple[Standing, ...] = field(default=())

    @property
    def all(self) -> tuple[Standing, ...]:
        return (self.own, *self.absent)

    @cached_property
    def rights(self) -> Rights:
        """What one of them allows."""
        return Rights(frozenset().union(*(standing.grants for standing in self.all)))

    def allows(self, permission: str) -> bool:
        return self.rights.has_perm(permission)

    def reach_for(self, permission: str) -> Reach:
        """How far the person sees with this permission: a right and a reach belong to one standing."""
        reach = Reach()
        for standing in self.all:
            if standing.allows(permission):
                reach |= standing.reach
        return reach


@dataclass(frozen=True)
class Authority:
    """Who acts and, in a substitution, on whose behalf (a user's id)."""

    by: models.Model
    on_behalf_of_id: int | None = None


def reach_of(user_id: int, roles, team: frozenset[int]) -> Reach:
    """The reach of a person with these roles; `team` holds the ids of those they manage."""
    scopes = {ROLES[role].scope for role in roles if role in ROLES}
    if Scope.ALL in scopes:
        return Reach(everything=True)
    if Scope.TEAM in scopes:
        return Reach(managers=team | {user_id})
    return Reach(managers=frozenset({user_id}))


def standing_of(user_id: int, roles, team: frozenset[int] = frozenset()) -> Standing:
    """The own standing of a person."""
    return Standing(user_id, grants_of(roles), reach_of(user_id, roles, team))


# The manager of what belongs to nobody in particular, such as a directory: the right alone decides.
COMMON = -1


def authority(user, permission: str, manager_id: int | None = COMMON) -> Authority:
    """On whose authority the user may do this to rows of this manager.

    A row that should have a manager and has none (None) is within reach of those only who see everything.
    Raises Forbidden where neither the user nor anybody they substitute may.
    """
    if user.is_superuser:
        return Authority(user)
    for standing in user.standings.all:
        within = manager_id == COMMON or standing.reach.covers(manager_id)
        if standing.allows(permission) and within:
            return Authority(user, None if standing.user_id == user.pk else standing.user_id)
    raise Forbidden(_("You have no right to do this: %(permission)s.") % {"permission": permission})


def authority_over(user, permission: str, manager_ids: Iterable[int | None]) -> Authority:
    """On whose authority the user may do this to a row that any of these managers looks after.

    A row that nobody looks after (every id None) is within reach of those only who see everything. The ids are
    taken one by one, as far as needed. Raises Forbidden.
    """
    if user.is_superuser:
        return Authority(user)
    allowed = [standing for standing in user.standings.all if standing.allows(permission)]
    for manager_id in manager_ids if allowed else ():
        for standing in allowed:
            if standing.reach.everything or (manager_id is not None and standing.reach.covers(manager_id)):
                return Authority(user, None if standing.user_id == user.pk else standing.user_id)
    raise Forbidden(_("You have no right to do this: %(permission)s.") % {"permission": permission})


class ScopedQuerySet(models.QuerySet):
    """The base of every queryset of ours: rows only through `visible_to` when read for a person.

    `manager_paths` are to-one paths from the model to the manager whose row it is; a model without
    them is common to all who may view it.
    """

    manager_paths: tuple[str, ...] = ()
    view_permission = ""

    def permission_to_view(self) -> str:
        return self.view_permission or f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def visible_to(self, user) -> "ScopedQuerySet":
        """The rows this user may see."""
        return self.reached_by(user, self.permission_to_view())

    def reached_by(self, user, permission: str) -> "ScopedQuerySet":
        """The rows this user reaches with a right: for a deed that needs a row whose page stays closed to them."""
        if user.is_superuser:
            return self
        if not user.standings.allows(permission):
            return self.none()
        reach = user.standings.reach_for(permission)
        return self if reach.everything else self.within(reach)

    def within(self, reach: Reach) -> "ScopedQuerySet":
        """The rows of the managers in reach; models with a rule of their own override this."""
        if not self.manager_paths:
            return self
        scope = models.Q()
        for path in self.manager_paths:
            scope |= looked_after(self.model, path, reach.managers)
        return self.filter(scope)


class PersonalQuerySet(ScopedQuerySet):
    """Rows that belong to one `user` each: nobody sees another's, not even a deputy."""

    def visible_to(self, user) -> "PersonalQuerySet":
        """One's own rows."""
        return self.filter(user=user)


class AnyOf(models.Func):
    """`value = ANY (array)`, true or false."""

    template, arg_joiner = "%(expressions)s)", " = ANY ("
    output_field = models.BooleanField()


def one_of(path: str, rows: models.QuerySet) -> models.Q:
    """Whether the key at `path` is among the rows' single values.

    The database reads the values first, as one array, and then finds rows by an index on the key. A join or
    IN (SELECT …) says the same, but makes it walk a long list and throw nearly all of it away.
    """
    return models.Q(AnyOf(models.F(path), ArraySubquery(rows)))


def arms_of(rows: models.QuerySet) -> list[models.QuerySet]:
    """The rows as a union: one queryset for each way to them, where the scope knows several (`one_of … or one_of …`).

    An OR of two keys can be found by no index in an order; each arm alone can. A row may be in several arms.
    """
    where = rows.query.where
    if where.connector != models.Q.AND or where.negated:
        return [rows]
    for place, condition in enumerate(where.children):
        ways = getattr(condition, "children", ())
        if len(ways) > 1 and condition.connector == models.Q.OR and not condition.negated and all(map(_is_way, ways)):
            return [_with_condition(rows, place, way) for way in ways]
    return [rows]


def _is_way(condition) -> bool:
    return isinstance(getattr(condition, "lhs", None), AnyOf) and condition.rhs is True


def _with_condition(rows: models.QuerySet, place: int, condition) -> models.QuerySet:
    arm = rows.all()
    arm.query.where.children[place] = condition
    return arm


@lru_cache(1024)
def looked_after(model: type[models.Model], path: str, managers: frozenset[int]) -> models.Q:
    """Whether the manager at the end of a to-one path is one of these."""
    owner, _hops, name = path.rpartition("__")
    if not owner:
        return models.Q(**{f"{path}__in": managers})
    for hop in owner.split("__"):
        model = model._meta.get_field(hop).related_model
    return one_of(owner, model._base_manager.filter(**{f"{name}__in": managers}).order_by().values("pk"))
