from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record


class ActivityQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager", "owner", "outlet__manager")

    def to_do(self):
        return self.filter(done_at=None)


class Activity(Record):
    """A step of the KAM's week: a visit, a call, a task; with a result once done."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")
        TASK = "task", _("Task")

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="activities", verbose_name=_("client"))
    outlet = models.ForeignKey("accounts.Outlet", models.PROTECT, null=True, blank=True, verbose_name=_("outlet"))
    contact = models.ForeignKey("accounts.Contact", models.PROTECT, null=True, blank=True, verbose_name=_("contact"))
    owner = models.ForeignKey("kam.User", models.PROTECT, related_name="activities", verbose_name=_("who"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.TASK)
    subject = models.CharField(_("subject"), max_length=200)
    due_on = models.DateField(_("on"))
    comment = models.TextField(_("comment"), blank=True)
    result = models.TextField(_("result"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    done_by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=("owner", "due_on"), name="activity_to_do", condition=models.Q(done_at=None)),
            models.Index(fields=("client", "due_on"), name="activity_of_client"),
            models.Index(fields=("-due_on", "-id"), name="activity_by_day"),
        ]

    def __str__(self):
        return self.subject

    @property
    def state(self) -> str:
        """`done` or `planned`; whether it is late depends on the day that is asked about."""
        return "planned" if self.done_at is None else "done"

    def get_state_display(self):
        """The state in words."""
        return _("Planned") if self.done_at is None else _("Done")
