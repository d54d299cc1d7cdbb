"""Who stands in for whom, and for which days."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kam import clock, formats, trail
from kam.access import authority
from kam.models import Substitution, User
from kam.notifications import notify
from kam.records import check_version, written
from kam.refusals import Forbidden, Refusal, Refused
from kam.writing import writes

ARRANGE = "kam.add_substitution"


@writes
def arrange_substitution(
    *, by: User, day: datetime.date, absent: User, deputy: User, starts_on, ends_on, reason: str = ""
) -> Substitution:
    """Hand a person's rights and duties to a deputy for the days from `starts_on` to `ends_on`, both included.

    A person arranges their own; their head and the administrator arrange anybody's in their reach. Raises
    Forbidden, or Refused with every reason: oneself, a past or reversed period, somebody who does not work
    here, a second deputy for the same days, and a chain (the deputy is absent then, or the absent person
    stands in for somebody then).
    """
    who = _may_arrange(by, absent)
    # Both people are locked in the order of their keys, so that two halves of a chain cannot be made at once.
    list(User.objects.select_for_update(of=("self",)).filter(pk__in={absent.pk, deputy.pk}).order_by("pk"))
    found = _refusals(day, absent, deputy, starts_on, ends_on)
    if found:
        raise Refused(*found)
    cover = Substitution(
        absent=absent, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), arranged_by=by
    )
    written(cover)
    trail.record(cover, "create", by=who, reason=cover.reason)
    _tell(cover, by, gettext_noop("%(deputy)s stands in for %(absent)s from %(starts)s to %(ends)s."))
    return cover


@writes
def end_substitution(pk: int, *, by: User, reason: str = "", version: int | None = None) -> Substitution:
    """End a substitution before its last day; it gives no rights from this moment on.

    Raises Forbidden, Refused for one that is over, Substitution.DoesNotExist.
    """
    cover = Substitution.objects.select_for_update(of=("self",)).select_related("absent", "deputy").get(pk=pk)
    who = _may_arrange(by, cover.absent, deputy=cover.deputy)
    check_version(cover, version)
    if cover.ended_at or cover.ends_on < clock.today():
        raise Refused(Refusal("substitution_over", _("The substitution is over already.")))
    cover.ended_at = clock.now()
    cover.version += 1
    cover.save(update_fields=["ended_at", "version", "updated_at"])
    trail.record(cover, "end", by=who, reason=reason)
    _tell(cover, by, gettext_noop("%(deputy)s no longer stands in for %(absent)s."))
    return cover


def _may_arrange(by: User, absent: User, deputy: User | None = None):
    """On whose authority: one's own (the deputy may lay it down too), the head's or the administrator's."""
    if by.pk == absent.pk or (deputy is not None and by.pk == deputy.pk):
        return by
    if not by.has_perm(ARRANGE):
        raise Forbidden(_("You can arrange a substitution for yourself only."))
    return authority(by, ARRANGE, absent.pk)


def _refusals(day, absent: User, deputy: User, starts_on, ends_on) -> list[Refusal]:
    """Every reason why this substitution cannot be; asked on locked people."""
    found = []
    if absent.pk == deputy.pk:
        found.append(Refusal("self", _("Nobody stands in for themselves."), field="deputy"))
    if not deputy.is_active:
        text = _("%(name)s does not work here any more.")
        found.append(Refusal("inactive", text % {"name": deputy.short_name}, field="deputy"))
    if ends_on < starts_on:
        found.append(Refusal("period", _("The last day is before the first."), field="ends_on"))
        return found
    if ends_on < day:
        found.append(Refusal("past", _("These days are over."), field="ends_on"))
    live = Substitution.objects.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    for each in live.filter(absent=absent).select_related("deputy"):
        text = _("%(name)s stands in on %(days)s already.") % {"name": each.deputy.short_name, "days": days_of(each)}
        found.append(Refusal("overlap", text, field="starts_on"))
    for each in live.filter(absent=deputy):
        text = _("%(name)s is absent on %(days)s: no chains.")
        found.append(Refusal("chain", text % {"name": deputy.short_name, "days": days_of(each)}, field="deputy"))
    for each in live.filter(deputy=absent).select_related("absent"):
        text = _("%(name)s stands in for %(other)s on %(days)s: no chains.")
        values = {"name": absent.short_name, "other": each.absent.short_name, "days": days_of(each)}
        found.append(Refusal("chain", text % values, field="absent"))
    return found


def days_of(cover: Substitution) -> str:
    """The days of a substitution in words."""
    return f"{formats.day(cover.starts_on)} – {formats.day(cover.ends_on)}"


def _tell(cover: Substitution, by: User, text: str) -> None:
    """Tell both people, except whoever did it."""
    values = {
        "deputy": cover.deputy.short_name,
        "absent": cover.absent.short_name,
        "starts": cover.starts_on.strftime("%d.%m.%Y"),
        "ends": cover.ends_on.strftime("%d.%m.%Y"),
    }
    people = [person for person in (cover.absent, cover.deputy) if person.pk != by.pk]
    notify(people, "substitution", text, values=values, document=cover, urgent=True)
