from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet


class ClientHandoverQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)


class ClientHandover(models.Model):
    """Who looked after a client until when: the history of its KAMs."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="handovers", verbose_name=_("client"))
    from_manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("from whom")
    )
    to_manager = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("to whom"))
    handed_on = models.DateField(_("on"))
    by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("who"))
    reason = models.CharField(_("reason"), max_length=300)
    notes = models.TextField(_("what the new KAM should know"), blank=True)

    objects = ClientHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over of a client")
        verbose_name_plural = _("hand-overs of clients")
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.client}: {self.from_manager} → {self.to_manager}"
