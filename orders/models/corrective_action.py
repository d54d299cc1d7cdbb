from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.access import ScopedQuerySet
from kam.models import Record


class CorrectiveActionQuerySet(ScopedQuerySet):
    manager_paths = ("owner", "client__manager")

    def overdue(self, day):
        """Not done although its day has passed."""
        return self.filter(status=CorrectiveAction.Status.OPEN, due_on__lt=day)


class CorrectiveAction(Record):
    """What is done so that a return or a discrepancy does not happen again: by whom, by when, with what result."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a corrective action", "To be done")
        DONE = "done", pgettext_lazy("of a corrective action", "Done")
        DROPPED = "dropped", pgettext_lazy("of a corrective action", "Dropped")

    what = models.CharField(_("what is to be done"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    owner = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("who does it"))
    due_on = models.DateField(_("due on"))
    reason = models.CharField(_("against which reason"), max_length=12, blank=True)
    client = models.ForeignKey(
        "accounts.Client", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    act = models.ForeignKey(
        "orders.DiscrepancyAct",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrective_actions",
        verbose_name=_("discrepancy act"),
    )
    returned = models.ForeignKey(
        "orders.Return",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrective_actions",
        verbose_name=_("return"),
    )
    asked_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=500, blank=True)

    objects = CorrectiveActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=("owner", "due_on"), name="correctiveaction_open", condition=models.Q(status="open"))
        ]
        constraints = [
            models.CheckConstraint(
                name="correctiveaction_done_on",
                condition=(models.Q(status="done", done_on__isnull=False) & ~models.Q(result=""))
                | (~models.Q(status="done") & models.Q(done_on=None)),
            ),
        ]

    def __str__(self):
        return self.what
