from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MomentField
from kam.phrases import told_of


class CreditHoldQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def live(self):
        return self.filter(lifted_at=None)


class CreditHold(models.Model):
    """A stop on shipping to a client. One placed by a person is lifted only by a person."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="holds", verbose_name=_("client"))
    reason = models.CharField(_("reason"), max_length=300)
    by_person = models.BooleanField(_("placed by a person"), default=True)
    reason_parts = models.JSONField(null=True)  # of a reason of the program: a phrase for each reader's language
    placed_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("placed by"))
    placed_at = MomentField(_("placed"))
    lifted_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lift_reason = models.CharField(_("why lifted"), max_length=300, blank=True)
    lift_reason_parts = models.JSONField(null=True)

    objects = CreditHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit hold")
        verbose_name_plural = _("credit holds")
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("client",), name="credithold_live", condition=models.Q(lifted_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="credithold_person_named", condition=models.Q(by_person=False) | ~models.Q(placed_by=None)
            ),
            models.CheckConstraint(
                name="credithold_person_lifts",
                condition=models.Q(by_person=False) | models.Q(lifted_at=None) | ~models.Q(lifted_by=None),
            ),
        ]

    def __str__(self):
        return self.why

    @property
    def why(self) -> str:
        """The reason, one of the program in the language now spoken."""
        return told_of(self.reason_parts, self.reason)

    @property
    def why_lifted(self) -> str:
        """Why it was lifted, likewise."""
        return told_of(self.lift_reason_parts, self.lift_reason)

    @property
    def state(self) -> str:
        """`on_hold` until it is lifted, then `lifted`."""
        return "on_hold" if self.lifted_at is None else "lifted"

    def get_state_display(self):
        """The state in words."""
        return _("On hold") if self.lifted_at is None else _("Lifted")
