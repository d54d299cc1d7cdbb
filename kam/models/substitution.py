from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import overlapping, same
from kam.models.record import Record


class SubstitutionQuerySet(ScopedQuerySet):
    manager_paths = ("absent", "deputy")

    def visible_to(self, user):
        """One's own on either side, those of one's reach, and all for whoever looks after the users."""
        if user.is_superuser or user.standings.allows("kam.change_user"):
            return self
        return super().visible_to(user)

    def of_person(self, user):
        """Those on either side of which this person stands."""
        return self.filter(models.Q(absent=user) | models.Q(deputy=user))


class Substitution(Record):
    """A dated hand-over of one person's rights and duties to a deputy; both days included."""

    absent = models.ForeignKey("kam.User", models.PROTECT, related_name="substitutions", verbose_name=_("absent"))
    deputy = models.ForeignKey("kam.User", models.PROTECT, related_name="covered", verbose_name=_("deputy"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    arranged_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("arranged by"))
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.CheckConstraint(name="substitution_not_self", condition=~models.Q(absent=models.F("deputy"))),
            models.CheckConstraint(name="substitution_period", condition=models.Q(ends_on__gte=models.F("starts_on"))),
            ExclusionConstraint(
                name="substitution_one_deputy_a_day",
                expressions=[same("absent"), overlapping()],
                condition=models.Q(ended_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.absent} → {self.deputy}"
