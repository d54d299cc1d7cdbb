"""What clients owed at the end of each day, kept so that a past day need not be added up again.

docs/algorithms/receivables.md tells when a kept day is right and what is done about documents that come late.
"""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import MoneyField
from kam.models.fields import MomentField


class AgeingDay(models.Model):
    """A day whose ageing is kept for every client, even where nobody owed anything."""

    day = models.DateField(_("day"), unique=True)
    taken_at = MomentField(_("taken"))
    rows = models.PositiveIntegerField(_("rows"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept day of the ageing")
        verbose_name_plural = _("kept days of the ageing")
        ordering = ("-day",)

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"


class AgeingSnapshotQuerySet(ScopedQuerySet):
    manager_paths = ("client__manager",)
    view_permission = "orders.view_invoice"


class AgeingSnapshot(models.Model):
    """What one client owed in one currency at the end of a day, by age, and what was sold and paid that month so far.

    `sales` is what was invoiced from the first of the month to the day less credit notes of these days, VAT included;
    `received` the money that came in, less refunds. `late_due_days` adds up, of what was late, every amount times the
    day it was due, counted from the beginning of 2000; 0 on days kept before it was. A client without any of it has no
    row.
    """

    day = models.DateField(_("day"))
    client = models.ForeignKey("accounts.Client", models.CASCADE, related_name="+", verbose_name=_("client"))
    currency = models.CharField(_("currency"), max_length=3)
    not_due = MoneyField(verbose_name=_("not due"))
    days_1_30 = MoneyField(verbose_name=_("1–30 days"))
    days_31_60 = MoneyField(verbose_name=_("31–60 days"))
    days_61_90 = MoneyField(verbose_name=_("61–90 days"))
    over_90 = MoneyField(verbose_name=_("over 90 days"))
    on_account = MoneyField(verbose_name=_("on account"))
    sales = MoneyField(verbose_name=_("sold this month"))
    received = MoneyField(verbose_name=_("received this month"))
    late_due_days = models.DecimalField(_("late, by due days"), max_digits=24, decimal_places=2, default=0)

    objects = AgeingSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ageing of a client on a day")
        verbose_name_plural = _("ageing of clients by day")
        ordering = ("-day", "currency", "client")
        constraints = [
            models.UniqueConstraint(name="ageingsnapshot_once", fields=("day", "currency", "client")),
            models.CheckConstraint(
                name="ageingsnapshot_not_negative",
                condition=models.Q(
                    not_due__gte=0, days_1_30__gte=0, days_31_60__gte=0, days_61_90__gte=0, over_90__gte=0,
                    on_account__gte=0,
                ),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=("client", "day"), name="ageingsnapshot_of_client")]

    def __str__(self):
        return f"{self.client_id}, {self.day:%d.%m.%Y}"


class AgeingTotal(models.Model):
    """The sum of a kept day's rows in one currency by KAM: what all or a team's clients owed needs no row of each.

    A client's rows of every day, past ones too, are counted under the KAM that `AgeingPlace` names, nobody without it.
    """

    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    manager = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("KAM"), db_index=False
    )
    not_due = MoneyField(verbose_name=_("not due"))
    days_1_30 = MoneyField(verbose_name=_("1–30 days"))
    days_31_60 = MoneyField(verbose_name=_("31–60 days"))
    days_61_90 = MoneyField(verbose_name=_("61–90 days"))
    over_90 = MoneyField(verbose_name=_("over 90 days"))
    on_account = MoneyField(verbose_name=_("on account"))
    sales = MoneyField(verbose_name=_("sold this month"))
    received = MoneyField(verbose_name=_("received this month"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("ageing of a KAM's clients on a day")
        verbose_name_plural = _("ageing of KAMs' clients by day")
        ordering = ("-day", "currency")
        constraints = [
            models.UniqueConstraint("day", "currency", Coalesce("manager", 0), name="ageingtotal_of_manager_once")
        ]

    def __str__(self):
        return f"{self.day:%d.%m.%Y}, {self.currency}"


class CountedUnder(models.Model):
    """The KAM under whom kept totals count a client: the one it had when they were last kept.

    Where the client has another by now, readers take its rows out of the one and put them to the other.
    """

    client = models.OneToOneField("accounts.Client", models.CASCADE, primary_key=True, related_name="+")
    manager = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self):
        return f"{self.client_id}, {self.manager_id}"


class AgeingPlace(CountedUnder):
    """Whom the totals of kept days count a client under."""

    class Meta(CountedUnder.Meta):
        verbose_name = _("KAM of a client in kept totals")
        verbose_name_plural = _("KAMs of clients in kept totals")


class AgeingDoubt(models.Model):
    """A mark that something of a client changed as of a day: kept days from then on may be wrong for it.

    Triggers of the tables of documents write the marks, so that no way of writing is forgotten; each write leaves one
    of its own, nothing waits for another. The next taking of a snapshot puts the client's days right and takes away
    the marks that it saw.
    """

    client = models.ForeignKey("accounts.Client", models.CASCADE, related_name="+", db_index=False)
    since_on = models.DateField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of a change in receivables")
        verbose_name_plural = _("marks of changes in receivables")
        ordering = ("pk",)

    def __str__(self):
        return f"{self.client_id}, {self.since_on:%d.%m.%Y}"
