from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField


class NightlyRun(models.Model):
    """The night that closes a day: one a day, done part by part, each part committed by itself."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Not finished")
        DONE = "done", _("Done")

    day = models.DateField(_("day closed"), unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = MomentField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("run again by"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ("-day",)
        constraints = [
            models.CheckConstraint(
                name="nightlyrun_finished",
                condition=models.Q(status="running", finished_at=None)
                | models.Q(status="done", finished_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"


class NightlyPart(models.Model):
    """A part of a night that is done, with what it counted and how long it took.

    A part that acts on the present only has no count in the night of a past day: it was left out.
    """

    run = models.ForeignKey("reports.NightlyRun", models.CASCADE, related_name="parts", verbose_name=_("night"))
    position = models.PositiveSmallIntegerField(_("№"))
    name = models.CharField(_("part"), max_length=40)
    count = models.BigIntegerField(_("count"), null=True)
    seconds = models.DecimalField(_("seconds"), max_digits=9, decimal_places=3)
    done_at = MomentField(_("done"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a night")
        verbose_name_plural = _("parts of a night")
        ordering = ("run", "position")
        constraints = [models.UniqueConstraint(name="nightlypart_once", fields=("run", "name"))]

    def __str__(self):
        return self.name
