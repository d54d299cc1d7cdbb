from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record
from kam.models.fields import holding_on


class StopListEntryQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)

    def standing_on(self, day):
        """Entries that keep letters back on this day."""
        return self.filter(holding_on(day), models.Q(removed_on=None) | models.Q(removed_on__gt=day))


class StopListEntry(Record):
    """No letters to a client, or none about a disputed invoice, until a day or until it is removed."""

    client = models.ForeignKey("accounts.Client", models.PROTECT, related_name="+", verbose_name=_("client"))
    invoice = models.ForeignKey(
        "orders.Invoice", models.PROTECT, null=True, blank=True, related_name="disputes",
        verbose_name=_("disputed invoice"),
    )  # fmt: skip
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    placed_by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("placed by"))
    removed_on = models.DateField(_("removed on"), null=True, editable=False)
    removed_by = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("removed by"), editable=False
    )

    objects = StopListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the stop list")
        verbose_name_plural = _("stop list of letters")
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=("client", "-starts_on"), name="stoplist_of_client")]
        constraints = [
            models.CheckConstraint(
                name="stoplist_period", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on"))
            ),
        ]

    def __str__(self):
        return self.reason
