from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField


class RunQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Everybody sees what they started; those who look after the program see all."""
        if user.is_superuser or user.standings.allows("kam.change_setting"):
            return self
        return self.filter(by=user)

    def unfinished(self):
        return self.filter(status__in=(Run.Status.WAITING, Run.Status.RUNNING))


class Run(models.Model):
    """Work in the background that a person can watch: an import, an export, a nightly job."""

    class Status(models.TextChoices):
        CHECKED = "checked", _("Checked")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="runs", verbose_name=_("who"))
    parameters = models.JSONField(default=dict)
    source = models.FileField(_("file"), upload_to="runs/%Y/%m/", blank=True)
    report = models.FileField(_("result"), upload_to="runs/%Y/%m/", blank=True)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("of"), null=True)
    counts = models.JSONField(_("counts"), default=dict)
    findings = models.JSONField(_("findings"), default=list)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    natural_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    created_at = MomentField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True)
    seen_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("background run")
        verbose_name_plural = _("background runs")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("by", "-id"), name="run_of_user")]

    def __str__(self):
        return self.title
